"""Requests in every state, of the sandbox's payroll: what the tests of their screens start from."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homeward.actions.approval import Policy
from homeward.actions.plan import (
    Checked,
    Download,
    Found,
    NotPrepared,
    Obstacle,
    OpenValue,
    Plan,
    PlannedDisk,
    PlannedItem,
)
from homeward.actions.requests import (
    Asked,
    AzureError,
    Decision,
    Event,
    EventKind,
    Happened,
    Person,
    Progress,
    Request,
    RequestItem,
    Vote,
    Where,
)
from homeward.actions.states import ItemState, Operation, State
from homeward.checks.facts import Topology
from homeward.checks.report import Verdict
from homeward.checks.subjects import Kind, Wishes
from homeward.handlers.portal import Portal

NOW = datetime(2026, 3, 7, 2, 14, 5, tzinfo=UTC)
GB = 1024**3
MAYA = Person("T0", "U0MAYA")
LEAD = Person("T0", "U0LEAD")

PORTAL = Portal(
    "https://portal.azure.com",
    {"prod-dr": "/subscriptions/s/resourceGroups/dr/providers/Microsoft.RecoveryServices/vaults/prod-dr"},
)
POLICY = Policy("C0LEADS", ("U0LEAD",), ("S0LEADS",), 1, timedelta(hours=2))
ITEM = (
    "/subscriptions/s/resourceGroups/dr/providers/Microsoft.RecoveryServices/vaults/v/replicationFabrics/f"
    "/replicationProtectionContainers/c/replicationProtectedItems/"
)


def a_machine(name: str, *, stage: int = 0, **changes: Any) -> PlannedItem:
    """A machine of the classic stack, whose VM at home is still there."""
    machine = PlannedItem(
        machine=name,
        item_id=f"{ITEM}{name}",
        topology=Topology.CLASSIC,
        stage=stage,
        group="payroll-vms",
        target="mt-win01",
        target_id="mt-1",
        process_server="cs01",
        process_server_id="ps-1",
        datastore="ds-gold-02",
        retention="R:",
        log_storage_id="",
        policy="24h-failback",
        policy_id="p-1",
        disks=(PlannedDisk(f"{name}-0", "disk 0", 64 * GB),),
        excluded=(),
        source_vm=name,
        original_location=True,
        download=Download.CHANGES,
    )
    return replace(machine, **changes)


def a_modern_machine(name: str, **changes: Any) -> PlannedItem:
    new: dict[str, Any] = {
        "topology": Topology.MODERNIZED,
        "group": "",
        "target": "appliance01",
        "target_id": "agent-1",
        "process_server": "",
        "process_server_id": "",
        "retention": "",
        "log_storage_id": "/subscriptions/s/resourceGroups/dr/providers/Microsoft.Storage/storageAccounts/asrlogs01",
        "policy": "crashconsistency-policy-failback",
    }
    return a_machine(name, **{**new, **changes})


PAY_DB01 = a_machine(
    "pay-db01",
    source_vm="",
    original_location=False,
    download=Download.FULL,
    disks=(PlannedDisk("d0", "disk 0", 128 * GB), PlannedDisk("d1", "disk 1", 1100 * GB)),
)
PAYROLL = (PAY_DB01, a_machine("pay-app01", stage=1), a_machine("pay-app02", stage=1))


def a_plan(*items: PlannedItem, subject: str = "payroll", kind: Kind = Kind.PLAN) -> Plan:
    return Plan(Operation.REPROTECT, "prod-dr", subject, kind.value, items)


def a_finding(rule: str, title: str, *details: str, machines: tuple[str, ...] = (), hint: str = "") -> Found:
    return Found(
        rule, title, machines, details, hint or f"Mend {rule}, then ask again.", f"https://learn.microsoft.com/{rule}"
    )


LINK = a_finding(
    "network-path",
    "A VPN or ExpressRoute's private peering leads back from Azure, with ports 443 and 9443 and enough bandwidth",
    machines=("pay-db01", "pay-app01", "pay-app02"),
    hint="Ask the network's owner whether the link carries traffic from the VM's network to the configuration server.",
)
BACKUP = a_finding(
    "configuration-server-backup",
    "The configuration server has regular backups and would be restored with the same IP address",
    hint="Find the last backup of the configuration server.",
)
STOPPED = a_finding(
    "azure-vm-not-running",
    "The Azure VM is running",
    "web02 is stopped (deallocated).",
    machines=("web02",),
    hint="Start it in Azure, wait up to 15 minutes for its agent, then check again.",
)
OLD_AGENT = a_finding("agent-old", "The mobility agent is of this year", "pay-app01 has 9.48.", machines=("pay-app01",))
UNREAD = a_finding("vcenter-privileges", "The account has every privilege", "vc01 did not answer within 20 s.")


def checked(**changes: Any) -> Checked:
    return replace(Checked(Verdict.READY, NOW, 84, (), (OLD_AGENT,), (), (), (LINK, BACKUP)), **changes)


def items_of(plan: Plan, *states: ItemState, **changes: Any) -> tuple[RequestItem, ...]:
    """The plan's machines, the first of them in the given states."""
    whole = [*states, *[ItemState.PENDING] * (len(plan.items) - len(states))]
    return tuple(
        RequestItem(place, planned, planned.item_id, state, **changes)
        for place, (planned, state) in enumerate(zip(plan.items, whole, strict=True))
    )


