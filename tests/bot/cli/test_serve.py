"""`homeward serve`: the standalone bot, its health and its end."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry
from pydantic import SecretStr

from homeward.actions.ledger import LedgerError
from homeward.bot.cli import main
from homeward.bot.cli.serve import Ports, serve
from homeward.bot.connecting import Refused
from homeward.bot.health import Health
from homeward.bot.health import listening as serving
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import MAYA, WAR_ROOM
from homeward.bot.settings import Settings


def changed(settings: Settings, section: str, **values: object) -> Settings:
    return settings.model_copy(update={section: getattr(settings, section).model_copy(update=values)})


async def listening(settings: Settings) -> tuple["asyncio.Task[None]", Ports]:
    """The bot in the background, and its ports."""
    ports: asyncio.Future[Ports] = asyncio.get_running_loop().create_future()
    free = changed(changed(settings, "slack", port=0), "serve", port=0)
    task = asyncio.create_task(serve(free, started=ports.set_result))
    either: tuple[asyncio.Future[Any], ...] = (task, ports)
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    assert ports.done(), task.exception()
    return task, ports.result()


async def ready(port: int, *, status: int = 200) -> None:
    async with asyncio.timeout(20):
        while (await read(port, "/readyz"))[0] != status:
            pass


async def read(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def ends_on_sigterm(task: "asyncio.Task[None]") -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 5)


async def test_it_answers_tells_its_health_and_ends_on_sigterm(sandbox: Sandbox) -> None:
    task, ports = await listening(sandbox.settings())
    await ready(ports.health)
    ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/failback-errors", "78093")
    assert ack.ok
    await sandbox.slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
    await sandbox.slack.workspace.until(
        lambda: any("ready to come home" in m.text for m in sandbox.slack.workspace.messages(WAR_ROOM)), within=20
    )
    assert await read(ports.health, "/healthz") == (200, "ok\n")
    assert await read(ports.health, "/readyz") == (200, "ready\n")
    status, metrics = await read(ports.health, "/metrics")
    assert status == 200
    assert 'homeward_checks_total{answer="collected"} 1.0' in metrics
    await ends_on_sigterm(task)


async def test_metrics_are_told_in_the_format_that_they_are_in(sandbox: Sandbox) -> None:
    task, ports = await listening(sandbox.settings())
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{ports.health}/metrics") as answer:
        assert answer.headers["Content-Type"] == CONTENT_TYPE_LATEST
    await ends_on_sigterm(task)


async def test_it_is_not_ready_while_slack_is_gone(sandbox: Sandbox) -> None:
    task, ports = await listening(sandbox.settings())
    await ready(ports.health)
    await sandbox.slack.down()
    await ready(ports.health, status=503)
    assert await read(ports.health, "/healthz") == (200, "ok\n")
    await ends_on_sigterm(task)


async def test_started_while_slack_is_down_it_lives_waits_and_comes_up_later(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    settings = sandbox.settings()
    await sandbox.slack.down()
    task, ports = await listening(settings)
    assert await read(ports.health, "/healthz") == (200, "ok\n")
    assert await read(ports.health, "/readyz") == (503, "not connected to Slack\n")
    async with asyncio.timeout(5):
        while "slack_unreachable" not in caplog.text:
            await read(ports.health, "/healthz")
    await sandbox.slack.up()
    await ready(ports.health)
    assert (await sandbox.slack.command(MAYA, WAR_ROOM, "/failback-errors", "78093")).ok
    await ends_on_sigterm(task)
    assert caplog.text.count("slack_unreachable") == 1


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_slack_that_answers_with_bare_errors_is_an_outage_and_no_refusal(sandbox: Sandbox, mode: str) -> None:
    sandbox.slack.faults.break_down(method="auth.test", times=1)
    task, ports = await listening(changed(sandbox.settings(), "slack", mode=mode))
    await ready(ports.health)
    await ends_on_sigterm(task)


async def test_sigterm_ends_it_while_slack_is_down(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    await sandbox.slack.down()
    task, _ = await listening(settings)
    await ends_on_sigterm(task)


@pytest.mark.parametrize(
    ("key", "said"),
    [("bot_token", "slack.bot_token): invalid_auth"), ("app_token", "slack.app_token): invalid_auth")],
)
async def test_a_token_that_slack_refuses_ends_the_start(sandbox: Sandbox, key: str, said: str) -> None:
    task, _ = await listening(changed(sandbox.settings(), "slack", **{key: SecretStr("x" + "app-wrong")}))
    with pytest.raises(Refused) as caught:
        await asyncio.wait_for(task, 5)
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


async def test_a_state_database_that_can_t_be_opened_ends_the_start_in_one_sentence(sandbox: Sandbox) -> None:
    settings = changed(sandbox.settings(), "state", url=SecretStr("sqlite+aiosqlite:////nowhere/homeward.db"))
    with pytest.raises(LedgerError) as caught:
        await asyncio.wait_for(serve(changed(settings, "serve", port=0)), 10)
    assert str(caught.value) == "/nowhere/homeward.db can't be opened: its folder does not exist."


async def test_readyz_tells_what_is_waited_for() -> None:
    health = Health(CollectorRegistry())

    async def waits_for() -> str:
        return "the state database does not answer"

    async with serving(health.site(), host="127.0.0.1", port=0) as port:
        health.waits_for = waits_for
        assert await read(port, "/readyz") == (503, "the state database does not answer\n")
        assert await read(port, "/healthz") == (200, "ok\n")


async def test_over_http_slacks_deliveries_have_a_port_of_their_own(sandbox: Sandbox) -> None:
    task, ports = await listening(changed(sandbox.settings(), "slack", mode="http"))
    await ready(ports.health)
    sandbox.slack.request_url = f"http://127.0.0.1:{ports.deliveries}/slack/events"
    ack = await sandbox.slack.command(MAYA, WAR_ROOM, "/failback-errors", "8061")
    assert ack.shown is not None
    assert (await read(ports.deliveries, "/metrics"))[0] == 404
    assert (await read(ports.health, "/slack/events"))[0] == 404
    await ends_on_sigterm(task)


async def test_the_process_logs_to_stderr_and_exits_by_how_it_ended(sandbox: Sandbox) -> None:
    config = Path(sandbox.folder / "homeward.toml")
    await asyncio.to_thread(config.write_text, sandbox.toml() + "\n[serve]\nport = 0\n", encoding="utf-8")
    command = (str(Path(sys.executable).with_name("homeward")), "serve", "--config", str(config))
    started = await asyncio.create_subprocess_exec(
        *command, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert started.stderr is not None
    lines: list[str] = []
    async with asyncio.timeout(30):
        while not any("homeward.started" in line for line in lines):
            lines.append((await started.stderr.readline()).decode())
            assert lines[-1], lines
    started.terminate()
    out, _ = await asyncio.wait_for(started.communicate(), 10)
    assert (started.returncode, out) == (0, b"")
    await asyncio.to_thread((sandbox.folder / "app_token").write_text, "xapp-wrong", encoding="utf-8")
    refused = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await asyncio.wait_for(refused.communicate(), 30)
    assert refused.returncode == 1
    assert said.decode().splitlines()[-1] == "Slack refused the app-level token (slack.app_token): invalid_auth"
    assert b"Traceback" not in said


def test_a_port_that_is_taken_is_told_and_ends_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for name, value in {"SLACK__BOT_TOKEN": "b", "SLACK__APP_TOKEN": "a", "SERVE__PORT": str(port)}.items():
            monkeypatch.setenv(f"HOMEWARD_{name}", value)
        result = CliRunner().invoke(main, ["serve"], catch_exceptions=False)
    assert result.exit_code == 1
    assert str(port) in result.stderr
