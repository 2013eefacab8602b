"""An Azure, approvers and a scheduler of the tests' own, on virtual time; the world can be stopped after any effect."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from homeward.actions.approval import Click, Policy, Standing, Unasked
from homeward.actions.desk import Desk
from homeward.actions.ledger import Ledger
from homeward.actions.passes.pace import Limits
from homeward.actions.plan import NotPrepared, Plan, PlannedItem, Prepared
from homeward.actions.ports import (
    Accepted,
    ItemSeen,
    JobSeen,
    JobState,
    NotSent,
    Pass,
    Refused,
    Unanswered,
    Unreadable,
    Work,
)
from homeward.actions.posts import PostState
from homeward.actions.reconciler import Reconciler
from homeward.actions.requests import Asked, AtHome, AzureError, Person, Request, RequestItem, Where
from homeward.actions.states import Operation, State
from homeward.checks.facts import ABSENT, Absent
from homeward.checks.way import BEGINS, GOAL, PASSES
from tests.actions.making import LEAD, VirtualClock, checked, plan

POLICY = Policy(channel="C-APPROVE", users=("U-LEAD",), usergroups=(), quorum=1, expires_after=timedelta(hours=2))
POLICIES = dict.fromkeys(Operation, POLICY)
DOWN = AtHome("web02", "esx1", "poweredOn", tools=False)
"""Its VM before its Tools run."""
BROKEN = AzureError("539", "78093", "The agent did not answer.", "The VM is off.", "Start the VM.")


class Stop(BaseException):
    """The world stops: nothing of the process goes on. No handler for errors may catch it."""


class World:
    """Counts effects, and stops right after the wanted one; a stopped process gets nothing more done."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.stop_after = stop_after
        self.effects: list[str] = []
        self.stopped = False

    def effect(self, name: str) -> None:
        self.alive()
        self.effects.append(name)
        if len(self.effects) == self.stop_after:
            self.stopped = True
            raise Stop

    def alive(self) -> None:
        if self.stopped:
            raise Stop

    def restart(self) -> None:
        self.stopped, self.stop_after = False, None


class Call(Enum):
    """What becomes of a start call."""

    TAKEN = "taken"
    LOST = "lost"
    """Azure takes it, and the answer never comes."""
    LOST_BEFORE = "lost before"
    """It never reaches Azure, and nobody can tell."""
    REFUSED = "refused"
    CONFLICT = "conflict"


@dataclass
class Job:
    name: str
    machine: str
    started: datetime
    ends: datetime
    outcome: JobState = JobState.SUCCEEDED
    errors: tuple[AzureError, ...] = ()
    vanished: bool = False
    operation: Operation = Operation.REPROTECT


