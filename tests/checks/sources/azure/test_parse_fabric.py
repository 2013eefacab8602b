"""Fabrics, plans, policies, vCenters and jobs: Azure's traps in bodies of our own."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.mgmt.recoveryservicessiterecovery import models

from homeward.checks.facts import (
    ABSENT,
    NEVER,
    ConfigurationServer,
    Job,
    Missing,
    Moment,
    Os,
    Policy,
    Provider,
    RegisteredVCenter,
    RetentionVolume,
    Topology,
    VaultDatastore,
)
from homeward.checks.sources.azure.parse_fabric import fabric, has_details, provider
from homeward.checks.sources.azure.parse_vault import has_groups, job, plan, policy, registered_vcenter

VAULT = "/Subscriptions/s/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v"
FABRIC = f"{VAULT}/replicationFabrics/f1"
GIB = 1024**3


def _fabric(**details: Any) -> models.Fabric:
    custom = {"instanceType": "VMware", **details}
    return models.Fabric({"id": FABRIC, "name": "f1", "properties": {"friendlyName": "cs01", "customDetails": custom}})


def _provider(name: str, status: str, heartbeat: Moment, *, fabric: str = FABRIC) -> Provider:
    return Provider(status, heartbeat, id=f"{fabric}/replicationRecoveryServicesProviders/{name}")


def test_numbers_of_a_process_server_come_as_text_and_percent() -> None:
    (server,) = fabric(
        _fabric(
            processServers=[
                {
                    "friendlyName": "ps01",
                    "cpuLoad": "7%",
                    "totalMemoryInBytes": "200",
                    "availableMemoryInBytes": "150",
                    "totalSpaceInBytes": 100,
                    "availableSpaceInBytes": 25,
                    "sslCertExpiryRemainingDays": "30",
                    "psServiceStatus": "Running",
                }
            ]
        ),
        (),
    ).process_servers
    assert (server.cpu_percent, server.memory_used_percent, server.space_free_percent) == (7, 25, 25)
    assert server.certificate_days_left == 30
    assert isinstance(server.in_azure, Missing)


def test_what_a_process_server_does_not_tell_is_missing() -> None:
    (server,) = fabric(_fabric(processServers=[{"friendlyName": "ps01", "totalMemoryInBytes": 0}]), ()).process_servers
    told = (server.cpu_percent, server.memory_used_percent, server.space_free_percent, server.certificate_days_left)
    assert all(isinstance(value, Missing) for value in told)


def test_sizes_of_a_master_targets_datastores_are_gigabytes_in_text() -> None:
    (target,) = fabric(
        _fabric(
            masterTargetServers=[
                {
                    "name": "mt01",
                    "osType": "linux",
                    "agentExpiryDate": "9999-12-31T23:59:59.9999999",
                    "dataStores": [
                        {"symbolicName": "ds1", "type": "VMFS", "capacity": "439.5", "freeSpace": "154.11"},
                        {"symbolicName": "ds2", "type": "NFS", "capacity": None, "freeSpace": "much"},
                    ],
                    "retentionVolumes": [
                        {"volumeName": "R", "capacityInBytes": "10", "freeSpaceInBytes": 0, "thresholdPercentage": 80}
                    ],
                    "diskCount": "3",
                }
            ]
        ),
        (),
    ).master_targets
    assert target.os is Os.LINUX
    assert target.expires is NEVER
    assert target.disk_count == 3
    assert target.datastores == (
        VaultDatastore("ds1", "VMFS", int(439.5 * GIB), int(154.11 * GIB)),
        VaultDatastore("ds2", "NFS", 0, 0),
    )
    assert target.retention_volumes == (RetentionVolume("R", 10, 0, 80),)


def test_null_lists_are_empty() -> None:
    raw = _fabric(
        processServers=None,
        masterTargetServers=[{"name": "mt01", "dataStores": None, "retentionVolumes": None, "healthErrors": None}],
    )
    parsed = fabric(raw, ())
    assert parsed.process_servers == ()
    (target,) = parsed.master_targets
    assert (target.datastores, target.retention_volumes, target.server.health_errors) == ((), (), ())
    assert isinstance(target.os, Missing)


def test_validation_errors_of_a_master_target_are_errors_of_it() -> None:
    error = {"errorCode": "1", "errorLevel": "Error"}
    (target,) = fabric(_fabric(masterTargetServers=[{"name": "mt01", "validationErrors": [error]}]), ()).master_targets
    assert [one.critical for one in target.server.health_errors] == [True]


def test_the_configuration_servers_control_channel_is_its_fabrics_provider() -> None:
    here = _provider("p", "Connected", datetime(2024, 5, 1, tzinfo=UTC), fabric=FABRIC.lower())
    elsewhere = _provider("p", "Disconnected", NEVER, fabric=f"{VAULT}/replicationFabrics/f2")
    parsed = fabric(_fabric(), (elsewhere, here))
    server = parsed.configuration_server
    assert parsed.providers == (here,)
    assert isinstance(server, ConfigurationServer)
    assert (server.provider_status, server.provider_heartbeat) == ("Connected", datetime(2024, 5, 1, tzinfo=UTC))


def test_of_several_providers_the_one_in_trouble_speaks() -> None:
    providers = (_provider("a", "Connected", NEVER), _provider("b", "Disconnected", NEVER))
    server = fabric(_fabric(), providers).configuration_server
    assert isinstance(server, ConfigurationServer)
    assert server.provider_status == "Disconnected"


@pytest.mark.parametrize("providers", [(), Missing("403")])
def test_a_provider_that_is_not_known_is_missing(providers: tuple[Provider, ...] | Missing) -> None:
    server = fabric(_fabric(hostName="cs01"), providers).configuration_server
    assert isinstance(server, ConfigurationServer)
    assert isinstance(server.provider_status, Missing)
    assert isinstance(server.provider_heartbeat, Missing)


def test_a_provider_is_read() -> None:
    raw = models.RecoveryServicesProvider(
        {
            "id": f"{FABRIC}/replicationRecoveryServicesProviders/p",
            "properties": {
                "connectionStatus": "Connected",
                "lastHeartBeat": "2024-05-01T00:00:00",
                "friendlyName": "appliance01",
            },
        }
    )
    assert provider(raw) == replace(_provider("p", "Connected", datetime(2024, 5, 1, tzinfo=UTC)), name="appliance01")


def test_a_provider_that_does_not_tell_its_status_is_not_known_to_be_disconnected() -> None:
    server = fabric(_fabric(hostName="cs01"), (_provider("p", "", NEVER),)).configuration_server
    assert isinstance(server, ConfigurationServer)
    assert server.provider_status == Missing("Azure does not tell whether the provider of cs01 is connected")


def test_a_sentinel_date_is_never_and_a_date_that_is_not_told_is_missing() -> None:
    """What Azure does not tell has not therefore stopped."""

    def told(value: str | None) -> list[object]:
        classic = fabric(
            _fabric(
                hostName="cs01",
                lastHeartbeat=value,
                processServers=[{"friendlyName": "ps01", "lastHeartbeat": value}],
                masterTargetServers=[{"name": "mt01", "lastHeartbeat": value, "agentExpiryDate": value}],
            ),
            (),
        )
        assert isinstance(classic.configuration_server, ConfigurationServer)
        agent = {"name": "appliance01", "lastHeartbeatUtc": value, "lastDiscoveryInUtc": value}
        modernized = fabric(_fabric(instanceType="InMageRcm", reprotectAgents=[agent]), ())
        vcenter = {"id": "i", "name": "vc01", "properties": {"lastHeartbeat": value}}
        return [
            classic.configuration_server.server.last_heartbeat,
            classic.process_servers[0].server.last_heartbeat,
            classic.master_targets[0].server.last_heartbeat,
            classic.master_targets[0].expires,
            modernized.agents[0].last_heartbeat,
            modernized.agents[0].last_discovery,
            registered_vcenter(models.VCenter(vcenter)).last_heartbeat,
            provider({"properties": {"lastHeartBeat": value}}).last_heartbeat,
        ]

    assert set(told("0001-01-01T00:00:00")) == {NEVER}
    missing = [value for value in told(None) if isinstance(value, Missing)]
    assert len(missing) == len(told(None))
    assert Missing("Azure does not tell when ps01 last reported") in missing


def test_a_retention_volume_that_does_not_tell_its_size_is_not_one_of_no_size() -> None:
    volumes = [{"volumeName": "R"}, {"volumeName": "S", "capacityInBytes": 0, "freeSpaceInBytes": "0"}]
    (target,) = fabric(_fabric(masterTargetServers=[{"name": "mt01", "retentionVolumes": volumes}]), ()).master_targets
    untold, empty = target.retention_volumes
    assert untold.capacity_bytes == Missing(
        "Azure does not tell the size and free space of the retention volume R of mt01"
    )
    assert isinstance(untold.free_bytes, Missing)
    assert (empty.capacity_bytes, empty.free_bytes) == (0, 0)


def test_fabrics_of_other_kinds_have_no_servers_of_ours() -> None:
    for kind in ("Azure", "HyperVSite", "VMwareV2", "SomethingOf2031"):
        body = {"id": FABRIC, "name": "f1", "properties": {"customDetails": {"instanceType": kind}}}
        parsed = fabric(models.Fabric(body), ())
        assert (parsed.topology, parsed.configuration_server, parsed.name) == (Topology.OTHER, ABSENT, "f1")
        assert has_details(models.Fabric(body))


def test_a_fabric_in_short_is_noticed() -> None:
    assert not has_details(_fabric())
    assert has_details(_fabric(processServers=[]))


def test_items_of_a_plan_come_in_the_order_of_its_boot_groups_each_once() -> None:
    def group(kind: str, *ids: str) -> dict[str, Any]:
        return {"groupType": kind, "replicationProtectedItems": [{"id": id} for id in ids]}

    groups = [
        group("Shutdown"),
        group("Failover", "/A", "/b", "/c"),
        group("Boot", "/b"),
        group("Boot", "/B", "/a", ""),
    ]
    raw = models.RecoveryPlan({"id": "p", "name": "res", "properties": {"friendlyName": "payroll", "groups": groups}})
    assert plan(raw).groups == (("/b",), ("/a",))
    assert plan(raw).name == "payroll"
    only_failover = models.RecoveryPlan({"id": "p", "name": "res", "properties": {"groups": groups[:2]}})
    assert plan(only_failover).groups == (("/A", "/b", "/c"),)
    assert plan(only_failover).name == "res"


def test_a_plan_in_short_is_noticed() -> None:
    assert not has_groups({"properties": {"groups": None}})
    assert has_groups({"properties": {"groups": []}})


def test_a_policy_names_its_provider() -> None:
    details = {"instanceType": "InMageRcmFailback"}
    body = {"id": "i", "name": "p-failback", "properties": {"providerSpecificDetails": details}}
    assert policy(models.Policy(body)) == Policy("i", "p-failback", "InMageRcmFailback")
    assert policy(models.Policy({"id": "i", "name": "p", "properties": None})) == Policy("i", "p", "")


def test_a_vcenter_is_read() -> None:
    told = {
        "friendlyName": "vc01",
        "ipAddress": "10.0.0.1",
        "discoveryStatus": "Pending",
        "lastHeartbeat": "0001-01-01T00:00:00",
        "infrastructureId": "infra",
        "internalId": "internal",
        "healthErrors": None,
    }
    raw = models.VCenter({"id": "i", "name": "x", "properties": told})
    assert registered_vcenter(raw) == RegisteredVCenter(
        "i", "vc01", "10.0.0.1", "Pending", NEVER, (), ("infra", "internal")
    )


def test_a_jobs_state_is_kept_in_azures_words() -> None:
    raw = models.Job({"id": "j", "properties": {"scenarioName": "s", "state": "Pondering", "startTime": "0001-01-01"}})
    assert job(raw) == Job("j", "s", "Pondering", NEVER)
