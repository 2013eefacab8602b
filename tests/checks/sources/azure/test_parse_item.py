"""Protected items: Azure's traps, in bodies of our own that go through the SDK's models as the client does."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from azure.mgmt.recoveryservicessiterecovery import models

from homeward.checks.facts import ABSENT, NEVER, Discovered, Disk, HealthError, Item, Missing, Os, Topology
from homeward.checks.sources.azure.parse_item import item, network_id
from homeward.checks.sources.azure.wire import Wire, moment

VAULT = "/Subscriptions/s/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v"
FABRIC = f"{VAULT}/replicationFabrics/f1"
SITE = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.OffAzure"
UUID = "5013a427-875d-d00f-8488-ae04c6780453"


def _parse(details: dict[str, Any] | None, **properties: Any) -> Item:
    body = {
        "id": f"{FABRIC}/replicationProtectionContainers/c/replicationProtectedItems/web01-res",
        "name": "web01-res",
        "properties": {"friendlyName": "web01", "providerSpecificDetails": details, **properties},
    }
    return item(models.ReplicationProtectedItem(body))


def _rcm(**details: Any) -> Item:
    return _parse({"instanceType": "InMageRcm", **details})


def _classic(**details: Any) -> Item:
    return _parse({"instanceType": "InMageAzureV2", **details})


@pytest.mark.parametrize(
    ("provider", "topology"),
    [
        ("InMage", Topology.CLASSIC),
        ("InMageAzureV2", Topology.CLASSIC),
        ("InMageRcm", Topology.MODERNIZED),
        ("InMageRcmFailback", Topology.MODERNIZED),
        ("inmagercm", Topology.MODERNIZED),
        ("A2A", Topology.OTHER),
        ("HyperVReplicaAzure", Topology.OTHER),
        ("SomethingOf2031", Topology.OTHER),
    ],
)
def test_the_provider_tells_the_topology(provider: str, topology: Topology) -> None:
    parsed = _parse({"instanceType": provider, "somethingNew": {"since": "2031"}})
    assert (parsed.provider, parsed.topology) == (provider, topology)


@pytest.mark.parametrize("details", [None, {}, {"instanceType": None}])
def test_an_item_without_details_is_of_another_kind(details: dict[str, Any] | None) -> None:
    assert _parse(details).topology is Topology.OTHER


def test_an_item_of_nothing_but_nulls_is_read() -> None:
    names = list(models.ReplicationProtectedItemProperties({})._attr_to_rest_field.values())  # pyright: ignore[reportPrivateUsage, reportUnknownVariableType, reportUnknownMemberType, reportUnknownArgumentType, reportAttributeAccessIssue] # every field there is
    nulls: dict[str, Any] = {field._rest_name: None for field in names}  # pyright: ignore[reportPrivateUsage, reportUnknownVariableType, reportUnknownMemberType] # the same
    parsed = item(models.ReplicationProtectedItem({"id": None, "name": None, "properties": nulls}))
    assert parsed.allowed_operations == ()
    assert parsed.health_errors == ()
    assert parsed.job_id == ""
    assert item(models.ReplicationProtectedItem({})).topology is Topology.OTHER


@pytest.mark.parametrize("none", [f"{VAULT}/replicationJobs/None", f"{VAULT}/replicationJobs/none", "None", "", None])
def test_a_job_named_none_is_no_job(none: str | None) -> None:
    assert _parse(None, currentScenario={"scenarioName": "None", "jobId": none}).job_id == ""


def test_a_job_is_a_job() -> None:
    job = f"{VAULT}/replicationJobs/3e53d760"
    assert _parse(None, currentScenario={"jobId": job}).job_id == job


@pytest.mark.parametrize(
    "never",
    [
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+02:00",
        "1601-01-01T00:00:00Z",
        "1753-01-01T01:01:01Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_some_dates_mean_never(never: str) -> None:
    assert moment(never) is NEVER


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2023-08-26T04:22:13.1215306Z", datetime(2023, 8, 26, 4, 22, 13, 121530, UTC)),
        ("2023-08-26T04:22:13", datetime(2023, 8, 26, 4, 22, 13, tzinfo=UTC)),
        ("2023-08-26T06:22:13+02:00", datetime(2023, 8, 26, 4, 22, 13, tzinfo=timezone(timedelta(0)))),
        ("", None),
        ("yesterday", None),
        ("8/26/2023 4:22:13 AM", None),
    ],
)
def test_a_date_without_zone_is_utc_and_rubbish_is_not_told(text: str, time: datetime | None) -> None:
    assert moment(text) == time


def test_a_failed_over_machine_has_failed_over_even_if_azure_forgot_when() -> None:
    times = {"lastSuccessfulFailoverTime": "1753-01-01T01:01:01Z"}
    assert isinstance(_parse({"instanceType": "InMageRcm"}, activeLocation="Recovery", **times).last_failover, Missing)
    assert isinstance(_parse({"instanceType": "InMageRcmFailback"}, activeLocation="Primary").last_failover, Missing)
    assert isinstance(_parse({"instanceType": "InMage"}).last_failover, Missing)
    assert _parse({"instanceType": "InMageRcm"}, activeLocation="Primary", **times).last_failover is NEVER


@pytest.mark.parametrize(("told", "flag"), [("true", True), ("False", False), (True, True), (False, False)])
def test_booleans_also_come_as_text(told: object, flag: bool) -> None:
    assert _rcm(isAgentRegistrationSuccessfulAfterFailover=told).agent_registered is flag


@pytest.mark.parametrize("told", [None, "perhaps", 3])
def test_a_boolean_that_is_none_is_missing(told: object) -> None:
    assert isinstance(_rcm(isAgentRegistrationSuccessfulAfterFailover=told).agent_registered, Missing)


@pytest.mark.parametrize(
    ("details", "system"),
    [
        ({"instanceType": "InMageRcm", "osType": "Windows"}, Os.WINDOWS),
        ({"instanceType": "InMageAzureV2", "osType": "LINUX"}, Os.LINUX),
        ({"instanceType": "InMage", "osDetails": {"osType": "Linux"}}, Os.LINUX),
        ({"instanceType": "InMageRcm", "osType": "Solaris"}, Os.OTHER),
    ],
)
def test_the_operating_system_is_where_the_provider_keeps_it(details: dict[str, Any], system: Os) -> None:
    assert _parse(details).os is system


def test_an_operating_system_that_is_not_told_is_missing() -> None:
    assert isinstance(_rcm(osType="").os, Missing)
    assert isinstance(_parse({"instanceType": "InMage", "osDetails": None}).os, Missing)


def test_the_version_of_the_system_has_several_places() -> None:
    assert _classic(osVersion="Windows Server 2008 R2 SP1").os_version == "Windows Server 2008 R2 SP1"
    assert _rcm(osName="RHEL 8", discoveredVmDetails={"osName": "Linux"}).os_version == "RHEL 8"
    assert _rcm(osName=None, discoveredVmDetails={"osName": "Linux"}).os_version == "Linux"
    assert _rcm().os_version == ""


@pytest.mark.parametrize(
    ("details", "physical"),
    [
        ({"discoveryType": "Physical"}, True),
        ({"discoveryType": "physical"}, True),
        ({"discoveryType": "vCenter"}, False),
        ({"fabricDiscoveryMachineId": f"{SITE}/ServerSites/p/machines/{UUID}"}, True),
        ({"fabricDiscoveryMachineId": f"{SITE}/VMwareSites/w/machines/vc_{UUID}"}, False),
    ],
)
def test_physical_servers_are_told_apart(details: dict[str, Any], physical: bool) -> None:
    assert _rcm(**details).physical is physical


def test_where_nothing_tells_a_physical_server_it_is_missing() -> None:
    assert isinstance(_parse({"instanceType": "InMageRcmFailback"}).physical, Missing)


def test_a_classic_group_has_an_id_and_a_modernized_one_its_name_in_its_fabric() -> None:
    classic = _classic(multiVmGroupId="G-1", multiVmGroupName="payroll")
    assert (classic.group_id, classic.group_name) == ("G-1", "payroll")
    modern = _rcm(multiVmGroupName="payroll")
    assert (modern.group_id, modern.group_name) == (f"{FABRIC}/multiVmGroups/payroll", "payroll")


@pytest.mark.parametrize("nothing", [None, "", "00000000-0000-0000-0000-000000000000"])
def test_no_group_is_no_group(nothing: str | None) -> None:
    parsed = _classic(multiVmGroupId=nothing, multiVmGroupName="")
    assert (parsed.group_id, parsed.group_name) == ("", "")


def test_disks_have_the_size_of_their_provider_also_as_text() -> None:
    assert _rcm(protectedDisks=[{"diskName": "d0", "capacityInBytes": "42949672960"}]).disks == (
        Disk("d0", 42949672960),
    )
    assert _classic(protectedDisks=[{"diskId": "Disk0", "diskCapacityInBytes": 64}]).disks == (
        Disk("Disk0", 64, "Disk0"),
    )


def test_disks_of_a_managed_machine_may_stand_elsewhere() -> None:
    parsed = _classic(protectedDisks=[], azureVMDiskDetails=[{"vhdName": "os", "maxSizeMB": "1024"}])
    assert parsed.disks == (Disk("os", 1024**3),)


@pytest.mark.parametrize(
    "details",
    [
        {"protectedDisks": None},
        {"protectedDisks": []},
        {"protectedDisks": [{"diskName": "a", "diskCapacityInBytes": 1}, {"diskName": "b"}]},
        {"protectedDisks": None, "azureVMDiskDetails": [{"vhdName": "os", "maxSizeMB": ""}]},
    ],
)
def test_disks_that_are_not_all_told_are_missing(details: dict[str, Any]) -> None:
    assert isinstance(_classic(**details).disks, Missing)


def test_the_azure_vm_is_named_by_each_provider_in_its_way() -> None:
    group = "/subscriptions/s/resourceGroups/rg"
    vm = f"{group}/providers/Microsoft.Compute/virtualMachines/web01"
    assert _rcm(targetResourceGroupId=group, targetVmName="web01").azure_vm_id == vm
    assert _classic(targetVmId=vm, recoveryAzureVMName="other").azure_vm_id == vm
    by_name = _classic(targetVmId="", recoveryAzureResourceGroupId=group, recoveryAzureVMName="web01")
    assert by_name.azure_vm_id == vm
    assert _parse({"instanceType": "InMageRcmFailback", "azureVirtualMachineId": vm}).azure_vm_id == vm
    assert _rcm(targetVmName="web01").azure_vm_id == ""


def test_a_vm_id_that_is_none_gives_way_to_the_group_and_name() -> None:
    group = "/subscriptions/s/resourceGroups/rg"
    known = {"recoveryAzureResourceGroupId": group, "recoveryAzureVMName": "web01"}
    vm = f"{group}/providers/Microsoft.Compute/virtualMachines/web01"
    assert _classic(targetVmId="6a8b17c9", **known).azure_vm_id == vm
    assert _classic(targetVmId="6a8b17c9").azure_vm_id == "6a8b17c9"


def test_the_provider_and_the_vcenter_of_an_item_are_kept() -> None:
    parsed = _parse({"instanceType": "InMageAzureV2", "vCenterInfrastructureId": "vc"}, recoveryServicesProviderId="/p")
    assert (parsed.provider_id, parsed.vcenter_id) == ("/p", "vc")
    assert (_rcm().provider_id, _rcm().vcenter_id) == ("", "")


def test_the_agents_heartbeat_is_where_the_provider_keeps_it() -> None:
    time = "2024-05-01T10:00:00"
    told = datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert _rcm(mobilityAgentDetails={"lastHeartbeatUtc": time}).agent_heartbeat == told
    assert _classic(lastHeartbeat=time).agent_heartbeat == told
    assert _classic(lastHeartbeat="0001-01-01T00:00:00").agent_heartbeat is NEVER
    assert isinstance(_rcm(mobilityAgentDetails=None).agent_heartbeat, Missing)


def test_what_the_appliance_discovered_is_read() -> None:
    seen = {"vCenterId": "vc", "vCenterFQDN": "vc01", "datastores": None, "vmFqdn": "web01.corp.example"}
    deleted = {**seen, "isDeleted": "true", "lastDiscoveryTimeInUtc": "0001-01-01T00:00:00"}
    parsed = _rcm(discoveredVmDetails=deleted)
    assert parsed.discovered == Discovered("vc", (), is_deleted=True, last_discovery=NEVER)
    assert parsed.computer_name == "web01"
    untold = _rcm(discoveredVmDetails={**deleted, "lastDiscoveryTimeInUtc": None}).discovered
    assert isinstance(untold, Discovered)
    assert untold.last_discovery == Missing("Azure does not tell when the on-premises VM of web01 was last seen")
    assert isinstance(_rcm(discoveredVmDetails=seen).discovered, Missing)
    assert _rcm(discoveredVmDetails=None).discovered is ABSENT
    assert _classic().discovered is ABSENT


def test_the_vms_instance_uuid_is_the_end_of_its_discovery_id() -> None:
    assert _rcm(fabricDiscoveryMachineId=f"{SITE}/VMwareSites/w/machines/vc_a_{UUID}").vsphere_id == UUID
    assert _rcm(fabricDiscoveryMachineId=f"{SITE}/VMwareSites/w/machines/other").vsphere_id == ""
    assert _rcm(fabricDiscoveryMachineId=f"{SITE}/ServerSites/w/machines/{UUID}").vsphere_id == ""
    assert _classic(infrastructureVmId=UUID).vsphere_id == UUID
    assert _classic(infrastructureVmId="host-12").vsphere_id == ""


def test_the_log_storage_is_the_items_or_its_disks() -> None:
    assert _parse({"instanceType": "InMageRcmFailback", "logStorageAccountId": "a"}).log_storage_id == "a"
    assert _classic(recoveryAzureLogStorageAccountId="b").log_storage_id == "b"
    assert _rcm(protectedDisks=[{"logStorageAccountId": None}, {"logStorageAccountId": "c"}]).log_storage_id == "c"
    assert _rcm().log_storage_id == ""


def test_the_network_is_the_one_failover_used() -> None:
    body: dict[str, Any] = {"properties": {"providerSpecificDetails": {"instanceType": "InMageRcm"}}}
    assert network_id(models.ReplicationProtectedItem(body)) == ""
    body["properties"]["providerSpecificDetails"]["targetNetworkId"] = "vnet"
    assert network_id(models.ReplicationProtectedItem(body)) == "vnet"
    body["properties"]["providerSpecificDetails"] = {
        "instanceType": "InMageAzureV2",
        "selectedRecoveryAzureNetworkId": "vnet2",
    }
    assert network_id(models.ReplicationProtectedItem(body)) == "vnet2"


def test_health_errors_come_with_their_inner_ones_and_validation_errors_each_once() -> None:
    inner = {"errorCode": 90078, "errorLevel": None, "errorMessage": "", "summaryMessage": "No progress"}
    outer = {
        "errorCode": "161011",
        "errorLevel": "Warning",
        "errorMessage": "No test failover",
        "innerHealthErrors": [inner],
    }
    details = {"instanceType": "InMageAzureV2", "validationErrors": [outer, {"errorCode": "1", "errorLevel": "Error"}]}
    parsed = _parse(details, healthErrors=[outer, outer])
    assert parsed.health_errors == (
        HealthError("161011", "Warning", "No test failover", "", ""),
        HealthError("90078", "", "No progress", "", ""),
        HealthError("1", "Error", "", "", ""),
    )


def test_the_fabric_is_told_by_the_id_whatever_its_case() -> None:
    assert _rcm().fabric_id == FABRIC
    lower = item({"id": f"{FABRIC}/x/y".lower(), "properties": {}})
    assert lower.fabric_id == FABRIC.lower()
    assert item({"id": "/subscriptions/s", "properties": {}}).fabric_id == ""


def test_the_friendly_name_is_the_name_and_the_resource_name_stands_in() -> None:
    assert _rcm().name == "web01"
    assert item({"id": "x", "name": "web01-res", "properties": {"friendlyName": None}}).name == "web01-res"


def test_of_two_spellings_of_a_field_the_one_with_a_value_counts() -> None:
    assert Wire({"vCenterFqdn": None, "vCenterFQDN": "vc01"}).text("vcenterFqdn") == "vc01"
    assert Wire({"vCenterFQDN": "vc01", "vCenterFqdn": None}).text("vcenterFqdn") == "vc01"
    assert Wire({"a": ["x"]}).text("a") == ""
    assert Wire({"a": True}).text("a") == ""
    assert Wire({"a": 12.5}).text("a") == "12.5"


def test_a_modernized_item_on_its_way_back_tells_where_to() -> None:
    parsed = _parse(
        {
            "instanceType": "InMageRcmFailback",
            "reprotectAgentId": "agent-1",
            "targetVmName": "web01-onprem",
            "targetDataStoreName": "ds-gold-01",
            "lastPlannedFailoverStatus": "Failed",
            "lastUsedPolicyId": "/policies/p",
            "multiVmGroupName": "payroll",
        }
    )
    assert (parsed.target_id, parsed.home_vm, parsed.home_datastore) == ("agent-1", "web01-onprem", "ds-gold-01")
    assert (parsed.last_failback, parsed.last_policy_id) == ("Failed", "/policies/p")
    assert (parsed.group_name, parsed.group_id) == ("payroll", f"{FABRIC}/multiVmGroups/payroll")


def test_a_classic_item_on_its_way_back_tells_where_it_runs_and_where_to() -> None:
    details = {"activeSiteType": "OnPrem", "masterTargetId": "mt-1", "datastores": ["ds-gold-02", "ds-other"]}
    parsed = _parse({"instanceType": "InMage", **details})
    assert (parsed.active_site, parsed.target_id, parsed.home_datastore) == ("OnPrem", "mt-1", "ds-gold-02")
    assert (parsed.home_vm, parsed.azure_vm_id) == ("", "")
    assert _parse({"instanceType": "InMage", "datastores": None}).home_datastore == ""


def test_an_item_toward_azure_has_its_azure_vms_name_where_others_have_the_one_at_home() -> None:
    parsed = _rcm(targetVmName="web01-in-azure")
    assert (parsed.home_vm, parsed.home_datastore, parsed.active_site, parsed.last_failback) == ("", "", "", "")
