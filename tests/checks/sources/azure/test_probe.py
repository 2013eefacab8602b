"""Run-command, against a small stand-in for Compute: the sandbox does not run commands."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web

from homeward.bot.sandbox.arm import SandboxArm
from homeward.checks.facts import GuestProbe, Missing, Os
from homeward.checks.sources.access import AzureAccess, Limits, SourceError, VaultAddress
from homeward.checks.sources.azure import AzureConnection, AzureReader
from homeward.checks.sources.azure.probe import AT_ONCE, GuestProber

VM = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web01"


@dataclass
class Guest:
    """Accepts a command, then tells its result."""

    says: str = "[stdout]\nhomeward running=1 automatic=0 control=1 data=0\n[stderr]\n"
    status: int = 202
    endpoint: str = ""
    commands: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    running: set[str] = field(default_factory=set[str])
    most_at_once: int = 0
    lasts: asyncio.Event = field(default_factory=asyncio.Event)
    """Set: commands end at once."""

    async def start(self, request: web.Request) -> web.Response:
        self.commands.append(json.loads(await request.read()))
        if self.status != 202:
            return web.json_response({"error": {"code": "InternalServerError", "message": "no"}}, status=self.status)
        self.running.add(name := str(len(self.commands)))
        self.most_at_once = max(self.most_at_once, len(self.running))
        return web.Response(status=202, headers={"Location": f"{self.endpoint}/done?command={name}"})

    async def done(self, request: web.Request) -> web.Response:
        await self.lasts.wait()
        self.running.discard(request.query["command"])
        return web.json_response({"value": [{"code": "ProvisioningState/succeeded", "message": self.says}]})


@pytest.fixture
async def guest(server_context: ssl.SSLContext) -> AsyncIterator[Guest]:
    guest = Guest()
    guest.lasts.set()
    app = web.Application()
    app.router.add_post("/{path:.*}/runCommand", guest.start)
    app.router.add_get("/done", guest.done)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context).start()
    guest.endpoint = f"https://127.0.0.1:{runner.addresses[0][1]}"
    yield guest
    await runner.cleanup()


@pytest.fixture
async def prober(guest: Guest, access: AzureAccess) -> AsyncIterator[GuestProber]:
    async with AzureConnection(replace(access, endpoint=guest.endpoint), timeout=0.2) as connection:
        yield GuestProber(connection, timeout=10)


async def test_a_command_may_take_longer_than_a_read(prober: GuestProber, guest: Guest) -> None:
    guest.lasts.clear()
    asyncio.get_running_loop().call_later(0.6, guest.lasts.set)
    assert isinstance(await prober.probe(VM, Os.LINUX, control="10.0.0.1", data="10.0.0.2"), GuestProbe)


async def test_a_command_that_does_not_end_ends_at_its_own_limit(guest: Guest, access: AzureAccess) -> None:
    guest.lasts.clear()
    async with AzureConnection(replace(access, endpoint=guest.endpoint), timeout=5) as connection:
        prober = GuestProber(connection, timeout=0.2)
        with pytest.raises(SourceError, match=r"run-command in web01 did not answer within 0\.2 s"):
            await prober.probe(VM, Os.LINUX, control="10.0.0.1", data="10.0.0.2")
    guest.lasts.set()


async def test_few_commands_run_at_once(prober: GuestProber, guest: Guest) -> None:
    probes = (prober.probe(f"{VM}{each}", Os.LINUX, control="10.0.0.1", data="10.0.0.2") for each in range(9))
    assert {type(each) for each in await asyncio.gather(*probes)} == {GuestProbe}
    assert len(guest.commands) == 9
    assert guest.most_at_once <= AT_ONCE


async def test_what_the_guest_says_is_told(prober: GuestProber, guest: Guest) -> None:
    found = await prober.probe(VM, Os.WINDOWS, control="10.0.0.1", data="10.0.0.2")
    assert found == GuestProbe(True, False, True, False)
    (command,) = guest.commands
    assert command["commandId"] == "RunPowerShellScript"
    assert "Reach '10.0.0.1' 443" in command["script"][-1]
    assert "Reach '10.0.0.2' 9443" in command["script"][-1]


async def test_a_linux_guest_is_asked_in_its_shell(prober: GuestProber, guest: Guest) -> None:
    await prober.probe(VM, Os.LINUX, control="10.0.0.1", data="fe80::1")
    (command,) = guest.commands
    assert command["commandId"] == "RunShellScript"
    assert "data=$(yes timeout 5 bash -c '</dev/tcp/fe80::1/9443')" in command["script"]


async def test_a_guest_that_says_nothing_of_use_is_missing(prober: GuestProber, guest: Guest) -> None:
    guest.says = "[stderr] command not found"
    assert isinstance(await prober.probe(VM, Os.LINUX, control="10.0.0.1", data="10.0.0.2"), Missing)


async def test_a_command_that_fails_is_not_sent_again(prober: GuestProber, guest: Guest) -> None:
    guest.status = 500
    with pytest.raises(SourceError, match="run-command in web01"):
        await prober.probe(VM, Os.LINUX, control="10.0.0.1", data="10.0.0.2")
    assert len(guest.commands) == 1


@pytest.mark.parametrize(
    ("vm", "os", "control"),
    [
        ("", Os.LINUX, "10.0.0.1"),
        (VM, Os.OTHER, "10.0.0.1"),
        (VM, Missing("not told"), "10.0.0.1"),
        (VM, Os.LINUX, ""),
        (VM, Os.LINUX, "10.0.0.1'; rm -rf /; '"),
    ],
)
async def test_nothing_is_sent_without_knowing_where_and_what(
    prober: GuestProber, guest: Guest, vm: str, os: Os | Missing, control: str
) -> None:
    assert isinstance(await prober.probe(vm, os, control=control, data="10.0.0.2"), Missing)
    assert guest.commands == []


async def test_the_reader_runs_a_command_in_the_items_vm(
    guest: Guest, access: AzureAccess, address: VaultAddress, arm: SandboxArm
) -> None:
    reader = AzureReader(access, [address], limits=Limits(run_command=True), clock=time.monotonic)
    try:
        (vault,) = reader.vaults
        items = {item.name: item for item in await vault.items()}
        with pytest.raises(SourceError):
            await reader.probe(items["legacy01"], control="10.20.0.20", data="10.60.0.4")
        assert arm.unexpected
        assert guest.commands == []
    finally:
        await reader.close()
