"""Getting single messages of a request into Slack: each new one exactly once, each change when it may be made.

Before a new message is sent it is written down as being sent. Where that is found and nobody knows whether Slack took
it, it is looked for, and sent again only if it is not there.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeward.actions.ledger import Ledger
from homeward.actions.plan import canonical
from homeward.actions.posts import Post, PostState
from homeward.actions.requests import Request

from .pacing import Monotonic, Pace, Patience
from .places import APPROVAL, CARD, DIRECT, ELSEWHERE
from .problems import SlackRefused
from .supervisor import Log
from .threads import Mark, Threads
from .views.blocks import Message
from .web_api import LIMITED, UNHEARD

FRESH = 10.0
"""Seconds after it was written down in which a message may still be sent."""
SETTLED = 30.0
"""Seconds after which nobody is at sending it any more: `FRESH`, the patience with Slack, and some more."""
HEARD = 5.0
"""The same where whoever sent it is known to have ended; Slack may still be busy with what it heard."""
AT_LEAST = 3.0
"""Seconds between two changes of one message."""
LAST_CALL = 15.0
"""Seconds after which a pass begins nothing more, so that it ends within 30."""
BEFORE = timedelta(minutes=10)
"""Slack's clock may differ from the ledger's."""
SOMEBODY_ELSE = 5.0

PASSING = UNHEARD | {
    LIMITED, "team_added_to_org", "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive",
    "not_installed", "missing_scope", "accesslimited",
}  # fmt: skip
"""Slack may take the same thing later; whatever else it answers is its last word."""
FAULTY = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_arguments"}
)
"""A message that Slack does not take as it is: its text alone may pass."""
OVER = "over_before_it_was_sent"


class Later(Exception):
    """Not sure yet, or not its turn: the pass is due again, and other messages may go on."""


class Down(Exception):
    """Slack takes nothing of this workspace now."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A send that ended in this process without a ts. `unheard`: Slack may have taken it."""

    tries: int
    unheard: bool


@dataclass(slots=True)
class Means:
    """What all passes share. `sole`: no other process reports, so what is found half sent is of a crash."""

    ledger: Ledger
    monotonic: Monotonic
    log: Log
    sole: bool
    posting: Pace
    """By channel."""
    calling: Pace
    """Changes and searches, by workspace."""
    patience: Patience
    ended: dict[tuple[str, str], Ended] = field(default_factory=dict[tuple[str, str], Ended])


