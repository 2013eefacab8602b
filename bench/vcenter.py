"""A warm check of one classic machine, against the loop over live objects that people write first."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from pyVim import connect
from pyVmomi import vim

from homeward.bot.sandbox.run import Sandbox
from homeward.checks.sources.vcenter import VmQuery, Wanted

from .estates import with_vms
from .figures import Figure, Goal, Times, seconds
from .reading import reading

_connect: Any = connect
# Any: pyVmomi leaves its functions untyped and makes its types at run time.

LATENCY = 0.010
MACHINE, TARGET = "pay-app01", "mt-win01"
GOAL = Goal(least=100)


async def measure(*, quick: bool) -> list[Figure]:
    vms, rounds = (30, 2) if quick else (1000, 15)
    async with Sandbox(with_vms(vms)) as sandbox, reading(sandbox) as warm:
        machine, target = sandbox.estate.vcenter.vm(MACHINE), sandbox.estate.vcenter.vm(TARGET)
        wanted = Wanted(
            MACHINE,
            VmQuery(instance_uuid=machine.instance_uuid, name=MACHINE),
            VmQuery(name=TARGET, host_name=target.guest_hostname, ip=target.guest_ip),
            "",
            modernized=False,
        )
        sandbox.vcenter.faults.latency = LATENCY

        async def read() -> None:
            await warm.vcenter.read([wanted])

        async def check() -> None:
            await warm.check(MACHINE)

        await read()  # from here on it is warm
        await check()
        sandbox.vcenter.calls.clear()
        await read()
        trips = len(sandbox.vcenter.calls)
        if trips != 1:
            raise AssertionError(f"a warm read took {sandbox.vcenter.calls}")
        # Before and after the loop, so that a busy minute does not fall on one of them alone.
        reads, checks = await _timed(read, rounds), await _timed(check, rounds)
        sandbox.vcenter.calls.clear()
        naive = await asyncio.to_thread(_loop, sandbox, vms)
        naive_trips = len(sandbox.vcenter.calls)
        reads, checks = reads + await _timed(read, rounds), checks + await _timed(check, rounds)
    return [
        _figure(f"vCenter read of one machine among {vms:,} VMs, warm", Times.of(reads), naive, trips, naive_trips),
        _figure(f"whole check of one machine among {vms:,} VMs, warm", Times.of(checks), naive, trips, naive_trips),
    ]


def _figure(what: str, ours: Times, naive: float, trips: int, naive_trips: int) -> Figure:
    return Figure(
        what=what,
        ratio=naive / ours.median,
        ours=seconds(ours.median),
        other=f"{seconds(naive)}, a loop over name and runtime.powerState",
        goal=GOAL,
        more=f"round trips to vCenter: {trips} against {naive_trips:,}, each {seconds(LATENCY)} longer than loopback",
        values={
            "median_seconds": ours.median,
            "loop_seconds": naive,
            "round_trips": trips,
            "loop_round_trips": naive_trips,
        },
    )


async def _timed(work: Callable[[], Awaitable[None]], rounds: int) -> list[float]:
    took: list[float] = []
    for _ in range(rounds):
        started = perf_counter()
        await work()
        took.append(perf_counter() - started)
    return took


def _loop(sandbox: Sandbox, vms: int) -> float:
    """Seconds to find which machines run, one attribute at a time; connecting is not counted."""
    vcenter = sandbox.estate.vcenter
    connected = _connect.SmartConnect(
        host=sandbox.vcenter.host,
        port=sandbox.vcenter.port,
        user=vcenter.username,
        pwd=vcenter.password,
        sslContext=ssl.create_default_context(cafile=sandbox.ca_file),
    )
    try:
        content = connected.RetrieveContent()
        started = perf_counter()
        view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
        power = {vm.name: vm.runtime.powerState for vm in view.view}
        took = perf_counter() - started
        view.Destroy()
    finally:
        _connect.Disconnect(connected)
    if len(power) != vms:
        raise AssertionError(f"the loop saw {len(power)} VMs")
    return took
