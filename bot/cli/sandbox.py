"""`homeward sandbox`: the estate kept up, with a page to try it in a browser."""

import asyncio
import signal
import webbrowser
from contextlib import AsyncExitStack

import click

from homeward.bot.sandbox.estate.night import night
from homeward.bot.sandbox.page import Bot, Page
from homeward.bot.sandbox.run import Sandbox, SandboxMissing
from homeward.bot.sandbox.slack import APPROVALS, APPROVERS

from . import ExitCode

OTHERS = 3
"""The ports that are used beside the first."""


def run(port: int, *, with_bot: bool, open_browser: bool) -> int:
    """Serves until SIGINT or SIGTERM; returns the exit code."""
    most = 65535 - OTHERS
    if port and not 1024 <= port <= most:
        click.echo(
            f"--port is {port}: expected 1024 to {most} (it and the next three are used), or 0 for any", err=True
        )
        return ExitCode.USAGE
    try:
        asyncio.run(_serve(port, with_bot=with_bot, open_browser=open_browser))
    except SandboxMissing as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    except OSError as error:
        ports = f"One of the ports {port} to {port + OTHERS} is in use: choose another --port" if port else str(error)
        click.echo(f"{ports} ({error.errno})", err=True)
        return ExitCode.FAILED
    return ExitCode.OK


async def _serve(port: int, *, with_bot: bool, open_browser: bool) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(night(), port=port))
        config = sandbox.folder / "homeward.toml"
        config.write_text(sandbox.toml(), encoding="utf-8")
        bot = Bot(config, connected=lambda: bool(sandbox.slack.socket.connections)) if with_bot else None
        page = await stack.enter_async_context(Page(sandbox, bot, port=port and port + OTHERS))
        if bot:
            await stack.enter_async_context(bot)
        click.echo(_told(sandbox, page.address, config=str(config), with_bot=with_bot))
        if open_browser:
            await asyncio.to_thread(webbrowser.open, page.address)
        await stop.wait()


def _told(sandbox: Sandbox, address: str, *, config: str, with_bot: bool) -> str:
    vault = sandbox.estate.vault
    machines = ", ".join(dict.fromkeys(item.name for item in vault.items))
    plans = ", ".join(plan.name for plan in vault.plans)
    serve = "" if with_bot else "\n  homeward serve"
    return f"""\
Open {address}

The sandbox is up, on this machine only. Behind the page, over TLS:
  Azure    {sandbox.arm.endpoint}
  vCenter  https://{sandbox.vcenter.host}:{sandbox.vcenter.port}
  Slack    {sandbox.slack.base_url}

In another terminal:
  export HOMEWARD_CONFIG={config}
  homeward doctor
  homeward check web02{serve}

Approvals: channel {APPROVALS.id} (#{APPROVALS.name}), decided by {APPROVERS.id} (@{APPROVERS.handle})
Ledger:    {sandbox.settings().state_url()}   (homeward audit verify)

Machines:  {machines}
Plans:     {plans}

Ctrl-C ends it."""
