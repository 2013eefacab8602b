"""Small requests, plans and moments for the tests of what acts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from homeward.actions.ledger import Ledger
from homeward.actions.plan import Checked, Download, Plan, PlannedDisk, PlannedItem
from homeward.actions.requests import Asked, Change, EventKind, Happened, Person, Request, Where
from homeward.actions.states import Operation, State
from homeward.checks.facts import Topology
from homeward.checks.report import Verdict
from homeward.checks.subjects import Wishes

START = datetime(2026, 3, 7, 2, 14, 5, tzinfo=UTC)
REQUESTER = Person("T1", "U-ANNA")
LEAD = Person("T1", "U-LEAD")
KEY = b"a key that only tests have"
VAULT = (
    "/Subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/dr/providers/"
    "Microsoft.RecoveryServices/vaults/prod-dr"
)


class VirtualClock:
    """Time that passes when a test says so."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def ahead(self, **by: float) -> datetime:
        """Moves it by so many seconds, minutes, ...; back with a negative number."""
        self.now += timedelta(**by)
        return self.now


def asked(
    subject: str = "web02", *, reason: str = "Rotterdam is back", operation: Operation = Operation.REPROTECT
) -> Asked:
    return Asked(operation, subject, Wishes(), reason, REQUESTER, Where("T1", "", "C-OPS"))


def planned(machine: str = "web02", *, stage: int = 0, group: str = "") -> PlannedItem:
    return PlannedItem(
        machine=machine,
        item_id=f"{VAULT}/replicationFabrics/f1/replicationProtectedItems/{machine}",
        topology=Topology.MODERNIZED,
        stage=stage,
        group=group,
        target="appliance-1",
        target_id=f"{VAULT}/replicationFabrics/f1/reprotectAgents/appliance-1",
        process_server="",
        process_server_id="",
        datastore="ds-gold",
        retention="",
        log_storage_id=f"{VAULT}/storage/log1",
        policy="24h",
        policy_id=f"{VAULT}/replicationPolicies/24h",
        disks=(PlannedDisk("disk-0", "os", 64 * 2**30),),
        excluded=(),
        source_vm=machine,
        original_location=True,
        download=Download.CHANGES,
    )


def plan(*machines: str | PlannedItem, subject: str = "web02", operation: Operation = Operation.REPROTECT) -> Plan:
    its = tuple(planned(one) if isinstance(one, str) else one for one in machines or ("web02",))
    return Plan(operation, "prod-dr", subject, "machine" if len(its) == 1 else "recovery plan", its)


def checked(verdict: Verdict = Verdict.READY) -> Checked:
    return Checked(verdict, START, 31, (), (), (), (), ())


async def ask(
    ledger: Ledger,
    id: str = "R-000001",
    subject: str = "web02",
    *,
    operation: Operation = Operation.REPROTECT,
    at: datetime | None = None,
) -> Request:
    expires_at = at or await ledger.now() + timedelta(hours=2)
    asking = replace(asked(subject, operation=operation), at=at, zone="UTC" if at else "")
    return await ledger.open(asking, id=id, quorum=1, expires_at=expires_at)


async def go(ledger: Ledger, request: Request, *states: State, kind: EventKind = EventKind.RECHECKED) -> Request:
    """Takes the request through these states, one write with one event each."""
    for state in states:
        request = await ledger.write(request, Change(request.due_at, state=state, events=(Happened(kind),)))
    return request


async def put_forward(ledger: Ledger, request: Request, made: Plan | None = None) -> Request:
    made = made or plan()
    events = (Happened(EventKind.PUT_FORWARD, data={"digest": made.digest}),)
    forward = Change(request.due_at, state=State.AWAITING_APPROVAL, plan=made, checked=checked(), events=events)
    return await ledger.write(request, forward)


async def running(ledger: Ledger, id: str = "R-000001", made: Plan | None = None) -> Request:
    """A request whose machines may be started now."""
    request = await put_forward(ledger, await ask(ledger, id), made)
    return await go(ledger, request, State.APPROVED, State.RUNNING)


def renamed(item: PlannedItem, item_id: str) -> PlannedItem:
    return replace(item, item_id=item_id)


def ids(requests: Sequence[Request]) -> list[str]:
    return [request.id for request in requests]
