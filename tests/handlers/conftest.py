"""Small reports to show, a poster that keeps what is said, and the strict reading of all of it."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from homeward.actions.approval import Click
from homeward.actions.plan import Checked, Download, Found, Plan, PlannedDisk, PlannedItem
from homeward.actions.posts import Post
from homeward.actions.requests import Asked, Person, Refusal, Request, RequestItem, Where
from homeward.actions.states import Operation, State
from homeward.bot.sandbox.slack.blocks import problems_in_message, problems_in_view
from homeward.checks import (
    Facts,
    Kind,
    Missing,
    Note,
    Outcome,
    Report,
    Rule,
    Severity,
    SourceReading,
    SourceState,
    Status,
    Subject,
    Topology,
)
from homeward.checks.model import ANY
from homeward.checks.report import Verdict
from homeward.checks.subjects import Wishes
from homeward.handlers.views.blocks import MESSAGE_LETTERS, Message, Modal, letters

WHEN = datetime(2026, 3, 7, 2, 14, 5, tzinfo=UTC)


def a_rule(id: str, severity: Severity = Severity.BLOCKER, title: str = "", hint: str = "") -> Rule:
    return Rule(
        id=id,
        title=title or f"The state of {id} is good",
        severity=severity,
        topologies=ANY,
        hint=hint or f"Mend {id}, then check again.",
        docs=f"https://learn.microsoft.com/{id}",
        judge=lambda _: (),
    )


STOPPED = a_rule(
    "azure-vm-not-running",
    title="The Azure VM is running",
    hint="Start it in Azure, wait up to 15 minutes for its agent, then check again.",
)
SILENT = a_rule("azure-vm-agent-silent", Severity.WARNING, "The agent in the Azure VM reports")
PRIVILEGES = a_rule("vcenter-privileges", title="The account has every privilege")
MIXED = a_rule("group-mixed-os", title="All machines of a replication group have the same kind of system")
LINK = a_rule("network-link", Severity.ATTESTATION, "The link to on-premises carries the traffic")
PASSING = tuple(a_rule(f"item-check-{n}") for n in range(28))
NOT_OURS = a_rule("master-target-missing")

Told = Mapping[Rule, tuple[Status, tuple[str, ...]]]

WEB02: Told = {
    STOPPED: (Status.FAILED, ("web02 is stopped (deallocated).",)),
    SILENT: (Status.FAILED, ("Its last heartbeat was 47 minutes ago.",)),
    PRIVILEGES: (Status.UNKNOWN, ("vc01 did not answer within 20 s",)),
}


def a_report(
    told: Mapping[str, Told],
    *,
    name: str = "",
    kind: Kind = Kind.MACHINE,
    topology: str = "modernized",
    sources: tuple[SourceReading, ...] = (),
    notes: tuple[Note, ...] = (),
    vault: str = "prod-dr",
) -> Report:
    """A report by machine; whatever rule is not told of passes."""
    rules = list(dict.fromkeys([rule for of in told.values() for rule in of] + [*PASSING, LINK, NOT_OURS]))
    usual: Told = {
        LINK: (Status.UNKNOWN, ("No API can tell: whoever approves the start confirms it.",)),
        NOT_OURS: (Status.NOT_APPLICABLE, ("Does not apply to modernized protection.",)),
    }
    outcomes = tuple(
        Outcome(rule, machine, *of.get(rule, usual.get(rule, (Status.PASSED, ()))))
        for machine, of in told.items()
        for rule in rules
    )
    subject = Subject(name or next(iter(told), "nothing"), kind, vault)
    return Report(subject, topology, WHEN, tuple(told), outcomes, notes, sources)


def facts_of(machine: str) -> Facts:
    """Facts of which only the name is known."""
    unread = {f.name: Missing("not read here") for f in fields(Facts)}
    return Facts(**{**unread, "now": WHEN, "machine": machine, "topology": Topology.MODERNIZED})  # type: ignore[arg-type] # all Missing


def _stopped(facts: Facts) -> Iterator[str]:
    if facts.machine != "web01":
        yield f"{facts.machine} is stopped (deallocated)."


@dataclass
class Samples:
    """What the tests of the views start from."""

    rule: Callable[..., Rule] = field(default=a_rule)
    report: Callable[..., Report] = field(default=a_report)
    web02: Told = field(default_factory=lambda: WEB02)
    stopped: Rule = STOPPED
    silent: Rule = SILENT
    mixed: Rule = MIXED
    privileges: Rule = PRIVILEGES
    link: Rule = LINK
    facts: Callable[[str], Facts] = field(default=facts_of)
    judging: tuple[Rule, ...] = (replace(STOPPED, judge=_stopped), *PASSING)
    when: datetime = WHEN
    sources: tuple[SourceReading, ...] = (
        SourceReading("vault prod-dr", SourceState.READ, "", 0.84),
        SourceReading("vCenter vc01", SourceState.FAILED, "vc01 did not answer within 20 s", 20.0),
    )


@pytest.fixture
def samples() -> Samples:
    return Samples()


@pytest.fixture
def hostile() -> tuple[str, ...]:
    """Names that nobody should give a machine."""
    return (
        "<!channel>",
        "<!here|here>",
        "<!subteam^S0APPROVERS|@dr-approvers>",
        "<@U0LENA>",
        "<#C0WARROOM>",
        "@channel @here",
        "<https://example.invalid|web01>",
        "*bold* _it_ ~no~ `code` ```fence```",
        "&lt;!channel&gt;",
        "web\u202e10\u202c",
        "\u2066\u200f\u061cweb01",
        "web01\n✓ web01 is ready to come home",
        "\x00\x07\x1b[31mred\x7f",
        "\ud800half",
        "",
        "   ",
        "\u200b",
        "&" * 10_000,
        "<" * 10_000,
        "名" * 10_000,
        "🧟" * 10_000,
        "a" * 10_240,
        "a\u0301" * 5_000,
    )


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """One JSON file for each screen, to be pasted into Block Kit Builder."""
    return snapshot.use_extension(JSONSnapshotExtension)


RUNG = ("S0LEADS",)
"""The user groups of approvers: they may be rung."""
_OURS = re.compile(
    r"<@U0MAYA>|<@U0LEAD>|<!subteam\^S0LEADS>|<#C1>|<!date\^\d+\^[{}_a-z ]+\|[^<>|]+>|<https://[^<>|\s]+\|[^<>|]+>"
)


def problems(shown: Message | Modal) -> list[str]:
    """What Slack would say against it, and any markup of Slack's in it that is not ours."""
    if isinstance(shown, Modal):
        return problems_in_view(shown.view) + _foreign(shown.view)
    found = problems_in_message({"text": shown.text, "blocks": list(shown.blocks)}, allowed_mentions=RUNG)
    if shown.plainer:
        found += problems_in_message({"text": shown.text, "blocks": list(shown.plainer)}, allowed_mentions=RUNG)
    for blocks in (shown.blocks, shown.plainer):
        if letters(blocks) > MESSAGE_LETTERS:
            found.append(f"{letters(blocks)} characters in all")
    return found + _foreign([{"type": "mrkdwn", "text": shown.text}, shown.blocks, shown.plainer])


