"""How fast the list under a search field comes for a vault of thousands, and what it costs Azure."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Protocol, cast
from urllib.parse import urlencode

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from homeward.bot.compose import azure_reader, vcenter_readers
from homeward.bot.plugin import register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.settings import Settings
from homeward.bot.slack_app import web_client
from homeward.checks.sources.inventory import FRESH, KeptInventory
from homeward.handlers import ids
from homeward.handlers.picking import Picker

from .estates import with_machines
from .figures import Figure, Goal, seconds

GOAL = Goal(most=1)
SLACK_WAITS = 3.0
AZURE_LATENCY = 0.100
OTHERS = 50
PATIENCE = 120.0


class _App(Protocol):
    """What is used of Bolt's app, whose own types say less."""

    def options(self, constraints: str) -> Callable[[Callable[..., Coroutine[object, object, None]]], object]: ...


@dataclass(slots=True)
class _Keyboard:
    """People who type into the search field of an app, each letter a signed request."""

    app: AsyncApp
    secret: str
    took: list[float] = field(default_factory=list[float])

    async def press(self, text: str) -> str:
        """The list for what has been typed so far."""
        body, headers = _signed(text, self.secret)
        started = perf_counter()
        answer = await self.app.async_dispatch(AsyncBoltRequest(body=body, headers=dict(headers)))
        self.took.append(perf_counter() - started)
        if answer.status != 200:
            raise AssertionError(f"{text!r} was answered {answer.status}: {answer.body[:200]}")
        return answer.body

    async def type(self, name: str) -> None:
        """Letter by letter, from the empty field on; at the end the name must be offered."""
        for letters in range(len(name)):
            await self.press(name[:letters])
        if f'"n:{name}"' not in await self.press(name):
            raise AssertionError(f"a fast wrong answer is no figure: {name} was not offered")


async def measure(*, quick: bool) -> list[Figure]:
    machines, rounds = (60, 1) if quick else (5000, 4)
    names = [f"vm{number * machines // (OTHERS + 1):04d}" for number in range(OTHERS + 1)]
    async with Sandbox(with_machines(machines)) as sandbox:
        sandbox.arm.faults.slow(AZURE_LATENCY)
        what = f"options for what is typed, of {machines} machines, {OTHERS} others typing"
        return [
            await _from_memory(sandbox, names, rounds, what),
            await _while_it_is_read_anew(sandbox, names, rounds, what),
        ]


async def _from_memory(sandbox: Sandbox, names: Sequence[str], rounds: int, what: str) -> Figure:
    """The whole plugin in a bot."""
    settings, secret = _patient(sandbox), sandbox.slack.signing_secret
    app = AsyncApp(client=web_client(settings), signing_secret=secret)
    async with register(app, settings):
        keyboard = _Keyboard(app, secret)
        started = perf_counter()
        await _until_offered(keyboard, names[0])
        first = perf_counter() - started
        before = len(sandbox.arm.requests)
        keyboard.took.clear()
        await keyboard.type(names[0])
        alone = median(keyboard.took)
        keyboard.took.clear()
        for _ in range(rounds):
            await asyncio.gather(*map(keyboard.type, names))
        asked = len(sandbox.arm.requests) - before
    asked_for = f"requests to Azure for {len(keyboard.took)} letters: {asked}"
    more = f"{asked_for}; {seconds(alone)} for one alone; the first reading took {seconds(first)}"
    return _figure(what, keyboard.took, more, {"alone_median_seconds": alone, "requests": asked})


async def _while_it_is_read_anew(sandbox: Sandbox, names: Sequence[str], rounds: int, what: str) -> Figure:
    """The picker alone in a bot, over an inventory whose clock is moved on, so that everything in it is old."""
    settings, secret = _patient(sandbox), sandbox.slack.signing_secret
    azure, vcenters = azure_reader(settings), vcenter_readers(settings)
    moved = 0.0
    inventory = KeptInventory(
        azure.vaults, vcenters, now=lambda: datetime.now(UTC), monotonic=lambda: perf_counter() + moved
    )
    app = AsyncApp(client=web_client(settings), signing_secret=secret)
    for listener in Picker(inventory).listeners():
        cast("_App", app).options(listener.id)(listener.respond)
    keyboard = _Keyboard(app, secret)
    try:
        await _until_offered(keyboard, names[0])
        before = len(sandbox.arm.requests)
        keyboard.took.clear()
        moved += 2 * FRESH
        for _ in range(rounds):
            await asyncio.gather(*map(keyboard.type, names))
        asked = len(sandbox.arm.requests) - before
    finally:
        await inventory.close()
        await azure.close()
        await asyncio.gather(*(one.close() for one in vcenters.values()))
    more = f"requests to Azure meanwhile: {asked}, of the one reading; Azure's sandbox works in the same process"
    return _figure(f"{what}, while all is read anew", keyboard.took, more, {"requests": asked})


def _patient(sandbox: Sandbox) -> Settings:
    """The sandbox makes the pages of thousands of machines in this same process, while others type."""
    settings = sandbox.settings()
    return settings.model_copy(update={"limits": settings.limits.model_copy(update={"collect_timeout": PATIENCE})})


async def _until_offered(keyboard: _Keyboard, name: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while "vault " not in await keyboard.press(name):
            pass  # each answer waits a while for the first reading


def _figure(what: str, took: Sequence[float], more: str, values: Mapping[str, float]) -> Figure:
    ordered = sorted(took)
    p50, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99))
    return Figure(
        what=what,
        ratio=ordered[-1] / SLACK_WAITS,
        ours=f"{seconds(ordered[-1])} the slowest of {len(ordered)}",
        other=f"{seconds(SLACK_WAITS)} that Slack waits",
        goal=GOAL,
        more=f"p50 {seconds(p50)}, p95 {seconds(p95)}, p99 {seconds(p99)}; {more}",
        values={"p50_seconds": p50, "p95_seconds": p95, "p99_seconds": p99, "max_seconds": ordered[-1], **values},
    )


def _signed(text: str, secret: str) -> tuple[str, Mapping[str, str]]:
    """The body and headers of a suggestion's request as Slack sends them, at this moment."""
    payload: dict[str, object] = {
        "type": "block_suggestion",
        "user": {"id": "U0MAYA", "username": "maya", "name": "maya", "team_id": "T0HOMEWARD"},
        "team": {"id": "T0HOMEWARD", "domain": "corp"},
        "container": {"type": "view", "view_id": "V0FORM"},
        "view": {"id": "V0FORM", "type": "modal", "callback_id": ids.FORM_VIEW, "blocks": []},
        "api_app_id": "A0HOMEWARD",
        "token": "legacy",
        "action_id": ids.SUBJECT,
        "block_id": "subject",
        "value": text,
    }
    body = urlencode({"payload": json.dumps(payload)})
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }
