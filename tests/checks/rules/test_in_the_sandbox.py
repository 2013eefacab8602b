"""The rules of every operation over what is really read: the sandbox's machines that stand where it begins."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from homeward.bot.compose import collector
from homeward.bot.sandbox.estate.model import Estate
from homeward.bot.sandbox.estate.way_home import CLASSIC, CLASSIC_PLAN, LINUX, PLAN, WINDOWS, add_way_home
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES_OF, Collected, Report, Severity, SourceReading, Status, Verdict, report
from homeward.checks.sources.collect import Collector
from homeward.checks.subjects import Wishes
from homeward.checks.way import Operation

SINGLE = [WINDOWS, LINUX, CLASSIC]


def unwatched(_readings: tuple[SourceReading, ...]) -> None:
    """Nobody looks."""


@pytest.fixture
async def collect(sandbox: Sandbox) -> AsyncGenerator[Collector]:
    add_way_home(sandbox.estate)
    async with collector(sandbox.settings()) as collect:
        yield collect


async def judged(collect: Collector, name: str, operation: Operation, *, start: bool = False) -> Report:
    answer = await (collect.for_start(name, Wishes(), operation) if start else collect(name, unwatched, operation))
    assert isinstance(answer, Collected), answer
    return report(answer, RULES_OF[operation], operation)


def blockers(seen: Report) -> dict[str, str]:
    """What keeps it from being ready: failed, or not known."""
    return {
        outcome.rule.id: outcome.detail
        for status in (Status.FAILED, Status.UNKNOWN)
        for outcome in seen.with_status(status, Severity.BLOCKER)
    }


def come_home(estate: Estate, name: str, stage: str) -> None:
    item, vm = estate.vault.item(name), estate.vcenter.vm(name)
    item.stage, vm.power, vm.tools = stage, "poweredOn", "guestToolsRunning"
    assert item.azure_vm
    item.azure_vm.power = "deallocated"


@pytest.mark.parametrize("start", [False, True], ids=["check", "start"])
@pytest.mark.parametrize("name", [*SINGLE, PLAN, CLASSIC_PLAN])
async def test_machines_that_replicated_back_are_ready_to_fail_back(collect: Collector, name: str, start: bool) -> None:
    seen = await judged(collect, name, Operation.FAILBACK, start=start)
    assert not blockers(seen)
    assert not seen.with_status(Status.FAILED)
    assert not seen.with_status(Status.UNKNOWN, Severity.WARNING)
    assert seen.verdict is Verdict.READY
    assert {note.id for note in seen.notes} >= {"failback-downtime"}


@pytest.mark.parametrize(
    ("operation", "stage"),
    [(Operation.COMMIT, "home"), (Operation.CANCEL, "home"), (Operation.TO_AZURE, "home-committed")],
)
@pytest.mark.parametrize("name", SINGLE)
async def test_machines_at_home_are_ready_for_what_follows(
    sandbox: Sandbox, collect: Collector, name: str, operation: Operation, stage: str
) -> None:
    come_home(sandbox.estate, name, stage)
    seen = await judged(collect, name, operation, start=True)
    if (name, operation) == (CLASSIC, Operation.CANCEL):
        assert blockers(seen).keys() == {"cancel-classic"}
    else:
        assert not blockers(seen)
        assert not seen.with_status(Status.FAILED)
        assert seen.verdict is Verdict.READY


@pytest.mark.parametrize("name", [WINDOWS, CLASSIC])
async def test_a_moved_target_blocks_the_failback(sandbox: Sandbox, collect: Collector, name: str) -> None:
    target = "appliance01" if name == WINDOWS else "mt-win01"
    moved = sandbox.estate.clock() - timedelta(minutes=1)
    sandbox.estate.vcenter.vm(target).moves = [(moved, "ds-db")]
    seen = await judged(collect, name, Operation.FAILBACK)
    assert seen.verdict is Verdict.BLOCKED
    (detail,) = blockers(seen).values()
    assert detail.startswith(f"{target}: its disks were moved to another datastore")


async def test_part_of_a_replication_group_is_not_failed_back(collect: Collector) -> None:
    seen = await judged(collect, "ledger-app01", Operation.FAILBACK)
    assert blockers(seen).keys() == {"group-incomplete"}
