"""Whatever is done to the events behind the ledger's back, the chain names the place."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from homeward.actions.ledger import (
    Broken,
    Head,
    Ledger,
    LedgerError,
    Verified,
    export,
    exported_head,
    look_into,
    opened,
    verify,
)
from homeward.actions.ledger.chain import read_head
from homeward.actions.ledger.engine import reading
from homeward.actions.requests import Change, EventKind, Happened
from tests.actions.making import KEY, VirtualClock, ask, running

COUNT = 5
"""What befalls one request until its machine is claimed."""
SWAP = (
    "UPDATE events SET seq = -1 WHERE seq = 3",
    "UPDATE events SET seq = 3 WHERE seq = 4",
    "UPDATE events SET seq = 4 WHERE seq = -1",
)


@pytest.fixture
async def audited(ledger_url: str, clock: VirtualClock) -> str:
    """The URL of a closed ledger with five events."""
    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        request = await running(ledger)
        await ledger.claim(request, request.items[0])
    return ledger_url


async def tampered(url: str, *statements: str) -> None:
    async with look_into(url) as engine, engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def judged(url: str, head: Head | None = None, key: bytes = KEY) -> Verified | Broken:
    async with look_into(url) as engine:
        return await verify(engine, key, head)


async def head_of(url: str) -> Head:
    async with look_into(url) as engine:
        return exported_head([line async for line in export(engine)][-1])


async def test_an_untouched_chain_is_verified(audited: str) -> None:
    outcome = await judged(audited)
    assert isinstance(outcome, Verified)
    assert outcome.count == COUNT
    assert await judged(audited, outcome.head) == outcome
    assert await head_of(audited) == outcome.head


async def test_an_empty_ledger_is_verified(ledger: Ledger, ledger_url: str) -> None:
    assert await judged(ledger_url) == Verified(0, Head())


async def test_the_chain_is_verified_while_the_ledger_is_open(ledger: Ledger, ledger_url: str) -> None:
    await running(ledger)
    assert isinstance(await judged(ledger_url), Verified)


async def test_an_edit_of_any_column_is_found(audited: str) -> None:
    for column in ("at", "team_id", "user_id", "request_id", "machine", "kind", "data", "hash"):
        await tampered(audited, f"UPDATE events SET {column} = {column} || ' ' WHERE seq = 2")  # noqa: S608 # our own words
        outcome = await judged(audited)
        assert isinstance(outcome, Broken), column
        assert outcome.seq == 2, column
        await tampered(audited, f"UPDATE events SET {column} = rtrim({column}) WHERE seq = 2")  # noqa: S608 # our own words
        assert isinstance(await judged(audited), Verified), column


async def test_an_edit_of_any_event_is_found(audited: str) -> None:
    for seq in range(COUNT, 0, -1):  # the first break is told, so each further edit stands before the last
        await tampered(audited, f"UPDATE events SET data = '{{}} ' WHERE seq = {seq}")  # noqa: S608 # our own words
        assert await judged(audited) == Broken(seq, f"Event {seq} was changed, or stands in another one's place.")


async def test_a_deletion_in_the_middle_is_found(audited: str) -> None:
    await tampered(audited, "DELETE FROM events WHERE seq = 3")
    assert await judged(audited) == Broken(3, "Event 3 is missing: the next one is 4.")


async def test_a_deletion_that_closes_its_gap_is_found(audited: str) -> None:
    await tampered(audited, "DELETE FROM events WHERE seq = 3", "UPDATE events SET seq = 3 WHERE seq = 4")
    outcome = await judged(audited)
    assert isinstance(outcome, Broken)
    assert outcome.seq == 3


async def test_a_reordering_is_found(audited: str) -> None:
    await tampered(audited, *SWAP)
    outcome = await judged(audited)
    assert isinstance(outcome, Broken)
    assert outcome.seq == 3


async def test_an_event_before_the_first_is_found(audited: str) -> None:
    await tampered(audited, "UPDATE events SET seq = 0 WHERE seq = 1")
    outcome = await judged(audited)
    assert isinstance(outcome, Broken)
    assert outcome.seq == 0


async def test_a_cut_of_the_last_events_is_found(audited: str) -> None:
    await tampered(audited, "DELETE FROM events WHERE seq > 3")
    outcome = await judged(audited)
    assert isinstance(outcome, Broken)
    assert outcome.seq == 4
    assert "cut" in outcome.why


async def test_a_cut_that_also_forges_the_head_is_found(audited: str) -> None:
    await tampered(
        audited,
        "DELETE FROM events WHERE seq > 3",
        "UPDATE chain SET seq = 3, hash = (SELECT hash FROM events WHERE seq = 3)",
    )
    assert await judged(audited) == Broken(3, "The ledger's own head was changed.")


async def test_a_cut_that_puts_an_older_true_head_back_is_found_by_an_exported_head(
    ledger_url: str, clock: VirtualClock
) -> None:
    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        request = await running(ledger)
        old = await head_of(ledger_url)
        await ledger.claim(request, request.items[0])
    new = await head_of(ledger_url)
    await tampered(
        ledger_url,
        f"DELETE FROM events WHERE seq > {old.seq}",  # noqa: S608 # our own words
        f"UPDATE chain SET seq = {old.seq}, at = '{old.at}', hash = '{old.hash}', seal = '{old.seal}'",  # noqa: S608 # our own words
    )
    # Nothing within the ledger can tell any more; what was kept outside can.
    assert isinstance(await judged(ledger_url), Verified)
    assert await judged(ledger_url, old) == Verified(old.seq, old)
    outcome = await judged(ledger_url, new)
    assert isinstance(outcome, Broken)
    assert outcome.seq == new.seq


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE chain SET seal = 'x'", COUNT),
        ("UPDATE chain SET at = '2026-01-01T00:00:00.000000+00:00'", COUNT),
        ("UPDATE chain SET seq = 2", 3),
        ("UPDATE chain SET seq = 0, at = '', hash = '', seal = ''", 1),
        ("DELETE FROM chain", COUNT + 1),
    ],
)
async def test_a_changed_head_is_found(audited: str, statement: str, seq: int) -> None:
    await tampered(audited, statement)
    outcome = await judged(audited)
    assert isinstance(outcome, Broken)
    assert outcome.seq == seq


async def test_a_wrong_key_is_told_from_a_change(audited: str) -> None:
    outcome = await judged(audited, key=b"another key of enough bytes")
    assert isinstance(outcome, Broken)
    assert "key" in outcome.why


async def test_a_forged_exported_head_is_told(audited: str) -> None:
    forged = replace(await head_of(audited), seq=3)
    outcome = await judged(audited, forged)
    assert isinstance(outcome, Broken)
    assert "exported head" in outcome.why


async def test_a_ledger_of_another_key_is_not_opened(audited: str) -> None:
    with pytest.raises(LedgerError, match="key"):
        async with opened(audited, key=b"another key of enough bytes"):
            pass


async def test_a_short_key_is_refused(ledger_url: str) -> None:
    with pytest.raises(LedgerError, match="16 bytes"):
        async with opened(ledger_url, key=b"short"):
            pass


async def test_an_export_has_every_event_and_then_the_head(audited: str) -> None:
    async with look_into(audited) as engine:
        *lines, last = [json.loads(line) async for line in export(engine)]
        async with reading(engine) as connection:
            head = await read_head(connection)
    assert [line["seq"] for line in lines] == list(range(1, COUNT + 1))
    assert lines[0]["data"] == {"operation": "reprotect", "reason": "Rotterdam is back", "subject": "web02"}
    assert exported_head(json.dumps(last)) == head
    assert KEY.decode() not in json.dumps([lines, last])


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"head": 5}', '{"seq": 1}', '{"head": {"seq": "x"}}'])
def test_what_is_no_head_is_refused(line: str) -> None:
    with pytest.raises(LedgerError, match="no head"):
        exported_head(line)


async def test_a_long_chain_is_read_in_pieces(sqlite_ledger: Ledger, sqlite_url: str) -> None:
    """More events than are fetched at once; one of them is changed, far behind the first piece."""
    request = await ask(sqlite_ledger)
    many = tuple(Happened(EventKind.PROGRESS, "web02", {"percent": n}) for n in range(1200))
    await sqlite_ledger.write(request, Change(request.due_at, events=many))
    assert isinstance(await judged(sqlite_url), Verified)
    await tampered(sqlite_url, "UPDATE events SET machine = 'web03' WHERE seq = 1100")
    outcome = await judged(sqlite_url)
    assert isinstance(outcome, Broken)
    assert outcome.seq == 1100


async def test_something_that_is_no_text_is_found(sqlite_ledger: Ledger, sqlite_url: str) -> None:
    await running(sqlite_ledger)
    await tampered(sqlite_url, "UPDATE events SET data = x'00ff' WHERE seq = 2")
    outcome = await judged(sqlite_url)
    assert isinstance(outcome, Broken)
    assert outcome.seq == 2
