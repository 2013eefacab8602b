"""The way home in the sandbox's Azure, as the real client walks it: failback, commit, cancel, and to Azure again."""

from typing import Any, cast

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError, ServiceRequestError
from azure.mgmt.compute.aio import ComputeManagementClient
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient
from azure.mgmt.recoveryservicessiterecovery.models import (
    InMageAzureV2ReprotectInput,
    InMageRcmFailbackPlannedFailoverProviderInput,
    InMageRcmFailbackReprotectInput,
    InMageUnplannedFailoverInput,
    PlannedFailoverInput,
    PlannedFailoverInputProperties,
    ReverseReplicationInput,
    ReverseReplicationInputProperties,
    UnplannedFailoverInput,
    UnplannedFailoverInputProperties,
)

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.arm.names import Names
from homeward.bot.sandbox.arm.policies import FORWARD_POLICY
from homeward.bot.sandbox.estate import VAULT, Estate, company
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, VirtualMachine
from homeward.bot.sandbox.estate.progress import settle
from homeward.bot.sandbox.estate.reprotects import Fate, no_memory
from homeward.bot.sandbox.estate.way_home import CLASSIC, LINUX, PLAN, WINDOWS, add_way_home
from homeward.checks.way import Operation

HERE = (RESOURCE_GROUP, VAULT)
FAILBACK, COMMIT, CANCEL, TO_AZURE = Operation.FAILBACK, Operation.COMMIT, Operation.CANCEL, Operation.TO_AZURE


@pytest.fixture
def estate() -> Estate:
    return add_way_home(company())


