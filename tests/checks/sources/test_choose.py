"""What a check chooses where nobody has asked for another."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.recoveryservicessiterecovery import models

from homeward.checks.facts import (
    ABSENT,
    NEVER,
    Discovered,
    HealthError,
    Item,
    MasterTarget,
    Missing,
    Os,
    Policy,
    ReprotectAgent,
    RetentionVolume,
    VaultDatastore,
)
from homeward.checks.sources.azure.parse_fabric import fabric
from homeward.checks.sources.choose import choice, master_target, process_server, reprotect_agent
from tests.checks.ready import AGENT, NOW, READY_CLASSIC, READY_MODERNIZED

GIB = 1024**3
RECORDED = Path(__file__).parents[3].parent / "shared" / "data" / "asr" / "v2a_classic_fabric_get.json"
assert isinstance(READY_CLASSIC.item, Item)
assert isinstance(READY_MODERNIZED.item, Item)
assert isinstance(READY_CLASSIC.target, MasterTarget)
CLASSIC, MODERNIZED, TARGET = READY_CLASSIC.item, READY_MODERNIZED.item, READY_CLASSIC.target
HOME = Discovered(vcenter_id="/vc/1", datastores=("gold",), is_deleted=False, last_discovery=NOW)


def named(name: str, **changes: object) -> MasterTarget:
    server = replace(TARGET.server, name=name, **{k: v for k, v in changes.items() if k == "last_heartbeat"})  # type: ignore[arg-type] # a moment
    return replace(TARGET, server=server, **{k: v for k, v in changes.items() if k != "last_heartbeat"})  # type: ignore[arg-type] # fields of a master target


def retention(*names: str) -> tuple[RetentionVolume, ...]:
    return tuple(RetentionVolume(name, 100 * GIB, 90 * GIB, ABSENT) for name in names)


def test_a_master_target_of_the_machines_system_that_reports_comes_first() -> None:
    silent = named("a", last_heartbeat=NOW - timedelta(hours=1))
    never = named("b", last_heartbeat=NEVER)
    linux = named("c", os=Os.LINUX)
    good = named("d")
    assert master_target(CLASSIC, (silent, never, linux, good), NOW) == good
    assert master_target(CLASSIC, (silent,), NOW) == silent
    assert master_target(CLASSIC, (linux,), NOW) is ABSENT


def test_a_master_target_that_can_work_comes_before_its_name() -> None:
    """In the recorded fabric the configuration server's own master target, first by name, sees no datastore."""
    error = HealthError("1", "Error", "", "", "")
    critical = replace(named("a"), server=replace(named("a").server, health_errors=(error,)))
    blind = named("b", datastores=())
    nfs = named("c", datastores=(VaultDatastore("nfs", "NFS", 100 * GIB, 90 * GIB),))
    no_room = named("d", retention_volumes=(RetentionVolume("R", 0, 0, ABSENT),))
    expired = named("e", expires=NOW)
    dead = named("f", version_status="NotSupported")
    good = named("g", expires=NEVER)
    every = (critical, blind, nfs, no_room, expired, dead, good)
    assert master_target(CLASSIC, every, NOW) == good
    assert master_target(CLASSIC, every[:-1], NOW) == expired
    assert master_target(CLASSIC, every[:4], NOW) == no_room
    assert master_target(CLASSIC, every[:3], NOW) == blind
    assert master_target(CLASSIC, (critical, named("s", last_heartbeat=Missing("untold"))), NOW) == critical


@pytest.mark.skipif(not RECORDED.is_file(), reason="the recorded bodies are not here")
def test_the_recorded_fabrics_master_target_with_datastores_is_chosen() -> None:
    told = fabric(models.Fabric(json.loads(RECORDED.read_text())), ())
    assert [one.server.name for one in told.master_targets] == ["PwsTestCS", "V2A-PS-200"]
    then = told.master_targets[0].server.last_heartbeat
    assert isinstance(then, datetime)
    chosen = master_target(CLASSIC, told.master_targets, then)
    assert isinstance(chosen, MasterTarget)
    assert chosen.server.name == "V2A-PS-200"


def test_datastores_are_compared_without_case() -> None:
    item = replace(MODERNIZED, discovered=HOME)
    blind = replace(AGENT, name="a", accessible_datastores=("silver",), vcenter_id="/vc/1")
    good = replace(AGENT, name="b", accessible_datastores=("GOLD",), vcenter_id="/vc/1")
    assert reprotect_agent((item,), (blind, good), NOW) == good


def test_an_appliance_that_sees_the_machines_datastores_and_vcenter_comes_first() -> None:
    item = replace(MODERNIZED, discovered=HOME)
    blind = replace(AGENT, name="a", accessible_datastores=("silver",), vcenter_id="/VC/1")
    elsewhere = replace(AGENT, name="b", accessible_datastores=("gold",), vcenter_id="/vc/2")
    sick = replace(AGENT, name="c", health="Critical", accessible_datastores=("gold",), vcenter_id="/vc/1")
    good = replace(AGENT, name="d", accessible_datastores=("gold",), vcenter_id="/vc/1")
    assert reprotect_agent((item,), (blind, elsewhere, sick, good), NOW) == good
    assert reprotect_agent((item,), (), NOW) is ABSENT


def chosen(
    item: Item,
    target: MasterTarget | ReprotectAgent = TARGET,
    policies: tuple[Policy, ...] | Missing = (),
) -> dict[str, str | bool]:
    made = choice(item, target=target, policies=policies)
    return {name: getattr(made, name) for name in ("target", "datastore", "retention", "policy")}


