"""What Slack shows of a request, as the ledger remembers it: one `Post` for each message of ours."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class PostState(Enum):
    SENDING = "sending"
    """Written before the message is sent: after a crash it may be in Slack, or not."""
    SENT = "sent"
    REFUSED = "refused"
    """Slack will not have it (no such channel, not invited): `why` is Slack's word."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message. `key` names it within its request: "card", "approval", "event:<seq>", "reminder:<seq>", ...

    `digest` is of what was last sent; `tries` counts how often sending it was begun.
    """

    request_id: str
    key: str
    channel: str
    thread: str
    ts: str
    digest: str
    state: PostState
    tries: int
    at: datetime
    """When its state or digest last changed."""
    why: str = ""
