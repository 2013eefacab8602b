"""Replication groups (multi-VM consistency), and the values that a start needs for each machine."""

from collections.abc import Iterator

from homeward.checks.facts import Facts, Topology, known
from homeward.checks.model import BOTH, CLASSIC, MODERNIZED, NotApplicable, Sentence, Severity, rule

from . import pages
from .present import group_of, known_first

AREAS = ("group",)


def _operating_systems(facts: Facts) -> Iterator[Sentence]:
    group = group_of(facts)
    by_os: dict[str, list[str]] = {}
    for name, os in known_first((member.name, member.os) for member in group.members):
        by_os.setdefault(os.value, []).append(name)
        if len(by_os) > 1:
            break
    if len(by_os) > 1:
        kinds = " and ".join(f"{os} ({names[-1]})" for os, names in by_os.items())
        yield f"The replication group {group.name} mixes {kinds}."


@rule(
    id="group-mixed-os",
    title="All machines of the replication group have one kind of operating system",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Leave it in Azure, or disable and re-enable protection of the odd machines outside the group: "
    "one master target serves a whole group, and it serves either Windows or Linux.",
    docs=pages.PREPARE,
)
def group_mixed_os(facts: Facts) -> Iterator[Sentence]:
    yield from _operating_systems(facts)


@rule(
    id="group-several-os",
    title="All machines of the replication group have one kind of operating system",
    severity=Severity.WARNING,
    topologies=MODERNIZED,
    hint="Plan to split the group: Site Recovery documents groups of one kind of operating system only.",
    docs=pages.REPROTECT,
)
def group_several_os(facts: Facts) -> Iterator[Sentence]:
    yield from _operating_systems(facts)


@rule(
    id="group-incomplete",
    title="All machines of the replication group return together",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Check the group by its own name, or its recovery plan, so that every member is included.",
    docs=pages.REPROTECT,
)
def group_incomplete(facts: Facts) -> Iterator[Sentence]:
    group = group_of(facts)
    left = [member.name for member in group.members if not member.requested]
    if left:
        yield f"{facts.machine} is in the replication group {group.name}, without its members {', '.join(left)}."


def _different_targets(facts: Facts, kind: str) -> Iterator[Sentence]:
    group = group_of(facts)
    targets = {member.target.casefold(): member.target for member in group.members if member.target}
    if len(targets) > 1:
        yield f"The replication group {group.name} would use {len(targets)} {kind}: {', '.join(targets.values())}."


@rule(
    id="group-different-targets",
    title="One master target serves the whole replication group",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Choose the same master target for every machine of the group: two give no common point in time.",
    docs=pages.REPROTECT,
)
def group_different_targets(facts: Facts) -> Iterator[Sentence]:
    yield from _different_targets(facts, "master targets")


@rule(
    id="group-different-agents",
    title="One replication appliance serves the whole replication group",
    severity=Severity.WARNING,
    topologies=MODERNIZED,
    hint="Choose the same replication appliance for every machine of the group.",
    docs=pages.MODERNIZED,
)
def group_different_agents(facts: Facts) -> Iterator[Sentence]:
    yield from _different_targets(facts, "replication appliances")


@rule(
    id="group-values-missing",
    title="Every value that the start needs is chosen",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Give the missing values in the request: each machine of a plan needs its own.",
    docs=pages.REPROTECT,
)
def group_values_missing(facts: Facts) -> Iterator[Sentence]:
    """What InMageReprotectInput and InMageRcmReprotectInput require; the policy of the latter is optional."""
    choice = known(facts.choice)
    if not choice.asked:
        raise NotApplicable("Nobody asked for a start.")
    if facts.topology is Topology.MODERNIZED:
        values = {
            "replication appliance": choice.target,
            "datastore": choice.datastore,
            "log storage account": choice.log_storage,
        }
    else:
        values = {
            "master target": choice.target,
            "process server": choice.process_server,
            "datastore": choice.datastore,
            "retention drive": choice.retention,
            "failback policy": choice.policy,
        }
    for name, value in values.items():
        if not value:
            yield f"{facts.machine} has no {name} chosen."
