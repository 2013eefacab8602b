"""What is at stake: what an operation does to the machines and to those who use them, before every identifier."""

from collections.abc import Sequence

from homeward.actions.plan import Plan, PlannedItem
from homeward.actions.requests import RequestItem
from homeward.actions.states import Operation
from homeward.checks.facts import Topology

from ..escape import mrkdwn
from . import planned
from .blocks import listed, many
from .moments import agreed_when

NAME = 80
MOST_STAGES = 6
LINUX = (
    "after the failback a static address may be DHCP, and Network Manager may be missing: then the network has to be "
    "set again at its console."
)
"""The usual after-effects of a return to VMware."""

_POINTS = {
    "crashconsistent": "the newest data at the start (crash-consistent, the advised point)",
    "latesttime": "the latest point in time at the start (the advised point)",
    "applicationconsistent": "the newest application-consistent point at the start",
    "latesttag": "the newest application-consistent point at the start",
    "custom": "the chosen recovery point",
}
_SENDS_LAST = "crashconsistent"
"""The planned failover with it sends the last changes before it shuts the VM in Azure down."""


def what(plan: Plan) -> str:
    """ "Fail back 3 machines from Azure on-premises." """
    whom = mrkdwn(plan.items[0].machine, NAME) if len(plan.items) == 1 else many(len(plan.items), "machine")
    match plan.operation:
        case Operation.REPROTECT:
            return planned.what(plan)
        case Operation.FAILBACK:
            return f"Fail back {whom} from Azure on-premises."
        case Operation.COMMIT:
            return f"Commit the failback of {whom}."
        case Operation.CANCEL:
            return f"Cancel the failback of {whom}."
        case Operation.TO_AZURE:
            return f"Protect {whom} to Azure again{planned.through(plan)}."


def meant(plan: Plan) -> tuple[str, ...]:
    """What that means, a paragraph each; the gravest first."""
    match plan.operation:
        case Operation.REPROTECT:
            told: tuple[str, ...] = (f"{planned.at_home(plan)} {planned.sent(plan)}",)
        case Operation.FAILBACK:
            told = _failback(plan)
        case Operation.COMMIT:
            told = _commit(plan)
        case Operation.CANCEL:
            told = _cancel(plan)
        case Operation.TO_AZURE:
            told = _to_azure(plan)
    return told


def begins(plan: Plan) -> str:
    """ "at once after the approval", or the agreed time."""
    return agreed_when(plan.not_before, plan.zone) if plan.not_before else "as soon as it is approved"


def _failback(plan: Plan) -> tuple[str, ...]:
    one = len(plan.items) == 1
    down = (
        f"*The application goes down, {'from ' if plan.not_before else ''}{begins(plan)}.* {_its(one, 'VM')} in Azure "
        f"{'is' if one else 'are'} shut down; it is back when {_its(one, 'VM', lower=True)} on-premises "
        f"{'has' if one else 'have'} started."
    )
    return tuple(filter(None, (down, _brings(plan), order(plan), after_effects(plan.items), _way_back(plan))))


def _its(one: bool, thing: str, *, lower: bool = False) -> str:
    told = f"its {thing}" if one else f"their {thing}s"
    return told if lower else f"{told[0].upper()}{told[1:]}"


def _brings(plan: Plan) -> str:
    """Which data comes home, and what is lost with it."""
    by_point: dict[str, list[PlannedItem]] = {}
    for item in plan.items:
        by_point.setdefault(point_of(item), []).append(item)
    told: list[str] = []
    for point, items in list(by_point.items())[:4]:
        who = "It comes" if len(plan.items) == 1 else "All come" if len(by_point) == 1 else f"{_verb(items)}"
        lost = "" if items[0].point.casefold() == _SENDS_LAST else "; what was written in Azure after that is lost"
        told.append(f"{who} home with {point}{lost}.")
    if len(by_point) > 4:
        told.append(f"The list below tells the points of the other {many(len(by_point) - 4, 'kind')}.")
    return " ".join(told)


def _verb(items: Sequence[PlannedItem]) -> str:
    return f"{planned.names(items)} {'comes' if len(items) == 1 else 'come'}"


def point_of(item: PlannedItem) -> str:
    """The recovery point of a failback, in words."""
    point = _POINTS.get(item.point.casefold(), mrkdwn(item.point or "a point that is not told", NAME))
    # Only a chosen point stays the one that it is until the start; of the others, a time of now would be untrue then.
    return f"{point} of {agreed_when(item.point_at, '')}" if item.point_at and item.point_id else point


