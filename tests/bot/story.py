"""What people do and see in a request's life, played on the whole bot: the real app, the sandbox's Slack and Azure."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry

from homeward.actions.ledger import Verified, look_into, verify
from homeward.bot.plugin import Homeward, register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, WAR_ROOM, Message
from homeward.bot.sandbox.slack.people import User
from homeward.bot.settings import Settings
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids

WITHIN = 30.0
"""Seconds: far more than anything takes, for machines that are busy."""
SPEED = 1200
"""The 22 minutes of a reprotect take about a second."""


class Clock:
    """The ledger's time in a story; it goes on, and jumps when it is told to."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Story:
    """One bot's people. What is waited for fails with all that was said."""

    def __init__(self, sandbox: Sandbox, homeward: Homeward, clock: Clock) -> None:
        self.sandbox = sandbox
        self.slack = sandbox.slack
        self.workspace = sandbox.slack.workspace
        self.homeward = homeward
        self.clock = clock

    # --- what people do ---

    async def types(self, text: str, who: User = MAYA, *, command: str = "/reprotect") -> None:
        """The command and this, in the war room."""
        ack = await self.slack.command(who, WAR_ROOM, command, text)
        assert ack.ok, ack
        await self.homeward.idle()

    async def asks(self, text: str, who: User = MAYA) -> Message:
        """Asks for a start; the message to the approvers."""
        await self.types(f"start {text}", who)
        return await self.approval()

    async def asks_to(self, text: str, who: User = MAYA) -> Message:
        """`/failback` and this; the new message to the approvers."""
        before = len(self.put_forward()), len(self.cards())
        await self.types(text, who, command="/failback")
        return await self._asked_anew(*before)

    async def asks_for_next(self, who: User = MAYA) -> Message:
        """Presses the newest card's button for the next step; the new message to the approvers."""
        before = len(self.put_forward()), len(self.cards())
        await self.workspace.until(lambda: _has(self.cards()[-1], ids.NEXT), WITHIN)
        await self.presses(who, ids.NEXT)
        return await self._asked_anew(*before)

    async def _asked_anew(self, messages: int, cards: int) -> Message:
        """The message to the approvers after so many; the request's card is there too."""
        await self.workspace.until(lambda: len(self.cards()) > cards, WITHIN)
        return await self.workspace.until(lambda: next(iter(self.put_forward()[messages:]), None), WITHIN)

    async def approves(self, who: User = LENA) -> None:
        """Opens the approval's form, ticks everything, sends it."""
        if left := self.slack.views.top(who):
            self.slack.views.close(left, whole_stack=True)
        await self.slack.click(who, await self.approval(), ids.APPROVE)
        shown = await self.workspace.until(lambda: self.slack.views.top(who), WITHIN)
        boxes = [block["element"] for block in shown.view["blocks"] if block["type"] == "input"]
        await self.slack.submit(who, {b["action_id"]: [one["value"] for one in b["options"]] for b in boxes})
        await self.homeward.idle()

    async def presses(self, who: User, action: str, machine: str = "") -> None:
        """Presses a button on the newest card, that of the machine if one is named."""
        card = self.cards()[-1]
        pressed = next(b for b in _buttons(card) if b["action_id"].startswith(action) and machine in b["value"])
        await self.slack.click(who, card, pressed["action_id"], value=pressed["value"])
        await self.homeward.idle()

    def pass_time(self, minutes: float) -> None:
        """For the ledger and for Azure."""
        self.clock.ahead += timedelta(minutes=minutes)
        self.sandbox.estate.advance(minutes)

    # --- what people see ---

    async def approval(self) -> Message:
        """The newest message to the approvers, as soon as there is one that can be pressed."""
        return await self.workspace.until(lambda: next((m for m in reversed(self.put_forward()) if m), None), WITHIN)

    def put_forward(self) -> list[Message]:
        return [m for m in self.workspace.messages(APPROVALS) if m.bot and not m.thread_ts and not m.ephemeral_to]

    def cards(self) -> list[Message]:
        """One for each request; those that go on where another ended stand in that one's thread."""
        return [m for m in self.workspace.messages(WAR_ROOM) if _key(m).startswith("card")]

    def thread(self) -> list[Message]:
        """The replies of all threads of the war room."""
        return [m for m in self.workspace.messages(WAR_ROOM) if _key(m).startswith("event:")]

    def replies(self) -> list[str]:
        """The same, as they are read aloud."""
        return [m.text for m in self.thread()]

    def private(self) -> list[str]:
        """What only the person who typed or pressed sees."""
        every = (m for place in (WAR_ROOM, APPROVALS) for m in self.workspace.messages(place))
        return [m.text for m in every if m.ephemeral_to]

    async def thread_says(self, words: str) -> str:
        """Waits for it; the whole reply."""
        return await self.workspace.until(lambda: next((t for t in self.replies() if words in t), ""), WITHIN)

    async def card_says(self, words: str) -> Message:
        """Waits until a card's headline says it."""
        return await self.workspace.until(lambda: next((c for c in self.cards() if words in c.text), None), WITHIN)

    async def done(self) -> None:
        """Waits until the newest card says that all of it came through."""
        await self.workspace.until(lambda: "Done" in self.cards()[-1].text, WITHIN)

    # --- what comes of it ---

    @property
    def started(self) -> list[str]:
        """The machines whose start calls Azure took from the bot."""
        return [start.machine for start in self.sandbox.arm.starts]

    async def audited(self) -> Verified:
        return await audited(self.sandbox)


@asynccontextmanager
async def story(
    sandbox: Sandbox,
    settings: Settings | None = None,
    *,
    registry: CollectorRegistry | None = None,
    clock: Clock | None = None,
) -> AsyncGenerator[Story]:
    """The bot, up while it lasts."""
    settings = settings or sandbox.settings()
    clock = clock or Clock()
    if sandbox.estate.speed == 1:
        sandbox.estate.speed = SPEED
    app = bolt_app(settings)
    async with register(app, settings, registry=registry, clock=clock) as homeward, connected(app, settings):
        yield Story(sandbox, homeward, clock)


async def audited(sandbox: Sandbox) -> Verified:
    """The ledger's chain is whole; what it holds."""
    settings = sandbox.settings()
    async with look_into(settings.state_url()) as engine:
        found = await verify(engine, settings.audit_key().encode())
    assert isinstance(found, Verified), found
    return found


def shown(message: Message) -> str:
    """Everything that a message shows, in one text."""
    return f"{message.text}\n{_texts(list(message.blocks))}"


def _texts(value: object) -> str:
    match value:
        case {"text": str(text)}:
            return text
        case dict():
            return "\n".join(filter(None, map(_texts, value.values())))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # blocks as they cross the wire
        case list():
            return "\n".join(filter(None, map(_texts, value)))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # the same
        case _:
            return ""


def _key(message: Message) -> str:
    """What the message is, by its mark."""
    return str((message.metadata or {}).get("event_payload", {}).get("key", ""))


def _has(message: Message, action: str) -> bool:
    return any(button["action_id"].startswith(action) for button in _buttons(message))


def _buttons(message: Message) -> list[dict[str, str]]:
    return [e for block in message.blocks for e in block.get("elements", []) if e.get("type") == "button"]