class Walker:
    """Starts what leads a machine home, and looks where it stands."""

    def __init__(self, arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
        self.estate = arm.estate
        self.names = Names(arm.estate)
        self.headers: dict[str, str] = {}
        self._recovery = recovery

    def path(self, machine: str) -> tuple[str, str, str, str, str]:
        item = self.estate.vault.item(machine)
        return (
            *HERE,
            self.names.fabric_name(item.topology),
            self.names.container_name(item.topology),
            item.id_name,
        )

    async def go(self, machine: str, operation: Operation, **wish: str) -> None:
        match operation:
            case Operation.FAILBACK if self.estate.vault.item(machine).topology == "modernized":
                await self.planned(machine, **wish)
            case Operation.FAILBACK:
                await self.unplanned(machine, **wish)
            case Operation.TO_AZURE:
                await self.to_azure(machine, **wish)
            case _:
                items = self._recovery.replication_protected_items
                call = items.begin_failover_commit if operation is COMMIT else items.begin_failover_cancel
                await call(*self.path(machine), polling=False, raw_response_hook=self._keep)

    async def through(self, machine: str, *operations: Operation) -> None:
        """All of them, each waited for."""
        for operation in operations:
            await self.go(machine, operation)
            self.pass_by(3)

    def pass_by(self, minutes: float) -> None:
        self.estate.advance(minutes)
        settle(self.estate)

    async def planned(self, machine: str, kind: str = "CrashConsistent", direction: str = "RecoveryToPrimary") -> None:
        details = InMageRcmFailbackPlannedFailoverProviderInput(recovery_point_type=kind)
        properties = PlannedFailoverInputProperties(failover_direction=direction, provider_specific_details=details)
        await self._recovery.replication_protected_items.begin_planned_failover(
            *self.path(machine),
            PlannedFailoverInput(properties=properties),
            polling=False,
            raw_response_hook=self._keep,
        )

    async def unplanned(self, machine: str, kind: str = "LatestTime", point: str = "", site: str = "") -> None:
        details = InMageUnplannedFailoverInput(recovery_point_type=kind, recovery_point_id=point or None)
        properties = UnplannedFailoverInputProperties(
            failover_direction="RecoveryToPrimary",
            source_site_operations=site or None,
            provider_specific_details=details,
        )
        await self._recovery.replication_protected_items.begin_unplanned_failover(
            *self.path(machine),
            UnplannedFailoverInput(properties=properties),
            polling=False,
            raw_response_hook=self._keep,
        )

    async def to_azure(self, machine: str, direction: str = "PrimaryToRecovery", policy: str = "") -> None:
        names, topology = self.names, self.estate.vault.item(machine).topology
        policy = policy or names.policy(FORWARD_POLICY[topology])
        process_server = names.appliance_id(self.estate.vault.appliances[0])
        details = (
            InMageAzureV2ReprotectInput()
            if topology == "classic"
            else InMageRcmFailbackReprotectInput(process_server_id=process_server, policy_id=policy)
        )
        properties = ReverseReplicationInputProperties(failover_direction=direction, provider_specific_details=details)
        await self._recovery.replication_protected_items.begin_reprotect(
            *self.path(machine),
            ReverseReplicationInput(properties=properties),
            polling=False,
            raw_response_hook=self._keep,
        )

    async def item(self, machine: str) -> Any:
        return cast("Any", (await self._recovery.replication_protected_items.get(*self.path(machine))).properties)

    async def stands(self, machine: str) -> tuple[str, str, list[str]]:
        told = await self.item(machine)
        return told.provider_specific_details.instance_type, told.protection_state, told.allowed_operations

    async def job(self, name: str) -> Any:
        return cast("Any", (await self._recovery.replication_jobs.get(*HERE, name)).properties)

    def _keep(self, response: Any) -> None:
        self.headers = dict(response.http_response.headers)
        self.headers["status"] = str(response.http_response.status_code)


@pytest.fixture
def walker(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> Walker:
    return Walker(arm, recovery)


def at_home(estate: Estate, machine: str) -> VirtualMachine:
    return estate.vcenter.vm(machine)


async def azure_power(compute: ComputeManagementClient, machine: str) -> str:
    view = await compute.virtual_machines.instance_view(RESOURCE_GROUP, machine)
    codes = [str(status.code) for status in view.statuses or ()]
    return next(code.partition("/")[2] for code in codes if code.startswith("PowerState/"))


# --- all the way -----------------------------------------------------------------------------------------------------


async def test_a_modernized_machine_goes_the_whole_way(
    walker: Walker, estate: Estate, compute: ComputeManagementClient
) -> None:
    back = "InMageRcmFailback"
    assert await walker.stands(WINDOWS) == (back, "Protected", ["PlannedFailover", "DisableProtection"])
    await walker.through(WINDOWS, FAILBACK)
    operations = ["Commit", "CancelFailover", "DisableProtection"]
    assert await walker.stands(WINDOWS) == (back, "PlannedFailoverCommitPendingStatesBegin", operations)
    assert (await walker.item(WINDOWS)).provider_specific_details.last_planned_failover_status == "Succeeded"
    assert await azure_power(compute, WINDOWS) == "deallocated"
    await walker.through(WINDOWS, COMMIT)
    operations = ["SwitchProtection", "DisableProtection"]
    assert await walker.stands(WINDOWS) == (back, "PlannedFailoverCommitted", operations)
    assert await azure_power(compute, WINDOWS) == "deallocated"
    await walker.through(WINDOWS, TO_AZURE)
    assert await walker.stands(WINDOWS) == ("InMageRcm", "InitialReplicationInProgress", ["DisableProtection"])
    details = (await walker.item(WINDOWS)).provider_specific_details
    assert details.initial_replication_progress_percentage == 5
    estate.advance(20)
    operations = ["UnplannedFailover", "TestFailover", "DisableProtection"]
    assert await walker.stands(WINDOWS) == ("InMageRcm", "Protected", operations)


async def test_a_classic_machine_goes_the_whole_way_and_loses_its_vm_in_azure_with_the_commit(
    walker: Walker, estate: Estate, compute: ComputeManagementClient
) -> None:
    assert await walker.stands(CLASSIC) == ("InMage", "Protected", ["UnplannedFailover", "DisableProtection"])
    assert (await walker.item(CLASSIC)).provider_specific_details.active_site_type == "Azure"
    await walker.through(CLASSIC, FAILBACK)
    operations = ["Commit", "DisableProtection"]
    assert await walker.stands(CLASSIC) == ("InMage", "UnplannedFailoverCommitPendingStatesBegin", operations)
    assert (await walker.item(CLASSIC)).provider_specific_details.active_site_type == "OnPrem"
    assert await azure_power(compute, CLASSIC) == "deallocated"
    await walker.through(CLASSIC, COMMIT)
    operations = ["SwitchProtection", "DisableProtection"]
    assert await walker.stands(CLASSIC) == ("InMage", "UnplannedFailoverCommitted", operations)
    with pytest.raises(ResourceNotFoundError):
        await azure_power(compute, CLASSIC)
    await walker.through(CLASSIC, TO_AZURE)
    assert await walker.stands(CLASSIC) == ("InMageAzureV2", "InitialReplicationInProgress", ["DisableProtection"])
    estate.advance(20)
    operations = ["UnplannedFailover", "TestFailover", "DisableProtection"]
    assert await walker.stands(CLASSIC) == ("InMageAzureV2", "Protected", operations)


async def test_a_cancelled_failback_runs_in_azure_again_and_may_be_repeated(
    walker: Walker, estate: Estate, compute: ComputeManagementClient
) -> None:
    await walker.through(WINDOWS, FAILBACK, CANCEL)
    assert await walker.stands(WINDOWS) == (
        "InMageRcmFailback",
        "Protected",
        ["PlannedFailover", "DisableProtection"],
    )
    assert (await walker.item(WINDOWS)).provider_specific_details.last_planned_failover_status == "Cancelled"
    assert await azure_power(compute, WINDOWS) == "running"
    assert at_home(estate, WINDOWS).power == "poweredOff"
    await walker.through(WINDOWS, FAILBACK)
    assert estate.vault.item(WINDOWS).stage == "home"


async def test_a_plan_allows_what_its_machines_allow(walker: Walker, recovery: SiteRecoveryManagementClient) -> None:
    async def plan() -> tuple[list[str], list[str]]:
        told = cast("Any", (await recovery.replication_recovery_plans.get(*HERE, PLAN)).properties)
        return told.replication_providers, told.allowed_operations

    assert await plan() == (["InMageRcmFailback"], ["PlannedFailover"])
    await walker.through("erp-db01", FAILBACK)
    assert await plan() == (["InMageRcmFailback"], ["CancelFailover", "Commit", "PlannedFailover"])


# --- what a start is answered ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "before", "operation", "scenario", "title"),
    [
        (WINDOWS, (), FAILBACK, "PlannedFailover", "Planned failover"),
        (CLASSIC, (), FAILBACK, "UnplannedFailover", "Unplanned failover"),
        (WINDOWS, (FAILBACK,), COMMIT, "CommitFailover", "Commit"),
        (WINDOWS, (FAILBACK,), CANCEL, "CancelFailover", "Cancel failover"),
        (CLASSIC, (FAILBACK, COMMIT), TO_AZURE, "SwitchReplicationGroupProtection", "Reprotect"),
    ],
)
async def test_each_start_makes_a_job_of_its_own_kind(
    arm: SandboxArm,
    walker: Walker,
    machine: str,
    before: tuple[Operation, ...],
    operation: Operation,
    scenario: str,
    title: str,
) -> None:
    await walker.through(machine, *before)
    await walker.go(machine, operation)
    start = arm.starts[-1]
    assert (start.machine, start.operation) == (machine, operation)
    assert (walker.headers["status"], walker.headers["Content-Length"]) == ("202", "0")
    assert walker.headers["x-ms-request-id"].endswith(f"/replicationJobs/{start.job}")
    assert f"/replicationOperationStatus/{start.job}?" in walker.headers["Azure-AsyncOperation"]
    job = await walker.job(start.job)
    assert (job.scenario_name, job.friendly_name, job.state) == (scenario, title, "InProgress")
    assert job.tasks[0].friendly_name == "Prerequisite check"
    assert [task.state for task in job.tasks][-1] == "NotStarted"
    assert job.target_object_name == machine
    item = await walker.item(machine)
    assert (item.current_scenario.scenario_name, item.allowed_operations) == (scenario, ["DisableProtection"])
    walker.estate.advance(3)
    job = await walker.job(start.job)
    assert job.state == "Succeeded"
    assert {task.state for task in job.tasks} <= {"Succeeded", "Other"}
    with pytest.raises(HttpResponseError, match="OperationNotAllowed"):
        await walker.go(machine, operation)


async def test_while_a_job_runs_nothing_else_may_begin(arm: SandboxArm, walker: Walker) -> None:
    await walker.go(WINDOWS, FAILBACK)
    for operation in (FAILBACK, COMMIT, CANCEL, TO_AZURE):
        with pytest.raises(ResourceExistsError):
            await walker.go(WINDOWS, operation)
    assert len(arm.starts) == 1


@pytest.mark.parametrize(
    ("machine", "before", "operation"),
    [
        (WINDOWS, (), COMMIT),
        (WINDOWS, (), CANCEL),
        (WINDOWS, (), TO_AZURE),
        (WINDOWS, (FAILBACK,), FAILBACK),
        (WINDOWS, (FAILBACK,), TO_AZURE),
        (WINDOWS, (FAILBACK, COMMIT), COMMIT),
        (WINDOWS, (FAILBACK, COMMIT), CANCEL),
        (WINDOWS, (FAILBACK, COMMIT, TO_AZURE), FAILBACK),
        (CLASSIC, (FAILBACK,), CANCEL),
        (CLASSIC, (FAILBACK, COMMIT), FAILBACK),
        ("web01", (), FAILBACK),
        ("web01", (), COMMIT),
    ],
)
async def test_the_wrong_order_is_refused(
    arm: SandboxArm, walker: Walker, machine: str, before: tuple[Operation, ...], operation: Operation
) -> None:
    await walker.through(machine, *before)
    with pytest.raises(HttpResponseError, match="OperationNotAllowed"):
        await walker.go(machine, operation)
    assert len(arm.starts) == len(before)


async def test_the_failback_of_the_other_stack_is_refused(arm: SandboxArm, walker: Walker) -> None:
    with pytest.raises(HttpResponseError, match="OperationNotAllowed"):
        await walker.unplanned(WINDOWS)
    with pytest.raises(HttpResponseError, match="OperationNotAllowed"):
        await walker.planned(CLASSIC)
    assert arm.starts == []


async def test_a_commit_of_the_failover_to_azure_is_not_played(arm: SandboxArm, walker: Walker) -> None:
    arm.estate.vault.item("web01").stage = "failed-over"
    with pytest.raises(HttpResponseError, match="OperationNotAllowed"):
        await walker.go("web01", COMMIT)


@pytest.mark.parametrize(
    ("machine", "wish", "field"),
    [
        (WINDOWS, {"kind": "Latest"}, "recoveryPointType"),
        (WINDOWS, {"kind": ""}, "recoveryPointType"),
        (WINDOWS, {"direction": "PrimaryToRecovery"}, "failoverDirection"),
        (CLASSIC, {"kind": "CrashConsistent"}, "recoveryPointType"),
        (CLASSIC, {"kind": "Custom"}, "recoveryPointId"),
        (CLASSIC, {"kind": "Custom", "point": "/somewhere/else"}, "recovery point"),
        (CLASSIC, {"site": "Perhaps"}, "sourceSiteOperations"),
    ],
)
async def test_a_failback_with_wrong_inputs_is_refused(
    arm: SandboxArm, walker: Walker, machine: str, wish: dict[str, str], field: str
) -> None:
    with pytest.raises(HttpResponseError, match=field) as refused:
        await walker.go(machine, FAILBACK, **wish)
    assert refused.value.status_code == 400
    assert arm.starts == []


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"direction": "RecoveryToPrimary"}, "failoverDirection"),
        ({"direction": "Sideways"}, "failoverDirection"),
        ({"policy": "/policies/crashconsistency-policy-failback"}, "policyId"),
    ],
)
async def test_a_reprotect_to_azure_with_wrong_inputs_is_refused(
    arm: SandboxArm, walker: Walker, wish: dict[str, str], field: str
) -> None:
    await walker.through(WINDOWS, FAILBACK, COMMIT)
    with pytest.raises(HttpResponseError, match=field):
        await walker.to_azure(WINDOWS, **wish)
    assert len(arm.starts) == 2


