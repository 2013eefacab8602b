"""A ledger looked at from outside."""

import pytest

from homeward.actions.ledger import LedgerError, opened
from homeward.actions.ledger.condition import condition
from tests.actions.making import KEY, ask


async def test_a_ledger_in_use_is_seen_with_its_revision_and_its_key(ledger_url: str) -> None:
    async with opened(ledger_url, key=KEY) as ledger:
        await ask(ledger)
        seen = await condition(ledger_url, KEY)
        assert (seen.revision, seen.events, seen.fits) == (seen.newest, 1, True)
        assert not (await condition(ledger_url, b"another key of some length")).fits


async def test_an_empty_database_has_no_revision(postgres_url: str) -> None:
    seen = await condition(postgres_url, KEY)
    assert (seen.revision, seen.events) == ("", 0)
    assert seen.newest


async def test_a_file_that_is_not_there_is_told_and_not_made(sqlite_url: str) -> None:
    for _ in range(2):
        with pytest.raises(LedgerError, match="There is no ledger at"):
            await condition(sqlite_url, KEY)