def _foreign(value: Any) -> list[str]:
    if isinstance(value, dict):
        here: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType] # JSON
        left = _OURS.sub("", here["text"]) if here.get("type") == "mrkdwn" else ""
        hidden = [f"hidden {c!r}" for c in left if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs")]
        return [*(["markup"] if set("<>") & set(left) else []), *hidden, *_foreign(list(here.values()))]
    if isinstance(value, list | tuple):
        return [found for inner in value for found in _foreign(inner)]  # pyright: ignore[reportUnknownVariableType] # JSON
    return []


@pytest.fixture
def refused() -> Callable[[Message | Modal], list[str]]:
    return problems


@pytest.fixture
def words() -> Callable[[Message | Modal], str]:
    """All texts of a message, one after the other."""
    return spoken


def spoken(shown: Message | Modal) -> str:
    blocks: Any = shown.view["blocks"] if isinstance(shown, Modal) else shown.blocks
    return "\n".join(_texts(blocks))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            text
            for key, inner in value.items()  # pyright: ignore[reportUnknownVariableType]
            for text in ([inner] if key in ("text", "title") and isinstance(inner, str) else _texts(inner))
        ]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]  # pyright: ignore[reportUnknownVariableType]
    return []


@dataclass
class Said:
    """One thing that the poster was told to say."""

    how: str
    message: Message | Modal
    where: str = ""
    thread: str = ""


