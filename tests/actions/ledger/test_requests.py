"""What the ledger keeps of requests, and who may write them."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from homeward.actions.ledger import ClaimTaken, Held, Ledger, LedgerError, NoRequest, Stale, opened
from homeward.actions.plan import Plan
from homeward.actions.requests import Change, Decision, EventKind, Happened, Person, Refusal, Request, Vote
from homeward.actions.states import ItemState, State, WrongTurn
from tests.actions.making import (
    KEY,
    LEAD,
    START,
    VirtualClock,
    ask,
    asked,
    go,
    ids,
    plan,
    planned,
    put_forward,
    running,
)


async def test_a_request_is_read_as_it_was_opened(ledger: Ledger) -> None:
    request = await ask(ledger)
    assert await ledger.load(request.id) == request
    assert request.state is State.CHECKING
    assert [event.happened.kind for event in await ledger.events(request.id)] == [EventKind.REQUESTED]


async def test_a_request_is_read_as_it_was_written(ledger: Ledger) -> None:
    request = await running(ledger, made=plan("web02", "db01"))
    assert await ledger.load(request.id) == request
    claimed = await ledger.claim(request, request.items[1])
    assert await ledger.load(request.id) == claimed
    assert [item.state for item in claimed.items] == [ItemState.PENDING, ItemState.CLAIMED]


async def test_of_fifty_tasks_one_takes_the_claim(ledger: Ledger) -> None:
    request = await running(ledger)
    taken = await asyncio.gather(*(ledger.claim(request, request.items[0]) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(one, Request) for one in taken) == 1
    assert sum(isinstance(one, ClaimTaken) for one in taken) == 49
    kinds = [event.happened.kind for event in await ledger.events(request.id)]
    assert kinds.count(EventKind.CLAIMED) == 1


async def test_of_two_replicas_one_takes_each_claim(postgres_url: str) -> None:
    machines = [f"web{number}" for number in range(10)]
    async with opened(postgres_url, key=KEY) as one, opened(postgres_url, key=KEY) as other:
        request = await running(one, made=plan(*machines))
        taken: list[str] = []

        async def start(replica: Ledger, machine: str) -> None:
            """As a pass does: where the request was written meanwhile it is read anew."""
            while True:
                read = await replica.load(request.id)
                try:
                    await replica.claim(read, next(item for item in read.items if item.machine == machine))
                except Stale:
                    continue
                except ClaimTaken:
                    return
                taken.append(machine)
                return

        await asyncio.gather(*(start(replica, machine) for machine in machines for replica in (one, other)))
        assert sorted(taken) == sorted(machines)
        events = await other.events(request.id)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_a_stale_write_changes_nothing(ledger: Ledger) -> None:
    request = await ask(ledger)
    after = await go(ledger, request, State.BLOCKED)
    with pytest.raises(Stale):
        await ledger.write(request, Change(request.due_at, why="too late", events=(Happened(EventKind.EXPIRED),)))
    assert await ledger.load(request.id) == after
    assert len(await ledger.events(request.id)) == 2


async def test_two_requests_that_race_for_a_machine_one_is_held(ledger: Ledger) -> None:
    first, second = await ask(ledger, "R-1"), await ask(ledger, "R-2")
    both = await asyncio.gather(*(put_forward(ledger, one) for one in (first, second)), return_exceptions=True)
    held = [one for one in both if isinstance(one, Held)]
    assert len(held) == 1
    assert held[0].machine == "web02"
    assert held[0].by in {"R-1", "R-2"}


async def test_amends_at_once_all_come_through(ledger: Ledger) -> None:
    request = await ask(ledger)

    def longer(read: Request, _: object) -> Change | Refusal:
        return Change(read.due_at, why=read.why + "x")

    await asyncio.gather(*(ledger.amend(request.id, longer) for _ in range(20)))
    assert (await ledger.load(request.id)).why == "x" * 20


async def test_what_is_not_there_is_told(ledger: Ledger) -> None:
    with pytest.raises(NoRequest, match="R-NONE"):
        await ledger.load("R-NONE")


async def test_an_id_is_given_once(ledger: Ledger) -> None:
    request = await ask(ledger)
    with pytest.raises(LedgerError, match="R-000001 already"):
        await ask(ledger)
    assert len(await ledger.events(request.id)) == 1
    with pytest.raises(NoRequest):
        await ledger.write(replace(request, id="R-NONE"), Change(request.due_at))


async def test_a_refusal_changes_nothing(ledger: Ledger) -> None:
    request = await ask(ledger)
    refusal = Refusal("requester", "You asked for it yourself.")
    assert await ledger.amend(request.id, lambda _, __: refusal) is refusal
    assert await ledger.load(request.id) == request


async def test_amending_asks_with_the_ledgers_time_and_the_newest_request(ledger: Ledger, clock: VirtualClock) -> None:
    request = await go(ledger, await ask(ledger), State.AWAITING_APPROVAL)
    clock.ahead(minutes=5)
    seen: list[tuple[Request, datetime]] = []

    def look(read: Request, now: datetime) -> Refusal:
        seen.append((read, now))
        return Refusal("x", "y")

    await ledger.amend(request.id, look)
    assert seen == [(request, clock.now)]
    with pytest.raises(NoRequest):
        await ledger.amend("R-NONE", look)


def vote(person: Person, by: Vote = Vote.APPROVE) -> Change:
    decision = Decision(person, by, START, "digest", attested=("network-link",))
    return Change(START, decision=decision, events=(Happened(EventKind.APPROVED_BY, actor=person),))


async def test_votes_are_kept_in_their_order_and_one_for_each_person(ledger: Ledger) -> None:
    request = await ask(ledger)
    for person in (LEAD, Person("T1", "U-A"), Person("T2", "U-LEAD")):
        request = await ledger.write(request, vote(person))
    assert [one.person.user_id for one in (await ledger.load(request.id)).decisions] == ["U-LEAD", "U-A", "U-LEAD"]
    assert await ledger.load(request.id) == request
    with pytest.raises(WrongTurn, match="has voted"):
        await ledger.write(request, vote(LEAD, Vote.REJECT))
    assert [one.happened.actor for one in (await ledger.events(request.id))[1:]] == [
        one.person for one in request.decisions
    ]


async def test_two_votes_at_once_are_both_counted(ledger: Ledger) -> None:
    request = await ask(ledger)
    people = [Person("T1", f"U{number}") for number in range(10)]

    async def press(person: Person) -> None:
        await ledger.amend(request.id, lambda _, __: vote(person))

    await asyncio.gather(*(press(one) for one in people))
    assert {one.person for one in (await ledger.load(request.id)).decisions} == set(people)


async def test_turns_that_the_tables_do_not_have_change_nothing(ledger: Ledger) -> None:
    request = await running(ledger)
    wrong = [
        Change(START, state=State.AWAITING_APPROVAL),
        Change(START, plan=plan("db01")),
        Change(START, items=(replace(request.items[0], state=ItemState.DONE),)),
        Change(START, items=(replace(request.items[0], place=7),)),
        Change(START, items=(replace(request.items[0], planned=plan("db01").items[0]),)),
    ]
    for change in wrong:
        with pytest.raises(WrongTurn):
            await ledger.write(request, change)
    assert await ledger.load(request.id) == request


async def test_what_a_change_leaves_out_stays(ledger: Ledger) -> None:
    request = await running(ledger)
    change = Change(START, reminded=True, stopping=True, unread_since=START, why="Waiting.")
    request = await ledger.write(request, change)
    same = await ledger.write(request, Change(START))
    assert same == replace(request, version=request.version + 1)
    assert (same.reminded, same.stopping, same.unread_since, same.why) == (True, True, START, "Waiting.")
    cleared = await ledger.write(same, Change(START, readable_again=True, why=""))
    assert (cleared.unread_since, cleared.why) == (None, "")
    assert await ledger.load(request.id) == cleared


async def test_nothing_is_claimed_unless_the_request_runs(ledger: Ledger) -> None:
    awaiting = await put_forward(ledger, await ask(ledger))
    with pytest.raises(WrongTurn):
        await ledger.claim(awaiting, awaiting.items[0])
    request = await running(ledger, "R-2", plan("db01"))
    with pytest.raises(WrongTurn):
        await ledger.claim(request, replace(request.items[0], attempt=2))
    stopping = await ledger.write(request, Change(START, stopping=True))
    with pytest.raises(WrongTurn):
        await ledger.claim(stopping, stopping.items[0])


async def test_a_claim_of_a_stale_request_is_none(ledger: Ledger) -> None:
    request = await running(ledger)
    newer = await ledger.write(request, Change(START, why="meanwhile"))
    with pytest.raises(Stale):
        await ledger.claim(request, request.items[0])
    assert (await ledger.claim(newer, newer.items[0])).items[0].claimed_at == START


async def test_a_further_attempt_has_a_claim_of_its_own(ledger: Ledger) -> None:
    request = await running(ledger)
    request = await ledger.claim(request, request.items[0])
    for state, attempt in ((ItemState.FAILED, 1), (ItemState.PENDING, 2)):
        item = replace(request.items[0], state=state, attempt=attempt)
        request = await ledger.write(request, Change(START, items=(item,)))
    request = await ledger.claim(request, request.items[0])
    assert request.items[0].state is ItemState.CLAIMED
    attempts = [
        event.happened.data for event in await ledger.events(request.id) if event.happened.kind is EventKind.CLAIMED
    ]
    assert attempts == [{"attempt": 1}, {"attempt": 2}]


async def held(ledger: Ledger, made: Plan) -> bool:
    """Whether a further request is refused the plan's machines; if not, it is ended again."""
    number = len(await ledger.requests()) + 1
    request = await ask(ledger, f"R-{number}")
    try:
        request = await put_forward(ledger, request, made)
    except Held:
        await go(ledger, request, State.BLOCKED)
        return True
    await go(ledger, request, State.CANCELLED)
    return False


