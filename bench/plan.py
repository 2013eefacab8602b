"""A whole check of a large recovery plan against one of its machines, through the real SDKs."""

import math
from time import perf_counter

from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES, report

from .estates import PLAN, with_plan
from .figures import Figure, Goal, Times, seconds
from .reading import Reading, reading

GOAL = Goal(most=10)
ONE = "vm0001"
ALONE = "pay-db01"
BESIDE_PAGES = 12
"""Requests of a check that are no pages of items or VMs: plans, fabrics, providers, policies, storage, roles, ..."""


async def measure(*, quick: bool) -> list[Figure]:
    machines, rounds = (30, 1) if quick else (500, 5)
    took: dict[str, list[float]] = {PLAN: [], ONE: [], ALONE: []}
    requests: dict[str, int] = {}
    async with Sandbox(with_plan(machines)) as large, Sandbox() as small:
        large.arm.page_size = 10 if quick else 100
        pages = math.ceil(len(large.estate.vault.items) / large.arm.page_size)
        async with reading(large) as in_large, reading(small) as in_small:
            for number in range(1 + rounds):
                for name in took:
                    sandbox, where = (small, in_small) if name == ALONE else (large, in_large)
                    sandbox.arm.requests.clear()
                    duration = await _checked(where, name)
                    requests[name] = len(sandbox.arm.requests)
                    if number:  # the first connects and finds the references
                        took[name].append(duration)
    if requests[PLAN] > 2 * pages + BESIDE_PAGES:
        raise AssertionError(f"{requests[PLAN]} requests for {pages} pages of items and of VMs each")
    plan = Times.of(took[PLAN])
    return [
        _figure(f"check of a plan of {machines} machines", plan, Times.of(took[ONE]), requests, ONE, pages, GOAL),
        _figure("the same, against a small vault", plan, Times.of(took[ALONE]), requests, ALONE, pages, None),
    ]


async def _checked(where: Reading, name: str) -> float:
    """Reading and judging."""
    started = perf_counter()
    judged = report(await where.check(name), RULES)
    duration = perf_counter() - started
    if not judged.machines:
        raise AssertionError("nothing was judged")
    return duration


def _figure(
    what: str, plan: Times, one: Times, requests: dict[str, int], name: str, pages: int, goal: Goal | None
) -> Figure:
    where = "one machine of it" if name == ONE else "one machine of a vault of 13"
    return Figure(
        what=what,
        ratio=plan.median / one.median,
        ours=seconds(plan.median),
        other=f"{seconds(one.median)}, {where}",
        goal=goal,
        more=f"requests to Azure: {requests[PLAN]} ({pages} pages of items, {pages} of VMs) against {requests[name]}",
        values={
            "median_seconds": plan.median,
            "one_median_seconds": one.median,
            "requests": requests[PLAN],
            "one_requests": requests[name],
            "pages": pages,
        },
    )
