"""`homeward sandbox`: the estate kept up, to try by hand."""

import asyncio
import signal

import click

from homeward.bot.sandbox.estate import company
from homeward.bot.sandbox.estate.shop import add_shop
from homeward.bot.sandbox.run import Sandbox, SandboxMissing
from homeward.bot.sandbox.slack import APPROVALS, APPROVERS

from . import ExitCode


def run(port: int) -> int:
    """Serves until SIGINT or SIGTERM; returns the exit code."""
    if port and not 1024 <= port <= 65533:
        click.echo(f"--port is {port}: expected 1024 to 65533 (it and the next two are used), or 0 for any", err=True)
        return ExitCode.USAGE
    try:
        asyncio.run(_serve(port))
    except SandboxMissing as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    except OSError as error:
        click.echo(f"One of the ports {port} to {port + 2} is in use: choose another --port ({error.errno})", err=True)
        return ExitCode.FAILED
    return ExitCode.OK


async def _serve(port: int) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with Sandbox(add_shop(company()), port=port) as sandbox:
        config = sandbox.folder / "homeward.toml"
        config.write_text(sandbox.toml(), encoding="utf-8")
        machines = ", ".join(dict.fromkeys(item.name for item in sandbox.estate.vault.items))
        plans = ", ".join(plan.name for plan in sandbox.estate.vault.plans)
        click.echo(
            f"""\
The sandbox is up, on this machine only, over TLS:
  Azure    {sandbox.arm.endpoint}
  vCenter  https://{sandbox.vcenter.host}:{sandbox.vcenter.port}
  Slack    {sandbox.slack.base_url}

In another terminal:
  export HOMEWARD_CONFIG={config}
  homeward doctor
  homeward check web02
  homeward serve

Approvals: channel {APPROVALS.id} (#{APPROVALS.name}), decided by {APPROVERS.id} (@{APPROVERS.handle})
Ledger:    {sandbox.settings().state_url()}   (homeward audit verify)

Machines:  {machines}
Plans:     {plans}

Ctrl-C ends it."""
        )
        await stop.wait()