def order(plan: Plan) -> str:
    """What depends on what, where the plan has an order; "" where it has none."""
    stages: dict[int, list[PlannedItem]] = {}
    for item in plan.items:
        stages.setdefault(item.stage, []).append(item)
    if len(stages) < 2:
        return ""
    each = [planned.names(items, 4) for _, items in sorted(stages.items())]
    shown = "; then ".join(each[:MOST_STAGES])
    if len(each) > MOST_STAGES:
        shown += f"; then {many(len(each) - MOST_STAGES, 'more group')}"
    return f"It depends on the plan's order: first {shown}. A group begins when the jobs of the one before have ended."


def after_effects(items: Sequence[PlannedItem] | Sequence[RequestItem]) -> str:
    """What has to be expected of machines on Linux; "" where there are none."""
    all_ = [item.planned if isinstance(item, RequestItem) else item for item in items]
    linux = [item for item in all_ if item.linux]
    if not linux:
        return ""
    who = "It runs" if len(all_) == 1 else f"{planned.names(linux)} {'runs' if len(linux) == 1 else 'run'}"
    return f"{who} Linux: {LINUX}"


def _way_back(plan: Plan) -> str:
    classic, modern = _stacks(plan)
    if not classic:
        return "Before its commit the failback can be cancelled; what was changed on-premises is lost then."
    if not modern:
        return "It can't be cancelled once it has begun: the classic stack has no way back but another failover."
    return (
        "Before the commit the failback can be cancelled, with what was changed on-premises lost; that of "
        f"{planned.names(classic)} can't be (classic)."
    )


def _stacks(plan: Plan) -> tuple[list[PlannedItem], list[PlannedItem]]:
    classic = [item for item in plan.items if item.topology is Topology.CLASSIC]
    return classic, [item for item in plan.items if item.topology is not Topology.CLASSIC]


def _commit(plan: Plan) -> tuple[str, ...]:
    classic, modern = _stacks(plan)
    lost = "*There is no way back from it:* no other recovery point can be chosen afterwards"
    lost += ", and the failback can't be cancelled any more." if modern else "."
    if classic:
        one = len(classic) == 1
        whose = _its(one, "VM") if len(classic) == len(plan.items) else f"The {'VM' if one else 'VMs'} in Azure of "
        named = whose if len(classic) == len(plan.items) else f"{whose}{planned.names(classic)}"
        azure = " in Azure" if len(classic) == len(plan.items) else ""
        lost += f" *{named}{azure} {'is' if one else 'are'} deleted.*"
    works = "its application works" if len(plan.items) == 1 else "their applications work"
    return (
        lost,
        f"Nothing goes down. Make sure first that {works} on-premises. Nothing is replicated to Azure until that is "
        "asked for, as the next step.",
        *([f"It starts {begins(plan)}."] if plan.not_before else []),
    )


def _cancel(plan: Plan) -> tuple[str, ...]:
    one = len(plan.items) == 1
    it, runs = ("It", "runs") if one else ("They", "run")
    return (
        f"*{it} {runs} in Azure again, and every change made on-premises since the failback is lost.* "
        f"{_its(one, 'VM')} on-premises {'is' if one else 'are'} shut down, "
        f"{'from ' if plan.not_before else ''}{begins(plan)}; the application is down until "
        f"{_its(one, 'VM', lower=True)} in Azure {'runs' if one else 'run'}.",
        "It replicates back as before, and can be failed back again."
        if one
        else "They replicate back as before, and can be failed back again.",
        *filter(None, (order(plan),)),
    )


def _to_azure(plan: Plan) -> tuple[str, ...]:
    one = len(plan.items) == 1
    disks = planned.disks_of(plan.items)
    known = sum(disk.capacity_bytes for disk in disks)
    how_much = (
        f"{many(len(disks), 'disk')}{f' of {planned.size(known)}' if known else ''}"
        if disks
        else f"{'its' if one else 'their'} disks"
    )
    policies = listed([mrkdwn(p, NAME) for p in dict.fromkeys(item.policy for item in plan.items if item.policy)])
    under = f", under the policy {policies}" if policies else ""
    keeps = "It keeps" if one else "They keep"
    return (
        f"{keeps} running on-premises; nothing goes down. {how_much[0].upper()}{how_much[1:]} "
        f"{'is' if len(disks) == 1 else 'are'} replicated to Azure{planned.through(plan)}{under}.",
        "Until the initial replication is done, nothing in Azure could take over.",
        *([f"It starts {begins(plan)}."] if plan.not_before else []),
    )
