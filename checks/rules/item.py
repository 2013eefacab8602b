"""The protected item in the vault: whether it may be reprotected at all."""

from collections.abc import Iterator, Mapping

from homeward.checks.facts import ABSENT, Facts, Item, NotKnown, Os, Topology, known
from homeward.checks.model import ANY, BOTH, CLASSIC, NotApplicable, Sentence, Severity, rule
from homeward.checks.way import Stand, stand

from . import azure_errors, pages
from .ages import ago
from .present import item_of, looked_for
from .versions import WINDOWS_SERVERS, os_version

AREAS = ("item",)

FORWARD = frozenset({"inmageazurev2", "inmagercm"})
"""Providers that replicate from on-premises to Azure (SDK: instanceType)."""
BACKWARD = frozenset({"inmage", "inmagercmfailback"})
"""Providers that replicate from Azure to on-premises."""
REPROTECT_OPERATIONS = frozenset({"switchprotection", "reversereplicate"})
"""Either in allowedOperations lets a reprotect start (recorded answers of the service)."""
FAILBACK_OPERATIONS = frozenset({"plannedfailover", "unplannedfailover"})
"""Offered to a machine that was replicated back: modernized fails back by the first, classic by the second."""
AT_HOME: Mapping[Stand, str] = {
    Stand.HOME: ": it has been failed back, and that is not committed",
    Stand.COMMITTED: ": it is home and committed, and a reprotect toward Azure comes next (--to azure)",
}
"""Why there is nothing to bring home."""
ENDED_JOBS = frozenset({"succeeded", "failed", "cancelled"})
"""Job states that are an end; any other word means that the job may still run."""
OTHER_PROVIDERS = {
    "a2a": "Azure to Azure",
    "a2acrossclustermigration": "Azure to Azure",
    "hypervreplica2012": "Hyper-V",
    "hypervreplica2012r2": "Hyper-V",
    "hypervreplicaazure": "Hyper-V to Azure",
    "san": "SAN",
    "inmagercmmigration": "a migration to Azure",
}


@rule(
    id="item-not-vmware",
    title="The machine is protected as a VMware VM or a physical server",
    severity=Severity.BLOCKER,
    topologies=ANY,
    hint="Use the tools of its own provider: Homeward brings home only what came from VMware or a physical server.",
    docs=pages.OVERVIEW,
)
def item_not_vmware(facts: Facts) -> Iterator[Sentence]:
    item = item_of(facts)
    if item.provider.casefold() not in FORWARD | BACKWARD or facts.topology is Topology.OTHER:
        provider = OTHER_PROVIDERS.get(item.provider.casefold(), item.provider or "an unnamed provider")
        yield f"{facts.machine} is protected by {provider}, which Homeward cannot bring home."


@rule(
    id="item-migrated-or-gone",
    title="The vault has a protected item for the machine",
    severity=Severity.BLOCKER,
    topologies=ANY,
    hint="Look in the vault's replicated items and activity log for what happened; "
    "a machine without a protected item can only return by being protected or copied anew.",
    docs=pages.REPROTECT,
)
def item_migrated_or_gone(facts: Facts) -> Iterator[Sentence]:
    if looked_for(facts.item) is ABSENT:
        yield (
            f"{facts.machine} has no protected item: it was never protected in this vault, its protection was "
            "disabled, its migration to Azure was completed, or it was born in Azure. They look the same from outside."
        )


def never_failed_over(item: Item) -> bool:
    on_premises = item.active_location.casefold() == "primary" or item.protection_state.casefold() == "protected"
    return item.provider.casefold() in FORWARD and on_premises


@rule(
    id="item-not-failed-over",
    title="The machine has been failed over to Azure",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Do nothing if it still runs on-premises; if it must run in Azure, fail it over first.",
    docs=pages.OVERVIEW,
)
def item_not_failed_over(facts: Facts) -> Iterator[Sentence]:
    item = item_of(facts)
    if never_failed_over(item):
        yield (
            f"{facts.machine} was not failed over: it runs on-premises and is protected toward Azure "
            f"(state {item.protection_state or 'unknown'})."
        )


