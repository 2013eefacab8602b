"""The estate's servers in an overview: each once, with the worst of what is wrong with it."""

from dataclasses import replace

import pytest

from homeward.bot.compose import build_collector
from homeward.bot.sandbox.estate import company
from homeward.bot.sandbox.estate.model import Estate
from homeward.bot.sandbox.run import Sandbox
from homeward.checks.facts import (
    ABSENT,
    NEVER,
    ConfigurationServer,
    HealthError,
    MasterTarget,
    Missing,
    Topology,
)
from homeward.checks.limits import HEARTBEAT_LIMIT
from homeward.checks.sources.azure import Fabric
from homeward.checks.sources.parts import parts_of
from homeward.checks.subjects import Part
from tests.checks.ready import AGENT, READY_CLASSIC

NOW = READY_CLASSIC.now
assert isinstance(READY_CLASSIC.target, MasterTarget)
assert isinstance(READY_CLASSIC.configuration_server, ConfigurationServer)
TARGET = READY_CLASSIC.target
OWN = READY_CLASSIC.configuration_server
CRITICAL = HealthError("1", "Error", "The disk is full.", "", "")
WARNING = HealthError("2", "Warning", "The disk fills up", "", "")


def fabric(target: MasterTarget = TARGET, own: ConfigurationServer = OWN) -> Fabric:
    return Fabric(
        id="/f",
        name="cs01",
        topology=Topology.CLASSIC,
        configuration_server=own,
        process_servers=(),
        master_targets=(target,),
        agents=(),
        health="Normal",
        health_errors=(),
        providers=(),
    )


def of_target(**changes: object) -> str:
    server = replace(TARGET.server, **changes)  # type: ignore[arg-type] # fields of a server
    (part,) = [one for one in parts_of(fabric(replace(TARGET, server=server)), NOW) if one.kind == "master target"]
    return part.trouble


async def parts(estate: Estate) -> dict[tuple[str, str], str]:
    async with Sandbox(estate) as sandbox:
        collector = build_collector(sandbox.settings())
        inventory = collector.inventory()
        try:
            return {(one.name, one.kind): one.trouble for one in (await inventory.read(20)).parts}
        finally:
            await inventory.close()
            await collector.close()


async def test_the_company_has_its_servers_each_once_and_nothing_wrong_with_them() -> None:
    found = await parts(company())
    assert set(found) == {
        ("prod-dr", "vault"),
        ("cs01", "configuration server"),
        ("cs01", "process server"),
        ("ps-azure01", "process server"),
        ("mt-win01", "master target"),
        ("mt-lin01", "master target"),
        ("appliance01", "replication appliance"),
        ("vc01", "vCenter"),
    }
    assert set(found.values()) == {""}


async def test_a_silent_appliance_is_told_once_with_since_when() -> None:
    estate = company()
    estate.vault.appliances[0].silent_minutes = 90
    found = await parts(estate)
    assert found["appliance01", "replication appliance"].startswith("it has not reported since 20")
    assert found["cs01", "configuration server"] == ""


def test_what_was_read_tells_when() -> None:
    assert parts_of(fabric(), NOW) == (
        Part(OWN.server.name, "configuration server", "", NOW),
        Part(TARGET.server.name, "master target", "", NOW),
    )


def test_a_heartbeat_counts_to_the_limit() -> None:
    assert of_target(last_heartbeat=NOW - HEARTBEAT_LIMIT) == ""
    assert "has not reported since" in of_target(last_heartbeat=NOW - 2 * HEARTBEAT_LIMIT)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"last_heartbeat": NEVER}, "it has never reported"),
        ({"last_heartbeat": Missing("Azure does not tell")}, "Azure does not tell"),
        ({"health_errors": (WARNING, CRITICAL)}, "Azure reports: The disk is full"),
        ({"health_errors": (WARNING,)}, "Azure warns: The disk fills up"),
        ({"health": "Critical"}, "Azure calls its health critical"),
        ({"health": "Warning"}, "Azure calls its health warning"),
        ({"health": "Normal"}, ""),
    ],
)
def test_the_worst_is_told(changes: dict[str, object], told: str) -> None:
    assert of_target(**changes) == told


def test_a_configuration_server_that_the_vault_does_not_reach_is_told() -> None:
    own = replace(OWN, provider_status="Disconnected")
    assert parts_of(fabric(own=own), NOW)[0].trouble == "the vault does not reach it: Disconnected"


def test_a_site_of_another_kind_has_no_servers_of_ours() -> None:
    other = replace(fabric(), topology=Topology.OTHER, configuration_server=ABSENT, master_targets=())
    assert parts_of(other, NOW) == ()


@pytest.mark.parametrize("status", [Missing("the vault did not answer"), "", "Disconnected"])
def test_what_the_vault_does_not_tell_to_reach_is_not_shown_as_well(status: str | Missing) -> None:
    own = replace(OWN, provider_status=status)
    assert "reach" in parts_of(fabric(own=own), NOW)[0].trouble


def test_an_appliance_whose_connection_could_not_be_read_is_not_shown_as_well() -> None:
    agent = replace(AGENT, last_heartbeat=NOW, health="Healthy", health_errors=())
    dark = replace(
        fabric(), topology=Topology.MODERNIZED, agents=(agent,), providers=Missing("the vault did not answer")
    )
    (part,) = [one for one in parts_of(dark, NOW) if one.name == agent.name]
    assert "not known: the vault did not answer" in part.trouble
