"""Bodies that Azure really sent, where they are at hand."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.recoveryservicessiterecovery import models

from homeward.checks.facts import ABSENT, NEVER, ConfigurationServer, Discovered, Disk, Missing, Os, Topology
from homeward.checks.sources.azure.parse_fabric import fabric
from homeward.checks.sources.azure.parse_item import item
from homeward.checks.sources.azure.parse_vault import job, plan, policy, registered_vcenter

RECORDED = Path(__file__).parents[4].parent / "shared" / "data" / "asr"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded bodies are not here")


def _body(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return body


def _example(name: str) -> dict[str, Any]:
    one: dict[str, Any]
    (one,) = _body(f"rest-examples/{name}")["responses"]["200"]["body"]["value"]
    return one


def test_a_modernized_item_after_failover() -> None:
    web = item(models.ReplicationProtectedItem(_body("rcm_item_failed_over_uncommitted")))
    assert (web.topology, web.provider, web.active_location) == (Topology.MODERNIZED, "InMageRcm", "Recovery")
    assert "SwitchProtection" in web.allowed_operations
    assert web.job_id == ""
    assert web.last_failover == datetime(2023, 8, 26, 4, 22, 13, 121530, UTC)
    assert (web.os, web.physical, web.agent_registered) == (Os.WINDOWS, False, False)
    assert web.disks == (Disk("\\\\.\\PHYSICALDRIVE0", 42949672960, "{1477963391}", system=True),)
    assert web.azure_vm_id.endswith(
        "/resourceGroups/rgtestsrv2arcm/providers/Microsoft.Compute/virtualMachines/RCM-Win2K16-01"
    )
    assert web.vsphere_id == "5013a427-875d-d00f-8488-ae04c6780453"
    assert isinstance(web.discovered, Discovered)
    assert (web.discovered.datastores, web.discovered.is_deleted) == (("Datastore 3",), False)
    assert web.log_storage_id.endswith("/cliteststoragev2arcm1")
    assert (web.region, web.computer_name) == ("eastus", "WIN-CFTVCOV9FML")


def test_the_same_item_on_its_way_back() -> None:
    web = item(models.ReplicationProtectedItem(_body("rcm_item_reverse_replicating")))
    assert (web.topology, web.provider) == (Topology.MODERNIZED, "InMageRcmFailback")
    assert web.allowed_operations == ("DisableProtection",)
    assert web.discovered is ABSENT
    assert isinstance(web.last_failover, Missing)
    assert isinstance(web.agent_registered, Missing)
    assert web.azure_vm_id.endswith("/RCM-Win2K16-01-e9369372-f40f-41eb-b64f-38bb79445508")
    assert (web.vsphere_id, web.home_vm, web.home_datastore) == ("", "RCM-Win2K16-01", "Datastore 3")
    assert (web.target_id, web.last_failback) == ("83629832-8201-4d31-b9cd-a644185d035a", "")
    assert web.last_policy_id.endswith("/replicationPolicies/cli-test-policy-V2ARCM-1")


def test_a_modernized_fabric() -> None:
    site = fabric(models.Fabric(_body("rcm_fabric_get")), ())
    assert (site.topology, site.configuration_server, site.health) == (Topology.MODERNIZED, ABSENT, "Normal")
    (agent,) = site.agents
    assert agent.accessible_datastores == ("5 TB External storage", "Datastore 3", "datastore1 (6)")
    assert agent.last_discovery == datetime(2023, 8, 26, 4, 18, 24, 287331, UTC)
    assert agent.vsphere_id == "5013370c-b6d4-6aa1-40c2-82cb4bb98028"
    (server,) = site.process_servers
    assert server.cpu_percent == 0
    assert server.server.ip_address == "10.150.248.230"


def test_a_classic_fabric() -> None:
    site = fabric(models.Fabric(_body("v2a_classic_fabric_get")), ())
    assert site.topology is Topology.CLASSIC
    assert isinstance(site.configuration_server, ConfigurationServer)
    assert site.configuration_server.service_status == "Running"
    assert site.configuration_server.server.version == "9.41.0.0"
    assert [one.server.name for one in site.process_servers] == ["V2A-PS-200", "PwsTestCS"]
    assert [one.certificate_days_left for one in site.process_servers] == [1080, 1076]
    bare, full = site.master_targets
    assert (bare.datastores, bare.expires) == ((), NEVER)
    assert full.disk_count == 3
    assert [(one.name, one.type, one.capacity_bytes) for one in full.datastores] == [
        ("datastore1", "VMFS", int(439.5 * 1024**3)),
        ("DS-77", "VMFS", int(2047.75 * 1024**3)),
    ]
    assert full.retention_volumes[0].threshold_percent is ABSENT


def test_a_job_that_runs_and_one_that_is_done() -> None:
    running = job(models.Job(_body("v2a_job_reprotect_inprogress")))
    assert (running.scenario, running.state) == ("SwitchReplicationGroupProtection", "InProgress")
    assert running.started == datetime(2021, 4, 6, 15, 14, 24, 25546, UTC)
    assert job(models.Job(_body("v2a_job_reprotect_succeeded"))).state == "Succeeded"


def test_health_errors_as_recorded() -> None:
    error = _body("v2a_events_and_health_sample")["rpiHealthError"]
    (parsed,) = item(models.ReplicationProtectedItem({"properties": {"healthErrors": [error]}})).health_errors
    assert (parsed.code, parsed.level, parsed.critical) == ("161011", "Warning", False)
    assert parsed.action == "Do a test failover on the virtual machine."


def test_the_specifications_examples() -> None:
    hyper_v = item(models.ReplicationProtectedItem(_example("ReplicationProtectedItems_List")))
    assert (hyper_v.topology, hyper_v.provider, hyper_v.name) == (Topology.OTHER, "HyperVReplicaAzure", "vm1")
    assert policy(models.Policy(_example("ReplicationPolicies_List"))).provider == "HyperVReplicaAzure"
    assert registered_vcenter(models.VCenter(_example("ReplicationvCenters_List"))).address == "inmtest78"
    assert plan(models.RecoveryPlan(_example("ReplicationRecoveryPlans_List"))).groups == ()