class Showing:
    """The messages of one request, in one pass. `wait` is when something is due, None for nothing."""

    def __init__(
        self,
        means: Means,
        threads: Threads,
        request: Request,
        posts: dict[str, Post],
        *,
        now: datetime,
        started: float,
    ) -> None:
        self._means = means
        self._threads = threads
        self._request = request
        self._team = request.asked.where.team_id
        self.posts = posts
        self._now = now
        self._started = started
        self.wait: float | None = None

    async def show(self, key: str, channel: str, thread: str, message: Message, *, still: bool = True) -> Post:
        """The message, SENT or REFUSED; raises `Later` while neither is sure. Without `still` it is not sent any more.

        What is in Slack already is not changed by this.
        """
        post = self.posts.get(key)
        if post is not None and post.state is not PostState.SENDING:
            return post
        if post is not None and (known := await self._looked_for(post)):
            return known
        if post is not None and not still:
            return await self.refuse(post, OVER)
        lane = f"{self._team} {post.channel if post else channel}"
        self._turn(self._means.posting, lane)
        begun = self._means.monotonic()
        if post is not None:
            post = await self._means.ledger.retake_post(post)
        else:
            post = await self._means.ledger.begin_post(
                self._request.id, key, channel=channel, thread=thread, digest=digest_of(message)
            )
        if post is None:
            raise self.later(SOMEBODY_ELSE)
        self.posts[key] = post
        return await self._sent(post, message, begun, lane)

    async def change(self, post: Post, message: Message) -> str:
        """Lets a message in Slack show this, soon if not now; Slack's word if it can't be changed any more."""
        digest = digest_of(message)
        if post.digest == digest:
            return ""
        age = (self._now - post.at).total_seconds()
        if post.digest and 0 <= age < AT_LEAST:
            self.later(AT_LEAST - age)
            return ""
        # Cards are many and change often: they don't keep buttons on screen that are not to be pressed any more.
        kind = next((one for one in (APPROVAL, DIRECT) if post.key.startswith(one)), CARD)
        lane = f"{self._team} change {kind}"
        try:
            self._turn(self._means.calling, lane)
            await self._updated(post, message, lane)
        except Later:
            return ""
        except SlackRefused as refused:
            self._tell(post, refused.error)
            if refused.error in ELSEWHERE:
                return refused.error
        await self._known(post, post.ts, digest)
        return ""

    async def unreachable(self, key: str, channel: str, why: str) -> None:
        """Writes down that a message can't be sent, so that it is not tried again."""
        post = await self._means.ledger.begin_post(self._request.id, key, channel=channel, thread="", digest="")
        if post is not None:
            await self.refuse(post, why)

    async def refuse(self, post: Post, why: str) -> Post:
        """Slack's last word on a message."""
        self._tell(post, why)
        self._means.ended.pop((post.request_id, post.key), None)
        post = await self._means.ledger.post_refused(post, why)
        self.posts[post.key] = post
        return post

    def later(self, seconds: float) -> Later:
        """Notes that something is due then."""
        self.wait = seconds if self.wait is None else min(self.wait, seconds)
        return Later()

    async def _looked_for(self, post: Post) -> Post | None:
        """A message that may have been sent; None if it certainly is not in Slack."""
        ended = self._means.ended.get((post.request_id, post.key))
        here = ended is not None and ended.tries == post.tries
        if ended and here and not ended.unheard:
            return None
        age = (self._now - post.at).total_seconds()
        settled = HEARD if self._means.sole or here else SETTLED
        if 0 <= age < settled:
            raise self.later(settled - age)
        lane = f"{self._team} search"
        self._turn(self._means.calling, lane)
        since = (self._request.created_at - BEFORE).timestamp()
        mark = Mark(post.request_id, post.key)
        try:
            ts = await self._threads.find(mark, channel=post.channel, thread=post.thread, since=since)
        except SlackRefused as refused:
            if refused.error in ELSEWHERE:
                return await self.refuse(post, refused.error)
            if refused.error != "missing_scope":
                self._passing(refused, self._means.calling, lane)
            # It may not be looked for at all: rather told twice than not.
            self._tell(post, refused.error)
            ts = ""
        # What was sent is not known for sure: a digest of nothing has it compared and changed.
        return await self._known(post, ts, "") if ts else None

    async def _sent(self, post: Post, message: Message, begun: float, lane: str) -> Post:
        try:
            try:
                ts = await self._posted(post, message, begun)
            except SlackRefused as refused:
                if not self._faulty(post, message, refused):
                    raise
                ts = await self._posted(post, Message(message.text, ()), begun)
        except SlackRefused as refused:
            self._passing(refused, self._means.posting, lane)
            return await self.refuse(post, refused.error)
        return await self._known(post, ts, digest_of(message))

    async def _posted(self, post: Post, message: Message, begun: float) -> str:
        ended = (post.request_id, post.key)
        if self._means.monotonic() - begun > FRESH:
            # This process was stopped meanwhile: another may be at it by now.
            self._means.ended[ended] = Ended(post.tries, unheard=False)
            raise self.later(0.0)
        try:
            return await self._threads.post(post.channel, message, thread=post.thread, mark=Mark(*ended))
        except SlackRefused as refused:
            self._means.ended[ended] = Ended(post.tries, unheard=refused.error in UNHEARD)
            raise

    async def _updated(self, post: Post, message: Message, lane: str) -> None:
        try:
            try:
                await self._threads.update(post.channel, post.ts, message)
            except SlackRefused as refused:
                if not self._faulty(post, message, refused):
                    raise
                await self._threads.update(post.channel, post.ts, Message(message.text, ()))
        except SlackRefused as refused:
            self._passing(refused, self._means.calling, lane)
            raise

    def _faulty(self, post: Post, message: Message, refused: SlackRefused) -> bool:
        """Whether the text alone is worth a try; without its buttons an approval message is none."""
        if refused.error not in FAULTY or not message.blocks or post.key.startswith((APPROVAL, DIRECT)):
            return False
        self._tell(post, refused.error)
        return True

    def _turn(self, pace: Pace, lane: str) -> None:
        """Raises `Later` unless something may be asked of Slack now."""
        if self._means.monotonic() - self._started > LAST_CALL:
            raise self.later(0.0)
        if wait := pace.wait(lane, self._request.id):
            raise self.later(wait)

    def _passing(self, refused: SlackRefused, pace: Pace, lane: str) -> None:
        """Raises `Later` or `Down` for what is not Slack's last word."""
        if refused.error == LIMITED:
            pace.hold(lane, refused.retry_after)
            raise self.later(refused.retry_after) from refused
        if refused.error in PASSING:
            raise Down from refused

    async def _known(self, post: Post, ts: str, digest: str) -> Post:
        self._means.patience.worked(self._team)
        self._means.ended.pop((post.request_id, post.key), None)
        post = await self._means.ledger.posted(post, ts=ts, digest=digest)
        self.posts[post.key] = post
        return post

    def _tell(self, post: Post, why: str) -> None:
        self._means.log.error(
            "homeward.post_refused", request=post.request_id, post=post.key, channel=post.channel, slack=why
        )


def digest_of(message: Message) -> str:
    """SHA-256 of everything that a message may show, in hex."""
    shown = canonical({"text": message.text, "blocks": message.blocks, "plainer": message.plainer})
    return hashlib.sha256(shown.encode()).hexdigest()
