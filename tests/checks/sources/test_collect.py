"""Checks of the sandbox's estate end to end: the verdicts, the choices, and what dead sources cost."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest
import trustme

from homeward.bot.compose import collector
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import (
    RULES,
    Answer,
    Choices,
    Collected,
    Kind,
    NoMatch,
    Report,
    Severity,
    SourceReading,
    SourceState,
    Status,
    Verdict,
    report,
)
from homeward.checks.sources.collect import Collector

TIMEOUT = 1.5


@asynccontextmanager
async def reading(sandbox: Sandbox, *, patience: float = 20.0, **changes: object) -> AsyncGenerator[Collector]:
    """A collector for the sandbox; `changes` replace parts of its settings."""
    settings = sandbox.settings()
    limits = settings.limits.model_copy(update={"collect_timeout": patience})
    changed = settings.model_copy(update={"limits": limits} | changes)
    async with collector(changed) as collect:
        yield collect


async def check(sandbox: Sandbox, name: str, *, patience: float = 20.0) -> Report:
    async with reading(sandbox, patience=patience) as collect:
        return judged(await collect(name, unwatched))


def judged(answer: Answer) -> Report:
    assert isinstance(answer, Collected), answer
    return report(answer, RULES)


def unwatched(_readings: tuple[SourceReading, ...]) -> None:
    """Nobody looks."""


def blockers(seen: Report) -> set[str]:
    return {outcome.rule.id for outcome in seen.with_status(Status.FAILED, Severity.BLOCKER)}


def reasons(seen: Report) -> str:
    return " | ".join({outcome.detail for outcome in seen.with_status(Status.UNKNOWN, Severity.BLOCKER)})


@pytest.mark.parametrize("name", ["web01", "payroll", "payroll-vms"])
async def test_what_can_come_home_is_ready(sandbox: Sandbox, name: str) -> None:
    seen = await check(sandbox, name)
    assert seen.verdict is Verdict.READY
    assert not seen.with_status(Status.UNKNOWN, Severity.BLOCKER)
    assert all(source.state is SourceState.READ for source in seen.sources)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web02", {"azure-vm-not-running"}),
        ("db01", {"datastore-not-writable"}),
        ("old2008", {"item-os-cannot-fail-back"}),
        ("hr01", {"item-not-failed-over"}),
        ("pay-app01", {"group-incomplete"}),
        (
            "legacy01",
            {
                "master-target-has-snapshots",
                "master-target-paravirtual-scsi",
                "master-target-uuid-disabled",
                "master-target-too-many-disks",
            },
        ),
    ],
)
async def test_a_machine_is_blocked_by_exactly_what_is_wrong_with_it(
    sandbox: Sandbox, name: str, expected: set[str]
) -> None:
    seen = await check(sandbox, name)
    assert seen.verdict is Verdict.BLOCKED
    assert blockers(seen) == expected


async def test_a_mixed_group_is_blocked_for_each_of_its_machines(sandbox: Sandbox) -> None:
    seen = await check(sandbox, "mixed")
    assert seen.subject.kind is Kind.PLAN
    for machine in ("mix-win01", "mix-lin01"):
        failed = {outcome.rule.id for outcome in dict(seen.by_machine)[machine] if outcome.status is Status.FAILED}
        assert "group-mixed-os" in failed


async def test_a_name_that_fits_two_machines_gives_the_choice_and_their_ids_choose(sandbox: Sandbox) -> None:
    async with reading(sandbox) as collect:
        answer = await collect("BUILD01", unwatched)
        assert isinstance(answer, Choices)
        assert len(answer.candidates) == 2
        first, second = answer.candidates
        assert first.detail != second.detail
        chosen = await collect(second.id.upper(), unwatched)
        assert isinstance(chosen, Collected)
        assert [facts.topology.value for facts in chosen.machines] == ["classic"]


async def test_an_unknown_name_gives_the_nearest(sandbox: Sandbox) -> None:
    async with reading(sandbox) as collect:
        answer = await collect("wbe01", unwatched)
    assert isinstance(answer, NoMatch)
    assert answer.nearest[0] == "web01"


async def test_a_vm_that_no_vault_protects_is_blocked_as_gone(sandbox: Sandbox) -> None:
    seen = await check(sandbox, "mt-win01")
    assert seen.verdict is Verdict.BLOCKED
    assert blockers(seen) == {"item-migrated-or-gone"}


async def test_a_plans_machine_that_left_the_vault_blocks_the_plan(sandbox: Sandbox) -> None:
    vault = sandbox.estate.vault
    lost = vault.item("pay-app02")
    vault.items.remove(lost)
    vault.plans[0].stale.append(lost)
    seen = await check(sandbox, "payroll")
    assert seen.verdict is Verdict.BLOCKED
    assert blockers(seen) == {"item-migrated-or-gone"}


async def test_the_watcher_hears_of_every_source_before_and_after(sandbox: Sandbox) -> None:
    heard: list[tuple[SourceReading, ...]] = []
    async with reading(sandbox) as collect:
        await collect("web01", heard.append)
    assert {reading.state for reading in heard[0]} == {SourceState.READING}
    assert {reading.name for reading in heard[0]} >= {"vault prod-dr", "Azure compute", "vCenter vc01"}
    assert {reading.state for reading in heard[-1]} == {SourceState.READ}


async def test_concurrent_checks_read_the_vaults_lists_once(sandbox: Sandbox) -> None:
    async with reading(sandbox) as collect:
        await asyncio.gather(*(collect("web01", unwatched) for _ in range(8)))
    lists = [r.path for r in sandbox.arm.requests if r.path.casefold().endswith("/replicationprotecteditems")]
    assert len(lists) == 1


async def test_one_check_reads_the_items_once_however_soon_the_list_grows_old(sandbox: Sandbox) -> None:
    limits = sandbox.settings().limits.model_copy(update={"list_ttl": 0.0})
    async with collector(sandbox.settings().model_copy(update={"limits": limits})) as collect:
        judged(await collect("payroll", unwatched))
    lists = [r.path for r in sandbox.arm.requests if r.path.casefold().endswith("/replicationprotecteditems")]
    assert len(lists) == 1


# --- dead sources ---


def _vcenter_refuses_the_login(sandbox: Sandbox) -> None:
    sandbox.vcenter.faults.refuse_login = True


def _vcenter_is_silent(sandbox: Sandbox) -> None:
    sandbox.vcenter.faults.silent = True


def _vcenter_answers_half(sandbox: Sandbox) -> None:
    sandbox.vcenter.faults.half_body = True


def _vcenter_stands_behind_a_dead_proxy(sandbox: Sandbox) -> None:
    sandbox.vcenter.faults.status = 503


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (_vcenter_refuses_the_login, "vc01 refused"),
        (_vcenter_is_silent, "did not answer within 1.5 s"),
        (_vcenter_answers_half, "vc01"),
        (_vcenter_stands_behind_a_dead_proxy, "503"),
    ],
)
async def test_a_vcenter_that_cannot_be_read_makes_the_verdict_unknown_within_the_time_out(
    sandbox: Sandbox, break_it: Callable[[Sandbox], None], said: str
) -> None:
    break_it(sandbox)
    await _unknown_in_time(sandbox, said)


async def test_a_vcenter_that_is_gone_makes_the_verdict_unknown(sandbox: Sandbox) -> None:
    await sandbox.vcenter.stop_listening()
    await _unknown_in_time(sandbox, "vc01")


async def test_a_vcenter_with_a_certificate_of_another_authority_is_not_believed(
    sandbox: Sandbox, other_authority: str
) -> None:
    vcenter = sandbox.settings().vcenters[0].model_copy(update={"ca_file": other_authority})
    await _unknown_in_time(sandbox, "certificate", vcenters=(vcenter,))


async def test_azure_with_a_certificate_of_another_authority_is_not_believed(
    sandbox: Sandbox, other_authority: str
) -> None:
    azure = sandbox.settings().azure.model_copy(update={"ca_file": other_authority})
    await _unknown_in_time(sandbox, "certificate", azure=azure)


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "401"), (403, "403"), (429, "429"), (500, "500"), (503, "503")],
)
async def test_an_azure_that_refuses_makes_the_verdict_unknown_naming_the_cause(
    sandbox: Sandbox, status: int, said: str
) -> None:
    sandbox.arm.faults.refuse(status, retry_after=30 if status == 429 else None)
    await _unknown_in_time(sandbox, said)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("half_a_body", "broke off half way"),
        ("garbage", "is not readable"),
        ("silence", "did not answer within 1.5 s"),
        ("drop", "closed the connection"),
    ],
)
async def test_an_azure_that_breaks_off_or_is_silent_makes_the_verdict_unknown(
    sandbox: Sandbox, trouble: str, said: str
) -> None:
    getattr(sandbox.arm.faults, trouble)()
    await _unknown_in_time(sandbox, said)


@pytest.mark.parametrize(
    "path",
    [
        "replicationProtectedItems",
        "replicationRecoveryPlans",
        "replicationFabrics",
        "replicationPolicies",
        "virtualMachines",
        "storageAccounts",
        "roleAssignments",
    ],
)
async def test_any_part_of_azure_that_cannot_be_read_keeps_a_machine_from_being_ready(
    sandbox: Sandbox, path: str
) -> None:
    sandbox.arm.faults.refuse(403, path=path)
    await _unknown_in_time(sandbox, "403")


@pytest.mark.parametrize("path", ["replicationvCenters", "replicationRecoveryServicesProviders"])
async def test_any_part_of_azure_that_only_a_classic_machine_needs_keeps_it_from_being_ready(
    sandbox: Sandbox, path: str
) -> None:
    sandbox.arm.faults.refuse(403, path=path)
    seen = await check(sandbox, "payroll", patience=TIMEOUT)
    assert seen.verdict is Verdict.UNKNOWN
    assert "403" in reasons(seen)


async def test_without_a_vcenter_in_the_settings_nothing_is_ever_ready(sandbox: Sandbox) -> None:
    await _unknown_in_time(sandbox, "no vCenter is configured", vcenters=())


async def test_without_a_vault_in_the_settings_nothing_is_known(sandbox: Sandbox) -> None:
    await _unknown_in_time(sandbox, "no vault is configured", vaults=())


async def _unknown_in_time(sandbox: Sandbox, said: str, **changes: object) -> None:
    """The verdict on web01, which is ready otherwise: UNKNOWN, with the reason, after at most two time-outs.

    Two, because what is asked of vCenter and compute is only known once the vault has been read.
    """
    started = monotonic()
    async with reading(sandbox, patience=TIMEOUT, **changes) as collect:
        seen = judged(await collect("web01", unwatched))
        elapsed = monotonic() - started
    assert seen.verdict is Verdict.UNKNOWN
    assert said in reasons(seen)
    assert elapsed < 2 * TIMEOUT + 1
    assert "sandbox-token" not in str(seen.as_dict())


@pytest.fixture
def other_authority(tmp_path: Path) -> str:
    """The file of a certificate authority that signed nothing here."""
    path = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return str(path)


async def test_a_machine_whose_configuration_server_left_the_vault_is_not_known_to_be_ready(sandbox: Sandbox) -> None:
    sandbox.estate.vault.configuration_server = None
    seen = await check(sandbox, "payroll")
    assert seen.verdict is not Verdict.READY
    assert "does not list the configuration server" in reasons(seen)
    assert "configuration-server-unknown-vm" in {outcome.rule.id for outcome in seen.with_status(Status.FAILED)}
