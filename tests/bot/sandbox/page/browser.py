"""What a browser does with the page's server, without drawing anything."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp

from homeward.bot.sandbox.page import Bot, Page
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import MAYA, User

T = TypeVar("T")
WITHIN = 60.0
"""Seconds: far more than anything takes, for machines that are busy."""


class Browser:
    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session = session
        self.address = address
        self.origin = address.rstrip("/")

    async def state(self, who: User = MAYA) -> dict[str, Any]:
        async with self.session.get(f"{self.address}api/state", params={"as": who.id}) as answer:
            assert answer.status == 200
            found: dict[str, Any] = await answer.json()
            return found

    async def act(self, do: str, who: User = MAYA, /, **fields: object) -> dict[str, Any]:
        """Does it, whatever comes of it."""
        body = {"as": who.id, "do": do, **fields}
        async with self.session.post(f"{self.address}api/do", json=body, headers={"Origin": self.origin}) as answer:
            assert answer.status == 200
            found: dict[str, Any] = await answer.json()
            return found

    async def done(self, do: str, who: User = MAYA, /, **fields: object) -> dict[str, Any]:
        """Does it, and it goes well."""
        answer = await self.act(do, who, **fields)
        assert answer["ok"], answer
        return answer

    async def problem(self, do: str, who: User = MAYA, /, **fields: object) -> str:
        """Why it can't be done."""
        answer = await self.act(do, who, **fields)
        assert not answer["ok"]
        return str(answer["problem"])

    async def changed(self, after: int) -> int:
        async with self.session.get(f"{self.address}api/changes", params={"after": after}) as answer:
            return int((await answer.json())["version"])

    async def until(self, seen: Callable[[dict[str, Any]], T | None], who: User = MAYA) -> T:
        """The first true answer, asked again as often as the page would draw itself again."""
        async with asyncio.timeout(WITHIN):
            while True:
                state = await self.state(who)
                if found := seen(state):
                    return found
                await self.changed(state["version"])


@asynccontextmanager
async def browsing(sandbox: Sandbox, bot: Bot | None = None) -> AsyncGenerator[Browser]:
    """The page of this sandbox, up while it lasts."""
    async with aiohttp.ClientSession() as session, Page(sandbox, bot) as page:
        yield Browser(session, page.address)
