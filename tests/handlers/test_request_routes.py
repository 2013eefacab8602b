"""A request's command, buttons and forms through a real Bolt app, with the real desk, ledger and standings.

Signed requests, the sandbox's Slack, in both of Bolt's modes; only the passes between are written by hand.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.approval import Policy
from homeward.actions.desk import Desk
from homeward.actions.ledger import Ledger, opened
from homeward.actions.plan import Checked, Found
from homeward.actions.ports import Work
from homeward.actions.requests import Change, EventKind, Happened, Request
from homeward.actions.states import ItemState, Operation, State
from homeward.bot.sandbox.slack import ELSEWHERE, MAYA, WAR_ROOM, SandboxSlack
from homeward.bot.sandbox.slack.people import APPROVALS, APPROVERS, GUS, LENA, OMAR, SVEN
from homeward.checks.catalogue import lookup, search
from homeward.checks.subjects import Wish
from homeward.handlers import (
    Commands,
    Errors,
    Failback,
    Looking,
    Onward,
    Preflight,
    SlackPosters,
    Supervisor,
    attach,
    ids,
)
from homeward.handlers.approvals import Approvals
from homeward.handlers.carried import Carried
from homeward.handlers.clients import AppClients
from homeward.handlers.people import SlackStandings
from homeward.handlers.portal import Portal
from homeward.handlers.reprotect import Reprotect
from homeward.handlers.views.approval import approval_message
from homeward.handlers.views.request_card import card

POLICY = Policy(APPROVALS.id, (), (APPROVERS.id,), 1, timedelta(hours=2))


class Wakes:
    """A scheduler that only remembers."""

    def __init__(self) -> None:
        self.works: list[tuple[Work, str]] = []

    async def wake(self, work: Work, request_id: str, at: datetime) -> None:
        self.works.append((work, request_id))


class House:
    """Everything that a person in Slack meets."""

    def __init__(
        self, slack: SandboxSlack, supervisor: Supervisor, ledger: Ledger, wakes: Wakes, policies: Any, log: Any
    ) -> None:
        self.slack, self.supervisor, self.ledger, self.wakes = slack, supervisor, ledger, wakes
        self.policies, self.log = policies, log

    async def type(self, text: str, who: Any = MAYA, where: Any = WAR_ROOM, command: str = "/reprotect") -> str:
        """What the person reads after the command."""
        ack = await self.slack.command(who, where, command, text)
        assert ack.ok, (ack.problem, ack.details)
        await self.supervisor.idle()
        message: Any = self.slack.workspace.messages(where)[-1]
        assert message.ephemeral_to == who.id
        return f"{message.text}\n{message.blocks}"

    async def request(self) -> Request:
        (request,) = await self.ledger.requests()
        return request

    async def put_forward(self, made: Any, *, quorum: int = 1, subject: str = "web02") -> Any:
        """Asks as Maya does, prepares as the checking pass does, and posts as the reporter does."""
        self.policies[Operation.REPROTECT] = replace(POLICY, quorum=quorum)
        await self.type(f"start {subject}")
        request = await self.request()
        change = Change(
            request.due_at,
            State.AWAITING_APPROVAL,
            plan=made.plan,
            checked=made.checked,
            events=(Happened(EventKind.PUT_FORWARD, data={"digest": made.plan.digest}),),
        )
        await self.ledger.write(request, change)
        return await self.shown()

    async def shown(self) -> Any:
        request = await self.request()
        now = await self.ledger.now()
        message = approval_message(request, policy=POLICY, now=now, portal=Portal())
        return await self.post(APPROVALS, message)

    async def carded(self) -> Any:
        return await self.post(WAR_ROOM, card(await self.request(), now=await self.ledger.now(), portal=Portal()))

    async def post(self, where: Any, message: Any) -> Any:
        client: Any = AsyncWebClient(token=self.slack.token, base_url=self.slack.base_url)
        posted = await client.chat_postMessage(
            channel=where.id, text=message.text, blocks=message.plainer or message.blocks
        )
        return self.slack.workspace.message(where, posted["ts"])

    async def press(self, who: Any, message: Any, action: str, value: str | None = None) -> None:
        ack = await self.slack.click(who, message, action, value=value)
        assert ack.ok, (ack.problem, ack.details)
        await self.supervisor.idle()

    async def send(self, who: Any, filled: dict[str, object]) -> Any:
        ack = await self.slack.submit(who, filled)
        assert ack.ok, (ack.problem, ack.details)
        await self.supervisor.idle()
        return ack

    async def approve(self, who: Any, message: Any) -> str:
        """Presses, ticks and sends; what the form says at the end."""
        await self.press(who, message, ids.APPROVE)
        await self.send(who, {ids.ATTEST: ["network-path"]})
        return self.screen(who)

    def screen(self, who: Any) -> str:
        shown = self.slack.views.top(who)
        return str(shown.view["blocks"]) if shown else ""

    def whispered(self, who: Any, where: Any) -> list[str]:
        return [m.text for m in self.slack.workspace.messages(where) if m.ephemeral_to == who.id]


@pytest.fixture
def made(requests_desk: Any) -> Any:
    """A prepared request, whose plan and checks are written into the ledger."""
    return requests_desk.request()


@pytest.fixture(params=[False, True], ids=["acknowledging", "processing"])
async def house(
    request: pytest.FixtureRequest, log: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)

    async def collect(name: str, watch: Any, operation: Any = None) -> Any:
        raise AssertionError("nothing is collected here")

    async def sleep(_: float) -> None:
        await asyncio.sleep(0.05)

    numbers = itertools.count(1)
    url = f"sqlite+aiosqlite:///{tmp_path}/ledger.db"
    async with SandboxSlack() as slack, opened(url, key=b"a key that only tests have") as ledger:
        slack.rates.enforced = False
        slack.allowed_mentions.add(APPROVERS.id)
        client = AsyncWebClient(token=slack.token, base_url=slack.base_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=request.param)
        supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        posters, wakes = SlackPosters(sleep=sleep), Wakes()
        policies = dict.fromkeys(Operation, POLICY)
        standings = SlackStandings(AppClients(app))
        desk = Desk(ledger, wakes, policies, standings, lambda: f"R-{next(numbers):06}")
        preflight = Preflight(collect, {}, supervisor=supervisor, posters=posters)
        channels = (WAR_ROOM.id, ELSEWHERE.id)
        attach(
            app,
            Commands(),
            preflight=preflight,
            errors=Errors(search, lookup, supervisor=supervisor, posters=posters),
            reprotect=Reprotect(desk, supervisor=supervisor, posters=posters, channels=channels),
            failback=Failback(
                desk,
                preflight=preflight,
                looking=Looking(collect, desk, lambda: datetime.now(UTC)),
                zones=standings.zone,
                supervisor=supervisor,
                posters=posters,
                channels=channels,
            ),
            approvals=Approvals(desk, supervisor=supervisor, posters=posters, sleep=sleep),
            onward=Onward(desk, supervisor=supervisor, posters=posters, channels=channels),
        )
        runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield House(slack, supervisor, ledger, wakes, policies, log)
        await supervisor.close()
        await runner.cleanup()
    assert log.lines == []


# --- asking ---


async def test_an_ask_is_in_the_ledger_and_wakes_both_passes(house: House) -> None:
    said = await house.type('start "Pay roll 2" --target web01=mt-win01 the site is back @lena')
    request = await house.request()
    assert request.asked.subject == "Pay roll 2"
    assert request.asked.wishes.target == (Wish("mt-win01", "web01"),)
    assert request.asked.reason == "the site is back @lena"
    assert (request.asked.requester.team_id, request.asked.requester.user_id) == (MAYA.team_id, MAYA.id)
    assert (request.asked.where.team_id, request.asked.where.channel) == (MAYA.team_id, WAR_ROOM.id)
    assert house.wakes.works == [(Work.ADVANCE, request.id), (Work.REPORT, request.id)]
    assert said.startswith(f"Asked: {request.id}.")


async def test_a_channel_that_is_not_for_it_is_refused_in_the_acknowledgement(house: House) -> None:
    assert f"<#{WAR_ROOM.id}>" in await house.type("start web02", where=APPROVALS)
    assert await house.ledger.requests() == ()


async def test_a_channel_without_the_bot_can_ask_too(house: House) -> None:
    assert (await house.type("start web02", where=ELSEWHERE)).startswith("Asked: R-000001.")


async def test_status_list_and_cancel_speak_of_what_was_asked(house: House) -> None:
    await house.type("start web02")
    assert "R-000001" in await house.type("list")
    assert "R-000001" in await house.type("status web02")
    assert "R-000001 is cancelled" in await house.type("cancel r-000001 wrong machine")
    request = await house.request()
    assert (request.state, request.why) == (State.CANCELLED, "wrong machine")
    assert "No request is open." in await house.type("list")


async def test_somebody_else_cannot_cancel(house: House) -> None:
    await house.type("start web02")
    assert "guest" in await house.type("cancel R-000001", who=GUS)
    assert (await house.request()).state is State.CHECKING


# --- approving ---


async def test_an_approver_approves_and_the_form_says_so(house: House, made: Any) -> None:
    message = await house.put_forward(made)
    said = await house.approve(LENA, message)
    assert "Your approval of R-000001 counts: 1 of 1." in said
    request = await house.request()
    assert request.state is State.APPROVED
    (decision,) = request.decisions
    assert (decision.person.user_id, decision.attested) == (LENA.id, ("network-path",))


async def test_who_asked_is_refused_before_a_form_is_filled_in(house: House, made: Any) -> None:
    message = await house.put_forward(made)
    house.slack.workspace.groups[APPROVERS.id] = replace(APPROVERS, members=(LENA.id, MAYA.id))
    await house.press(MAYA, message, ids.APPROVE)
    assert house.slack.views.top(MAYA) is None
    assert "You asked for R-000001" in house.whispered(MAYA, message.channel)[-1]
    assert (await house.request()).decisions == ()


async def test_an_attestation_left_open_keeps_the_form(house: House, made: Any) -> None:
    link = made.checked.attestations[0]
    second = Found("configuration-server-backup", "There is a backup", (), (), "Find it.", "https://x.example")
    checked: Checked = replace(made.checked, attestations=(link, second))
    message = await house.put_forward(replace(made, checked=checked))
    await house.press(LENA, message, ids.APPROVE)
    shown = house.slack.views.top(LENA)
    assert shown is not None
    # Slack's own client sends no form with a required box left empty; somebody else's client might.
    view = {
        **shown.view,
        "blocks": [{**block, "optional": True} for block in shown.view["blocks"] if block["type"] == "input"],
    }
    house.slack.views.update(shown.id, "", view)
    ack = await house.slack.submit(LENA, {})
    assert ack.ok, ack.problem
    assert ack.body["response_action"] == "errors"
    assert len(ack.body["errors"]) == 2
    assert (await house.request()).decisions == ()


async def test_a_rejection_keeps_its_reason(house: House, made: Any) -> None:
    message = await house.put_forward(made)
    await house.press(OMAR, message, ids.REJECT)
    await house.send(OMAR, {ids.REASON: "Not before\nthe audit <!channel>"})
    assert "You rejected R-000001" in house.screen(OMAR)
    request = await house.request()
    assert (request.state, request.decisions[0].reason) == (State.REJECTED, "Not before the audit <!channel>")


@pytest.mark.parametrize(
    ("who", "why"),
    [(GUS, "A guest can't decide"), (SVEN, "belongs to another workspace")],
)
async def test_nobody_else_approves(house: House, made: Any, who: Any, why: str) -> None:
    await house.put_forward(made)
    message = await house.post(
        WAR_ROOM, approval_message(await house.request(), policy=POLICY, now=datetime.now(UTC), portal=Portal())
    )
    assert why in (await house.approve(who, message)).replace('"', "'")
    assert (await house.request()).decisions == ()


async def test_a_group_that_cannot_be_read_approves_nothing(house: House, made: Any) -> None:
    message = await house.put_forward(made)
    house.slack.faults.fail("usergroups.users.list", "missing_scope", times=None)
    assert "missing_scope" in await house.approve(LENA, message)
    assert (await house.request()).decisions == ()


# --- replays and forgeries ---


async def test_a_replayed_press_and_a_replayed_form_change_nothing(house: House, made: Any) -> None:
    message = await house.put_forward(made, quorum=2)
    assert "1 of 2" in await house.approve(LENA, message)
    before = await house.request()
    for ack in [ack for ack in house.slack.acks if ack.delivery.kind == "interactive"]:
        await house.slack.again(ack)
        await house.supervisor.idle()
    after = await house.request()
    assert after == before
    assert "decided about R-000001 already" in house.screen(LENA)
    # A trigger opens one form only.
    assert ["exchanged_trigger_id" in line["said"] for line in house.log.lines] == [True]
    house.log.lines.clear()


async def test_a_late_press_is_told_in_private_that_it_is_over(house: House, made: Any) -> None:
    message = await house.put_forward(made)
    await house.approve(LENA, message)
    before = await house.request()
    await house.press(OMAR, message, ids.APPROVE)
    assert "does not wait for a decision" in house.whispered(OMAR, APPROVALS)[-1]
    assert await house.request() == before


async def test_a_form_that_was_open_while_it_was_rejected_changes_nothing(house: House, made: Any) -> None:
    message = await house.put_forward(made)
    await house.press(LENA, message, ids.APPROVE)
    await house.press(OMAR, message, ids.REJECT)
    await house.send(OMAR, {ids.REASON: "No."})
    before = await house.request()
    await house.send(LENA, {ids.ATTEST: ["network-path"]})
    assert "rejected" in house.screen(LENA)
    assert await house.request() == before


@pytest.mark.parametrize(
    "metadata", ["", "x", '["R-000002","' + "0" * 64 + '"]', '["R-000001","' + "0" * 64 + '"]', '["R-000001",""]']
)
async def test_a_forged_form_changes_nothing(house: House, made: Any, metadata: str) -> None:
    message = await house.put_forward(made)
    await house.press(LENA, message, ids.APPROVE)
    shown = house.slack.views.top(LENA)
    assert shown is not None
    house.slack.views.update(shown.id, "", {**shown.view, "private_metadata": metadata})
    before = await house.request()
    await house.send(LENA, {ids.ATTEST: ["network-path"]})
    assert await house.request() == before
    assert "counts" not in house.screen(LENA)


async def test_a_forged_button_changes_nothing(house: House, made: Any) -> None:
    await house.put_forward(made)
    before = await house.request()
    for value in (
        "x",
        Carried("R-000002", made.plan.digest, "web02").text,
        Carried("R-000001", "0" * 64, "web02").text,
    ):
        for action in ids.REQUEST_ACTIONS:
            button = {
                "type": "button",
                "action_id": action,
                "value": value,
                "text": {"type": "plain_text", "text": "Go"},
            }
            forged = await house.post(APPROVALS, _Plain([{"type": "actions", "elements": [button]}]))
            await house.press(GUS, forged, action)
    assert await house.request() == before


class _Plain:
    text = "forged"
    plainer = ()

    def __init__(self, blocks: list[dict[str, Any]]) -> None:
        self.blocks = blocks


async def test_two_last_votes_at_once_are_two_decisions_or_one_and_one_approval(house: House, made: Any) -> None:
    message = await house.put_forward(made)
    for who in (LENA, OMAR):
        await house.press(who, message, ids.APPROVE)
    await asyncio.gather(*(house.slack.submit(who, {ids.ATTEST: ["network-path"]}) for who in (LENA, OMAR)))
    await house.supervisor.idle()
    request = await house.request()
    assert request.state is State.APPROVED
    assert len(request.decisions) == 1
    events = [event.happened.kind for event in await house.ledger.events(request.id)]
    assert events.count(EventKind.APPROVED) == 1


# --- when a person is needed ---


async def test_a_failed_machine_is_tried_again_by_an_approver_alone(house: House, made: Any) -> None:
    await house.put_forward(made)
    await _failed(house)
    shown = await house.carded()
    value = Carried("R-000001", made.plan.digest, "web02").text
    retry = next(action for action in _actions(shown) if action.startswith(ids.RETRY))
    await house.press(MAYA, shown, retry, value)
    assert "You asked for R-000001" in house.whispered(MAYA, WAR_ROOM)[-1]
    assert (await house.request()).state is State.NEEDS_ATTENTION
    await house.press(LENA, shown, retry, value)
    assert "tried again" in house.whispered(LENA, WAR_ROOM)[-1]
    request = await house.request()
    assert (request.state, request.items[0].attempt) == (State.RUNNING, 2)


async def test_the_requester_may_end_it_or_go_on_without_a_machine(house: House, made: Any) -> None:
    await house.put_forward(made)
    await _failed(house)
    shown = await house.carded()
    go_on = next(action for action in _actions(shown) if action.startswith(ids.GO_ON))
    await house.press(MAYA, shown, go_on)
    assert "goes on without web02" in house.whispered(MAYA, WAR_ROOM)[-1]


async def test_end_here_stops_it(house: House, made: Any) -> None:
    await house.put_forward(made)
    await _failed(house)
    shown = await house.carded()
    await house.press(MAYA, shown, next(action for action in _actions(shown) if action.startswith(ids.END_HERE)))
    assert (await house.request()).stopping


def _actions(message: Any) -> list[str]:
    return [
        element["action_id"]
        for block in message.blocks
        for element in block.get("elements", ())
        if "action_id" in element
    ] + [block["accessory"]["action_id"] for block in message.blocks if block.get("accessory")]


async def _failed(house: House) -> None:
    """As the passes leave a request whose machine failed."""
    request = await house.request()
    for state in (State.APPROVED, State.RUNNING):
        request = await house.ledger.write(
            request, Change(request.due_at, state, events=(Happened(EventKind.STARTED),))
        )
    request = await house.ledger.claim(request, request.items[0])
    item = replace(request.items[0], state=ItemState.FAILED, why="Azure refused it")
    told = Happened(EventKind.NEEDS_ATTENTION)
    await house.ledger.write(request, Change(request.due_at, State.NEEDS_ATTENTION, items=(item,), events=(told,)))


async def test_the_list_links_the_card(house: House, made: Any) -> None:
    await house.put_forward(made)
    shown = await house.carded()
    post = await house.ledger.begin_post("R-000001", "card", channel=WAR_ROOM.id, thread="", digest="d")
    assert post is not None
    await house.ledger.posted(post, ts=shown.ts, digest="d")
    assert f"/archives/{WAR_ROOM.id}/p{shown.ts.replace('.', '')}|R-000001>" in await house.type("list")


# --- the way home ---


async def over(house: House, made: Any) -> Any:
    """The first request came through; its card, as the reporter shows it."""
    await house.type("start web02")
    request = await house.request()
    change = Change(request.due_at, State.AWAITING_APPROVAL, plan=made.plan, checked=made.checked)
    request = await house.ledger.write(request, change)
    for state in (State.APPROVED, State.RUNNING):
        request = await house.ledger.write(request, Change(request.due_at, state))
    (item,) = request.items
    for step in (ItemState.CLAIMED, ItemState.SUBMITTED, ItemState.DONE):
        request = await house.ledger.write(request, Change(request.due_at, items=(replace(item, state=step),)))
    await house.ledger.write(request, Change(request.due_at, State.SUCCEEDED))
    return await house.carded()


async def test_a_failback_is_asked_for_with_its_point_and_time(house: House) -> None:
    said = await house.type("start web02 --point app --at tomorrow 06:30 agreed with Lena", command="/failback")
    assert said.startswith("Asked: R-000001.")
    asked = (await house.request()).asked
    assert (asked.operation, asked.point, asked.reason) == (Operation.FAILBACK, "app-consistent", "agreed with Lena")
    assert asked.zone == "Europe/Amsterdam"
    assert asked.at is not None
    assert asked.at.astimezone(ZoneInfo(asked.zone)).strftime("%H:%M") == "06:30"


async def test_what_the_failback_command_cannot_mean_is_told(house: House) -> None:
    assert "“&lt;!channel&gt;”" in await house.type("start web02 --at 22:00 --zone <!channel>", command="/failback")
    assert "--at takes a time" in await house.type("start web02 --at 10:30 pm", command="/failback")
    assert f"<#{WAR_ROOM.id}>" in await house.type("commit web02", where=APPROVALS, command="/failback")
    assert await house.ledger.requests() == ()


async def test_the_card_of_what_is_over_asks_for_the_next_step(house: House, made: Any) -> None:
    card = await over(house, made)
    await house.press(LENA, card, ids.NEXT)
    assert "Asked: R-000002." in house.whispered(LENA, WAR_ROOM)[-1]
    newest = next(one for one in await house.ledger.requests() if one.id == "R-000002")
    assert (newest.asked.operation, newest.asked.subject) == (Operation.FAILBACK, "web02")
    assert newest.asked.requester.user_id == LENA.id
    woken = [(Work.ADVANCE, "R-000002"), (Work.REPORT, "R-000002"), (Work.REPORT, "R-000001")]
    assert house.wakes.works[-3:] == woken, "its own, and the card of what it goes on from"


async def test_a_second_press_asks_for_nothing_more(house: House, made: Any) -> None:
    card = await over(house, made)
    await house.press(LENA, card, ids.NEXT)
    await house.press(MAYA, card, ids.NEXT)
    assert "R-000002 is open for it already (checking)" in house.whispered(MAYA, WAR_ROOM)[-1]
    assert len(await house.ledger.requests()) == 2


async def test_somebody_from_another_company_asks_for_no_next_step(house: House, made: Any) -> None:
    card = await over(house, made)
    await house.press(SVEN, card, ids.NEXT)
    assert "another workspace" in house.whispered(SVEN, WAR_ROOM)[-1]
    assert len(await house.ledger.requests()) == 1
