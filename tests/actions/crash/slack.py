"""A Slack of the tests' own, whose messages outlive the process, and the real reporter over it."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from homeward.actions.ledger import Ledger
from homeward.handlers.portal import portal
from homeward.handlers.reporter import Reporter, Views
from homeward.handlers.threads import Mark, Threads
from homeward.handlers.views.approval import approval_message, reminder_message
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.request_card import card
from homeward.handlers.views.thread import reply
from tests.actions.making import VirtualClock
from tests.actions.world import POLICIES, World

PAGES = portal("AzureCloud", ())
VIEWS = Views(
    card=partial(card, portal=PAGES, command="/reprotect"),
    approval=partial(approval_message, portal=PAGES),
    reply=partial(reply, portal=PAGES, command="/reprotect"),
    reminder=reminder_message,
)


@dataclass
class Slack:
    """`Threads`, and what gives them: one workspace."""

    world: World
    said: list[tuple[str, str, Mark]] = field(default_factory=list[tuple[str, str, Mark]])
    """Channel, thread and mark of each message; its place is its ts."""

    async def __call__(self, team: str, enterprise: str) -> Threads:
        return self

    async def post(self, channel: str, message: Message, *, thread: str, mark: Mark) -> str:
        self.world.alive()
        self.said.append((channel, thread, mark))
        self.world.effect(f"slack: {mark.key} posted")
        return str(len(self.said))

    async def update(self, channel: str, ts: str, message: Message) -> None:
        self.world.effect("slack: updated")

    async def find(self, mark: Mark, *, channel: str, thread: str, since: float) -> str:
        self.world.alive()
        places = (str(n) for n, each in enumerate(self.said, start=1) if each == (channel, thread, mark))
        return next(places, "")

    async def direct(self, user: str) -> str:
        return f"D-{user}"

    async def link(self, channel: str, ts: str) -> str:
        return f"https://slack/{channel}/{ts}"

    def doubled(self) -> list[str]:
        return [mark.key for mark, times in Counter(mark for _, _, mark in self.said).items() if times > 1]


class Quiet:
    """A log that nobody reads."""

    def info(self, event: str, **values: object) -> None:
        pass

    def warning(self, event: str, **values: object) -> None:
        pass

    def error(self, event: str, **values: object) -> None:
        pass

    def exception(self, event: str, **values: object) -> None:
        pass


def reporter(ledger: Ledger, slack: Slack, clock: VirtualClock, *, sole: bool) -> Reporter:
    return Reporter(
        ledger,
        slack,
        VIEWS,
        POLICIES,
        monotonic=lambda: clock.now.timestamp(),  # noqa: PLW0108 # the clock's time changes
        log=Quiet(),
        sole=sole,
    )