@dataclass
class Azure:
    """A `SiteRecovery` that takes whatever is posted, so that a second post is a second start.

    `calls` and `outcomes` are scripts by machine; jobs are seen in lists only after `lag`.
    """

    clock: VirtualClock
    world: World = field(default_factory=World)
    calls: dict[str, list[Call]] = field(default_factory=dict[str, list[Call]])
    outcomes: dict[str, JobState] = field(default_factory=dict[str, JobState])
    warnings: dict[str, tuple[AzureError, ...]] = field(default_factory=dict[str, tuple[AzureError, ...]])
    new_ids: dict[str, str] = field(default_factory=dict[str, str])
    lasts: timedelta = timedelta(minutes=1)
    replicates: timedelta = timedelta(minutes=4)
    lag: timedelta = timedelta(minutes=1)
    unreadable: Unreadable | None = None
    gone: set[str] = field(default_factory=set[str])
    accepted: list[str] = field(default_factory=list[str])
    posts: int = 0
    jobs: list[Job] = field(default_factory=list[Job])
    before_post: Callable[[], object] = lambda: None

    async def start(
        self, vault: str, operation: Operation, planned: PlannedItem, item_id: str, *, still: Callable[[], bool]
    ) -> Accepted | Refused | Unanswered | NotSent:
        self.world.alive()
        self.before_post()
        if not still():
            return NotSent("the claim was too old")
        self.posts += 1
        self.world.effect(f"{planned.machine}: sent")
        script = self.calls.get(planned.machine, [])
        call = script.pop(0) if script else Call.TAKEN
        match call:
            case Call.REFUSED:
                return Refused("DisallowedOperation", "It is not allowed.")
            case Call.CONFLICT:
                return Refused("ResourceExists", "Another job is running.", conflict=True)
            case Call.LOST_BEFORE:
                return Unanswered("no answer within 30 s")
            case Call.TAKEN | Call.LOST:
                job = self.begin(planned.machine, operation)
                self.accepted.append(planned.machine)
                self.world.effect(f"{planned.machine}: accepted")
                return Accepted(job.name) if call is Call.TAKEN else Unanswered("no answer within 30 s")

    def begin(self, machine: str, operation: Operation = Operation.REPROTECT) -> Job:
        """A job starts, whoever asked for it."""
        outcome = self.outcomes.get(machine, JobState.SUCCEEDED)
        errors = self.warnings.get(machine, ()) if outcome is JobState.SUCCEEDED else (BROKEN,)
        name, now = f"job-{len(self.jobs) + 1}", self.clock.now
        job = Job(name, machine, now, now + self.lasts, outcome, errors, operation=operation)
        self.jobs.append(job)
        return job

    async def job(self, vault: str, name: str) -> JobSeen | Absent:
        self._read()
        found = next((job for job in self.jobs if job.name == name and not job.vanished), None)
        return ABSENT if found is None else self._seen(found)

    async def item(self, vault: str, operation: Operation, item: RequestItem) -> ItemSeen | Absent:
        self._read()
        if item.machine in self.gone:
            return ABSENT
        its = [job for job in self.jobs if job.machine == item.machine]
        over = [job for job in its if job.outcome is JobState.SUCCEEDED and job.ends <= self.clock.now]
        did = over[-1] if over else None
        share = 100 if did is None else int(100 * (self.clock.now - did.ends) / self.replicates)
        passes = None if did is None or share >= 100 else PASSES[did.operation]
        stand = passes or (BEGINS[operation] if did is None else GOAL[did.operation])
        return ItemSeen(
            id=self.new_ids.get(item.machine, item.item_id) if did else item.item_id,
            state=stand.name,
            ready=stand is GOAL[operation],
            replicating=stand is PASSES[operation] and share > 0,
            may_start=stand is BEGINS[operation] and all(job.ends <= self.clock.now for job in its),
            percent=min(share, 100) if passes else None,
            job=its[-1].name if its else "",
            trouble=(),
        )

    async def find_job(
        self, vault: str, operation: Operation, item: RequestItem, *, since: datetime
    ) -> JobSeen | Absent:
        self._read()
        listed = (
            job
            for job in reversed(self.jobs)
            if job.machine == item.machine
            and job.operation is operation
            and job.started >= since
            and self.clock.now >= job.started + self.lag
        )
        found = next(listed, None)
        return ABSENT if found is None or found.vanished else self._seen(found)

    def _read(self) -> None:
        self.world.alive()
        if self.unreadable is not None:
            raise self.unreadable

    def _seen(self, job: Job) -> JobSeen:
        over = self.clock.now >= job.ends
        state = job.outcome if over else JobState.RUNNING
        return JobSeen(
            name=job.name,
            state=state,
            word=state.value,
            step="" if over else "Reprotecting virtual machine",
            errors=job.errors if over else self.warnings.get(job.machine, ()),
            started=job.started,
            ended=job.ends if over else None,
            new_item_id=self.new_ids.get(job.machine, "") if over and state is JobState.SUCCEEDED else "",
        )


Again = Callable[[Plan, frozenset[str]], Prepared | NotPrepared]


@dataclass
class Preparing:
    """A `Prepare` that gives what it holds, for what was asked. `second` is what it finds before a start: as approved,
    where None."""

    first: Prepared | NotPrepared
    second: Again | None = None
    world: World = field(default_factory=World)
    again_for: list[frozenset[str]] = field(default_factory=list[frozenset[str]])

    async def __call__(self, asked: Asked) -> Prepared | NotPrepared:
        self.world.alive()
        if isinstance(self.first, NotPrepared):
            return self.first
        made = replace(self.first.plan, operation=asked.operation, not_before=asked.at, zone=asked.zone)
        return replace(self.first, plan=made)

    async def again(self, plan: Plan, machines: frozenset[str]) -> Prepared | NotPrepared:
        self.world.alive()
        self.again_for.append(machines)
        return Prepared(plan, checked()) if self.second is None else self.second(plan, machines)


