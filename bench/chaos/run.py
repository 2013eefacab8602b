"""A run: everything is set up, people and troubles have their time, then the world calms down and is judged."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from homeward.actions.ledger import Broken, Ledger, look_into, opened, verify
from homeward.actions.ledger.tables import claims, items
from homeward.actions.requests import Event, EventKind, Request
from homeward.actions.states import ItemState
from homeward.bot.sandbox.estate import company
from homeward.bot.sandbox.estate.model import Estate, RecoveryPlan
from homeward.bot.sandbox.estate.shop import add_fleet
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, BOT, LENA, MAYA, Channel
from homeward.handlers.portal import portal
from homeward.handlers.views.thread import reply

from .bots import Bot, environment
from .course import Course
from .judging import Claim, Evidence, Tells, unfinished, wrong
from .people import People
from .troubles import Troubles, fates

PLAN_SIZES = (2, 5)
LOOK = 1.0


@dataclass(slots=True)
class Outcome:
    """`broken` names every place where something is not as it must be."""

    seed: int
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter[str])
    broken: list[str] = field(default_factory=list[str])


async def chaos(course: Course, state: str, *, logs: Path) -> Outcome:
    """`state` is the URL of an empty database in PostgreSQL; the bots' logs go into the folder `logs`."""
    began = time.monotonic()
    outcome = Outcome(course.seed)
    random = Random(course.seed)  # noqa: S311 # to be had again
    estate, subjects = _estate(course, random)
    async with Sandbox(estate) as sandbox, _ledger(sandbox, state) as ledger:
        sandbox.slack.rates.enforced = False
        estate.speed = course.speed
        rooms = [
            Channel(f"C0ROOM{n:02d}", f"room-{n:02d}", frozenset({MAYA.id, LENA.id, BOT.id}))
            for n in range(course.rooms)
        ]
        sandbox.slack.workspace.channels |= {room.id: room for room in rooms}
        config = sandbox.folder / "homeward.toml"
        config.write_text(sandbox.toml(), encoding="utf-8")
        own = environment(config, state, course.poll_interval)
        bots = [Bot(course.bot, own, logs / f"bot-{n}.log", outcome.counts) for n in range(course.processes)]
        one = _Run(course, sandbox, ledger, bots, _people(course, sandbox, ledger, rooms, random, outcome), outcome)
        try:
            for bot in bots:
                await bot.start()
                await bot.up()
            await sandbox.slack.socket.connected(len(bots), within=60)
            await one.play(subjects, random)
        finally:
            await asyncio.gather(*(bot.leave() for bot in bots))
        evidence = await one.judge(state)
    (logs / "events.txt").write_text(_history(evidence), encoding="utf-8")
    outcome.counts["passes that failed"] = sum(_lines(bot.log, "homeward.pass_failed") for bot in bots)
    outcome.seconds = time.monotonic() - began
    return outcome


