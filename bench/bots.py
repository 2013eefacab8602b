"""The two bots whose start is measured, each alone in its process: `bare`, and with Homeward registered."""

import importlib
import resource
import sys
from pathlib import Path

from slack_bolt.app.async_app import AsyncApp

SDKS = (
    "azure.identity.aio",
    "azure.mgmt.compute.aio",
    "azure.mgmt.recoveryservicessiterecovery.aio",
    "pyVim.connect",
    "pyVmomi",
)


def _app() -> AsyncApp:
    return AsyncApp(token="xoxb-nobody", signing_secret="nothing", process_before_response=True)


def bare() -> None:
    """A bot that brings the same SDKs and does nothing with them."""
    _app()
    for name in SDKS:
        importlib.import_module(name)


def with_homeward() -> None:
    """A bot with a vault and a vCenter to read; nothing is read at the start."""
    from homeward.bot.plugin import register  # the other bot must not load it
    from homeward.bot.settings import Settings, VaultSettings, VCenterSettings

    vault = VaultSettings(
        subscription_id="11111111-2222-3333-4444-555555555555", resource_group="rg-dr", vault="prod-dr"
    )
    vcenter = VCenterSettings.model_validate(
        {"name": "vc01", "host": "vc01.example", "username": "homeward", "password": "x"}
    )
    register(_app(), Settings(vaults=(vault,), vcenters=(vcenter,)))


def memory() -> int:
    """The bytes this process holds; where the system does not tell, the most it has held."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss: on Linux a child begins with its parent's.
        held = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS:"))
        return int(held.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    {"bare": bare, "homeward": with_homeward}[sys.argv[1]]()
    print(memory(), flush=True)
