"""`homeward serve`: the standalone bot, its health and its end."""

import asyncio
import os
import signal

import aiohttp

from homeward.bot.cli.serve import serve
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import MAYA, WAR_ROOM
from homeward.bot.settings import Settings


async def served(settings: Settings) -> tuple["asyncio.Task[None]", str]:
    """The bot in the background, and the address of its health."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    free = settings.model_copy(update={"slack": settings.slack.model_copy(update={"port": 0})})
    task = asyncio.create_task(serve(free, started=port.set_result))
    await asyncio.wait({task, port}, return_when=asyncio.FIRST_COMPLETED)
    assert port.done(), task.exception()
    return task, f"http://127.0.0.1:{port.result()}"


async def read(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def test_it_answers_tells_its_health_and_ends_on_sigterm(sandbox: Sandbox) -> None:
    task, address = await served(sandbox.settings())
    ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/failback-errors", "78093")
    assert ack.ok
    await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
    await sandbox.slack.workspace.until(
        lambda: any("ready to come home" in m.text for m in sandbox.slack.workspace.messages(WAR_ROOM)), within=20
    )
    assert await read(f"{address}/healthz") == (200, "ok\n")
    assert await read(f"{address}/readyz") == (200, "ready\n")
    status, metrics = await read(f"{address}/metrics")
    assert status == 200
    assert 'homeward_checks_total{answer="collected"} 1.0' in metrics
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 10)


async def test_it_is_not_ready_while_slack_is_gone(sandbox: Sandbox) -> None:
    task, address = await served(sandbox.settings())
    assert (await read(f"{address}/readyz"))[0] == 200
    await sandbox.slack.down()
    async with asyncio.timeout(20):
        while (await read(f"{address}/readyz"))[0] != 503:
            pass
    assert await read(f"{address}/healthz") == (200, "ok\n")
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 10)


async def test_over_http_it_takes_signed_deliveries_beside_its_health(sandbox: Sandbox) -> None:
    base = sandbox.settings()
    settings = base.model_copy(update={"slack": base.slack.model_copy(update={"mode": "http"})})
    task, address = await served(settings)
    sandbox.slack.request_url = f"{address}/slack/events"
    ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/failback-errors", "8061")
    assert ack.shown is not None
    assert (await read(f"{address}/readyz"))[0] == 200
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 10)
