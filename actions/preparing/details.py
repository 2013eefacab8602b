"""What people are told of each thing that a start may use: how it does, and why it plainly can't work."""

from dataclasses import dataclass

from homeward.checks.facts import (
    Datastore,
    Disk,
    Facts,
    Host,
    Item,
    LogStorage,
    MasterTarget,
    Missing,
    Moment,
    Mount,
    ProcessServer,
    ReprotectAgent,
    RetentionVolume,
    VaultDatastore,
)
from homeward.checks.limits import DEAD_VERSIONS, HEARTBEAT_LIMIT
from homeward.checks.names import fold
from homeward.checks.offers import Offer
from homeward.checks.rules.ages import ago, late

from .values import Value, chosen, read


@dataclass(frozen=True, slots=True)
class Detail:
    """`told` are clauses for people; `why_not` says why it plainly can't work, "" where nothing speaks against it."""

    told: tuple[str, ...] = ()
    why_not: str = ""


NOTHING = Detail()


def detail(facts: Facts, item: Item, value: Value, offer: Offer) -> Detail:
    """What was read of it. What could not be read speaks against nothing: the checks judge that."""
    match value:
        case Value.TARGET:
            return _target(facts, offer)
        case Value.PROCESS_SERVER:
            return _process_server(facts, offer)
        case Value.DATASTORE:
            return datastore(facts, offer.value)
        case Value.RETENTION:
            return _retention(facts, offer)
        case Value.LOG_STORAGE:
            return _log_storage(facts, offer)
        case Value.EXCLUDE_DISK:
            return _disk(item, offer)
        case Value.POLICY:
            return NOTHING


def _target(facts: Facts, offer: Offer) -> Detail:
    for agent in read(facts.agents):
        if agent.name == offer.value:
            return _agent(facts, agent)
    for target in read(facts.master_targets):
        if target.server.name == offer.value:
            return _master_target(facts, target)
    return NOTHING


def _agent(facts: Facts, agent: ReprotectAgent) -> Detail:
    silent = _silent(facts, agent.name, agent.last_heartbeat)
    sees = len(agent.accessible_datastores)
    told = (_health(agent.health), _heard(facts, agent.last_heartbeat), f"reaches {_many(sees, 'datastore')}")
    return Detail(tuple(filter(None, told)), silent or ("" if sees else f"{agent.name} reaches no datastore"))


def _master_target(facts: Facts, target: MasterTarget) -> Detail:
    server = target.server
    dead = target.version_status.casefold() in DEAD_VERSIONS
    expired = f"the version of {server.name} no longer works ({target.version_status})" if dead else ""
    serves = "" if isinstance(target.os, Missing) else target.os.value
    told = (serves, _health(server.health), _heard(facts, server.last_heartbeat))
    return Detail(tuple(filter(None, told)), _silent(facts, server.name, server.last_heartbeat) or expired)


def _process_server(facts: Facts, offer: Offer) -> Detail:
    found: ProcessServer | None = next(
        (one for one in read(facts.process_servers) if one.server.name == offer.value), None
    )
    if found is None:
        return NOTHING
    server = found.server
    place = "" if isinstance(found.in_azure, Missing) else "in Azure" if found.in_azure else "on-premises"
    told = (place, _health(server.health), _heard(facts, server.last_heartbeat))
    return Detail(tuple(filter(None, told)), _silent(facts, server.name, server.last_heartbeat))


def datastore(facts: Facts, name: str) -> Detail:
    """As the vault lists it and as vCenter sees it, which knows better."""
    target = chosen(facts)
    listed: VaultDatastore | None = None
    if isinstance(target, MasterTarget):
        listed = next((one for one in target.datastores if fold(one.name) == fold(name)), None)
    seen = next((one for one in _seen(facts) if fold(one.name) == fold(name)), None)
    if seen is None:
        if listed is None:
            return NOTHING
        return Detail(tuple(filter(None, (listed.type, f"{_size(listed.free_bytes)} free"))))
    told = [seen.type, f"{_size(seen.free_bytes)} of {_size(seen.capacity_bytes)} free"]
    why = ""
    if not seen.accessible:
        why = f"{seen.name} is not accessible"
    elif seen.maintenance != "normal":
        why = f"{seen.name} is in maintenance"
    elif not isinstance(seen.on_target_host, Missing):
        if seen.on_target_host is Mount.READ_WRITE:
            told.append("reachable")
        else:
            why = f"{seen.name} is {seen.on_target_host.value} on the target's ESXi host"
    return Detail(tuple(filter(None, told)), why)


def _seen(facts: Facts) -> list[Datastore]:
    host: tuple[Datastore, ...] = ()
    if isinstance(facts.target_host, Host) and isinstance(facts.target_host.datastores, tuple):
        host = facts.target_host.datastores
    own = facts.datastores if isinstance(facts.datastores, tuple) else ()
    return [*host, *own]


def _retention(facts: Facts, offer: Offer) -> Detail:
    target = chosen(facts)
    volumes: tuple[RetentionVolume, ...] = target.retention_volumes if isinstance(target, MasterTarget) else ()
    found = next((one for one in volumes if one.name == offer.value), None)
    if found is None or isinstance(found.free_bytes, Missing):
        return NOTHING
    whole = "" if isinstance(found.capacity_bytes, Missing) else f" of {_size(found.capacity_bytes)}"
    return Detail((f"{_size(found.free_bytes)}{whole} free",))


def _log_storage(facts: Facts, offer: Offer) -> Detail:
    storage = facts.log_storage
    if not isinstance(storage, LogStorage) or fold(storage.id) != fold(offer.value):
        return NOTHING
    return Detail(tuple(filter(None, (storage.region, "premium" if storage.premium else "standard"))))


def _disk(item: Item, offer: Offer) -> Detail:
    disks: tuple[Disk, ...] = () if isinstance(item.disks, Missing) else item.disks
    size = next((disk.capacity_bytes for disk in disks if disk.key == offer.value), 0)
    return Detail((_size(size),)) if size else NOTHING


def _silent(facts: Facts, name: str, heartbeat: Moment | Missing) -> str:
    if late(name, heartbeat, facts.now, HEARTBEAT_LIMIT) is not True or isinstance(heartbeat, Missing):
        return ""
    return f"{name} is silent: its last heartbeat was {ago(heartbeat, facts.now)}"


def _heard(facts: Facts, heartbeat: Moment | Missing) -> str:
    return "" if isinstance(heartbeat, Missing) else f"heartbeat {ago(heartbeat, facts.now)}"


def _health(health: str) -> str:
    return health.casefold()


def _many(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"


def _size(count: int) -> str:
    """ "128 GB", "1.2 TB", as Azure and vSphere count."""
    gigabytes = count / 1024**3
    return f"{gigabytes / 1024:.1f} TB" if gigabytes >= 1000 else f"{gigabytes:.0f} GB"