class FakePoster:
    """Keeps what is said; `refuse` maps a way of saying to the errors that it raises next."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.refuse: dict[str, list[Exception]] = {}
        self.thread = ""
        """Where the request came from."""
        self._more = asyncio.Event()

    def __call__(
        self, client: AsyncWebClient, respond: AsyncRespond | None, team: str, thread: str = ""
    ) -> "FakePoster":
        self.thread = thread
        return self

    def _say(self, said: Said) -> None:
        if errors := self.refuse.get(said.how):
            raise errors.pop(0)
        wrong = problems(said.message)
        assert not wrong, wrong
        self.said.append(said)
        self._more.set()

    async def until(self, count: int) -> None:
        """Waits until so many things have been said."""
        while len(self.said) < count:
            self._more.clear()
            await self._more.wait()

    async def post(self, channel: str, message: Message, *, thread: str = "") -> str:
        self._say(Said("post", message, channel, thread))
        return f"{len(self.said)}.0"

    async def update(self, channel: str, ts: str, message: Message, *, insist: bool) -> None:
        self._say(Said("finish" if insist else "update", message, ts))

    async def whisper(self, message: Message, *, replace: bool = False, to_channel: bool = False) -> None:
        self._say(Said("replace" if replace else "to_channel" if to_channel else "whisper", message))

    async def open_view(self, trigger: str, modal: Modal) -> str:
        self._say(Said("open", modal, trigger))
        return "V1"

    async def update_view(self, view_id: str, modal: Modal) -> None:
        self._say(Said("view", modal, view_id))

    async def publish(self, user: str, home: Modal, *, insist: bool) -> None:
        self._say(Said("publish", home, user))

    async def link(self, channel: str, ts: str) -> str:
        if errors := self.refuse.get("link"):
            raise errors.pop(0)
        return f"https://rotterdam.slack.invalid/archives/{channel}/{ts}"

    @property
    def ways(self) -> list[str]:
        return [said.how for said in self.said]

    @property
    def last(self) -> str:
        """What is read at the end."""
        return spoken(self.said[-1].message)


@pytest.fixture
def poster() -> FakePoster:
    return FakePoster()


@dataclass
class FakeLog:
    lines: list[dict[str, object]] = field(default_factory=list[dict[str, object]])

    def error(self, event: str, **values: object) -> None:
        self.lines.append({"event": event, **values})


@pytest.fixture
def log() -> FakeLog:
    return FakeLog()


@dataclass
class Acks:
    """Stands for Bolt's ack."""

    answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def __call__(self, whole: str = "", **answer: Any) -> None:
        self.answers.append(json.loads(whole) if whole else answer)


@pytest.fixture
def ack() -> Acks:
    return Acks()


