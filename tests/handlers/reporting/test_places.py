"""Which post is the card, the approval message and the reply, as places are lost."""

from datetime import UTC, datetime

import pytest

from homeward.actions.posts import Post, PostState
from homeward.handlers.places import CardPlace, Posts, approval_key, card_place, reply_key

AT = datetime(2026, 3, 7, tzinfo=UTC)


def post(key: str, why: str = "", *, ts: str = "", thread: str = "", channel: str = "C1") -> Post:
    state = PostState.REFUSED if why else PostState.SENT if ts else PostState.SENDING
    return Post("R-1", key, channel, thread, ts, "", state, 1, AT, why)


def of(*posts: Post) -> Posts:
    return {one.key: one for one in posts}


CARD = post("card", ts="1.0")
BELOW = post("card", ts="1.0", thread="0.5")
"""A reply in an older thread."""
DELETED = post("card", "message_not_found")
AGAIN = post("card:again", ts="2.0")


@pytest.mark.parametrize(
    ("posts", "place"),
    [
        (of(), CardPlace("card")),
        (of(post("card")), CardPlace("card")),
        (of(CARD, post("event:1", ts="1.1", thread="1.0")), CardPlace("card")),
        (of(CARD, post("event:1", "msg_too_long", thread="1.0")), CardPlace("card")),
        (of(BELOW, post("event:1", ts="1.2", thread="0.5")), CardPlace("card")),
        (of(BELOW, post("event:1", "thread_not_found", thread="0.5")), CardPlace("card:again")),
        (of(DELETED), CardPlace("card:again")),
        (of(CARD, post("event:1", "thread_not_found", thread="1.0")), CardPlace("card:again")),
        (of(post("card", "not_in_channel")), CardPlace("card:direct", "not_in_channel")),
        (of(post("card", "msg_too_long")), CardPlace("card:direct", "msg_too_long")),
        (of(CARD, post("event:1", "is_archived", thread="1.0")), CardPlace("card:direct", "is_archived")),
        (of(DELETED, AGAIN), CardPlace("card:again")),
        (of(DELETED, post("card:again", "is_archived")), CardPlace("card:direct", "is_archived")),
        (of(DELETED, post("card:again", "message_not_found")), None),
        (of(post("card", "is_archived"), post("card:direct", "user_disabled")), None),
    ],
)
def test_the_next_place_takes_over_for_a_lost_one(posts: Posts, place: CardPlace | None) -> None:
    assert card_place(posts) == place


@pytest.mark.parametrize(
    ("posts", "key"),
    [
        (of(), "approval"),
        (of(post("approval", ts="1.0")), "approval"),
        (of(post("approval", "channel_not_found")), "approval"),
        (of(post("approval", ts="1.0"), post("reminder:2", "thread_not_found", thread="1.0")), "approval:again"),
        (of(post("approval", ts="1.0"), post("approval:again")), "approval:again"),
    ],
)
def test_a_deleted_approval_message_has_one_successor(posts: Posts, key: str) -> None:
    assert approval_key(posts) == key


@pytest.mark.parametrize(
    ("card", "posts", "key"),
    [
        ("card", of(), "event:5"),
        ("card", of(post("event:5")), "event:5"),
        ("card", of(post("event:5", ts="1.1")), ""),
        ("card", of(post("event:5", "msg_too_long")), ""),
        ("card:again", of(post("event:5", ts="1.1")), ""),
        ("card:again", of(), "event:5:again"),
        ("card:direct", of(), "event:5:direct"),
        ("card:direct", of(post("event:5", "is_archived")), "event:5:direct"),
        (
            "card:direct",
            of(post("event:5", "thread_not_found"), post("event:5:again", "is_archived")),
            "event:5:direct",
        ),
        ("card:direct", of(post("event:5", "thread_not_found"), post("event:5:again", ts="2.1")), ""),
    ],
)
def test_an_event_is_told_once_wherever_the_card_stands(card: str, posts: Posts, key: str) -> None:
    assert reply_key(5, card, posts) == key
