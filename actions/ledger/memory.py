"""What Slack shows, remembered: the ledger's posts."""

from datetime import datetime

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from homeward.actions.posts import Post, PostState

from .errors import NoRequest
from .tables import posts


def _post(row: Row[*tuple[object, ...]]) -> Post:
    return Post(
        request_id=row.request_id,
        key=row.key,
        channel=row.channel,
        thread=row.thread,
        ts=row.ts,
        digest=row.digest,
        state=PostState(row.state),
        tries=row.tries,
        at=row.at,
        why=row.why,
    )


async def of_request(connection: AsyncConnection, request_id: str) -> tuple[Post, ...]:
    query = select(posts).where(posts.c.request_id == request_id).order_by(posts.c.at, posts.c.key)
    return tuple(_post(row) for row in await connection.execute(query))


async def begin(connection: AsyncConnection, post: Post) -> None:
    await connection.execute(
        insert(posts).values(
            request_id=post.request_id,
            key=post.key,
            channel=post.channel,
            thread=post.thread,
            ts=post.ts,
            digest=post.digest,
            state=post.state.value,
            tries=post.tries,
            at=post.at,
            why=post.why,
        )
    )


async def turn(connection: AsyncConnection, read: Post, now: datetime, **changes: str | int) -> Post | None:
    """Changes the post unless sending it was begun anew, or ended, since it was read."""
    same = (
        posts.c.request_id == read.request_id,
        posts.c.key == read.key,
        posts.c.tries == read.tries,
        posts.c.state == read.state.value,
    )
    written = await connection.execute(update(posts).where(*same).values(at=now, **changes))
    return None if written.rowcount != 1 else await one(connection, read)


async def one(connection: AsyncConnection, post: Post) -> Post:
    query = select(posts).where(posts.c.request_id == post.request_id, posts.c.key == post.key)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NoRequest(f"There is no message {post.key} of a request {post.request_id}.")
    return _post(row)