class _Run:
    def __init__(
        self, course: Course, sandbox: Sandbox, ledger: Ledger, bots: list[Bot], people: People, outcome: Outcome
    ) -> None:
        self._course = course
        self._sandbox = sandbox
        self._ledger = ledger
        self._bots = bots
        self._people = people
        self._outcome = outcome
        self._tells = _tells(sandbox)

    async def play(self, subjects: list[str], random: Random) -> None:
        """People have what they want brought home; trouble has its time, then the world calms down."""
        asking = asyncio.create_task(self._ask_for_all(subjects))
        await self._trouble(asking, random)
        await self._calm_down()
        calm = time.monotonic()
        ending = asyncio.create_task(self._to_the_end(asking))
        await asyncio.wait({ending}, timeout=self._course.calm)
        self._people.late.set()
        await ending
        while any(unfinished(await self._evidence(()), self._tells)):
            if time.monotonic() - calm > self._course.calm:
                break
            await asyncio.sleep(LOOK)
        self._outcome.counts["seconds of calm until all was told"] = round(time.monotonic() - calm)

    async def _trouble(self, asking: asyncio.Task[None], random: Random) -> None:
        troubles = Troubles(self._course, self._bots, self._sandbox.arm, self._sandbox.slack, self._outcome.counts)
        each = [
            *(troubles.of_a_process(bot, Random(random.random())) for bot in self._bots),  # noqa: S311
            troubles.when_a_start_is_taken(Random(random.random())),  # noqa: S311
            troubles.of_azure(Random(random.random())),  # noqa: S311
            troubles.of_slack(Random(random.random())),  # noqa: S311
        ]
        running = [asyncio.create_task(one) for one in each]
        await asyncio.wait({asking, *running}, timeout=self._course.troubled, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
        if faulty := next((one for one in ended if isinstance(one, Exception)), None):
            raise faulty

    async def _ask_for_all(self, subjects: list[str]) -> None:
        room = asyncio.Semaphore(self._course.at_once)

        async def one(subject: str) -> None:
            async with room:
                await self._people.bring_home(subject)

        await asyncio.gather(*(one(subject) for subject in subjects))

    async def _to_the_end(self, asking: asyncio.Task[None]) -> None:
        await asking
        await self._people.see_to_the_rest()

    async def _calm_down(self) -> None:
        """No more trouble: whatever is left must come to its end by itself, or by what people do."""
        self._sandbox.arm.faults.clear()
        self._sandbox.arm.lists_lag(0)
        self._sandbox.slack.faults.clear()
        await self._sandbox.slack.up()
        for bot in self._bots:
            await bot.start()

    async def judge(self, state: str) -> Evidence:
        async with look_into(state) as engine:
            evidence = await self._evidence(await _claims(engine))
            audit = await verify(engine, self._sandbox.settings().audit_key().encode())
        broken = [*unfinished(evidence, self._tells), *wrong(evidence, self._tells)]
        if isinstance(audit, Broken):
            broken.append(f"the audit chain: {audit.why}")
        broken += [f"Azure was asked what it does not know: {what}" for what in self._sandbox.arm.unexpected[:5]]
        if len(evidence.requests) < self._course.requests:
            broken.append(f"only {len(evidence.requests)} requests came of {self._course.requests}")
        self._outcome.broken += broken
        self._outcome.counts.update(_counted(evidence))
        return evidence

    async def _evidence(self, claimed: tuple[Claim, ...]) -> Evidence:
        requests = await self._ledger.requests(limit=100_000)
        slack = self._sandbox.slack.workspace
        messages = [m for c in list(slack.channels.values()) for m in slack.messages(c) if m.bot and not m.ephemeral_to]
        return Evidence(
            requests,
            {request.id: await self._ledger.events(request.id) for request in requests},
            claimed,
            self._sandbox.arm.starts,
            [m for m in messages if not slack.channel(m.channel).is_im],
            APPROVALS.id,
        )


def _people(
    course: Course, sandbox: Sandbox, ledger: Ledger, rooms: list[Channel], random: Random, outcome: Outcome
) -> People:
    return People(sandbox.slack, ledger, rooms, random, outcome.counts, further=course.further)


def _history(evidence: Evidence) -> str:
    """Everything that happened, request by request, for whoever looks for a cause."""
    lines: list[str] = []
    for request in evidence.requests:
        lines += ["", f"{request.id} {request.asked.subject}: {request.state.value}. {request.why}"]
        for event in evidence.events[request.id]:
            happened = event.happened
            said = f"{happened.kind.value} {happened.machine} {dict(happened.data)}"
            lines.append(f"  {event.at:%H:%M:%S.%f} {event.seq} {said[:200]}")
    lines += ["", "What Azure took:", *(f"  {one.at:%H:%M:%S.%f} {one.machine} {one.job}" for one in evidence.starts)]
    return "\n".join([*lines, ""])


def _counted(evidence: Evidence) -> Counter[str]:
    kinds = Counter(event.happened.kind for events in evidence.events.values() for event in events)
    machines = [item for request in evidence.requests for item in request.items]
    states = Counter(request.state.value for request in evidence.requests)
    return Counter(
        {
            "requests": len(evidence.requests),
            "machines": len(machines),
            "claims": len(evidence.claims),
            "starts that Azure took": len(evidence.starts),
            "jobs adopted": kinds[EventKind.ADOPTED],
            "starts without an answer": kinds[EventKind.NO_ANSWER],
            "machines nobody could tell about": kinds[EventKind.UNKNOWN],
            "machines tried again": kinds[EventKind.RETRY],
            "machines that came through": sum(item.state is ItemState.DONE for item in machines),
            "messages": len(evidence.messages),
            "events": sum(len(events) for events in evidence.events.values()),
            **{f"requests {state}": count for state, count in states.items()},
            **Counter(f"requests for {request.asked.operation.value}" for request in evidence.requests),
        }
    )


def _estate(course: Course, random: Random) -> tuple[Estate, list[str]]:
    """The company with a fleet, and what is asked for of it: machines, and plans of a few of them."""
    estate = company()
    sizes = [random.randint(*PLAN_SIZES) if random.random() < course.plans else 1 for _ in range(course.requests)]
    free = iter(add_fleet(estate, sum(sizes)))
    subjects: list[str] = []
    for number, size in enumerate(sizes):
        names = [next(free) for _ in range(size)]
        if size == 1:
            subjects.append(names[0])
            continue
        subjects.append(f"wave-{number:04d}")
        middle = random.randint(1, size)
        groups = [names[:middle], names[middle:]]
        estate.vault.plans.append(RecoveryPlan(subjects[-1], [group for group in groups if group]))
    for item in estate.vault.items:
        if item.name.startswith("fleet-"):
            fates(item, random, vanishing=course.waits_out_vanished)
    return estate, subjects


def _tells(sandbox: Sandbox) -> Tells:
    settings = sandbox.settings()
    pages = portal(settings.azure.cloud, settings.vault_addresses())
    words = partial(reply, portal=pages, command=settings.slack.reprotect_command)

    def tells(event: Event, request: Request) -> bool:
        return words(event, request) is not None

    return tells


async def _claims(engine: AsyncEngine) -> tuple[Claim, ...]:
    joined = claims.join(items, (claims.c.request_id == items.c.request_id) & (claims.c.place == items.c.place))
    query = select(claims.c.request_id, items.c.machine, claims.c.attempt, claims.c.at).select_from(joined)
    async with engine.connect() as connection:
        rows = await connection.execute(query)
        return tuple(Claim(row.request_id, row.machine, row.attempt, row.at) for row in rows)


@asynccontextmanager
async def _ledger(sandbox: Sandbox, state: str) -> AsyncGenerator[Ledger]:
    async with opened(state, key=sandbox.settings().audit_key().encode()) as ledger:
        yield ledger


def _lines(log: Path, words: str) -> int:
    return sum(words in line for line in log.read_text(encoding="utf-8", errors="replace").splitlines())
