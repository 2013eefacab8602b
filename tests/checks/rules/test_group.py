"""The rules about replication groups and the values of a start."""

import pytest

from homeward.checks.facts import ABSENT, Member, Missing, Os, ReplicationGroup
from homeward.checks.rules.group import (
    group_different_agents,
    group_different_targets,
    group_incomplete,
    group_mixed_os,
    group_several_os,
    group_values_missing,
)
from tests.checks.cases import Case, elsewhere, fails, passes, unknown
from tests.checks.ready import READY_CLASSIC, READY_MODERNIZED


def group(*members: tuple[Os | Missing, str]) -> ReplicationGroup:
    return ReplicationGroup(
        id="group-1",
        name="payroll",
        members=tuple(
            Member(name=f"web{number:02}", os=os, requested=True, target=target)
            for number, (os, target) in enumerate(members, 1)
        ),
    )


MIXED = group((Os.WINDOWS, ""), (Missing("not read"), ""), (Os.LINUX, ""))
UNREAD = group((Os.WINDOWS, ""), (Missing("not read"), ""))
TWO_TARGETS = group((Os.WINDOWS, "mt01"), (Os.WINDOWS, "mt02"))
ONE_TARGET = group((Os.WINDOWS, "mt01"), (Os.WINDOWS, "MT01"), (Os.WINDOWS, ""))
OPEN = {
    "choice.target": "",
    "choice.process_server": "",
    "choice.datastore": "",
    "choice.retention": "",
    "choice.log_storage": "",
    "choice.policy": "",
}

CASES = [
    fails(
        group_mixed_os,
        "two kinds are named although one member is unread",
        READY_CLASSIC,
        {"group": MIXED},
        "The replication group payroll mixes Windows (web01) and Linux (web03).",
    ),
    passes(group_mixed_os, "all Windows", READY_CLASSIC),
    unknown(group_mixed_os, "one member is unread", READY_CLASSIC, {"group": UNREAD}, "not read"),
    elsewhere(group_mixed_os, "no group", READY_CLASSIC, {"group": ABSENT}, "in no replication group"),
    fails(group_several_os, "two kinds", READY_MODERNIZED, {"group": MIXED}, "mixes Windows"),
    passes(group_several_os, "one kind", READY_MODERNIZED, {"group": ONE_TARGET}),
    fails(
        group_incomplete,
        "members that stay behind are named",
        READY_CLASSIC,
        {"group.members.1.requested": False},
        "web01 is in the replication group payroll, without its members web02.",
    ),
    passes(group_incomplete, "all members are asked for", READY_CLASSIC),
    fails(
        group_different_targets,
        "two master targets",
        READY_CLASSIC,
        {"group": TWO_TARGETS},
        "would use 2 master targets: mt01, mt02",
    ),
    passes(group_different_targets, "names have no case, and open is no target", READY_CLASSIC, {"group": ONE_TARGET}),
    fails(
        group_different_agents, "two appliances", READY_MODERNIZED, {"group": TWO_TARGETS}, "2 replication appliances"
    ),
    passes(group_different_agents, "one appliance", READY_MODERNIZED, {"group": ONE_TARGET}),
    fails(
        group_values_missing,
        "a classic start needs five values",
        READY_CLASSIC,
        OPEN,
        "no master target",
        "no process server",
        "no datastore",
        "no retention drive",
        "no failback policy",
    ),
    fails(
        group_values_missing,
        "a modernized start needs three values",
        READY_MODERNIZED,
        OPEN,
        "no replication appliance",
        "no datastore",
        "no log storage account",
    ),
    passes(group_values_missing, "a modernized start needs no policy", READY_MODERNIZED),
    passes(group_values_missing, "all classic values are chosen", READY_CLASSIC),
    elsewhere(group_values_missing, "a mere check needs none", READY_CLASSIC, {**OPEN, "choice.asked": False}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_about_groups(case: Case) -> None:
    case.check()
