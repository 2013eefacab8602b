"""Where a request is shown: which of its posts is the card, the approval message, the reply to an event.

A message may be deleted, a bot thrown out of a channel: then the next place takes over. Pure functions of the posts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from homeward.actions.posts import Post, PostState

from .web_api import NOT_HERE

Posts = Mapping[str, Post]

CARD = "card"
CARD_AGAIN = "card:again"
"""The card was deleted, and stands in its channel once more."""
CARD_DIRECT = "card:direct"
"""The channel can't be reached: it stands with the requester."""
APPROVAL = "approval"
APPROVAL_AGAIN = "approval:again"

DIRECT = "direct:"
"""What is said to one person: the approval message, for whom the approvers' channel does not reach."""

GONE = frozenset(
    {
        "message_not_found", "thread_not_found", "invalid_thread_ts", "cannot_reply_to_message", "cant_update_message",
        "edit_window_closed",
    }
)  # fmt: skip
"""The message is not there any more, or can't be changed or answered any more."""

ELSEWHERE = GONE | NOT_HERE
"""What could not be said in one place may be said in the next."""

_PLACES = (CARD, CARD_AGAIN, CARD_DIRECT)


@dataclass(frozen=True, slots=True)
class CardPlace:
    """`key` of the post that shows the card; `moved` is Slack's word for why the channel can't be reached, if so."""

    key: str
    moved: str = ""


def card_place(posts: Posts) -> CardPlace | None:
    """None where there is no place left."""
    place = CardPlace(CARD)
    while why := lost(place.key, posts):
        if place.key == CARD_DIRECT or (place.key == CARD_AGAIN and why in GONE):
            return None
        place = CardPlace(CARD_AGAIN) if why in GONE else CardPlace(CARD_DIRECT, why)
    return place


def approval_key(posts: Posts) -> str:
    again = APPROVAL_AGAIN in posts or lost(APPROVAL, posts) in GONE
    return APPROVAL_AGAIN if again else APPROVAL


def lost(key: str, posts: Posts) -> str:
    """Why nothing more can be shown there, in Slack's word; "" where it can."""
    post = posts.get(key)
    if post is None or post.state is PostState.SENDING:
        return ""
    if post.state is PostState.REFUSED:
        return post.why
    # A reply that could not be sent tells it too.
    thread = thread_of(post)
    below = (p for p in posts.values() if p.thread == thread and p.channel == post.channel)
    return next((p.why for p in below if _misplaced(p)), "")


def thread_of(post: Post) -> str:
    """Where the replies to a message go: a thread has one level, so those to a reply go beside it."""
    return post.thread or post.ts


def reply_key(seq: int, card: str, posts: Posts) -> str:
    """The key under which the event is told below this card; "" where it has been told, here or elsewhere."""
    for place in _PLACES:
        post = posts.get(key := f"event:{seq}{place.removeprefix(CARD)}")
        if post is None:
            if place == card:
                return key
        elif post.state is PostState.SENDING:
            return key
        elif not _misplaced(post):
            return ""
    return ""


def reminder_key(seq: int) -> str:
    return f"reminder:{seq}"


def direct_key(user: str) -> str:
    return f"{DIRECT}{user}"


def direct_reminder_key(user: str, seq: int) -> str:
    return f"{direct_key(user)}:{reminder_key(seq)}"


def directly(posts: Posts) -> dict[str, Post]:
    """The approval messages that went to single people, by their ids."""
    named = {key.removeprefix(DIRECT): post for key, post in posts.items() if key.startswith(DIRECT)}
    return {user: post for user, post in named.items() if ":" not in user}


def _misplaced(post: Post) -> bool:
    return post.state is PostState.REFUSED and post.why in ELSEWHERE
