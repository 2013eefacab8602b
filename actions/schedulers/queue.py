"""The scheduler of several replicas: a queue of jobs beside the ledger, in the same PostgreSQL (procrastinate).

Needs the extra `postgres`. What the queue holds can be lost: the ledger's due times are what counts.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, ProcrastinateException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from homeward.actions.ended import ended
from homeward.actions.ledger import LedgerError
from homeward.actions.ledger.errors import LedgerDown
from homeward.actions.ports import Pass, Work
from homeward.checks.redact import redact

from .queue_schema import conninfo, prepared, using
from .running import DEADLINE, FARTHEST, FOREVER, PAUSES, Again, DueTimes, Failed, Log, due_times, pause, run

AT_ONCE = 16
"""Passes of one sort at a time, in each process. While reports wait for Slack, the work goes on."""
POLL_SECONDS = 1.0
"""How late a job may begin that was planned ahead; one that is due when it is queued begins at once."""
HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 6.0
"""A worker without a heartbeat for so long is dead: its jobs are given to the living."""
LOST_SECONDS = DEADLINE + 30.0
"""A job that runs longer than any pass may: its worker lives, but could not tell the end of it."""
SWEEP_SECONDS = 2.0
OVERDUE = timedelta(seconds=4)
"""A request that is due since then has lost its job: the crash between the ledger's write and the wake."""
JUMPED_SECONDS = 60.0
"""How often due times are looked for that lie beyond every nap, after the database's clock has gone back."""
PATIENCE = 5.0
"""Seconds that running passes have to end by themselves at the stop."""
POOL_SIZE = 8
EPOCH = 1_700_000_000
"""Priorities are counted from here, so that they stay within 32 bits."""