@rule(
    id="item-cannot-reprotect",
    title="Site Recovery offers to reprotect the machine",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Open the item in the vault, let its running job end or mend what its state names, then check again.",
    docs=pages.REPROTECT,
)
def item_cannot_reprotect(facts: Facts) -> Iterator[Sentence]:
    item = item_of(facts)
    if never_failed_over(item):
        raise NotApplicable("It has not been failed over.")
    state = item.state_description or item.protection_state or "unknown"
    offered = not REPROTECT_OPERATIONS.isdisjoint(operation.casefold() for operation in item.allowed_operations)
    here = stand(item)
    if offered and here is Stand.UNKNOWN and item.provider.casefold() in BACKWARD:
        raise NotKnown(f"Azure does not tell whether {facts.machine} runs in Azure or is home already (state {state})")
    if not offered or here in AT_HOME:
        # Once it is home the same verb of Azure's leads the other way.
        yield f"{facts.machine} cannot be reprotected in its state ({state}){_because(item, here)}."


def _because(item: Item, here: Stand) -> str:
    if here in AT_HOME:
        return AT_HOME[here]
    if item.provider.casefold() in BACKWARD:
        if not FAILBACK_OPERATIONS.isdisjoint(operation.casefold() for operation in item.allowed_operations):
            return ": it has been replicated back already and is ready to fail back"
        return ": it is being replicated back to on-premises already"
    if "migrat" in item.protection_state.casefold():
        return ": its migration to Azure was completed"
    return ": a job may still be running" if item.job_id else ""


@rule(
    id="item-failover-not-committed",
    title="The failover is committed",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Commit the failover first if you may still want another recovery point: a reprotect commits it for good.",
    docs=pages.MODERNIZED,
)
def item_failover_not_committed(facts: Facts) -> Iterator[Sentence]:
    item = item_of(facts)
    if stand(item) is Stand.HOME:
        raise NotApplicable("What waits for its commit is its failback.")
    if any(operation.casefold() == "commit" for operation in item.allowed_operations):
        yield f"{facts.machine}'s failover is not committed: a reprotect commits it first."


@rule(
    id="item-job-running",
    title="No job of the machine is running",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Wait until the job has ended (vault, Site Recovery jobs), then check again.",
    docs=pages.REPROTECT,
)
def item_job_running(facts: Facts) -> Iterator[Sentence]:
    job = looked_for(facts.job)
    if job is not ABSENT and job.state.casefold() not in ENDED_JOBS:
        yield (
            f'{facts.machine}: the job "{job.scenario}" has not ended '
            f"(state {job.state or 'unknown'}, started {ago(job.started, facts.now)})."
        )


@rule(
    id="item-health-critical",
    title="The item has no critical health error",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Do what Azure recommends for the error, wait until it has gone from the item, then check again.",
    docs=pages.REPLICATION,
)
def item_health_critical(facts: Facts) -> Iterator[Sentence]:
    item = item_of(facts)
    yield from azure_errors.critical(
        facts.machine,
        item.health_errors,
        failover_health=item.failover_health,
        replication_health=item.replication_health,
    )


@rule(
    id="item-health-warning",
    title="The item has no health warning",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Read Azure's recommendation for the warning and decide whether it can wait.",
    docs=pages.REPLICATION,
)
def item_health_warning(facts: Facts) -> Iterator[Sentence]:
    yield from azure_errors.worn(facts.machine, item_of(facts).health_errors)


@rule(
    id="item-os-cannot-fail-back",
    title="The operating system can return on-premises",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Keep it in Azure, or rebuild it on-premises from a backup: no setting makes this combination fail back.",
    docs=pages.REPROTECT,
)
def item_os_cannot_fail_back(facts: Facts) -> Iterator[Sentence]:
    item = item_of(facts)
    if not known(item.physical) or known(item.os) is not Os.WINDOWS:
        return
    version = os_version(item.os_version)
    if version is None or version[0] != "windows":
        told = f'only "{item.os_version}"' if item.os_version else "nothing"
        raise NotKnown(f"Azure tells {told} of which Windows this physical server runs")
    if version[1][:2] == WINDOWS_SERVERS["2008 r2"]:
        yield f"{facts.machine} is a physical server with {item.os_version}, which cannot fail back."