# --- fates -----------------------------------------------------------------------------------------------------------


async def test_a_failed_failback_leaves_the_machine_ready_and_running_in_azure(
    arm: SandboxArm, walker: Walker, estate: Estate, compute: ComputeManagementClient
) -> None:
    estate.vault.item(WINDOWS).fates.append(no_memory(WINDOWS))
    await walker.go(WINDOWS, FAILBACK)
    estate.advance(1)
    assert await azure_power(compute, WINDOWS) == "deallocated"
    estate.advance(2)
    job = await walker.job(arm.starts[0].job)
    assert (job.state, job.errors[0].service_error_details.code) == ("Failed", "8038")
    assert [task.errors[0].task_id for task in job.tasks if task.errors] == ["StartReplicaTask"]
    item = await walker.item(WINDOWS)
    assert item.provider_specific_details.last_planned_failover_status == "Failed"
    assert item.allowed_operations == ["PlannedFailover", "DisableProtection"]
    assert await azure_power(compute, WINDOWS) == "running"
    assert at_home(estate, WINDOWS).power == "poweredOff"


@pytest.mark.parametrize(
    ("before", "operation", "stage"),
    [((FAILBACK,), COMMIT, "home"), ((FAILBACK,), CANCEL, "home"), ((FAILBACK, COMMIT), TO_AZURE, "home-committed")],
)
async def test_what_fails_leaves_the_machine_where_it_was(
    walker: Walker, estate: Estate, before: tuple[Operation, ...], operation: Operation, stage: str
) -> None:
    await walker.through(WINDOWS, *before)
    estate.vault.item(WINDOWS).fates.append(Fate(end="Failed"))
    await walker.through(WINDOWS, operation)
    assert estate.vault.item(WINDOWS).stage == stage
    assert at_home(estate, WINDOWS).power == "poweredOn"
    await walker.go(WINDOWS, operation)


