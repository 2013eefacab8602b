"""What runs after an acknowledgement: nothing is lost, nothing runs for ever, nothing fails in silence."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import PurePath
from traceback import extract_tb
from typing import Protocol

from homeward.checks.redact import redact

from .problems import Problem
from .views.blocks import Message
from .views.trouble import apology, stopped, too_late, trouble

DEADLINE = 180.0
LAST_WORDS = 10.0
"""How long telling the person about a failure may take."""

Tell = Callable[[Message], Awaitable[None]]


class Log(Protocol):
    """The part of a structlog logger that is used."""

    def error(self, event: str, **values: object) -> object: ...


class Supervisor:
    """Runs work in the background. `new_id` makes the ids that connect an apology with its line in the log."""

    def __init__(self, *, log: Log, new_id: Callable[[], str], deadline: float = DEADLINE) -> None:
        self._log = log
        self._new_id = new_id
        self._deadline = deadline
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def start(self, work: Coroutine[object, object, None], *, name: str, tell: Tell, changes: bool = False) -> None:
        """Runs the work; `tell` shows the person how it failed, if it fails. Never raises.

        `changes` marks work that writes: where it failed, nobody is told that nothing was changed.
        """
        if self._closed:
            work.close()
        running = (
            self._told(name, tell, stopped()) if self._closed else self._watched(work, name, tell, changes=changes)
        )
        task = asyncio.create_task(running, name=f"homeward {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Waits until nothing is running, work started meanwhile included."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Ends what is running, lets each tell its person so, and waits for it and for what is asked meanwhile."""
        self._closed = True
        # A task cancelled before its first step never runs at all, and could not tell anybody.
        await asyncio.sleep(0)
        for task in tuple(self._tasks):
            task.cancel()
        await self.idle()

    async def _watched(self, work: Coroutine[object, object, None], name: str, tell: Tell, *, changes: bool) -> None:
        clock = asyncio.timeout(self._deadline)
        try:
            async with clock:
                await work
        except asyncio.CancelledError:
            await self._told(name, tell, stopped(changes=changes))
            raise
        except Problem as problem:
            await self._failed(name, tell, problem, trouble(problem))
        except Exception as error:  # noqa: BLE001 # the edge of a task: nobody above would hear of it
            if isinstance(error, TimeoutError) and clock.expired():
                await self._failed(name, tell, error, too_late(self._deadline, changes=changes))
            else:
                await self._failed(name, tell, error, None, changes=changes)

    async def _failed(
        self, name: str, tell: Tell, error: Exception, message: Message | None, *, changes: bool = False
    ) -> None:
        id = self._new_id()
        self._log.error(
            "homeward.failed", id=id, work=name, error=type(error).__name__, said=clean(error), at=where(error)
        )
        await self._told(name, tell, message or apology(id, changes=changes))

    async def _told(self, name: str, tell: Tell, message: Message) -> None:
        try:
            async with asyncio.timeout(LAST_WORDS):
                await tell(message)
        except Exception as error:  # noqa: BLE001 # telling was the last resort
            self._log.error("homeward.untold", work=name, error=type(error).__name__, said=clean(error))


def clean(error: BaseException) -> str:
    """The error's words without what may be a secret."""
    return redact(str(error))[:500]


def where(error: BaseException) -> str:
    """The innermost lines of the error, without values."""
    frames = extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
