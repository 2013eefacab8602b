"""The page of a sandbox without a bot."""

from collections.abc import AsyncGenerator

import pytest

from homeward.bot.sandbox.estate.night import night
from homeward.bot.sandbox.run import Sandbox
from tests.bot.sandbox.page.browser import Browser, browsing


@pytest.fixture
async def sandbox() -> AsyncGenerator[Sandbox]:
    async with Sandbox(night()) as running:
        yield running


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncGenerator[Browser]:
    async with browsing(sandbox) as found:
        yield found