async def test_a_failback_cancelled_in_the_portal_while_it_runs_leaves_the_machine_ready(
    arm: SandboxArm, walker: Walker, compute: ComputeManagementClient
) -> None:
    await walker.go(WINDOWS, FAILBACK)
    arm.cancel_elsewhere(WINDOWS)
    assert (await walker.job(arm.starts[0].job)).state == "Cancelled"
    assert (await walker.item(WINDOWS)).provider_specific_details.last_planned_failover_status == "Cancelled"
    assert await azure_power(compute, WINDOWS) == "running"


async def test_a_job_that_vanished_still_brings_the_machine_home(
    arm: SandboxArm, walker: Walker, estate: Estate
) -> None:
    estate.vault.item(WINDOWS).fates.append(Fate(vanishes_after=1))
    await walker.go(WINDOWS, FAILBACK)
    estate.advance(1)
    with pytest.raises(ResourceNotFoundError):
        await walker.job(arm.starts[0].job)
    estate.advance(2)
    assert (await walker.stands(WINDOWS))[1] == "PlannedFailoverCommitPendingStatesBegin"


@pytest.mark.parametrize(
    ("before", "operation", "path"),
    [
        ((), FAILBACK, "/plannedFailover"),
        ((FAILBACK,), COMMIT, "/failoverCommit"),
        ((FAILBACK,), CANCEL, "/failoverCancel"),
    ],
)
async def test_a_start_can_be_taken_although_its_answer_is_lost(
    arm: SandboxArm, walker: Walker, before: tuple[Operation, ...], operation: Operation, path: str
) -> None:
    await walker.through(WINDOWS, *before)
    arm.faults.drop(path=path, method="POST", accepted=True, times=1)
    with pytest.raises(ServiceRequestError):
        await walker.go(WINDOWS, operation)
    assert arm.starts[-1].operation is operation
    with pytest.raises(ResourceExistsError):
        await walker.go(WINDOWS, operation)


