"""The failback command, called as Bolt calls it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Asked, Person, Refusal, Where
from homeward.actions.states import Operation, State
from homeward.checks.facts import NOT_ASKED, Item, Missing, RecoveryPoint, Topology
from homeward.checks.subjects import (
    Answer,
    Candidate,
    Choices,
    Collected,
    Kind,
    NoMatch,
    Subject,
    Watch,
    Wishes,
)
from homeward.handlers import Failback, Looking, Preflight, SlackRefused, Supervisor
from homeward.handlers.views.blocks import Message

NOW = datetime(2026, 3, 7, 2, 30, tzinfo=UTC)
MAYA = Person("T1", "U0MAYA")
HERE = Where("T1", "E1", "C1")


class Command:
    """The command with its surroundings."""

    def __init__(self, desk: Any, poster: Any, log: Any, ack: Any, samples: Any, **more: Any) -> None:
        self.desk, self.poster, self.log, self.ack, self.samples = desk, poster, log, ack, samples
        self.supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        self.zone = "Europe/Berlin"
        self.asked: list[tuple[str, Operation]] = []
        self.answers: dict[str, Answer] = {}
        rules: Any = dict.fromkeys(Operation, samples.judging)
        preflight = Preflight(self.collect, rules, supervisor=self.supervisor, posters=poster)
        self.failback = Failback(
            desk,
            preflight=preflight,
            looking=Looking(self.collect, desk, lambda: NOW),
            zones=self.zones,
            supervisor=self.supervisor,
            posters=poster,
            clock=lambda: NOW,
            **more,
        )

    async def collect(self, name: str, watch: Watch, operation: Operation = Operation.REPROTECT) -> Answer:
        self.asked.append((name, operation))
        return self.answers.get(name) or NoMatch(name, ("web02",))

    async def zones(self, person: Person, where: Where) -> str:
        assert (person, where) == (MAYA, HERE)
        return self.zone

    def there(self, *machines: Any, name: str = "") -> None:
        kind = Kind.MACHINE if len(machines) == 1 else Kind.PLAN
        name = name or machines[0].machine
        self.answers[name] = Collected(Subject(name, kind, "prod-dr"), NOW, machines, ())

    async def type(self, text: str, channel: str = "C1") -> str:
        """What the person reads: in the acknowledgement, or whispered after it."""
        body = {
            "command": "/failback",
            "text": text,
            "team_id": "T1",
            "enterprise_id": "E1",
            "user_id": "U0MAYA",
            "channel_id": channel,
        }
        await self.failback.command(self.ack, body, None, None)  # type: ignore[arg-type] # the poster is a fake
        await self.supervisor.idle()
        answer = self.ack.answers[-1]
        if answer:
            assert answer["response_type"] == "ephemeral"
            return str(answer["text"]) + str(answer["blocks"])
        said: str = self.poster.last
        return said


@pytest.fixture
def command(requests_desk: Any, poster: Any, log: Any, ack: Any, samples: Any) -> Command:
    return Command(requests_desk, poster, log, ack, samples)


def an_item(state: str, *allowed: str, provider: str = "InMageRcmFailback", id: str = "/item/web02") -> Item:
    return Item(
        id=id,
        name="web02",
        provider=provider,
        topology=Topology.MODERNIZED,
        fabric_id="/fabric/1",
        protection_state=state,
        state_description=f"{state} in words",
        active_location="Recovery",
        allowed_operations=allowed,
        job_id="",
        replication_health="Normal",
        failover_health="Normal",
        health_errors=(),
        last_failover=Missing("not read here"),
        os=Missing("not read here"),
        os_version="",
        physical=False,
        group_id="",
        group_name="",
        disks=Missing("not read here"),
        azure_vm_id="",
        agent_heartbeat=Missing("not read here"),
        agent_registered=Missing("not read here"),
        discovered=Missing("not read here"),
        vsphere_id="",
        region="",
        log_storage_id="",
    )


def standing(command: Command, machine: str, state: str, *allowed: str, **more: Any) -> Any:
    return replace(command.samples.facts(machine), item=an_item(state, *allowed, id=f"/item/{machine}", **more))


# --- what is typed ---


@pytest.mark.parametrize("text", ["", "help", "?", " HELP ", "“help”"])
async def test_help_shows_every_word_of_the_command(command: Command, text: str) -> None:
    said = await command.type(text)
    for word in ("check", "start", "points", "commit", "cancel", "status", "list", "--at", "--zone", "--point"):
        assert word in said
    assert command.desk.told == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("strat web01", "Did you mean /failback start web01?"),
        ("comit web01", "Did you mean /failback commit web01?"),
        ("web01", "There is no /failback web01: the first word is check, start, points, commit, cancel, status, list"),
        ("start", "Which machine, group or plan?"),
        ("commit", "Which machine, group or plan?"),
        ("cancel", "Which machine, group or plan?"),
        ("check", "Which machine, group or plan? /failback check NAME."),
        ("points", "Which machine, group or plan? /failback points NAME."),
        ("points “”", "Which machine, group or plan? /failback points NAME."),
        ("check web01 --all", "There is no option --all."),
        ("start web01 --at soon", "--at takes a time such as 22:00"),
        ("start web01 at 22:00", "To start at that time, say --at 22:00"),
        ("start web01 --to azure", "--to is for the start of a reprotect."),
        ("commit web01 --force", "There is no option --force. There is --reason alone."),
        ("start " + "a" * 501, "The name is too long"),
        ("start “web01", "A quotation mark is not closed."),
    ],
)
async def test_what_cannot_be_meant_is_answered_in_the_acknowledgement(command: Command, text: str, why: str) -> None:
    assert (await command.type(text)).startswith(why)
    assert command.desk.told == []
    assert command.asked == []


@pytest.mark.parametrize(
    ("text", "operation", "point"),
    [
        ("start “Pay roll 2” --point app the site is back", Operation.FAILBACK, "app-consistent"),
        ("commit 'Pay roll 2' the site is back", Operation.COMMIT, ""),
        ("CANCEL “Pay roll 2” the site is back", Operation.CANCEL, ""),
    ],
)
async def test_each_word_asks_for_its_operation(command: Command, text: str, operation: Operation, point: str) -> None:
    said = await command.type(text)
    asked = Asked(operation, "Pay roll 2", Wishes(), "the site is back", MAYA, HERE, point)
    assert command.desk.told == [("ask", asked)]
    assert said.startswith("Asked: R-7K2M9Q. The checks run now; its card appears here")


async def test_an_answer_in_an_older_thread_is_linked(command: Command) -> None:
    command.desk.thread = "17.5"
    said = await command.type("commit web01")
    assert said == (
        "Asked: R-7K2M9Q. The checks run now; it goes on in "
        "<https://rotterdam.slack.invalid/archives/C1/17.5|the thread of its way home>."
    )


async def test_a_thread_whose_address_slack_does_not_tell_is_named(command: Command) -> None:
    command.desk.thread = "17.5"
    command.poster.refuse["link"] = [SlackRefused("chat.getPermalink", "message_not_found")]
    assert "it goes on in the thread of its way home." in await command.type("commit web01")


async def test_what_the_desk_refuses_is_told(command: Command) -> None:
    command.desk.refusal = Refusal("past", "The time to start at is over. Say a later one.")
    assert await command.type("start web01 --at 22:00") == "The time to start at is over. Say a later one."


@pytest.mark.parametrize("text", ["start web01", "commit web01", "cancel web01"])
async def test_an_operation_is_asked_for_in_its_channels_alone(
    requests_desk: Any, poster: Any, log: Any, ack: Any, samples: Any, text: str
) -> None:
    command = Command(requests_desk, poster, log, ack, samples, channels=("C1",))
    assert "is asked for in <#C1>, so that the right people see it" in await command.type(text, channel="C3")
    assert requests_desk.told == []
    await command.type(text)
    assert [told[0] for told in requests_desk.told] == ["ask"]


async def test_where_nothing_can_be_started_it_is_told_and_the_rest_works(
    poster: Any, log: Any, ack: Any, samples: Any
) -> None:
    command = Command(None, poster, log, ack, samples, missing="approvals.channel is not set.")
    for text in ("start web01", "commit web01", "cancel web01", "list", "status"):
        assert "approvals.channel is not set." in await command.type(text)
    command.there(standing(command, "web02", "Protected"))
    for text in ("status web02", "points web02"):
        assert (await command.type(text)).startswith("*web02: ")
    await command.type("check web02")
    assert command.asked[-1] == ("web02", Operation.FAILBACK)


# --- when ---


async def test_a_time_is_the_persons_own(command: Command) -> None:
    await command.type("start web01 --at 22:00")
    ((_, asked),) = command.desk.told
    assert (asked.at, asked.zone) == (datetime(2026, 3, 7, 21, 0, tzinfo=UTC), "Europe/Berlin")
    assert "Once approved, it starts 2026-03-07 22:00 Europe/Berlin" in command.poster.last
    assert "taken as UTC" not in command.poster.last


async def test_a_zone_that_is_said_counts_more(command: Command) -> None:
    await command.type("start web01 --at tomorrow 06:30 --zone america/new_york agreed")
    ((_, asked),) = command.desk.told
    assert (asked.at, asked.zone) == (datetime(2026, 3, 7, 11, 30, tzinfo=UTC), "America/New_York")
    assert asked.reason == "agreed"


@pytest.mark.parametrize("told", ["", "Nowhere/Land", "../etc"])
async def test_without_a_zone_it_is_utc_and_that_is_said(command: Command, told: str) -> None:
    command.zone = told
    said = await command.type("start web01 --at 22:00")
    ((_, asked),) = command.desk.told
    assert (asked.at, asked.zone) == (datetime(2026, 3, 7, 22, 0, tzinfo=UTC), "UTC")
    assert "Slack does not tell your time zone, so 22:00 was taken as UTC" in said


async def test_an_offset_needs_no_zone(command: Command) -> None:
    command.zone = ""
    said = await command.type("start web01 --at 2026-03-07T22:00+02:00")
    assert command.desk.told[0][1].at == datetime(2026, 3, 7, 20, 0, tzinfo=UTC)
    assert "taken as UTC" not in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("--at 22:00 --zone Berlin", "There is no time zone “Berlin”. Did you mean Europe/Berlin?"),
        ("--at 22:00 --zone <!channel>", "There is no time zone “&lt;!channel&gt;”."),
        ("--at 2026-03-06 22:00", "is over: it is 03:30 on Saturday in Europe/Berlin now."),
        ("--at 2026-03-20 22:00", "is too far away: at most 7 days ahead."),
    ],
)
async def test_a_time_that_cannot_be_is_told_and_nothing_is_asked(command: Command, text: str, why: str) -> None:
    assert why in await command.type(f"start web01 {text}")
    assert command.desk.told == []


# --- cancel ---


@pytest.mark.parametrize("text", ["cancel R-7K2M9Q wrong machine", "cancel `7k2m9q` “wrong machine”"])
async def test_a_request_is_cancelled_by_its_id(command: Command, text: str) -> None:
    command.desk.request(State.CANCELLED)
    assert await command.type(text) == "R-7K2M9Q is cancelled: nothing was started."
    assert command.desk.told == [("cancel", "R-7K2M9Q", MAYA, "wrong machine")]


async def test_what_is_cancelled_in_any_channel_is_a_request(
    requests_desk: Any, poster: Any, log: Any, ack: Any, samples: Any
) -> None:
    command = Command(requests_desk, poster, log, ack, samples, channels=("C1",))
    requests_desk.request(State.CANCELLED)
    assert "is cancelled" in await command.type("cancel R-7K2M9Q", channel="C3")


async def test_an_id_that_is_not_there_is_no_machine(command: Command) -> None:
    assert (await command.type("cancel R-N0TH1N")).startswith("There is no request R-N0TH1N")
    assert command.desk.told == []


async def test_a_machine_of_an_open_request_is_asked_about_first(command: Command) -> None:
    command.desk.request(State.APPROVED)
    said = await command.type("cancel web02")
    assert "Which request? web02 is part of R-7K2M9Q." in said
    assert "`/failback cancel R-7K2M9Q`" in said
    assert command.desk.told == []


async def test_the_failback_of_a_machine_is_cancelled_as_an_operation(command: Command) -> None:
    command.desk.request(State.SUCCEEDED)
    await command.type("cancel web02 the database is broken")
    ((_, asked),) = command.desk.told
    assert (asked.operation, asked.subject, asked.reason) == (Operation.CANCEL, "web02", "the database is broken")


# --- check, points, status, list ---


async def test_a_check_is_a_failbacks_and_stays_one(command: Command) -> None:
    command.there(command.samples.facts("web02"))
    await command.type("check web02")
    assert command.asked == [("web02", Operation.FAILBACK)]
    assert command.ack.answers == [{}]
    assert command.poster.ways == ["post", "finish"]
    value = command.poster.said[-1].message.blocks[-1]["elements"][0]["value"]
    assert value == '["failback","web02"]'


async def test_the_points_of_each_machine_are_told(command: Command) -> None:
    point = RecoveryPoint("/points/8b1f", datetime(2026, 3, 7, 2, 0, tzinfo=UTC), "CrashConsistent")
    one = replace(standing(command, "pay01", "Protected"), points=(point,))
    other = replace(standing(command, "pay02", "Protected"), points=Missing("the vault did not answer"))
    gone = command.samples.facts("pay03")
    unasked = replace(standing(command, "pay04", "Protected"), points=NOT_ASKED)
    command.there(one, other, gone, unasked, name="payroll")
    said = await command.type("points payroll")
    assert "crash-consistent · `8b1f`" in said
    assert "the vault did not answer" in said
    assert "*pay03*: ? could not be read: not read here" in said
    assert "*pay04*: ? could not be read: its recovery points were not read" in said
    assert command.asked == [("payroll", Operation.FAILBACK)]
    assert command.poster.ways == ["whisper"]


async def test_the_status_of_a_machine_is_where_it_stands(command: Command) -> None:
    command.there(standing(command, "web02", "Protected", "PlannedFailover"))
    said = await command.type("status web02")
    assert said.startswith("*web02: ready to fail back*")
    buttons = [b for block in command.poster.said[-1].message.blocks for b in block.get("elements", ())]
    assert '["failback","web02"]' in [b.get("value") for b in buttons]


async def test_a_machine_at_which_a_request_is_says_so(command: Command) -> None:
    command.desk.request(State.AWAITING_APPROVAL)
    command.there(standing(command, "web02", "UnplannedFailoverCommitted", provider="InMageRcm"))
    said = await command.type("status web02")
    assert "R-7K2M9Q" in said
    assert "is asked for already, and not started yet" in said


@pytest.mark.parametrize("state", [State.CHECKING, State.RUNNING])
async def test_an_ended_request_is_no_longer_at_it(command: Command, state: State) -> None:
    command.desk.request(State.SUCCEEDED)
    command.desk.request(state, "R-AAAAAA", items=(), plan=None)
    command.there(standing(command, "web02", "Protected"))
    said = await command.type("status web02")
    assert "R-AAAAAA" in said
    assert "R-7K2M9Q" not in said


async def test_what_is_not_known_is_told_with_the_reason(command: Command) -> None:
    unread = replace(command.samples.facts("pay01"), item=Missing("the vault did not answer"))
    odd = standing(command, "pay02", "SomethingNew")
    slow = standing(command, "pay03", "InitialReplicationInProgress")
    command.there(unread, odd, slow, name="payroll")
    said = await command.type("status payroll")
    assert "the vault did not answer" in said
    assert "Azure says SomethingNew in words" in said
    assert "InitialReplicationInProgress in words" in said


async def test_the_status_of_a_request_is_found_by_its_id(command: Command) -> None:
    command.desk.request(State.RUNNING)
    assert "• web02: not started yet" in await command.type("status R-7K2M9Q")
    assert (await command.type("status R-N0TH1N")).startswith("There is no request R-N0TH1N")
    assert command.asked == []


async def test_the_status_of_nothing_is_that_of_the_channel(command: Command) -> None:
    command.desk.request(State.RUNNING, "R-AAAAAA")
    assert "R-AAAAAA" in await command.type("status")
    assert "R-AAAAAA" in await command.type("list")


@pytest.mark.parametrize("word", ["status", "points"])
async def test_a_name_that_nothing_has_or_several_have_is_told(command: Command, word: str) -> None:
    assert await command.type(f"{word} web2") == ("No machine, group or plan is named web2. The nearest names: web02.")
    candidates = tuple(Candidate("file01", Kind.MACHINE, f"/arm/{n}", f"vault {n}") for n in range(12))
    command.answers["file01"] = Choices("file01", candidates)
    said = await command.type(f"{word} file01")
    assert said.startswith("file01 fits 12 subjects: name one by its id.")
    assert f"`/failback {word} /arm/0`" in said
    assert "and 4 more." in said


async def test_a_ledger_in_trouble_does_not_hide_where_machines_are(command: Command) -> None:
    command.desk.error = LedgerError("The ledger's disk is full.")
    command.there(standing(command, "web02", "Protected"))
    assert (await command.type("status web02")).startswith("*web02: ready")
    for text in ("status R-7K2M9Q", "status", "list", "start web02", "cancel web02", "commit web02"):
        assert await command.type(text) == "That was not done: The ledger's disk is full."
    assert command.log.lines == []


# --- anything ---


async def test_hostile_words_ring_nobody(command: Command, hostile: Any, refused: Any) -> None:
    for name in hostile:
        for word in (
            "",
            "start ",
            "status ",
            "cancel ",
            "points ",
            "check ",
            "start web01 --zone ",
            "start web01 --at ",
        ):
            await command.type(f"{word}{name}")
            answer = command.ack.answers[-1]
            if answer:
                assert refused(Message(answer["text"], answer["blocks"])) == [], (word, name)
    assert command.log.lines == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(text=st.text(max_size=300))
async def test_any_text_is_acknowledged(command: Command, text: str) -> None:
    for word in ("", "start ", "status ", "cancel "):
        await command.type(word + text)
    assert command.log.lines == []


async def test_only_so_many_are_read_at_a_time(command: Command) -> None:
    reading, most, gate = 0, 0, asyncio.Event()

    async def collect(name: str, watch: Watch, operation: Operation = Operation.REPROTECT) -> Answer:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        await gate.wait()
        reading -= 1
        return NoMatch(name, ())

    looking = Looking(collect, None, lambda: NOW)
    asked = [asyncio.create_task(looking.points(f"web{n}", command="/failback")) for n in range(20)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*asked)
    assert most == 8
