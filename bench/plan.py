"""A whole check of a large recovery plan against one machine, through the real SDKs."""

import math
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES, report

from .estates import PLAN, with_plan
from .figures import Figure, Goal, seconds
from .reading import Reading, reading

GOAL = Goal(most=10)
BESIDE_PAGES = 12
"""Requests of a check that are no pages of items or VMs: plans, fabrics, providers, policies, storage, roles, ..."""
AZURE_LATENCY, VCENTER_LATENCY = 0.100, 0.010
"""What a network adds to each request."""


@dataclass(slots=True)
class _Check:
    """One subject that is checked again and again."""

    sandbox: Sandbox
    reading: Reading
    name: str
    took: list[float] = field(default_factory=list[float])
    requests: int = 0

    async def run(self) -> None:
        """Reading and judging."""
        self.sandbox.arm.requests.clear()
        started = perf_counter()
        judged = report(await self.reading.check(self.name), RULES)
        self.took.append(perf_counter() - started)
        self.requests = len(self.sandbox.arm.requests)
        if not judged.machines:
            raise AssertionError("nothing was judged")


async def measure(*, quick: bool) -> list[Figure]:
    machines, rounds = (30, 1) if quick else (500, 5)
    async with Sandbox(with_plan(machines)) as large, Sandbox() as small:
        large.arm.page_size = 10 if quick else 100
        items = len(large.estate.vault.items)
        pages = math.ceil(items / large.arm.page_size)
        async with reading(large) as in_large, reading(small) as in_small:
            plan = _Check(large, in_large, PLAN)
            member = _Check(large, in_large, "vm0001")
            alone = _Check(small, in_small, "pay-db01")
            checks = (plan, member, alone)
            await _rounds(checks, 1)  # connects, and finds the references
            await _rounds(checks, rounds)
            if plan.requests > 2 * pages + BESIDE_PAGES:
                raise AssertionError(f"{plan.requests} requests for {pages} pages of items and of VMs each")
            asked = f"requests to Azure: {plan.requests}, {pages} pages of items and {pages} of VMs among them, against"
            what = f"check of a plan of {machines} machines"
            elsewhere = f"one machine of a vault of {len(small.estate.vault.items)}"
            figures = [
                _figure(what, plan, member, f"one machine of the same vault of {items}", asked, GOAL),
                _figure(f"{what}, no network", plan, alone, elsewhere, asked, None),
            ]
            for sandbox in (large, small):
                sandbox.arm.faults.slow(AZURE_LATENCY)
                sandbox.vcenter.faults.latency = VCENTER_LATENCY
            await _rounds(checks, rounds)
            late = f"{what}, Azure {seconds(AZURE_LATENCY)} and vCenter {seconds(VCENTER_LATENCY)} away"
            return [*figures, _figure(late, plan, alone, elsewhere, asked, None)]


async def _rounds(checks: tuple[_Check, ...], rounds: int) -> None:
    """All of them by turns; what was measured before is forgotten."""
    for check in checks:
        check.took.clear()
    for _ in range(rounds):
        for check in checks:
            await check.run()


def _figure(what: str, plan: _Check, one: _Check, other: str, asked: str, goal: Goal | None) -> Figure:
    ours, others = median(plan.took), median(one.took)
    return Figure(
        what=what,
        ratio=ours / others,
        ours=seconds(ours),
        other=f"{seconds(others)}, {other}",
        goal=goal,
        more=f"{asked} {one.requests}; lists fetched anew, connections and references kept",
        values={
            "median_seconds": ours,
            "one_median_seconds": others,
            "requests": plan.requests,
            "one_requests": one.requests,
        },
    )