async def test_what_is_only_asked_for_holds_nothing(ledger: Ledger) -> None:
    await ask(ledger, "R-0")
    assert not await held(ledger, plan("web02"))


async def test_a_machine_is_held_whatever_the_case_of_its_id(ledger: Ledger) -> None:
    await running(ledger)
    shouting = planned("web02")
    assert await held(ledger, plan(replace(shouting, item_id=shouting.item_id.upper())))
    assert not await held(ledger, plan("db01"))


@pytest.mark.parametrize(
    ("states", "given_up", "holds"),
    [
        ([], False, True),
        ([ItemState.SKIPPED], False, False),
        ([ItemState.CLAIMED], False, True),
        ([ItemState.CLAIMED, ItemState.UNKNOWN], False, True),
        ([ItemState.CLAIMED, ItemState.UNKNOWN], True, True),
        ([ItemState.CLAIMED, ItemState.FAILED], False, True),
        ([ItemState.CLAIMED, ItemState.FAILED], True, False),
        ([ItemState.CLAIMED, ItemState.SUBMITTED, ItemState.JOB_SUCCEEDED], False, True),
        ([ItemState.CLAIMED, ItemState.SUBMITTED, ItemState.DONE], False, False),
    ],
)
async def test_a_machine_is_held_until_its_end(
    ledger: Ledger, states: list[ItemState], given_up: bool, holds: bool
) -> None:
    request = await running(ledger, made=plan("web02", "db01"))
    for state in states:
        item = replace(request.items[0], state=state, given_up=given_up)
        request = await ledger.write(request, Change(START, items=(item,)))
    assert await held(ledger, plan("web02")) is holds
    assert await held(ledger, plan("db01"))


