"""How many rules are judged in a second, over the facts of many machines."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from time import perf_counter

from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES, Collected, Kind, Subject
from homeward.checks.evaluate import evaluate
from homeward.checks.facts import Facts
from homeward.checks.saving import dump

from .figures import Figure, seconds
from .reading import reading

SUBJECTS = ("web01", "payroll", "db01", "legacy01", "web02")
"""Both topologies; ready, blocked by one thing, and blocked by many."""
WRITTEN = 500
"""So many machines' facts are written as JSON, for comparison."""


async def measure(*, quick: bool) -> list[Figure]:
    machines = _machines(await _collected(), 50 if quick else 10_000)
    written = machines[:WRITTEN]
    kept = Collected(Subject("all", Kind.PLAN, ""), datetime.now(UTC), written, ())
    plain: object = json.loads(dump(kept))
    started = perf_counter()
    judged = sum(len(evaluate(RULES, facts)) for facts in machines)
    took = perf_counter() - started
    started = perf_counter()
    text = json.dumps(plain)
    write = (perf_counter() - started) / len(written)
    each = took / len(machines)
    return [
        Figure(
            what=f"{len(RULES)} rules over {len(machines):,} machines",
            ratio=each / write,
            ours=f"{seconds(each)} a machine",
            other=f"{seconds(write)}, json.dumps of its facts",
            more=f"{judged / took:,.0f} rules a second; {len(text) // len(written):,} letters of facts a machine",
            values={
                "rules_per_second": judged / took,
                "seconds_per_machine": each,
                "json_seconds_per_machine": write,
            },
        )
    ]


async def _collected() -> list[Facts]:
    async with Sandbox() as sandbox, reading(sandbox) as read:
        return [facts for name in SUBJECTS for facts in (await read.check(name)).machines]


def _machines(some: list[Facts], count: int) -> tuple[Facts, ...]:
    return tuple(
        replace(facts, machine=f"{facts.machine}-{number}") for number, facts in enumerate(islice(cycle(some), count))
    )
