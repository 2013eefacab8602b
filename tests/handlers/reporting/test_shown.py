"""What people see, with the views as they are: a request that is approved, runs, and fails in part."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from homeward.actions.requests import AzureError, Change, Decision, EventKind, Happened, Person, Vote
from homeward.actions.states import ItemState, State
from homeward.bot.sandbox.slack import APPROVALS, APPROVERS, LENA
from homeward.handlers.portal import Portal
from homeward.handlers.reporter import Views
from homeward.handlers.views.approval import approval_message, reminder_message
from homeward.handlers.views.request_card import card
from homeward.handlers.views.thread import reply
from tests.actions.making import checked, plan
from tests.handlers.reporting.world import TEAM, Process, World

PORTAL = Portal("https://portal.azure.com", {"prod-dr": "/subscriptions/0/resourceGroups/dr/vaults/prod-dr"})
VIEWS = Views(
    partial(card, portal=PORTAL, command="/reprotect"),
    partial(approval_message, portal=PORTAL),
    partial(reply, portal=PORTAL, command="/reprotect"),
    reminder_message,
)
MACHINES = [f"web{number:02}" for number in range(1, 31)]
ID = "R-000001"


async def happened(
    process: Process, kind: EventKind, data: Mapping[str, object], machine: str = "", **change: object
) -> None:
    request = await process.ledger.load(ID)
    event = Happened(kind, machine, data, Person(TEAM, LENA.id))
    await process.ledger.write(request, replace(Change(request.due_at, events=(event,)), **change))  # type: ignore[arg-type] # fields of a Change
    await process.settle()


async def test_slack_takes_all_that_is_shown_with_and_without_the_newer_blocks(here: World) -> None:
    error = AzureError("78093", "", "The <agent> is down", "Nobody started it", "Start it")
    async with here.process(views=VIEWS) as process:
        await process.ask()
        await process.settle()
        forward = {"digest": plan(*MACHINES).digest, "verdict": "ready", "quorum": 1, "expires_at": ""}
        await happened(
            process,
            EventKind.PUT_FORWARD,
            forward,
            state=State.AWAITING_APPROVAL,
            plan=plan(*MACHINES),
            checked=checked(),
        )
        await happened(process, EventKind.REMINDED, {"expires_at": ""}, reminded=True)
        vote = Decision(Person(TEAM, LENA.id), Vote.APPROVE, here.clock(), "d")
        await happened(
            process,
            EventKind.APPROVED_BY,
            {"votes": 1, "quorum": 1, "attested": []},
            state=State.APPROVED,
            decision=vote,
        )
        await happened(process, EventKind.STARTED, {}, state=State.RUNNING)
        request = await process.ledger.load(ID)
        claimed = [await process.ledger.claim(request, request.items[0])]
        first = claimed[0].items[0]
        here.slack.faults.unsupported_blocks.update({"plan", "task_card"})
        failed = replace(first, state=ItemState.FAILED, why="the job failed", errors=(error,), ended_at=here.clock())
        told = {"why": "the job failed", "errors": [{"service_code": "78093", "message": "The <agent> is down"}]}
        await happened(process, EventKind.ITEM_FAILED, told, first.machine, items=(failed,))

    refused = [call for call in here.slack.calls if call.error]
    assert [(call.method, call.error) for call in refused] == [("chat.update", "invalid_blocks")]
    assert here.card().edited >= 4
    assert "web01" in " ".join(here.thread())
    put, reminded = here.slack.workspace.messages(APPROVALS)
    assert f"<!subteam^{APPROVERS.id}>" in str(reminded.blocks) + reminded.text
    assert reminded.thread_ts == put.ts
