"""What goes wrong, at random: with the processes, with Azure, with Slack."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.arm.faults import Faults
from homeward.bot.sandbox.estate.model import ProtectedItem
from homeward.bot.sandbox.estate.reprotects import Fate, renamed, unreachable
from homeward.bot.sandbox.slack import SandboxSlack

from .bots import Bot
from .course import Course

START = "(reProtect|plannedFailover|unplannedFailover|failoverCommit|failoverCancel)$"
PLANNED = 6
"""No more faults wait for their call at a time: reads must come through now and then."""
GLANCE = 0.01


class Troubles:
    """Each method goes on until it is cancelled, and then leaves things as they should be."""

    def __init__(
        self, course: Course, bots: Sequence[Bot], arm: SandboxArm, slack: SandboxSlack, counts: Counter[str]
    ) -> None:
        self._course = course
        self._bots = bots
        self._arm = arm
        self._slack = slack
        self._counts = counts

    async def of_a_process(self, bot: Bot, random: Random) -> None:
        while True:
            if random.random() < 0.9:  # now and then it is killed while it starts
                await bot.up()
            await asyncio.sleep(random.uniform(*self._course.between_deeds))
            if not bot.runs:
                # It could not begin: Slack was down, for one.
                self._counts["processes that ended by themselves"] += 1
                await bot.start()
            elif random.random() < 0.5:
                await bot.stop_for(_mostly_short(random, *self._course.stopped))
            else:
                await self._killed(bot, random)

    async def when_a_start_is_taken(self, random: Random) -> None:
        """The worst moment: Azure has it, and nobody has written it down."""
        seen = 0
        while True:
            await asyncio.sleep(GLANCE)
            if len(self._arm.estate.vault.jobs) > seen:
                seen = len(self._arm.estate.vault.jobs)
                if random.random() < 0.15:
                    self._counts["kills right after a start was taken"] += 1
                    await self._killed(random.choice(self._bots), random)

    async def _killed(self, bot: Bot, random: Random) -> None:
        if bot.runs:
            await bot.kill()
            try:
                await asyncio.sleep(random.uniform(0, 3))
            finally:
                await bot.start()

    async def of_azure(self, random: Random) -> None:
        faults = self._arm.faults
        while True:
            await asyncio.sleep(random.uniform(*self._course.between_azure_faults))
            if random.random() < 0.05:
                self._counts["lists that lag"] += 1
                self._arm.lists_lag(random.uniform(*self._course.lag))
                await asyncio.sleep(random.uniform(*self._course.lag))
                self._arm.lists_lag(0)
            elif random.random() < 0.05:
                self._elsewhere(random)
            elif len(faults.planned) < PLANNED:
                name, plan = random.choice(_of_starts(random) if random.random() < 0.4 else _of_reads(random))
                plan(faults)
                self._counts[f"Azure: {name}"] += 1

    def _elsewhere(self, random: Random) -> None:
        """Somebody else does something in the portal."""
        fleet = [item for item in self._arm.estate.vault.items if item.name.startswith("fleet-")]
        item = random.choice(fleet)
        if item.job and not item.job.settled:
            self._arm.cancel_elsewhere(item.name)
            self._counts["jobs cancelled elsewhere"] += 1
        elif not item.job:
            self._arm.start_elsewhere(item.name)
            self._counts["jobs started elsewhere"] += 1

    async def of_slack(self, random: Random) -> None:
        faults = self._slack.faults
        while True:
            await asyncio.sleep(random.uniform(*self._course.between_slack_faults))
            deed = random.random()
            if deed < 0.4:
                faults.lose_answer("chat.postMessage")
                self._counts["Slack: a post whose answer is lost"] += 1
            elif deed < 0.55:
                faults.lose_answer(random.choice(("chat.update", "views.open", "views.update")))
                self._counts["Slack: another answer is lost"] += 1
            elif deed < 0.7:
                faults.limit("chat.postMessage", retry_after=random.randint(1, 3))
                self._counts["Slack: 429"] += 1
            elif deed < 0.8:
                faults.fail(random.choice(("chat.postMessage", "chat.update", "users.info")), "internal_error")
                self._counts["Slack: internal_error"] += 1
            elif deed < 0.95:
                await self._outage(random, self._slack.faults.break_down, self._slack.faults.clear)
            else:
                await self._unreachable(random)

    async def _outage(self, random: Random, begin: Callable[[], None], end: Callable[[], None]) -> None:
        self._counts["Slack: outages"] += 1
        begin()
        try:
            await asyncio.sleep(_mostly_short(random, *self._course.outage))
        finally:
            end()

    async def _unreachable(self, random: Random) -> None:
        self._counts["Slack: not to be reached"] += 1
        await self._slack.down()
        try:
            await asyncio.sleep(_mostly_short(random, *self._course.outage))
        finally:
            await self._slack.up()


def fates(item: ProtectedItem, random: Random, *, vanishing: bool) -> None:
    """What becomes of the machine's first starts, if not all goes well."""
    fate = random.random()
    if fate < 0.1:
        item.fates.append(unreachable(item.name))
    elif fate < 0.15:
        item.fates.append(renamed(item.name))
    elif fate < 0.2:
        item.fates.append(Fate(new_id=True))
    elif fate < 0.23 and vanishing:
        item.fates.append(Fate(vanishes_after=1))
    elif fate < 0.24 and vanishing:
        item.fates.append(Fate(item_vanishes=True))
    elif fate < 0.35:
        item.fates += [Fate(), unreachable(item.name)]


Plan = tuple[str, Callable[[Faults], None]]


def _of_starts(random: Random) -> Sequence[Plan]:
    late = random.uniform(0.5, 6)
    return (
        ("a start that is taken and answered with 5xx", lambda f: f.refuse(503, path=START, times=1, accepted=True)),
        ("a start that is taken and not answered", lambda f: f.silence(path=START, times=1, accepted=True)),
        ("a start whose connection ends after it", lambda f: f.drop(path=START, times=1, accepted=True)),
        ("a start whose connection ends before it", lambda f: f.drop(path=START, times=1)),
        ("a start that is answered with 5xx", lambda f: f.refuse(500, path=START, times=1)),
        ("a start with 429", lambda f: f.refuse(429, path=START, times=1, retry_after=1)),
        ("a slow start", lambda f: f.slow(late, path=START, times=1)),
        ("a start that names no job", lambda f: f.nameless(path=START, times=1)),
    )


def _of_reads(random: Random) -> Sequence[Plan]:
    times, late = random.randint(1, 3), random.uniform(0.5, 3)
    return (
        ("reads with 5xx", lambda f: f.refuse(503, method="GET", times=times)),
        ("reads with 429", lambda f: f.refuse(429, method="GET", times=times, retry_after=random.randint(1, 3))),
        ("slow reads", lambda f: f.slow(late, method="GET", times=times)),
        ("reads whose connection ends", lambda f: f.drop(method="GET", times=times)),
        ("reads that end in the middle", lambda f: f.half_a_body(method="GET", times=1)),
        ("reads that are no JSON", lambda f: f.garbage(method="GET", times=1)),
        ("a read that is not answered", lambda f: f.silence(method="GET", times=1)),
    )


def _mostly_short(random: Random, shortest: float, longest: float) -> float:
    return shortest + (longest - shortest) * random.random() ** 2
