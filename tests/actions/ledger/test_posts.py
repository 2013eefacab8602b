"""What the ledger remembers of Slack's messages."""

import asyncio

import pytest

from homeward.actions.ledger import Ledger, NoRequest
from homeward.actions.posts import Post, PostState
from tests.actions.making import VirtualClock, ask


async def begun(ledger: Ledger, key: str = "card") -> Post:
    post = await ledger.begin_post("R-000001", key, channel="C1", thread="", digest="d1")
    assert post is not None
    return post


@pytest.fixture
async def asked_for(ledger: Ledger) -> Ledger:
    await ask(ledger)
    return ledger


async def test_a_post_is_remembered_before_it_is_sent(asked_for: Ledger, clock: VirtualClock) -> None:
    post = await begun(asked_for)
    assert (post.state, post.tries, post.ts, post.at) == (PostState.SENDING, 1, "", clock.now)
    assert await asked_for.posts("R-000001") == (post,)


async def test_of_twenty_that_begin_a_post_one_may(asked_for: Ledger) -> None:
    trying = (asked_for.begin_post("R-000001", "card", channel="C1", thread="", digest="d1") for _ in range(20))
    assert sum(post is not None for post in await asyncio.gather(*trying)) == 1


async def test_of_twenty_that_take_a_post_again_one_may(asked_for: Ledger) -> None:
    post = await begun(asked_for)
    taken = await asyncio.gather(*(asked_for.retake_post(post) for _ in range(20)))
    again = [one for one in taken if one is not None]
    assert [one.tries for one in again] == [2]
    assert await asked_for.posts("R-000001") == tuple(again)


async def test_a_sent_post_shows_what_it_shows(asked_for: Ledger, clock: VirtualClock) -> None:
    post = await begun(asked_for)
    clock.ahead(seconds=1)
    sent = await asked_for.posted(post, ts="17.1", digest="d2")
    assert (sent.state, sent.ts, sent.digest, sent.at) == (PostState.SENT, "17.1", "d2", clock.now)
    updated = await asked_for.posted(sent, ts="17.1", digest="d3")
    assert updated.digest == "d3"
    assert await asked_for.posts("R-000001") == (updated,)


async def test_a_sender_that_was_overtaken_leaves_the_newer_state(asked_for: Ledger) -> None:
    late = await begun(asked_for)
    again = await asked_for.retake_post(late)
    assert again is not None
    sent = await asked_for.posted(again, ts="17.2", digest="d2")
    assert await asked_for.posted(late, ts="17.1", digest="d1") == sent
    assert await asked_for.post_refused(late, "channel_not_found") == sent


async def test_a_refused_post_keeps_slacks_word(asked_for: Ledger) -> None:
    refused = await asked_for.post_refused(await begun(asked_for), "not_in_channel")
    assert (refused.state, refused.why) == (PostState.REFUSED, "not_in_channel")
    assert await asked_for.posts("R-000001") == (refused,)


async def test_a_post_of_no_request_is_told(ledger: Ledger) -> None:
    with pytest.raises(NoRequest):
        await begun(ledger)
    nowhere = Post("R-000001", "card", "C1", "", "", "d", PostState.SENDING, 1, await ledger.now())
    with pytest.raises(NoRequest):
        await ledger.posted(nowhere, ts="1.1", digest="d")
