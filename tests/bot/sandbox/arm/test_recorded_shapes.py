"""The sandbox's bodies have every key that the recorded ones have."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from homeward.bot.sandbox.arm import SandboxArm
from homeward.bot.sandbox.estate import VAULT
from homeward.bot.sandbox.estate.model import RESOURCE_GROUP, SUBSCRIPTION

RECORDED = Path(__file__).parents[5] / "shared" / "data" / "asr"
GetJson = Callable[..., Awaitable[dict[str, Any]]]
REPLICATION = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{RESOURCE_GROUP}/providers/Microsoft.RecoveryServices/vaults/{VAULT}"
)
DETAILS_NOBODY_READS = {
    "affectedObjectDetails",
    "agentUpgradeBlockingErrorDetails",
    "healthErrors",
    "jobTask",
}

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded bodies are not here")


def missing(recorded: object, ours: object, path: str = "") -> list[str]:
    """Keys of the recording that ours lack; of lists, the first elements are compared."""
    if isinstance(recorded, list) and isinstance(ours, list):
        theirs, mine = cast("list[object]", recorded), cast("list[object]", ours)
        return missing(theirs[0], mine[0], path) if theirs and mine else []
    if not isinstance(recorded, dict) or not isinstance(ours, dict):
        return []
    found: list[str] = []
    own = cast("dict[str, object]", ours)
    for key, value in cast("dict[str, object]", recorded).items():
        if key not in own:
            found.append(f"{path}/{key}")
        elif key not in DETAILS_NOBODY_READS:
            found += missing(value, own[key], f"{path}/{key}")
    return found


@pytest.mark.parametrize(
    ("recording", "stage"),
    [
        ("rcm_item_failed_over_uncommitted.json", "failed-over"),
        ("rcm_item_reverse_replicating.json", "replicating-back"),
    ],
)
async def test_a_modernized_item_looks_like_the_recorded_one(
    arm: SandboxArm, get_json: GetJson, recording: str, stage: str
) -> None:
    arm.estate.vault.items[0].stage = stage
    items = await get_json(f"{REPLICATION}/replicationProtectedItems")
    assert missing(json.loads((RECORDED / recording).read_text()), items["value"][0]) == []


@pytest.mark.parametrize(("recording", "position"), [("v2a_classic_fabric_get.json", 0), ("rcm_fabric_get.json", 1)])
async def test_a_fabric_looks_like_the_recorded_one(get_json: GetJson, recording: str, position: int) -> None:
    fabrics = await get_json(f"{REPLICATION}/replicationFabrics")
    assert missing(json.loads((RECORDED / recording).read_text()), fabrics["value"][position]) == []


@pytest.mark.parametrize(
    ("recording", "state"),
    [("v2a_job_reprotect_inprogress.json", "InProgress"), ("v2a_job_reprotect_succeeded.json", "Succeeded")],
)
async def test_a_job_looks_like_the_recorded_one(
    arm: SandboxArm, get_json: GetJson, recording: str, state: str
) -> None:
    item = arm.estate.vault.items[0]
    item.job_id, item.job_state = "job-1", state
    job = await get_json(f"{REPLICATION}/replicationJobs/job-1")
    assert missing(json.loads((RECORDED / recording).read_text()), job) == []


@pytest.mark.parametrize(
    ("example", "path"),
    [
        ("ReplicationRecoveryPlans_List", "replicationRecoveryPlans"),
        ("ReplicationRecoveryServicesProviders_List", "replicationRecoveryServicesProviders"),
        ("ReplicationPolicies_List", "replicationPolicies"),
        ("ReplicationvCenters_List", "replicationvCenters"),
    ],
)
async def test_a_list_looks_like_the_published_example(get_json: GetJson, example: str, path: str) -> None:
    published = json.loads((RECORDED / "rest-examples" / f"{example}.json").read_text())
    ours = await get_json(f"{REPLICATION}/{path}")
    assert missing(published["responses"]["200"]["body"], ours) == []
