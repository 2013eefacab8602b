"""The failback: the vault's policy for it, whether it may begin, and what it brings home."""

from collections.abc import Iterator

from homeward.checks.facts import NEVER, NOT_ASKED, Facts, Moment, NotKnown, RecoveryPoint, known
from homeward.checks.limits import FAILBACK_PROVIDERS, POINT_LATE, POINTS_KEPT
from homeward.checks.model import BOTH, NotApplicable, Sentence, Severity, rule
from homeward.checks.way import Operation, Stand, stand

from . import pages
from .ages import ago, late
from .order import out_of_order
from .present import item_of, source_vm_of

AREAS = ("failback",)


@rule(
    id="failback-policy",
    title="The vault has a failback policy",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Create a replication policy toward Azure again: its failback policy is made and associated with it, "
    "with fixed values that cannot be edited.",
    docs=pages.PREPARE,
)
def failback_policy(facts: Facts) -> Iterator[Sentence]:
    wanted = known(facts.choice).policy.casefold()
    policies = [
        each for each in known(facts.policies) if each.provider.casefold() == FAILBACK_PROVIDERS[facts.topology]
    ]
    if not policies:
        yield f"The vault has no failback policy for {facts.machine}."
    elif wanted and not any(wanted in {each.id.casefold(), each.name.casefold()} for each in policies):
        yield f"The vault has no failback policy {known(facts.choice).policy} for {facts.machine}."


@rule(
    id="failback-not-ready",
    title="The machine is ready to fail back",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Take the step that the finding names, then check again.",
    docs=pages.FAILBACK,
)
def failback_not_ready(facts: Facts) -> Iterator[Sentence]:
    if stand(item_of(facts)) is Stand.HOME:
        raise NotApplicable("It has been failed back, and that is not committed.")
    yield from out_of_order(facts, Operation.FAILBACK)


@rule(
    id="failback-commit-pending",
    title="No failback of the machine waits for its commit",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Test the machine on-premises, then commit its failback; a modernized one can be cancelled instead.",
    docs=pages.FAILBACK,
)
def failback_commit_pending(facts: Facts) -> Iterator[Sentence]:
    if stand(item_of(facts)) is Stand.HOME:
        yield from out_of_order(facts, Operation.FAILBACK)


def points_of(facts: Facts) -> tuple[RecoveryPoint, ...]:
    """The recovery points. Where nobody asked for them nobody knows, whatever else is well."""
    points = facts.points
    if points is NOT_ASKED:
        raise NotKnown("the recovery points were not asked for")
    return known(points)


def _newest(facts: Facts) -> Moment:
    points = points_of(facts)
    if not points:
        raise NotApplicable("It has no recovery point.")
    return max((each.at for each in points if each.at is not NEVER), default=NEVER)


@rule(
    id="failback-point-missing",
    title="The machine has a recovery point",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Wait until Site Recovery has made the first recovery point after the replication; "
    "if none appears within the hour, look at the item's health.",
    docs=pages.FAILBACK,
)
def failback_point_missing(facts: Facts) -> Iterator[Sentence]:
    if not points_of(facts):
        yield f"{facts.machine} has no recovery point that it could fail back to."


@rule(
    id="failback-point-expired",
    title="The newest recovery point is within the failback policy's retention",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Find out why no changes arrive (the item's health, the agent in Azure, the network) and wait for a new one: "
    "what was written in Azure since the last one is at risk.",
    docs=pages.PREPARE,
)
def failback_point_expired(facts: Facts) -> Iterator[Sentence]:
    newest = _newest(facts)
    if known(late(f"{facts.machine}: its newest recovery point", newest, facts.now, POINTS_KEPT)):
        hours = POINTS_KEPT.total_seconds() / 3600
        yield f"{facts.machine}: its newest recovery point was made {ago(newest, facts.now)} (limit {hours:g} hours)."


@rule(
    id="failback-point-late",
    title="The newest recovery point is younger than the failback policy's threshold",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Wait for the next recovery point, or see in the item's health what holds the replication up.",
    docs=pages.PREPARE,
)
def failback_point_late(facts: Facts) -> Iterator[Sentence]:
    newest = _newest(facts)
    told = f"{facts.machine}: its newest recovery point"
    if known(late(told, newest, facts.now, POINT_LATE)) and not known(late(told, newest, facts.now, POINTS_KEPT)):
        minutes = POINT_LATE.total_seconds() / 60
        yield f"{told} was made {ago(newest, facts.now)} (threshold {minutes:g} minutes)."


@rule(
    id="failback-vm-powered-on",
    title="The machine's VM on-premises is powered off",
    severity=Severity.WARNING,
    topologies=BOTH,
    hint="Find out who started it and power it off: its disks receive the machine, and it must not run twice.",
    docs=pages.MODERNIZED,
)
def failback_vm_powered_on(facts: Facts) -> Iterator[Sentence]:
    vm = source_vm_of(facts)
    power = known(vm.power)
    if power.casefold() != "poweredoff":
        yield f"The on-premises VM {vm.name} is {said_power(power)}."


def said_power(power: str) -> str:
    """vCenter's word for a power state as people say it."""
    return {"poweredon": "powered on", "poweredoff": "powered off"}.get(power.casefold(), power or "in no known state")
