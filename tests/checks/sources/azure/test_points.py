"""Recovery points: Azure's words for them, their order, and reading them over the wire."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import Estate
from homeward.checks.facts import NEVER, RecoveryPoint
from homeward.checks.sources.access import SourceError
from homeward.checks.sources.azure import VaultReader
from homeward.checks.sources.azure.ids import item_place
from homeward.checks.sources.azure.parse_point import newest_first, recovery_point

EXAMPLES = Path(__file__).parents[4].parent / "shared" / "data" / "asr" / "rest-examples"


def _point(id: str = "p1", **properties: Any) -> RecoveryPoint:
    return recovery_point({"id": id, "name": "p1", "properties": properties})


def test_a_point_has_a_moment_and_a_kind() -> None:
    point = _point(recoveryPointTime="2026-11-23T04:00:00.1234567Z", recoveryPointType="ApplicationConsistent")
    assert point.at == datetime(2026, 11, 23, 4, 0, 0, 123456, UTC)
    assert point.application_consistent
    assert not point.shared


def test_a_point_of_the_whole_group_is_told_by_its_details() -> None:
    assert _point(providerSpecificDetails={"instanceType": "InMageRcm", "isMultiVmSyncPoint": "true"}).shared
    assert not _point(providerSpecificDetails={"instanceType": "InMageRcm", "isMultiVmSyncPoint": "false"}).shared
    assert not _point(providerSpecificDetails=None).shared


@pytest.mark.parametrize("time", [None, "", "soon", "0001-01-01T00:00:00Z"])
def test_a_point_without_a_moment_is_never_young(time: str | None) -> None:
    assert _point(recoveryPointTime=time).at is NEVER


def test_the_newest_comes_first_and_those_without_a_moment_last() -> None:
    told = [_point(id, recoveryPointTime=time) for id, time in (("b", "2026-11-02"), ("x", None), ("c", "2026-11-03"))]
    assert [point.id for point in newest_first(told)] == ["c", "b", "x"]


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the published examples are not here")
def test_the_specifications_example() -> None:
    example = json.loads((EXAMPLES / "RecoveryPoints_ListByReplicationProtectedItems.json").read_text())
    points = newest_first(map(recovery_point, example["responses"]["200"]["body"]["value"]))
    assert points[0].kind == "CrashConsistent"
    assert all(isinstance(point.at, datetime) and "/recoveryPoints/" in point.id for point in points)


def test_an_item_is_placed_by_its_id_in_any_spelling() -> None:
    id = "/S/x/vaults/v/REPLICATIONfabrics/f/replicationProtectionContainers/c/replicationProtectedItems/i/"
    assert item_place(id) == ("f", "c", "i")
    assert item_place("/S/x/vaults/v/replicationFabrics/f") is None


async def test_all_pages_of_a_machines_points_are_read(vault: VaultReader, estate: Estate) -> None:
    estate.vault.item("web01").stage = "ready-to-fail-back"
    (item,) = [one for one in await vault.items() if one.name == "web01"]
    points = await vault.points(item.id)
    times = [point.at for point in points if isinstance(point.at, datetime)]
    assert len(times) == len(points) > 10
    assert times == sorted(times, reverse=True)
    assert {point.application_consistent for point in points} == {True, False}


async def test_points_that_cannot_be_read_say_of_what(vault: VaultReader, arm: SandboxArm) -> None:
    (item,) = [one for one in await vault.items() if one.name == "web01"]
    arm.faults.refuse(403, path="recoveryPoints")
    with pytest.raises(SourceError, match=r"access to the recovery points of web01-0011 in vault prod-dr \(403\)"):
        await vault.points(item.id)
    with pytest.raises(SourceError, match="not the id of a protected item"):
        await vault.points("/somewhere/else")
