"""The recovery point of a failback: what was said becomes the call's word and id, or a sentence why it can't be had."""

from dataclasses import replace
from datetime import timedelta

import pytest

from homeward.actions.plan import NotPrepared, Obstacle, OpenValue, Plan, Prepared
from homeward.actions.preparing import Preparer, changes
from homeward.actions.states import Operation
from homeward.checks import RULES_OF
from homeward.checks.facts import NEVER, NOT_ASKED, Facts, Missing
from homeward.checks.report import Verdict
from homeward.checks.subjects import Kind
from tests.actions.making import asked
from tests.actions.preparing.facts import (
    BACK_CLASSIC,
    BACK_MODERNIZED,
    HOME_MODERNIZED,
    Reader,
    collected,
    grouped,
    named,
    point,
)
from tests.checks.changing import changed
from tests.checks.ready import NOW

UNREAD = Missing("vault prod-dr did not answer within 20 s")
ID = "/vaults/prod-dr/recoveryPoints/"


async def prepared(said: str, *machines: Facts, kind: Kind = Kind.GROUP) -> Prepared | NotPrepared:
    answer = collected(*machines, kind=Kind.MACHINE if len(machines) == 1 else kind, name="payroll")
    wanted = replace(asked(), operation=Operation.FAILBACK, point=said)
    return await Preparer(Reader(answer), RULES_OF)(wanted)


async def plan_of(said: str, *machines: Facts) -> Plan:
    made = await prepared(said, *machines)
    assert isinstance(made, Prepared), made
    return made.plan