def test_the_usual_retention_volume_is_chosen_and_otherwise_the_only_one() -> None:
    assert chosen(CLASSIC, named("t", retention_volumes=retention("D", "R")))["retention"] == "R"
    assert chosen(CLASSIC, named("t", retention_volumes=retention("F")))["retention"] == "F"
    assert chosen(CLASSIC, named("t", retention_volumes=retention("D", "F")))["retention"] == ""
    untold = RetentionVolume("R", Missing("untold"), Missing("untold"), ABSENT)
    assert chosen(CLASSIC, named("t", retention_volumes=(*retention("D"), untold)))["retention"] == "R"
    assert chosen(CLASSIC, named("t", retention_volumes=(replace(untold, capacity_bytes=0),)))["retention"] == ""
    linux = replace(CLASSIC, os=Os.LINUX)
    assert (
        chosen(linux, named("t", retention_volumes=retention("/x", "/mnt/retention")))["retention"] == "/mnt/retention"
    )


def test_a_machine_returns_to_its_own_datastore_as_long_as_its_vm_exists() -> None:
    agent = replace(AGENT, accessible_datastores=("silver", "gold"))
    assert chosen(replace(MODERNIZED, discovered=HOME), agent)["datastore"] == "gold"
    assert chosen(replace(MODERNIZED, discovered=replace(HOME, is_deleted=True)), agent)["datastore"] == ""


def test_a_classic_machine_without_a_vm_would_get_the_roomiest_usable_datastore() -> None:
    stores = tuple(
        VaultDatastore(name, kind, 100 * GIB, free * GIB)
        for name, kind, free in (("small", "VMFS", 10), ("large", "vsan", 50), ("nfs", "NFS", 90))
    )
    assert chosen(replace(CLASSIC, discovered=ABSENT), named("t", datastores=stores))["datastore"] == "large"
    assert chosen(replace(CLASSIC, discovered=ABSENT), named("t", datastores=stores[2:]))["datastore"] == ""


def test_the_failback_policy_of_the_stack_is_chosen() -> None:
    policies = (
        Policy("/p/app", "appconsistency-policy-failback", "InMageRcmFailback"),
        Policy("/p/crash", "crashconsistency-policy-failback", "InMageRcmFailback"),
        Policy("/p/classic", "24h-failback", "InMage"),
        Policy("/p/forward", "24h", "InMageAzureV2"),
    )
    assert chosen(MODERNIZED, AGENT, policies=policies)["policy"] == "/p/crash"
    assert chosen(CLASSIC, policies=policies)["policy"] == "/p/classic"
    assert chosen(CLASSIC, policies=(*policies, Policy("/p/2", "48h-failback", "InMage")))["policy"] == ""
    assert chosen(CLASSIC, policies=Missing("not read"))["policy"] == ""


def test_a_process_server_in_azure_is_preferred_and_a_silent_one_is_the_last() -> None:
    assert not isinstance(READY_CLASSIC.process_servers, Missing)
    (one, *_) = READY_CLASSIC.process_servers
    here = replace(one, in_azure=False, server=replace(one.server, name="here", last_heartbeat=NOW))
    away = replace(one, in_azure=True, server=replace(one.server, name="away", last_heartbeat=NOW))
    dead = replace(away, server=replace(away.server, name="dead", last_heartbeat=NEVER))
    assert process_server((here, dead, away), NOW) == "away"
    assert process_server((here, dead), NOW) == "here"
    assert process_server((), NOW) == ""


@pytest.mark.parametrize(
    "trouble",
    [
        {"cpu_percent": 96.0},
        {"memory_used_percent": 96.0},
        {"space_free_percent": 24.0},
        {"certificate_days_left": 0},
        {"service_status": "Stopped"},
        {"health": "Critical"},
        {"health_errors": (HealthError("1", "Error", "", "", ""),)},
    ],
    ids=lambda trouble: next(iter(trouble)),
)
def test_a_process_server_that_would_block_is_passed_over_for_a_healthy_one(trouble: dict[str, Any]) -> None:
    assert not isinstance(READY_CLASSIC.process_servers, Missing)
    (one, *_) = READY_CLASSIC.process_servers
    of_server = {name: value for name, value in trouble.items() if name.startswith("health")}
    of_itself = {name: value for name, value in trouble.items() if name not in of_server}
    ill = replace(one, in_azure=True, server=replace(one.server, name="ill", **of_server), **of_itself)
    well = replace(one, in_azure=False, server=replace(one.server, name="well"))
    silent = replace(one, in_azure=True, server=replace(one.server, name="a", last_heartbeat=Missing("untold")))
    assert process_server((silent, ill, well), NOW) == "well"
    assert process_server((silent, ill), NOW) == "ill"


def test_what_a_process_server_does_not_tell_is_no_reason_to_pass_it_over() -> None:
    assert not isinstance(READY_CLASSIC.process_servers, Missing)
    (one, *_) = READY_CLASSIC.process_servers
    untold = Missing("untold")
    quiet = replace(
        one,
        server=replace(one.server, name="a"),
        cpu_percent=untold,
        memory_used_percent=untold,
        space_free_percent=untold,
        certificate_days_left=untold,
        service_status="",
    )
    assert process_server((replace(one, server=replace(one.server, name="b")), quiet), NOW) == "a"
