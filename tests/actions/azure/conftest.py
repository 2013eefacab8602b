"""Acting's way to the sandbox's Azure, and plans as preparing would make them."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from homeward.actions.plan import Download, PlannedDisk, PlannedItem
from homeward.actions.requests import RequestItem
from homeward.actions.site_recovery import AzureSiteRecovery
from homeward.actions.states import Operation
from homeward.bot.sandbox.arm.names import Names
from homeward.bot.sandbox.arm.wire import host_id
from homeward.bot.sandbox.estate import Estate
from homeward.checks.facts import Topology
from homeward.checks.sources.access import AzureAccess, VaultAddress
from tests.arm import access, address, arm, authority, ca_file, estate, server_context

__all__ = ["access", "address", "arm", "authority", "ca_file", "estate", "server_context"]

Plan = Callable[[str], PlannedItem]
PlanOf = Callable[[Operation, str], PlannedItem]
Follow = Callable[[str], RequestItem]
STAGES = {
    Operation.REPROTECT: "committed",
    Operation.FAILBACK: "ready-to-fail-back",
    Operation.COMMIT: "home",
    Operation.CANCEL: "home",
    Operation.TO_AZURE: "home-committed",
}
"""Where the operation begins, in the sandbox's words."""


class Clock:
    """Monotonic seconds, as far as the test lets them pass; who sleeps makes them pass."""

    def __init__(self) -> None:
        self.time = time.monotonic()
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def later(estate: Estate, clock: Clock) -> Callable[[float], None]:
    """Minutes pass, in the estate and for what is kept of reads."""

    def pass_by(minutes: float) -> None:
        estate.advance(minutes)
        clock.time += minutes * 60

    return pass_by


@pytest.fixture
async def azure(access: AzureAccess, address: VaultAddress, clock: Clock) -> AsyncIterator[AzureSiteRecovery]:
    """Its clock is the test's, so that what is shared stays shared until the test lets time pass."""
    azure = AzureSiteRecovery(access, [address], clock=clock)
    yield azure
    await azure.close()


@pytest.fixture
def plan(estate: Estate) -> Plan:
    """The machine with the values that a start needs in the sandbox's estate."""
    names = Names(estate)

    def make(machine: str) -> PlannedItem:
        item = estate.vault.item(machine)
        classic = item.topology == "classic"
        target = "mt-win01" if item.os == "Windows" else "mt-lin01"
        policy = "24-hour-retention-failback" if classic else "crashconsistency-policy-failback"
        disks = tuple(PlannedDisk(f"Disk{index}", f"disk {index}", gb) for index, gb in enumerate(item.disks_gb))
        return PlannedItem(
            machine=machine,
            item_id=names.item(item),
            topology=Topology.CLASSIC if classic else Topology.MODERNIZED,
            stage=0,
            group=item.group,
            target=target if classic else "appliance01",
            target_id=host_id(target) if classic else names.appliance_id(estate.vault.appliances[0]),
            process_server="ps-azure01" if classic else "",
            process_server_id=host_id("ps-azure01") if classic else "",
            datastore="" if classic else "ds-gold-01",
            retention=("R" if item.os == "Windows" else "/mnt/retention") if classic else "",
            log_storage_id="" if classic else names.log_storage,
            policy=policy,
            policy_id=names.policy(policy),
            disks=disks,
            excluded=(),
            source_vm=item.source_vm,
            original_location=True,
            download=Download.CHANGES,
        )

    return make


@pytest.fixture
def plan_of(plan: Plan, estate: Estate) -> PlanOf:
    """The machine's plan of any operation."""
    names = Names(estate)
    return lambda operation, machine: onward(operation, plan(machine), names)


@pytest.fixture
def prepare(plan_of: PlanOf, estate: Estate) -> PlanOf:
    """Puts the machine where the operation begins; its plan then."""

    def make(operation: Operation, machine: str) -> PlannedItem:
        estate.vault.item(machine).stage = STAGES[operation]
        return plan_of(operation, machine)

    return make


def onward(operation: Operation, planned: PlannedItem, names: Names) -> PlannedItem:
    """From the plan of its reprotect."""
    if operation is Operation.REPROTECT:
        return planned
    classic = planned.topology is Topology.CLASSIC
    bare = PlannedItem(planned.machine, planned.item_id, planned.topology, planned.stage, planned.group)
    if operation is Operation.FAILBACK:
        return replace(bare, point="LatestTime" if classic else "CrashConsistent")
    if operation is Operation.TO_AZURE:
        policy = names.policy("24-hour-retention" if classic else "24-hour-replication-policy")
        server = planned.process_server_id if classic else planned.target_id
        return replace(bare, process_server_id=server, policy_id=policy)
    return bare


@pytest.fixture
def follow(plan: Plan) -> Follow:
    """The machine as an item of a request."""

    def make(machine: str) -> RequestItem:
        planned = plan(machine)
        return RequestItem(place=0, planned=planned, item_id=planned.item_id)

    return make