def prepared(*machines: str | PlannedItem, subject: str = "web02") -> Prepared:
    return Prepared(plan(*machines, subject=subject), checked())


@dataclass
class Home:
    """A `LookAtHome`: VMs are up after so many looks."""

    looks: int = 1
    down: AtHome = DOWN
    world: World = field(default_factory=World)
    looked: list[str] = field(default_factory=list[str])

    async def __call__(self, vault: str, item: RequestItem) -> AtHome:
        self.world.alive()
        self.looked.append(item.machine)
        if self.looked.count(item.machine) < self.looks:
            return self.down
        return AtHome(item.machine, "esx1", "poweredOn", tools=True, address="10.0.0.7")


@dataclass
class Scheduler:
    """Keeps what was woken."""

    woken: list[tuple[Work, str, datetime]] = field(default_factory=list[tuple[Work, str, datetime]])

    async def wake(self, work: Work, request_id: str, at: datetime) -> None:
        self.woken.append((work, request_id, at))


class Approvers:
    """Standings: LEAD and whoever is added may approve, unless something else is told of them."""

    def __init__(self, *standings: Standing | Unasked) -> None:
        self.unasked = next((each for each in standings if isinstance(each, Unasked)), None)
        self.known = {
            each.person: each for each in (Standing(LEAD, member=True), *standings) if isinstance(each, Standing)
        }

    async def __call__(self, person: Person, policy: Policy, where: Where) -> Standing | Unasked:
        return self.unasked or self.known.get(person, Standing(person, member=False))


@dataclass
class Life:
    """One process over the ledger: the desk, the reconciler, and a reporter that only says what the passes wait for."""

    ledger: Ledger
    azure: Azure
    preparing: Preparing
    clock: VirtualClock
    limits: Limits = field(default_factory=Limits)
    scheduler: Scheduler = field(default_factory=Scheduler)
    approvers: Approvers = field(default_factory=Approvers)
    home: Home = field(default_factory=Home)
    reporter: Pass | None = None
    """The real one, where its effects count too."""
    new_id: Callable[[], str] = lambda: "R-7K2M9Q"

    @property
    def reconciler(self) -> Reconciler:
        return Reconciler(
            self.ledger,
            self.azure,
            self.preparing,
            self.scheduler,
            home=self.home,
            limits=self.limits,
            monotonic=self.monotonic,
        )

    @property
    def desk(self) -> Desk:
        return Desk(self.ledger, self.scheduler, POLICIES, self.approvers, self.new_id)

    def monotonic(self) -> float:
        return self.clock.now.timestamp()

    async def report(self, request: Request) -> None:
        """What the reporter does as far as passes see it: the message to the approvers is sent."""
        if self.reporter is not None:
            await self.reporter(request.id)
            return
        if request.state is State.AWAITING_APPROVAL:
            posts = await self.ledger.posts(request.id)
            post = (
                posts[0]
                if posts
                else await self.ledger.begin_post(request.id, "approval", channel="C-APPROVE", thread="", digest="1")
            )
            if post is not None and post.state is PostState.SENDING:
                await self.ledger.posted(post, ts="1.1", digest="1")

    async def pass_on(self, request_id: str) -> Request:
        """One pass, at the time when it is due."""
        request = await self.ledger.load(request_id)
        self.clock.now = max(self.clock.now, request.due_at)
        await self.reconciler.advance(request_id)
        return await self.ledger.load(request_id)

    async def until(self, request_id: str, *states: State, passes: int = 300) -> Request:
        """Passes until the request is in one of the states; approved on the way, as soon as it is put forward."""
        request = await self.ledger.load(request_id)
        for _ in range(passes):
            if request.state in states:
                return request
            await self.report(request)
            if request.state is State.AWAITING_APPROVAL and request.plan is not None:
                await self.desk.approve(Click(LEAD, request_id, request.plan.digest))
                request = await self.ledger.load(request_id)
            else:
                request = await self.pass_on(request_id)
        raise AssertionError(f"{request_id} is still {request.state.value}")

    async def to_the_end(self, request_id: str) -> Request:
        return await self.until(request_id, *(state for state in State if state.ended), State.NEEDS_ATTENTION)