def a_request(state: State, **changes: Any) -> Request:
    """The payroll plan, asked for by Maya an hour ago."""
    plan = a_plan(*PAYROLL)
    whole = Request(
        id="R-7K2M9Q",
        asked=Asked(
            Operation.REPROTECT, "payroll", Wishes(), "Rotterdam has power again", MAYA, Where("T0", "", "C0WAR")
        ),
        state=state,
        version=3,
        created_at=NOW - timedelta(hours=1),
        expires_at=NOW + timedelta(hours=1),
        due_at=NOW,
        quorum=1,
        plan=plan,
        checked=checked(),
        items=items_of(plan),
    )
    return replace(whole, **changes)


APPROVED_BY = Decision(
    LEAD, Vote.APPROVE, NOW - timedelta(minutes=50), "d", "", ("network-path", "configuration-server-backup")
)
REJECTED_BY = Decision(LEAD, Vote.REJECT, NOW - timedelta(minutes=50), "d", "Not before the audit is over.")
AZURE_ERROR = AzureError(
    "78093",
    "28175",
    "The master target could not attach the disks of pay-db01.",
    "The datastore is not writable from the master target's host.",
    "Make the datastore writable, then reprotect again.",
)


def running() -> Request:
    """One is failed, one replicates, one waits."""
    plan = a_plan(*PAYROLL)
    begun = NOW - timedelta(minutes=24, seconds=20)
    waiting, app01, app02 = items_of(plan)
    return a_request(
        State.RUNNING,
        decisions=(APPROVED_BY,),
        items=(
            replace(
                waiting, state=ItemState.DONE, job="5d1c0a52", submitted_at=begun, ended_at=NOW - timedelta(minutes=3)
            ),
            replace(
                app01,
                state=ItemState.REPLICATING,
                job="7f0e11b8",
                submitted_at=begun + timedelta(minutes=4),
                progress=Progress("InitialReplicationInProgress", 38, NOW),
            ),
            replace(
                app02,
                state=ItemState.SUBMITTED,
                job="11aa22bb",
                submitted_at=NOW - timedelta(minutes=2),
                progress=Progress("Discovering replica virtual machine", None, NOW),
            ),
        ),
    )


def attention() -> Request:
    plan = a_plan(*PAYROLL)
    db01, app01, app02 = items_of(plan)
    begun = NOW - timedelta(minutes=24)
    return a_request(
        State.NEEDS_ATTENTION,
        why="pay-db01 failed, and pay-app02 waits for it.",
        decisions=(APPROVED_BY,),
        items=(
            replace(
                db01,
                state=ItemState.FAILED,
                job="5d1c0a52",
                submitted_at=begun,
                ended_at=NOW - timedelta(minutes=3),
                why="its job failed with 78093",
                errors=(AZURE_ERROR,),
            ),
            replace(app01, state=ItemState.UNKNOWN, claimed_at=begun, why="Azure did not answer, and no job was found"),
            app02,
        ),
    )


def many_machines(count: int) -> tuple[PlannedItem, ...]:
    return tuple(a_machine(f"m{n:03}", stage=n // 40) for n in range(count))


def poisoned(value: Any, text: str) -> Any:
    """The same value with another text in every place but the request's own id."""
    match value:
        case str():
            return text
        case tuple():
            return tuple(poisoned(one, text) for one in value)  # pyright: ignore[reportUnknownVariableType] # any tuple
        case dict():
            return {key: poisoned(one, text) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType] # any dict
        case Request():
            changed = {name: poisoned(getattr(value, name), text) for name in ("asked", "why", "plan", "checked")}
            changed |= {name: poisoned(getattr(value, name), text) for name in ("obstacle", "items", "decisions")}
            return replace(value, **changed)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: poisoned(getattr(value, f.name), text) for f in fields(value)})
        case _:
            return value