class Queue:
    """A `Scheduler`: an async context manager, or `start` and `close`. `passes` may be filled until the start.

    It takes no signal handler and no logger of the host, and runs in the host's event loop.
    """

    def __init__(
        self,
        passes: Mapping[Work, Pass],
        ledger: DueTimes,
        url: str,
        *,
        log: Log,
        at_once: int = AT_ONCE,
        deadline: float = DEADLINE,
        pauses: tuple[float, ...] = PAUSES,
        patience: float = PATIENCE,
    ) -> None:
        """`url` is the ledger's, as SQLAlchemy has it."""
        self._passes = passes
        self._ledger = ledger
        self._log = log
        self._at_once = at_once
        self._deadline = deadline
        self._pauses = pauses
        self._patience = patience
        self._conninfo = conninfo(url)
        self._app = App(
            connector=PsycopgConnector(
                conninfo=self._conninfo, configure=using, min_size=1, max_size=POOL_SIZE, timeout=POLL_SECONDS * 5
            )
        )
        self._app.job_manager = self._jobs = _Jobs(self._app.connector)
        for work in Work:
            self._declare(work)
        self._own: tuple[asyncio.Task[None], ...] = ()
        self._since: dict[tuple[int, int], float] = {}
        """Since when each running job has been seen, by its id and attempt."""
        self._busy: set[str | None] = set()
        """The locks of the jobs that ran when last looked."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Makes the queue's tables where they are missing and begins. Raises LedgerError where that is not possible."""
        try:
            await prepared(self._conninfo)
            await self._app.open_async()
        except (psycopg.Error, ConnectorException) as error:
            await self._app.close_async()
            raise LedgerDown(f"The queue in the state database can't be opened: {reason(error)}.") from None
        try:
            await self._wake_all(timedelta())
        except LedgerError:
            await self._app.close_async()
            raise
        coroutines = [self._working(work) for work in Work] + [self._sweeping()]
        self._own = tuple(asyncio.create_task(one, name="homeward queue") for one in coroutines)

    async def close(self) -> None:
        """Takes nothing more, gives running passes a little time, then cancels them. Safe to call twice."""
        await ended(self._own, again=self._patience + 1)  # the workers wait that long for what runs
        await self._app.close_async()

    async def wake(self, work: Work, request_id: str, at: datetime) -> None:
        """See `Scheduler`. Never raises: what is lost, the sweep finds."""
        # One job for each moment, to a tenth of a second: a later one never stands for an earlier one, and passes that
        # find nothing due come to the same moment again.
        await self._defer(work, request_id, at, f"{_lock(work, request_id)}@{int(at.timestamp() * 10)}")

    async def _again(self, work: Work, request_id: str, at: datetime, failures: int) -> None:
        """One job for all tries after failures, and for what the sweep finds: so it does not cut their pauses short."""
        await self._defer(work, request_id, at, f"{_lock(work, request_id)}!", failures)

    async def _defer(self, work: Work, request_id: str, at: datetime, once: str, failures: int = 0) -> None:
        job = self._app.configure_task(
            f"homeward.{work.value}",
            queue=_queue(work),
            lock=_lock(work, request_id),
            queueing_lock=once,
            schedule_at=at,
            # A job waits for every other of its lock with a higher priority, also for one whose time has not come;
            # at the same priority for those queued before. So the earlier time must have the higher priority.
            priority=EPOCH - int(at.timestamp()),
        )
        try:
            await job.defer_async(request_id=request_id, failures=failures)
        except AlreadyEnqueued:
            pass
        except ProcrastinateException as error:
            self._log.warning("homeward.wake_lost", work=work.value, request=request_id, why=reason(error))

    def _declare(self, work: Work) -> None:
        async def once(request_id: str, failures: int) -> None:
            ended = await run(self._passes[work], work, request_id, log=self._log, deadline=self._deadline)
            if isinstance(ended, Again):
                await self.wake(work, request_id, ended.at)
            elif isinstance(ended, Failed):
                wait = timedelta(seconds=pause(failures + 1, self._pauses))
                await self._again(work, request_id, datetime.now(UTC) + wait, failures + 1)

        self._app.task(name=f"homeward.{work.value}", queue=_queue(work))(once)

    async def _working(self, work: Work) -> None:
        while True:
            try:
                await self._app.run_worker_async(
                    name=_queue(work),
                    queues=[_queue(work)],
                    concurrency=self._at_once,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    fetch_job_polling_interval=POLL_SECONDS,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=STALLED_SECONDS,
                    shutdown_graceful_timeout=self._patience,
                )
                why = "its connection failed"
            except Exception as error:  # noqa: BLE001 # the library raises what the driver does: the work must go on
                why = reason(error)
            # It ends by itself only when the database is away; a new one registers itself anew.
            self._log.warning("homeward.worker_restarts", work=work.value, why=why)
            await asyncio.sleep(POLL_SECONDS)

    async def _sweeping(self) -> None:
        jumped_at = time.monotonic()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._take_over()
                await self._wake_all(OVERDUE)
                if time.monotonic() - jumped_at >= JUMPED_SECONDS:
                    jumped_at = time.monotonic()
                    await self._wake_jumped()
            except (LedgerError, ConnectorException) as error:
                self._log.warning("homeward.ledger_unread", why=reason(error))

    async def _take_over(self) -> None:
        """Gives the jobs of dead workers to the living, and those whose end nobody could write."""
        now = time.monotonic()
        running = {
            (job.id or 0, job.attempts): job for job in await self._jobs.list_jobs_async(status=Status.DOING.value)
        }
        self._since = {key: self._since.get(key, now) for key in running}
        self._busy = {job.lock for job in running.values()}
        lost = [job for key, job in running.items() if now - self._since[key] > LOST_SECONDS]
        for job in (*await self._jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS), *lost):
            try:
                await self._jobs.retry_job(job)
            except UniqueViolation:
                # One like it waits already.
                await self._jobs.finish_job(job, Status.FAILED, delete_job=True)
            except ConnectorException:
                continue  # another replica was faster
            self._log.info("homeward.job_taken_over", job=job.lock)

    async def _wake_all(self, overdue: timedelta) -> None:
        """Wakes what is due since so long: its job was lost."""
        now = await self._ledger.now()
        for work, due in due_times(self._ledger):
            for request_id, _ in await due(now - overdue):
                # A pass that takes long is at it: what it finds decides when the next one comes.
                if _lock(work, request_id) not in self._busy:
                    await self._again(work, request_id, now, 0)

    async def _wake_jumped(self) -> None:
        now = await self._ledger.now()
        for work, due in due_times(self._ledger):
            for request_id, at in await due(now + FOREVER):
                if at > now + FARTHEST:
                    await self._again(work, request_id, now, 0)


class _Jobs(JobManager):
    """A job that is not there any more was taken over while this process was stopped: nothing is wrong then."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        try:
            await super().finish_job(job, status, delete_job)
        except ConnectorException as error:
            if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                raise


def reason(error: Exception) -> str:
    """What the database said, in one line without secrets."""
    cause = error.__cause__ or error
    return redact(str(cause)).strip().splitlines()[0][:300] if str(cause).strip() else type(cause).__name__


def _queue(work: Work) -> str:
    return f"homeward_{work.value}"


def _lock(work: Work, request_id: str) -> str:
    return f"{work.value}:{request_id}"