async def points(said: str, *machines: Facts) -> list[tuple[str, str, int]]:
    """Of each machine the kind, the name and the age in minutes."""
    plan = await plan_of(said, *machines)
    assert all(item.point_at for item in plan.items)
    ages = [(NOW - item.point_at) // timedelta(minutes=1) for item in plan.items if item.point_at]
    return [(one.point, one.point_id.removeprefix(ID), age) for one, age in zip(plan.items, ages, strict=True)]


async def refused(said: str, *machines: Facts) -> NotPrepared:
    made = await prepared(said, *machines)
    assert isinstance(made, NotPrepared), made
    return made


@pytest.mark.parametrize(
    ("said", "facts", "wanted"),
    [
        ("", BACK_MODERNIZED, ("CrashConsistent", "", 3)),
        ("latest", BACK_MODERNIZED, ("CrashConsistent", "", 3)),
        ("App-Consistent ", BACK_MODERNIZED, ("ApplicationConsistent", "", 12)),
        ("", BACK_CLASSIC, ("LatestTime", "", 3)),
        ("LATEST", BACK_CLASSIC, ("LatestTime", "", 3)),
        ("app-consistent", BACK_CLASSIC, ("LatestTag", "", 12)),
        ("c60", BACK_CLASSIC, ("Custom", "c60", 60)),
        ("C6", BACK_CLASSIC, ("Custom", "c60", 60)),
        (f"{ID}a12".upper(), BACK_CLASSIC, ("Custom", "a12", 12)),
    ],
)
async def test_what_is_said_is_what_the_call_takes(said: str, facts: Facts, wanted: tuple[str, str, int]) -> None:
    assert await points(said, facts) == [wanted]


async def test_a_whole_name_is_meant_where_another_one_begins_with_it() -> None:
    facts = replace(BACK_CLASSIC, points=(point("c60", 3), point("c6", 60)))
    assert await points("c6", facts) == [("Custom", "c6", 60)]


async def test_a_mixed_plan_has_each_stacks_words() -> None:
    assert await points("latest", BACK_CLASSIC, named(BACK_MODERNIZED, "web02")) == [
        ("LatestTime", "", 3),
        ("CrashConsistent", "", 3),
    ]


async def test_a_point_without_a_time_is_none_that_is_known() -> None:
    plan = await plan_of("c1", replace(BACK_CLASSIC, points=(replace(point("c1", 1), at=NEVER), point("c2", 2))))
    assert (plan.items[0].point_id, plan.items[0].point_at) == (f"{ID}c1", None)


async def test_no_application_consistent_point_is_told() -> None:
    plain = replace(named(BACK_CLASSIC, "web02"), points=(point("c3", 3),))
    made = await refused("app-consistent", BACK_CLASSIC, plain)
    assert made.obstacle is Obstacle.WRONG_VALUE
    assert made.why == "web02 has no application-consistent recovery point: leave out --point, or say latest."
    assert made.without == (OpenValue("", "point", ()),)


async def test_an_unknown_point_is_told_with_those_there_are() -> None:
    made = await refused("x1", BACK_CLASSIC)
    assert (made.obstacle, made.why) == (Obstacle.WRONG_VALUE, "payroll has no recovery point x1.")
    assert made.candidates == ("c3", "a12", "c60")
    assert made.details == (
        "3 minutes ago · crash-consistent",
        "12 minutes ago · application-consistent",
        "60 minutes ago · crash-consistent",
    )


async def test_only_the_newest_points_are_told() -> None:
    many = tuple(point(f"c{age}", age) for age in range(1, 60))
    made = await refused("x", replace(BACK_CLASSIC, points=many))
    assert made.candidates == tuple(f"c{age}" for age in range(1, 11))
    assert len(made.details) == 10


async def test_the_beginning_of_several_is_told() -> None:
    made = await refused("c", BACK_CLASSIC)
    assert made.why == "More than one recovery point of payroll begins with c."


async def test_a_modernized_machine_takes_no_point_of_ones_own_choice() -> None:
    made = await refused("c60", BACK_MODERNIZED)
    assert made.why == (
        "web01 can't have a recovery point of its own choice: the modernized stack takes latest or app-consistent only."
    )
    assert made.candidates == ("latest", "app-consistent")


SHARED = (point("w1-s5", 5, shared=True), point("w1-a5", 5, consistent=True, shared=True), point("w1-c2", 2))
WEB01 = grouped(BACK_CLASSIC, "web01", SHARED)
WEB02 = grouped(
    BACK_CLASSIC, "web02", (point("w2-s5", 5, shared=True), point("w2-a5", 5, consistent=True, shared=True))
)


@pytest.mark.parametrize(("said", "kind"), [("w1-s5", "s5"), ("w2-s5", "s5"), ("w1-a5", "a5")])
async def test_a_replication_group_shares_the_point_of_one_machine(said: str, kind: str) -> None:
    assert await points(said, WEB01, WEB02) == [("Custom", f"w1-{kind}", 5), ("Custom", f"w2-{kind}", 5)]


async def test_points_of_one_moment_may_be_milliseconds_apart() -> None:
    shared = replace(point("w2", 5, shared=True), at=NOW - timedelta(minutes=5, milliseconds=-400))
    assert [name for _, name, _ in await points("w1-s5", WEB01, replace(WEB02, points=(shared,)))] == ["w1-s5", "w2"]


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("w1-c2", WEB02),
        ("w1-s5", replace(WEB02, points=(point("w2-s6", 6, shared=True),))),
        ("w1-s5", replace(WEB02, points=(point("w2-s5", 5),))),
    ],
    ids=["not shared", "of another moment", "not shared by the other"],
)
async def test_a_point_that_a_member_lacks_is_refused(said: str, other: Facts) -> None:
    made = await refused(said, WEB01, other)
    assert made.obstacle is Obstacle.WRONG_VALUE
    assert f"does not share the recovery point {said} with the replication group payroll." in made.why


async def test_what_a_group_may_choose_is_what_all_share() -> None:
    made = await refused("x", WEB01, replace(WEB02, points=(point("w2-s5", 5, shared=True),)))
    assert made.candidates == ("w1-s5",)


async def test_the_name_of_different_moments_in_a_group_is_told() -> None:
    other = grouped(BACK_CLASSIC, "web02", (point("w1-s5b", 9, shared=True),))
    made = await refused("w1-s", WEB01, other)
    assert made.why == "More than one recovery point of payroll begins with w1-s."