class FakeDesk:
    """A desk of requests without a ledger: keeps what it is asked to do, and answers what it is told to."""

    def __init__(self) -> None:
        self.known: list[Request] = []
        self.told: list[tuple[Any, ...]] = []
        self.cards: dict[str, Post] = {}
        self.refusal: Refusal | None = None
        self.error: Exception | None = None
        self.slow: asyncio.Event | None = None
        """Finding waits for it."""
        self.thread = ""
        """The older thread in which what is asked goes on."""

    def request(self, state: State = State.AWAITING_APPROVAL, id: str = "R-7K2M9Q", **changes: Any) -> Request:
        """A request for web02, as Maya made it, which the desk knows from now on."""
        machine = PlannedItem(
            machine="web02",
            item_id="/item/web02",
            topology=Topology.MODERNIZED,
            stage=0,
            group="",
            target="appliance01",
            target_id="/agent/1",
            process_server="",
            process_server_id="",
            datastore="ds-gold-01",
            retention="",
            log_storage_id="/storage/asrlogs01",
            policy="24h-failback",
            policy_id="/policy/1",
            disks=(PlannedDisk("d0", "disk 0", 64 * 1024**3),),
            excluded=(),
            source_vm="web02",
            original_location=True,
            download=Download.CHANGES,
        )
        plan = Plan(Operation.REPROTECT, "prod-dr", "web02", Kind.MACHINE.value, (machine,))
        link = Found(
            "network-path", "A link leads back", ("web02",), (), "Ask who owns the network.", "https://x.example"
        )
        where = Where("T1", "", "C1")
        whole = Request(
            id=id,
            asked=Asked(Operation.REPROTECT, "web02", Wishes(), "the site is back", Person("T1", "U0MAYA"), where),
            state=state,
            version=2,
            created_at=WHEN,
            expires_at=WHEN + timedelta(hours=2),
            due_at=WHEN,
            quorum=1,
            plan=plan,
            checked=Checked(Verdict.READY, WHEN, 31, (), (), (), (), (link,)),
            items=(RequestItem(0, machine, machine.item_id),),
        )
        made = replace(whole, **changes)
        self.known.append(made)
        return made

    def _answer(self, *told: Any) -> Any:
        if self.error:
            raise self.error
        self.told.append(told)
        return self.refusal or self.known[-1]

    async def ask(self, asked: Asked, follows: str = "") -> Request | Refusal:
        if not self.error and not self.refusal:
            shown = replace(asked, where=replace(asked.where, thread=self.thread))
            self.request(State.CHECKING, asked=shown, plan=None, items=())
        answer: Request | Refusal = self._answer("ask", asked, *([follows] if follows else []))
        return answer

    async def approve(self, click: Click) -> Request | Refusal:
        answer: Request | Refusal = self._answer("approve", click)
        return answer

    async def reject(self, click: Click, reason: str) -> Request | Refusal:
        answer: Request | Refusal = self._answer("reject", click, reason)
        return answer

    async def cancel(self, request_id: str, person: Person, reason: str = "") -> Request | Refusal:
        answer: Request | Refusal = self._answer("cancel", request_id, person, reason)
        return answer

    async def retry(self, request_id: str, machine: str, person: Person) -> Request | Refusal:
        answer: Request | Refusal = self._answer("retry", request_id, machine, person)
        return answer

    async def go_on_without(self, request_id: str, machine: str, person: Person) -> Request | Refusal:
        answer: Request | Refusal = self._answer("go on", request_id, machine, person)
        return answer

    async def find(self, text: str) -> tuple[Request, ...]:
        if self.slow:
            await self.slow.wait()
        if self.error:
            raise self.error
        said = text.casefold()
        exact = tuple(one for one in self.known if one.id.casefold() in (said, f"r-{said}"))
        return exact or tuple(one for one in self.known if one.asked.subject.casefold() == said)

    async def open_requests(self) -> tuple[Request, ...]:
        if self.error:
            raise self.error
        return tuple(one for one in self.known if not one.state.ended)

    async def card(self, request_id: str) -> Post | None:
        return self.cards.get(request_id)


@pytest.fixture
def requests_desk() -> FakeDesk:
    return FakeDesk()