@pytest.mark.parametrize("end", [State.FAILED, State.CANCELLED, State.VOIDED])
async def test_the_end_lets_every_machine_go(ledger: Ledger, end: State) -> None:
    request = await running(ledger, made=plan("web02", "db01"))
    request = await ledger.claim(request, request.items[0])
    await go(ledger, request, end)
    assert not await held(ledger, plan("web02", "db01"))


async def test_a_machine_given_up_and_taken_by_another_request_is_not_tried_again(ledger: Ledger) -> None:
    request = await running(ledger, made=plan("web02", "db01"))
    request = await ledger.claim(request, request.items[0])
    failed = replace(request.items[0], state=ItemState.FAILED, given_up=True)
    request = await ledger.write(request, Change(START, items=(failed,)))
    await put_forward(ledger, await ask(ledger, "R-2"), plan("web02"))

    def again(read: Request, _: datetime) -> Change:
        retried = replace(read.items[0], state=ItemState.PENDING, attempt=2, given_up=False)
        return Change(START, items=(retried,))

    with pytest.raises(Held, match=r"^web02 is part of the open request R-2\.$"):
        await ledger.amend(request.id, again)
    assert await ledger.load(request.id) == request


async def test_a_request_is_found_by_its_subject_and_its_machines(ledger: Ledger) -> None:
    await put_forward(ledger, await ask(ledger, "R-1", "Pay plan"), plan("PAY-db01", "pay-app01"))
    await ask(ledger, "R-2", "pay-DB01")
    assert ids(await ledger.of_machine("pay-db01")) == ["R-2", "R-1"]
    assert ids(await ledger.of_machine("pay PLAN")) == ["R-1"]
    assert await ledger.of_machine("web99") == ()
    for number in range(3, 15):
        await ask(ledger, f"R-{number}", "pay-db01")
    assert len(await ledger.of_machine("pay-db01")) == 10


async def test_any_words_can_be_asked_for_and_are_found_again(ledger: Ledger) -> None:
    odd = "ключ\0\ud800" + "ß" * 5000
    await ledger.open(replace(asked(odd), reason=odd), id="R-1", quorum=1, expires_at=START)
    found = await ledger.of_machine(odd.upper().replace("SS", "ß"))
    assert ids(found) == ["R-1"]
    request = await ledger.write(found[0], Change(START, why=odd))
    assert (await ledger.load("R-1")).why.endswith("ß")
    assert (await ledger.events(request.id))[0].happened.data["reason"]


async def test_each_commit_is_told_after_it_was_made(ledger_url: str, clock: VirtualClock) -> None:
    """So that a test can stop the world there: what was committed is kept."""

    class Stop(Exception):
        pass

    def stop(what: str) -> None:
        raise Stop(what)

    async with opened(ledger_url, key=KEY, clock=clock) as ledger:
        request = await running(ledger)
    async with opened(ledger_url, key=KEY, clock=clock, committed=stop) as ledger:
        with pytest.raises(Stop, match="claim"):
            await ledger.claim(request, request.items[0])
        assert (await ledger.load(request.id)).items[0].state is ItemState.CLAIMED