async def test_machines_without_a_common_group_have_no_common_point() -> None:
    other = replace(named(BACK_CLASSIC, "web02"), points=(point("z1", 7),))
    made = await refused("c60", BACK_CLASSIC, other)
    assert made.why.startswith("payroll is more than one replication group")
    assert made.without == (OpenValue("", "point", ()),)


@pytest.mark.parametrize("said", ["app-consistent", "c60"])
@pytest.mark.parametrize("unread", [UNREAD, NOT_ASKED])
async def test_points_that_cannot_be_read_are_not_called_wrong(said: str, unread: object) -> None:
    made = await refused(said, changed(BACK_CLASSIC, {"points": unread}))
    assert made.obstacle is Obstacle.UNREADABLE
    assert made.why.startswith("The recovery points of web01 could not be read: ")


async def test_the_newest_one_is_planned_though_the_points_cannot_be_read() -> None:
    made = await prepared("", replace(BACK_CLASSIC, points=UNREAD))
    assert isinstance(made, Prepared)
    assert made.checked.verdict is Verdict.UNKNOWN
    assert (made.plan.items[0].point, made.plan.items[0].point_at) == ("LatestTime", None)


async def test_what_blocks_is_told_before_a_wrong_point() -> None:
    made = await prepared("app-consistent", replace(HOME_MODERNIZED, points=()))
    assert isinstance(made, Prepared)
    assert (made.checked.verdict, made.plan.items) == (Verdict.BLOCKED, ())


async def again(said: str, before: Facts, now: Facts) -> tuple[tuple[str, ...], Prepared | NotPrepared]:
    reader = Reader(collected(before))
    prepare = Preparer(reader, RULES_OF)
    first = await prepare(replace(asked(), operation=Operation.FAILBACK, point=said))
    assert isinstance(first, Prepared)
    reader.answer = collected(now)
    second = await prepare.again(first.plan, frozenset({"web01"}))
    if isinstance(second, NotPrepared):
        return (), second
    told = changes(first.plan.items[0], second.plan.items[0])
    assert (second.plan == first.plan) is (not told)
    return told, second


@pytest.mark.parametrize(
    ("said", "now", "told"),
    [
        ("c60", (point("c3", 3),), "its recovery point c60 is not to be had any more"),
        ("app-consistent", (point("c3", 3),), "it has no application-consistent recovery point any more"),
    ],
)
async def test_a_point_that_is_gone_is_a_change(said: str, now: object, told: str) -> None:
    assert (await again(said, BACK_CLASSIC, changed(BACK_CLASSIC, {"points": now})))[0] == (told,)


@pytest.mark.parametrize(
    ("said", "facts"),
    [("latest", BACK_CLASSIC), ("latest", BACK_MODERNIZED), ("app-consistent", BACK_CLASSIC), ("c60", BACK_CLASSIC)],
)
async def test_a_newer_point_is_no_change(said: str, facts: Facts) -> None:
    assert isinstance(facts.points, tuple)
    newer = (point("c0", 0), point("a0", 0, consistent=True), *facts.points)
    assert (await again(said, facts, replace(facts, points=newer)))[0] == ()


@pytest.mark.parametrize("said", ["app-consistent", "c60"])
async def test_whether_a_point_is_still_there_is_never_guessed(said: str) -> None:
    _, now = await again(said, BACK_CLASSIC, replace(BACK_CLASSIC, points=UNREAD))
    assert isinstance(now, NotPrepared)
    assert (now.obstacle, UNREAD.reason in now.why) == (Obstacle.UNREADABLE, True)


async def test_the_newest_point_is_left_to_the_rules_where_it_cannot_be_read() -> None:
    told, now = await again("latest", BACK_CLASSIC, replace(BACK_CLASSIC, points=UNREAD))
    assert told == ()
    assert isinstance(now, Prepared)
    assert {found.rule for found in now.checked.unread_blockers} >= {"failback-point-missing"}
