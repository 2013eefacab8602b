"""What people do meanwhile: ask, approve, reject, cancel, decide what needs attention, and try again when nothing came.

They know only what Slack shows them; when they may stop looking, the ledger tells.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from homeward.actions.ledger import Ledger, LedgerError
from homeward.actions.plan import Obstacle
from homeward.actions.requests import Request
from homeward.actions.states import State
from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, OMAR, Channel, Message, Payload, SandboxSlack, Shown, User
from homeward.bot.sandbox.slack.elements import elements
from homeward.handlers import ids

T = TypeVar("T")

COMMAND = "/reprotect"
ANSWERED = 20.0
"""Seconds until somebody takes it that nothing will come of what they did."""
FORM = 4.0
LOOK = 0.3
ASKED = 4
"""How often somebody asks for the same before it is left to the morning."""
DECISIONS = 3
"""How often somebody decides about one request that needs attention."""


class People:
    """`ends` tells that it is late: nobody begins anything more."""

    def __init__(
        self,
        slack: SandboxSlack,
        ledger: Ledger,
        rooms: Sequence[Channel],
        random: Random,
        counts: Counter[str],
        *,
        further: float,
    ) -> None:
        """`further` is how likely somebody asks for the next step after each."""
        self._slack = slack
        self._ledger = ledger
        self._rooms = rooms
        self._random = random
        self._counts = counts
        self._further = further
        self._hands = {user.id: asyncio.Lock() for user in (LENA, OMAR, MAYA)}
        """Everybody has one screen, and fills in one form at a time."""
        self.late = asyncio.Event()

    async def bring_home(self, subject: str) -> None:
        """Asks, has it decided, and looks after it until it ends or nobody wants to decide any more.

        Asks again where Azure could not be read.
        """
        random = Random(self._random.random())  # noqa: S311 # no secret
        asked: set[str] = set()
        while len(asked) < ASKED and (request_id := await self._ask(subject, asked, random)):
            asked.add(request_id)
            intent = random.random()
            if intent < 0.05:
                await self._type(f"cancel {request_id}", random)
            if intent > 0.95:
                await asyncio.sleep(random.uniform(0, 8))
                await self._type(f"cancel {request_id} changed my mind", random)
            await self._decide(request_id, random)
            await self._look_after(request_id, random)
            request = await self._now(request_id)
            if not (request and request.obstacle and request.obstacle.obstacle is Obstacle.UNREADABLE):
                break
        await self._go_on(asked, random)

    async def _go_on(self, asked: set[str], random: Random) -> None:
        """The rest of the way: asks by the button of the card for the next step, as long as there is one."""
        while random.random() < self._further and not self.late.is_set():
            before = next((c for c in map(self._card, asked) if c and _button(c, ids.NEXT)), None)
            if before is None or not (request_id := await self._ask_next(before)) or request_id in asked:
                return
            asked.add(request_id)
            self._counts["further steps asked for"] += 1
            await self._decide(request_id, random)
            await self._look_after(request_id, random)

    async def _ask_next(self, before: Message) -> str:
        """The id of the request that came of the press, as its card tells: it stands in the same thread."""
        channel, root = before.channel, before.thread_ts or before.ts
        known = {key_of(m)[0] for m in self._slack.workspace.messages(channel)}
        for _ in range(ASKED):
            button = _button(before, ids.NEXT)
            if not button or not await self._press(MAYA, before, *button):
                return ""
            card = await self._seen(lambda: self._new_card(channel, root, known), ANSWERED)
            if card is not None:
                return key_of(card)[0]
            before = self._slack.workspace.message(channel, before.ts) or before
        return ""

    def _new_card(self, channel: str, root: str, known: set[str]) -> Message | None:
        cards = (m for m in self._slack.workspace.messages(channel) if key_of(m)[1] == "card")
        return next((m for m in cards if m.thread_ts == root and key_of(m)[0] not in known), None)

    def _card(self, request_id: str) -> Message | None:
        return next((m for m in (self._marked(room, request_id, "card") for room in self._rooms) if m), None)

    async def see_to_the_rest(self) -> None:
        """What was asked for twice, or late, is nobody's errand: it is decided all the same."""
        random = Random(self._random.random())  # noqa: S311 # no secret
        while not self.late.is_set():
            rest = await self._ledger.requests(open_only=True, limit=100_000)
            going_on = [request for request in rest if request.state is not State.NEEDS_ATTENTION]
            if not going_on:
                return
            await asyncio.gather(*(self._decide(request.id, random) for request in going_on))
            await asyncio.gather(*(self._look_after(request.id, random) for request in going_on))

    async def _type(self, words: str, random: Random) -> None:
        await self._slack.command(MAYA, random.choice(self._rooms), COMMAND, words)
        self._counts["commands typed"] += 1

    async def _ask(self, subject: str, asked: set[str], random: Random) -> str:
        """The id of the new request that came of it, as its card tells."""
        while not self.late.is_set():
            await self._type(f"start {subject} the power is back", random)
            card = await self._seen(lambda: self._card_of(subject, asked), ANSWERED)
            if card is not None:
                return key_of(card)[0]
        return ""

    async def _decide(self, request_id: str, random: Random) -> None:
        """Until it is decided: approves, or rarely rejects; sometimes two do it at once, sometimes the wrong one."""
        rejects = random.random() < 0.05
        while not self.late.is_set():
            request = await self._now(request_id)
            if request and request.state not in {State.CHECKING, State.AWAITING_APPROVAL}:
                return
            message = self._marked(APPROVALS, request_id, "approval")
            if message is None:
                await asyncio.sleep(LOOK)
                continue
            deciders = random.sample((LENA, OMAR), 2 if random.random() < 0.15 else 1)
            if random.random() < 0.05:
                deciders.append(MAYA)
            await asyncio.gather(*(self._vote(who, message, request_id, rejects=rejects) for who in deciders))
            await self._until(request_id, lambda one: one.state is not State.AWAITING_APPROVAL, ANSWERED / 2)

    async def _vote(self, who: User, message: Message, request_id: str, *, rejects: bool) -> None:
        async with self._hands[who.id]:
            screen = self._slack.views.top(who)
            if not await self._press(who, message, ids.REJECT if rejects else ids.APPROVE):
                return
            form = await self._seen(lambda: self._form(who, screen, request_id), FORM)
            if form is None:
                return
            filled = {ids.REASON: "not tonight"} if rejects else _all_ticked(form)
            await self._slack.submit(who, filled)
            self._counts["forms sent"] += 1

    async def _press(self, who: User, message: Message, action: str, value: str | None = None) -> bool:
        """The button of the message as it is now."""
        now = self._slack.workspace.message(message.channel, message.ts) or message
        try:
            await self._slack.click(who, now, action, value=value)
        except LookupError:
            return False
        self._counts["buttons pressed"] += 1
        return True

    def _form(self, who: User, before: Shown | None, request_id: str) -> Shown | None:
        shown = self._slack.views.top(who)
        fresh = shown is not None and (before is None or before.id != shown.id)
        return shown if shown is not None and fresh and request_id in shown.view.get("private_metadata", "") else None

    async def _look_after(self, request_id: str, random: Random) -> None:
        decided = 0
        while not self.late.is_set():
            request = await self._now(request_id)
            if request and request.state.ended:
                return
            if request and request.state is State.NEEDS_ATTENTION:
                if decided == DECISIONS or random.random() < 0.3:
                    return
                decided += await self._attend(request, random)
                await self._until(request_id, lambda one: one.state is not State.NEEDS_ATTENTION, ANSWERED)
                continue
            await asyncio.sleep(2 * LOOK)

    async def _attend(self, request: Request, random: Random) -> int:
        """Presses one of the card's buttons."""
        card = self._card(request.id)
        if card is None:
            return 0
        wanted = (ids.RETRY, ids.GO_ON, ids.END_HERE)
        there = [
            (str(element["action_id"]), str(element.get("value", "")))
            for _, element in elements(list(card.blocks))
            if str(element["action_id"]).startswith(wanted)
        ]
        if not there:
            await asyncio.sleep(LOOK)
            return 0
        action, value = random.choice(there)
        self._counts["decisions on what needs attention"] += 1
        return int(await self._press(random.choice((LENA, OMAR)), card, action, value))

    # --- what they see ---

    def _card_of(self, subject: str, asked: set[str]) -> Message | None:
        cards = (m for room in self._rooms for m in self._slack.workspace.messages(room) if key_of(m)[1] == "card")
        return next((m for m in cards if key_of(m)[0] not in asked and subject in f"{m.text} {m.blocks}"), None)

    def _marked(self, room: Channel, request_id: str, key: str) -> Message | None:
        messages = self._slack.workspace.messages(room)
        return next((m for m in messages if key_of(m) == (request_id, key)), None)

    async def _seen(self, look: Callable[[], T | None], within: float) -> T | None:
        try:
            return await self._slack.workspace.until(look, within)
        except TimeoutError:
            return None

    async def _now(self, request_id: str) -> Request | None:
        try:
            return await self._ledger.load(request_id)
        except LedgerError:
            return None

    async def _until(self, request_id: str, true: Callable[[Request], bool], within: float) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + within
        while loop.time() < ends and not self.late.is_set():
            request = await self._now(request_id)
            if request and true(request):
                return
            await asyncio.sleep(LOOK)


def key_of(message: Message) -> tuple[str, str]:
    """The request and the key in a message's mark, "" where it has none."""
    payload: Payload = (message.metadata or {}).get("event_payload", {})
    return str(payload.get("request", "")), str(payload.get("key", ""))


def _button(card: Message, action: str) -> tuple[str, str] | None:
    """The first button of that sort, as it would be pressed."""
    there = (e for _, e in elements(list(card.blocks)) if str(e["action_id"]).startswith(action))
    return next(((str(e["action_id"]), str(e.get("value", ""))) for e in there), None)


def _all_ticked(form: Shown) -> dict[str, list[str]]:
    boxes = [e for _, e in elements(form.view["blocks"]) if e["type"] == "checkboxes"]
    return {str(box["action_id"]): [str(option["value"]) for option in box["options"]] for box in boxes}
