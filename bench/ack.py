"""How long `/failback-errors` takes to acknowledge, against a bare listener on the same app."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import aiohttp
from slack_bolt.request.async_request import AsyncBoltRequest

from .figures import Figure, Goal, Times, seconds
from .listening import BARE, EARLY, MODES, OURS, QUESTION, listening, signed

ROOT = Path(__file__).parent.parent
GOAL = Goal(most=1.25)
WARM_UP = 5

Ask = Callable[[str], Awaitable[float]]
"""Sends a command and gives the seconds until its acknowledgement."""


async def measure(*, quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for mode in MODES:
        async with _in_process(mode) as ask:
            figures.append(await _compare(f"in process, {mode}", ask, _rounds(mode, quick=quick)))
    async with _server() as doors:
        for mode in MODES:
            async with _over_http(doors[mode]) as ask:
                figures.append(await _compare(f"over HTTP, {mode}", ask, _rounds(mode, quick=quick)))
    return figures


def _rounds(mode: str, *, quick: bool) -> int:
    """What waits 10 ms each time varies less."""
    return 5 if quick else 3000 if mode == EARLY else 300


async def _compare(what: str, ask: Ask, rounds: int) -> Figure:
    took: dict[str, list[float]] = {OURS: [], BARE: []}
    for number in range(WARM_UP + rounds):
        # By turns, and each of them first every other time: what disturbs one disturbs the other.
        for command in (OURS, BARE) if number % 2 else (BARE, OURS):
            duration = await ask(command)
            if number >= WARM_UP:
                took[command].append(duration)
    ours, bare = Times.of(took[OURS]), Times.of(took[BARE])
    return Figure(
        what=f"{OURS} {QUESTION} acknowledged {what}",
        ratio=ours.median / bare.median,
        ours=seconds(ours.median),
        other=f"{seconds(bare.median)}, a bare listener",
        goal=GOAL,
        more=f"99th percentile {seconds(ours.p99)} against {seconds(bare.p99)}; {rounds} of each by turns",
        values={
            "median_seconds": ours.median,
            "p99_seconds": ours.p99,
            "bare_median_seconds": bare.median,
            "bare_p99_seconds": bare.p99,
        },
    )


@asynccontextmanager
async def _in_process(mode: str) -> AsyncGenerator[Ask]:
    async with listening(mode) as (app, secret):

        async def ask(command: str) -> float:
            body, headers = signed(command, secret)
            started = perf_counter()
            answer = await app.async_dispatch(AsyncBoltRequest(body=body, headers=dict(headers)))
            duration = perf_counter() - started
            _check(command, answer.status, answer.body)
            return duration

        yield ask


@asynccontextmanager
async def _server() -> AsyncGenerator[Mapping[str, Mapping[str, str]]]:
    """A process that serves both modes; for each its address and its signing secret."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.ack_server"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if server.stdin is None or server.stdout is None:
        raise AssertionError("both are pipes")
    try:
        yield json.loads(await server.stdout.readline())
    finally:
        server.stdin.close()
        await server.wait()


@asynccontextmanager
async def _over_http(door: Mapping[str, str]) -> AsyncGenerator[Ask]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:

        async def ask(command: str) -> float:
            body, headers = signed(command, door["secret"])
            started = perf_counter()
            async with session.post(door["url"], data=body, headers=headers) as response:
                text = await response.text()
            duration = perf_counter() - started
            _check(command, response.status, text)
            return duration

        yield ask


def _check(command: str, status: int, body: str) -> None:
    """A fast wrong answer is no figure."""
    if status != 200 or (QUESTION in body) is not (command == OURS):
        raise AssertionError(f"{command} answered {status}: {body[:200]}")
