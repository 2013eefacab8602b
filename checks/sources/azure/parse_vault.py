"""The vault's smaller things: plans, policies, registered vCenters, jobs."""

from dataclasses import dataclass

from homeward.checks.facts import NEVER, Job, Missing, Policy, RegisteredVCenter

from .parse_health import health_errors
from .wire import Wire


@dataclass(frozen=True, slots=True)
class Plan:
    """A recovery plan; `groups` are the ids of its items in the order of its boot groups."""

    id: str
    name: str
    groups: tuple[tuple[str, ...], ...]


def plan(raw: object) -> Plan:
    wire = Wire(raw)
    told = wire.part("properties")
    groups = [one for one in told.parts("groups") if one.told("replicationProtectedItems")]
    # The shutdown and failover groups stand for all machines at once; the boot groups have the order.
    boot = [one for one in groups if one.text("groupType").casefold() == "boot"]
    seen: set[str] = set()
    ordered: list[tuple[str, ...]] = []
    for group in boot or groups:
        ids = [one.text("id") for one in group.parts("replicationProtectedItems")]
        fresh = dict.fromkeys(one for one in ids if one and one.casefold() not in seen)
        seen.update(one.casefold() for one in fresh)
        if fresh:
            ordered.append(tuple(fresh))
    return Plan(id=wire.text("id"), name=told.text("friendlyName") or wire.text("name"), groups=tuple(ordered))


def has_groups(raw: object) -> bool:
    """Whether the groups are told at all: a list may give plans in short."""
    return Wire(raw).part("properties").told("groups")


def policy(raw: object) -> Policy:
    wire = Wire(raw)
    told = wire.part("properties")
    return Policy(
        id=wire.text("id"),
        name=told.text("friendlyName") or wire.text("name"),
        provider=told.part("providerSpecificDetails").text("instanceType"),
    )


def registered_vcenter(raw: object) -> RegisteredVCenter:
    wire = Wire(raw)
    told = wire.part("properties")
    name = told.text("friendlyName") or wire.text("name")
    heartbeat = told.moment("lastHeartbeat")
    return RegisteredVCenter(
        id=wire.text("id"),
        name=name,
        address=told.text("ipAddress"),
        discovery_status=told.text("discoveryStatus"),
        last_heartbeat=Missing(f"Azure does not tell when {name} was last reached") if heartbeat is None else heartbeat,
        health_errors=health_errors(told, "healthErrors"),
        ids=tuple(id for name in ("infrastructureId", "internalId") if (id := told.text(name))),
    )


def job(raw: object) -> Job:
    wire = Wire(raw)
    told = wire.part("properties")
    return Job(
        id=wire.text("id"),
        scenario=told.text("scenarioName"),
        state=told.text("state"),
        started=told.moment("startTime") or NEVER,
    )
