"""The steps that workflows may take: an error looked up, a machine's readiness checked. They only read."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_bolt.context.fail.async_fail import AsyncFail
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from homeward.actions.states import Operation
from homeward.checks.catalogue import Answer
from homeward.checks.model import Rule
from homeward.checks.report import report
from homeward.checks.subjects import Collect, Collected

from . import ids
from .arguments import NAME_LIMIT, unescaped
from .explaining import explained
from .listeners import Kind, Listener
from .pressed import Body
from .problems import SlackRefused
from .requests import name_of
from .slack import LONGEST_WAIT, TRIES, Sleep
from .supervisor import Supervisor
from .views.blocks import Json, Message
from .views.stepped import explained_outputs, readiness_outputs, which_one, words
from .web_api import UNHEARD, answered, text_in

AT_ONCE = 4
"""Checks that workflows run at a time: people who wait for theirs come first."""
OPERATIONS: Mapping[str, Operation] = {"reprotect": Operation.REPROTECT, "failback": Operation.FAILBACK}


class Log(Protocol):
    """The part of a structlog logger that is used."""

    def warning(self, event: str, **values: object) -> object: ...


class Steps:
    """Every step ends once: with its outputs, or with one sentence about why there are none."""

    def __init__(
        self,
        search: Callable[[str], Answer],
        collect: Collect,
        rules: Mapping[Operation, tuple[Rule, ...]],
        *,
        supervisor: Supervisor,
        log: Log,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._search = search
        self._collect = collect
        self._rules = rules
        self._supervisor = supervisor
        self._log = log
        self._sleep = sleep
        self._room = asyncio.Semaphore(AT_ONCE)

    def listeners(self) -> tuple[Listener, ...]:
        # A host that takes every step itself keeps its own; nothing else of ours needs these.
        return (
            Listener(Kind.FUNCTION, ids.EXPLAIN_STEP, self.explain, yields=True),
            Listener(Kind.FUNCTION, ids.READINESS_STEP, self.readiness, yields=True),
        )

    async def explain(self, ack: AsyncAck, body: Body, complete: AsyncComplete, fail: AsyncFail) -> None:
        """`text`: an error code, or any text with codes or symptoms in it."""
        await ack()
        text = _input(body, "text")
        self._start(lambda: self._explained(text), "explain step", complete, fail)

    async def readiness(self, ack: AsyncAck, body: Body, complete: AsyncComplete, fail: AsyncFail) -> None:
        """`name`: a machine, group or plan; `operation`: reprotect, if it is left empty, or failback."""
        await ack()
        name, operation = _input(body, "name"), _input(body, "operation")
        self._start(lambda: self._readiness(name, operation), "readiness step", complete, fail)

    def _start(
        self, find: Callable[[], Awaitable[Json | str]], name: str, complete: AsyncComplete, fail: AsyncFail
    ) -> None:
        async def tell(message: Message) -> None:
            await self._ended(name, lambda: fail(words(unescaped(message.text))))

        async def work() -> None:
            outcome = await find()
            if isinstance(outcome, str):
                await self._ended(name, lambda: fail(outcome))
            else:
                await self._ended(name, lambda: complete(outcome))

        self._supervisor.start(work(), name=name, tell=tell)

    async def _explained(self, text: str) -> Json | str:
        if not text:
            return "The step's text is empty: give it an error code, or a message with one in it."
        return explained_outputs(await asyncio.to_thread(explained, text, self._search))

    async def _readiness(self, text: str, said: str) -> Json | str:
        name, operation = name_of(text), OPERATIONS.get(said.casefold() or "reprotect")
        if not name or len(text) > NAME_LIMIT:
            return "The step's name is empty or too long: give it the name of a machine, group or plan."
        if operation is None:
            return f"The step's operation is {words(said, 60)}: it must be reprotect, failback or empty."
        async with self._room:
            answer = await self._collect(name, lambda _: None, operation)
        if not isinstance(answer, Collected):
            return which_one(answer)
        return readiness_outputs(report(answer, self._rules[operation], operation))

    async def _ended(self, name: str, end: Callable[[], Awaitable[AsyncSlackResponse]]) -> None:
        """Tells the workflow; it may be over meanwhile, and the step's token with it: nobody is left to tell then."""
        for attempt in range(1, TRIES + 1):
            try:
                await answered("the end of a workflow's step", end())
                return
            except SlackRefused as refused:
                wait = refused.retry_after or (2.0 ** (attempt - 1) if refused.error in UNHEARD else 0.0)
                if not wait or wait > LONGEST_WAIT or attempt == TRIES:
                    self._log.warning("homeward.step_not_taken", work=name, error=refused.error)
                    return
            await self._sleep(wait)


def _input(body: Body, key: str) -> str:
    """An input of the step as it was typed; "" where it was left empty."""
    return unescaped(text_in(body, "event", "inputs", key)).strip()
