"""What the demo's people see and fill in: the request's card, its thread, and the form of an approval."""

from collections.abc import Callable
from typing import TypeVar

from homeward.bot.sandbox.slack import Message, User
from homeward.bot.sandbox.slack.views import Shown

from .stage import Stage

T = TypeVar("T")

PATIENCE = 60.0


class Seeing:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._slack = stage.sandbox.slack
        self._workspace = stage.sandbox.slack.workspace

    async def until(self, seen: Callable[[], T | None]) -> T:
        return await self._workspace.until(seen, within=PATIENCE)

    def card(self) -> Message:
        """The newest request's, wherever it stands."""
        return self.cards()[-1]

    def cards(self) -> list[Message]:
        return [m for m in self._stage.said() if _key(m) == "card"]

    def thread(self) -> list[Message]:
        """What was said of the newest request."""
        of = _request(self.card())
        return [m for m in self._stage.said() if _request(m) == of and _key(m).startswith("event:")]

    def said_in_thread(self, *words: str) -> Message | None:
        return next((m for m in self.thread() if all(word in m.text for word in words)), None)

    async def form_of(self, who: User) -> Shown:
        return await self.until(lambda: self._slack.views.top(self._workspace.user(who)))

    async def submitted(self, who: User) -> Shown:
        """Ticks everything, sends the form, and gives what it says then."""
        form = await self.form_of(who)
        boxes = [b["element"] for b in form.view["blocks"] if b.get("element", {}).get("type") == "checkboxes"]
        filled = {box["action_id"]: [option["value"] for option in box["options"]] for box in boxes}
        await self._slack.submit(who, filled)
        return await self.until(lambda: self._judged(who))

    def closed(self, who: User) -> None:
        """Closes whatever form is open."""
        if left := self._slack.views.top(self._workspace.user(who)):
            self._slack.views.close(left, whole_stack=True)

    def _judged(self, who: User) -> Shown | None:
        """The form's last words: the first thing it says is that the click is being judged."""
        form = self._slack.views.top(self._workspace.user(who))
        return form if form is not None and form.version > 2 else None


def _key(message: Message) -> str:
    return str(_mark(message).get("key", ""))


def _request(message: Message) -> str:
    return str(_mark(message).get("request", ""))


def _mark(message: Message) -> dict[str, object]:
    payload: dict[str, object] = (message.metadata or {}).get("event_payload", {})
    return payload