async def test_what_somebody_else_starts_is_a_job_and_no_start_of_ours(arm: SandboxArm, walker: Walker) -> None:
    job = arm.start_elsewhere(CLASSIC, FAILBACK)
    assert (await walker.job(job)).scenario_name == "UnplannedFailover"
    arm.estate.advance(3)
    assert (await walker.stands(CLASSIC))[1] == "UnplannedFailoverCommitPendingStatesBegin"
    assert arm.starts == []


# --- at home ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("machine", "kept"), [(WINDOWS, True), (LINUX, False), (CLASSIC, True)])
async def test_at_home_the_machine_boots_and_linux_has_another_address(
    walker: Walker, estate: Estate, machine: str, kept: bool
) -> None:
    await walker.go(machine, FAILBACK)
    walker.pass_by(2.5)
    vm = at_home(estate, machine)
    assert (vm.power, vm.tools, vm.guest_ip) == ("poweredOn", "guestToolsNotRunning", "")
    walker.pass_by(1)
    assert vm.tools == "guestToolsRunning"
    assert bool(vm.guest_ip)
    assert (vm.guest_ip == estate.vault.item(machine).address) is kept


async def test_a_machine_may_hang_in_its_boot(walker: Walker, estate: Estate) -> None:
    estate.vault.item(WINDOWS).fates.append(Fate(boot_minutes=None))
    await walker.through(WINDOWS, FAILBACK)
    walker.pass_by(60)
    vm = at_home(estate, WINDOWS)
    assert (vm.power, vm.tools) == ("poweredOn", "guestToolsNotRunning")


async def test_where_the_vm_is_gone_a_failback_makes_another(walker: Walker, estate: Estate) -> None:
    gone = at_home(estate, WINDOWS)
    estate.vcenter.vms.remove(gone)
    estate.vault.item(WINDOWS).datastore = "ds-gold-02"
    await walker.through(WINDOWS, FAILBACK)
    made = at_home(estate, WINDOWS)
    assert (made.power, made.datastore, made.host) == ("poweredOn", "ds-gold-02", "esx01")
    assert made.instance_uuid != gone.instance_uuid
