"""However many parts of the estate are silent, a whole check takes at most two time-outs: the lists, then the rest."""

from datetime import UTC, datetime
from itertools import combinations
from time import monotonic

import pytest

from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES, Collected, Report, SourceReading, SourceState, Verdict, report
from homeward.checks.sources.access import Limits
from homeward.checks.sources.azure import AzureReader
from homeward.checks.sources.collect import Clocks, Collector
from homeward.checks.sources.vcenter import VCenterReader

TIMEOUT = 1.0
SPARE = 0.8
"""For the machine that runs the tests, and for what answers."""

VCENTER = "vcenter"
AZURE = {
    "the lists": "replication(ProtectedItems|RecoveryPlans)$",
    "the fabrics": "replicationFabrics",
    "the networks": "virtualNetworks",
    "the jobs": "replicationJobs",
    "compute": "virtualMachines",
}


def silence(sandbox: Sandbox, part: str) -> None:
    if part == VCENTER:
        sandbox.vcenter.faults.silent = True
    else:
        sandbox.arm.faults.silence(path=AZURE[part])


async def timed(sandbox: Sandbox, name: str = "payroll", *, run_command: bool = False) -> tuple[Report, float]:
    settings = sandbox.settings()
    limits = Limits(collect_timeout=TIMEOUT, run_command=run_command, run_command_timeout=2 * TIMEOUT)
    azure = AzureReader(settings.azure_access(), settings.vault_addresses(), limits=limits, clock=monotonic)
    vcenters = {one.name: VCenterReader(one, limits=limits, clock=monotonic) for one in settings.vcenter_accesses()}
    collect = Collector(azure, vcenters, limits=limits, clocks=Clocks(lambda: datetime.now(UTC), monotonic))
    try:
        began = monotonic()
        answer = await collect(name, lambda _readings: None)
        seconds = monotonic() - began
    finally:
        await collect.close()
    assert isinstance(answer, Collected)
    return report(answer, RULES), seconds


def failed(seen: Report) -> dict[str, SourceReading]:
    return {source.name: source for source in seen.sources if source.state is SourceState.FAILED}


def everybody_is_busy(sandbox: Sandbox) -> None:
    for number, item in enumerate(sandbox.estate.vault.items):
        item.job_id = f"3e53d760-0533-4692-88ba-{number:012}"


@pytest.mark.parametrize(
    "silent",
    [(part,) for part in (*AZURE, VCENTER)]
    + [pair for pair in combinations((*AZURE, VCENTER), 2) if "the lists" not in pair]
    + [tuple(part for part in (*AZURE, VCENTER) if part != "the lists"), (*AZURE, VCENTER)],
    ids=" and ".join,
)
async def test_a_check_of_silent_sources_ends_within_two_time_outs(sandbox: Sandbox, silent: tuple[str, ...]) -> None:
    everybody_is_busy(sandbox)
    for part in silent:
        silence(sandbox, part)
    seen, seconds = await timed(sandbox)
    assert seconds < 2 * TIMEOUT + SPARE
    assert seen.verdict is not Verdict.READY
    assert failed(seen)


async def test_many_busy_machines_of_silent_jobs_take_no_longer_than_one(sandbox: Sandbox) -> None:
    plan = sandbox.estate.vault.plans[0]
    plan.groups = [[item.name for item in sandbox.estate.vault.items if item.name != "build01"]]
    everybody_is_busy(sandbox)
    silence(sandbox, "the jobs")
    seen, seconds = await timed(sandbox)
    assert seconds < TIMEOUT + SPARE
    assert list(failed(seen)) == ["vault prod-dr"]


async def test_a_silent_network_is_a_reading_that_failed_and_leaves_open_where_the_process_servers_stand(
    sandbox: Sandbox,
) -> None:
    silence(sandbox, "the networks")
    seen, seconds = await timed(sandbox)
    assert seconds < TIMEOUT + SPARE
    assert failed(seen)["Azure network"].detail == "Azure network did not answer within 1 s"


async def test_silent_fabrics_cost_vcenter_nothing_of_its_time(sandbox: Sandbox) -> None:
    silence(sandbox, "the fabrics")
    sandbox.vcenter.faults.latency = TIMEOUT / 20
    seen, _seconds = await timed(sandbox)
    assert list(failed(seen)) == ["vault prod-dr"]


async def test_run_command_has_a_limit_of_its_own(sandbox: Sandbox) -> None:
    sandbox.arm.faults.silence(path="runCommand")
    seen, seconds = await timed(sandbox, "legacy01", run_command=True)
    assert 2 * TIMEOUT <= seconds < 3 * TIMEOUT + SPARE
    assert failed(seen)["run-command"].detail.endswith("did not answer within 2 s")