@dataclass
class Requests:
    """What the tests start from."""

    now: datetime = NOW
    portal: Portal = PORTAL
    policy: Policy = POLICY
    maya: Person = MAYA
    lead: Person = LEAD
    payroll: tuple[PlannedItem, ...] = PAYROLL
    approved_by: Decision = APPROVED_BY
    rejected_by: Decision = REJECTED_BY
    azure_error: AzureError = AZURE_ERROR
    stopped: Found = STOPPED
    unread: Found = UNREAD
    link: Found = LINK
    request: Callable[..., Request] = field(default=a_request)
    plan: Callable[..., Plan] = field(default=a_plan)
    machine: Callable[..., PlannedItem] = field(default=a_machine)
    modern: Callable[..., PlannedItem] = field(default=a_modern_machine)
    many: Callable[[int], tuple[PlannedItem, ...]] = field(default=many_machines)
    items: Callable[..., tuple[RequestItem, ...]] = field(default=items_of)
    checked: Callable[..., Checked] = field(default=checked)
    running: Callable[[], Request] = field(default=running)
    attention: Callable[[], Request] = field(default=attention)
    poisoned: Callable[[Any, str], Any] = field(default=poisoned)

    def of(self, operation: Operation, state: State, *states: ItemState, **changes: Any) -> Request:
        """The payroll plan on its way, of any operation: two classic machines and one modernized, with Linux."""
        plan = changes.pop("plan", None) or self.on_the_way(operation)
        items = changes.pop("items", None) or items_of(plan, *states)
        request = a_request(state, plan=plan, items=items, **changes)
        return replace(request, asked=replace(request.asked, operation=operation, where=Where("T0", "", "C1")))

    def on_the_way(self, operation: Operation, **changes: Any) -> Plan:
        more: dict[str, Any] = {"datastore": "", "retention": "", "log_storage_id": "", "policy": "", "target": ""}
        if operation is Operation.TO_AZURE:
            more |= {"target": "appliance01", "policy": "24h-policy"}
        db01 = a_machine("pay-db01", point="LatestTag", azure_vm="pay-db01-az", **more)
        app01 = a_machine("pay-app01", stage=1, point="LatestTime", azure_vm="pay-app01-az", **more)
        app02 = a_modern_machine(
            "pay-app02", stage=1, point="CrashConsistent", azure_vm="pay-app02-az", linux=True, **more
        )
        return replace(a_plan(db01, app01, app02), operation=operation, **changes)

    def alone(self, operation: Operation, name: str = "web01", **changes: Any) -> Plan:
        machine = a_modern_machine(name, point="CrashConsistent", azure_vm=f"{name}-az", **changes)
        return replace(a_plan(machine, subject=name, kind=Kind.MACHINE), operation=operation)

    def event(self, kind: EventKind, machine: str = "", actor: Person | None = None, **data: object) -> Event:
        return Event(7, NOW, "R-7K2M9Q", Happened(kind, machine, data, actor), "hash")

    def every(self) -> tuple[Request, ...]:
        """A request in each state, and the more telling ones."""
        told = Found("r", "t", ("a",), ("d",) * 6, "h", "https://x.example")
        full = checked(blockers=(told,) * 9, warnings=(told,) * 9, unread_blockers=(told,) * 9, unread_warnings=(told,))
        states = [
            a_request(s, ended_at=NOW, why="Why.", decisions=(APPROVED_BY, REJECTED_BY), checked=full) for s in State
        ]
        obstacles = [self.without_plan(o, "Why.", candidates=("a", "b") * 9) for o in Obstacle]
        return (*states, *obstacles, running(), attention(), self.blocked(), self.open())

    def blocked(self) -> Request:
        plan = a_plan(a_machine("web02"), subject="web02", kind=Kind.MACHINE)
        found = checked(verdict=Verdict.BLOCKED, blockers=(STOPPED,), unread_blockers=(UNREAD,))
        asked = replace(a_request(State.BLOCKED).asked, subject="web02")
        return a_request(State.BLOCKED, plan=plan, checked=found, items=(), asked=asked, why="1 blocker.", ended_at=NOW)

    def open(self) -> Request:
        values = (
            OpenValue("mix-win01", "target", ("mt-win01", "mt-win02")),
            OpenValue("mix-lin01", "target", ("mt-lin01",)),
            OpenValue("mix-lin01", "datastore", ("ds legacy", "ds-gold-01")),
        )
        return self.without_plan(
            Obstacle.OPEN, "Three values have no one sensible choice.", open=values, subject="mixed"
        )

    def without_plan(self, obstacle: Obstacle, why: str, *, subject: str = "payrol", **more: Any) -> Request:
        asked = replace(a_request(State.BLOCKED).asked, subject=subject)
        not_prepared = NotPrepared(obstacle, why, **more)
        return a_request(
            State.BLOCKED, plan=None, checked=None, items=(), asked=asked, obstacle=not_prepared, why=why, ended_at=NOW
        )


@pytest.fixture
def requests() -> Requests:
    return Requests()
