"""Recovery points in the sandbox's Azure: their kinds, their ages, those that a group shares, and which is taken."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient
from azure.mgmt.recoveryservicessiterecovery.models import (
    InMageUnplannedFailoverInput,
    RecoveryPoint,
    UnplannedFailoverInput,
    UnplannedFailoverInputProperties,
)

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.arm.names import Names
from homeward.bot.sandbox.estate import VAULT, Estate, company
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP
from homeward.bot.sandbox.estate.way_home import CLASSIC, WINDOWS, add_way_home

HERE = (RESOURCE_GROUP, VAULT)


@pytest.fixture
def estate() -> Estate:
    estate = add_way_home(company())
    # Points lie on a grid of five minutes: the clock stands still between two of them, and away from the full hour.
    estate.now = datetime.now(UTC).replace(minute=33, second=0, microsecond=0)
    return estate


class Reader:
    def __init__(self, arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> None:
        self._names = Names(arm.estate)
        self._recovery = recovery

    def path(self, machine: str) -> tuple[str, str, str, str, str]:
        item = self._names.estate.vault.item(machine)
        topology = item.topology
        return (*HERE, self._names.fabric_name(topology), self._names.container_name(topology), item.id_name)

    async def points(self, machine: str) -> list[RecoveryPoint]:
        found = self._recovery.recovery_points.list_by_replication_protected_items(*self.path(machine))
        return [point async for point in found]

    async def fail_back(self, machine: str, kind: str, point: str = "") -> str:
        """The point that was taken."""
        details = InMageUnplannedFailoverInput(recovery_point_type=kind, recovery_point_id=point or None)
        properties = UnplannedFailoverInputProperties(
            failover_direction="RecoveryToPrimary", provider_specific_details=details
        )
        items = self._recovery.replication_protected_items
        await items.begin_unplanned_failover(
            *self.path(machine), UnplannedFailoverInput(properties=properties), polling=False
        )
        self._names.estate.advance(3)
        item = cast("Any", (await items.get(*self.path(machine))).properties)
        return str(item.failover_recovery_point_id)


@pytest.fixture
def reader(arm: SandboxArm, recovery: SiteRecoveryManagementClient) -> Reader:
    return Reader(arm, recovery)


def told(point: RecoveryPoint) -> Any:
    return cast("Any", point.properties)


@pytest.mark.parametrize("machine", [WINDOWS, CLASSIC])
async def test_points_have_both_kinds_and_the_newest_stands_last(reader: Reader, estate: Estate, machine: str) -> None:
    points = await reader.points(machine)
    assert {told(point).recovery_point_type for point in points} == {"CrashConsistent", "ApplicationConsistent"}
    times = [told(point).recovery_point_time for point in points]
    assert times == sorted(times)
    assert timedelta(minutes=1) <= estate.clock() - times[-1] <= timedelta(minutes=6, seconds=1)
    assert estate.clock() - times[0] > timedelta(hours=20)


async def test_a_point_keeps_its_name_and_can_be_read_alone(
    reader: Reader, recovery: SiteRecoveryManagementClient, estate: Estate
) -> None:
    before = (await reader.points(CLASSIC))[-1]
    estate.advance(30)
    assert before.id in [point.id for point in await reader.points(CLASSIC)]
    alone = await recovery.recovery_points.get(*reader.path(CLASSIC), str(before.name))
    assert (alone.id, told(alone).recovery_point_time) == (before.id, told(before).recovery_point_time)
    with pytest.raises(ResourceNotFoundError):
        await recovery.recovery_points.get(*reader.path(CLASSIC), "never")


async def test_a_replication_group_makes_its_points_at_the_same_moments(reader: Reader) -> None:
    first, second = [await reader.points(name) for name in ("ledger-db01", "ledger-app02")]
    assert [told(point).recovery_point_time for point in first] == [told(point).recovery_point_time for point in second]
    assert not {point.id for point in first} & {point.id for point in second}
    shared = [told(point).provider_specific_details.is_multi_vm_sync_point for point in (first[-1], second[-1])]
    alone = told((await reader.points(CLASSIC))[-1]).provider_specific_details.is_multi_vm_sync_point
    assert (shared, alone) == (["true", "true"], "false")


async def test_points_from_before_the_last_machine_of_the_group_was_ready_are_not_shared(
    reader: Reader, estate: Estate
) -> None:
    late = estate.vault.item("ledger-db01")
    late.stage, late.replicating_since = "replicating-back", estate.ago(20 + 10)
    points = {name: await reader.points(name) for name in ("ledger-db01", "ledger-app01")}
    shared = {
        name: {
            told(point).recovery_point_time
            for point in found
            if told(point).provider_specific_details.is_multi_vm_sync_point == "true"
        }
        for name, found in points.items()
    }
    assert len(points["ledger-app01"]) > len(shared["ledger-app01"]) > 0
    assert shared["ledger-app01"] == shared["ledger-db01"]
    assert len(points["ledger-db01"]) == len(shared["ledger-db01"]) + 2


async def test_points_can_stop_or_be_missing(reader: Reader, estate: Estate) -> None:
    item = estate.vault.item(CLASSIC)
    item.newest_point_minutes = 600
    (newest, *_) = reversed(await reader.points(CLASSIC))
    assert timedelta(hours=10) <= estate.clock() - told(newest).recovery_point_time <= timedelta(hours=11)
    item.newest_point_minutes = None
    assert await reader.points(CLASSIC) == []
    with pytest.raises(HttpResponseError, match="RecoveryPointNotFound"):
        await reader.fail_back(CLASSIC, "LatestTime")


async def test_a_machine_that_has_just_become_ready_has_its_first_points(reader: Reader, estate: Estate) -> None:
    item = estate.vault.item(CLASSIC)
    item.stage, item.replicating_since = "replicating-back", estate.ago(19)
    assert await reader.points(CLASSIC) == []
    estate.advance(1.5)
    kinds = [told(point).recovery_point_type for point in await reader.points(CLASSIC)]
    assert {"ApplicationConsistent", "CrashConsistent"} <= set(kinds)
    assert len(kinds) <= 4


@pytest.mark.parametrize(("kind", "taken"), [("LatestTime", ""), ("LatestTag", "ApplicationConsistent")])
async def test_the_latest_point_is_taken(reader: Reader, kind: str, taken: str) -> None:
    points = [point for point in await reader.points(CLASSIC) if not taken or told(point).recovery_point_type == taken]
    assert await reader.fail_back(CLASSIC, kind) == points[-1].id


async def test_a_chosen_point_is_taken_however_its_id_is_spelled(reader: Reader) -> None:
    point = (await reader.points(CLASSIC))[3]
    assert await reader.fail_back(CLASSIC, "Custom", str(point.id).upper()) == point.id


async def test_another_machines_point_is_refused(reader: Reader) -> None:
    other = (await reader.points("ledger-app01"))[-1]
    with pytest.raises(HttpResponseError, match="RecoveryPointNotFound"):
        await reader.fail_back("ledger-app02", "Custom", str(other.id))
