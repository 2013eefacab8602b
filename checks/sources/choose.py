"""The one sensible choice of target and values for a machine, and what somebody wished for in its place."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from homeward.checks import offers
from homeward.checks.facts import (
    ABSENT,
    Absent,
    Choice,
    Discovered,
    Item,
    MasterTarget,
    Missing,
    Moment,
    Os,
    Policy,
    ProcessServer,
    ReprotectAgent,
    RetentionVolume,
    ServerHealth,
    Topology,
    VaultDatastore,
)
from homeward.checks.limits import (
    DEAD_VERSIONS,
    FAILBACK_DATASTORES,
    HEARTBEAT_LIMIT,
    LOAD_CRITICAL_PERCENT,
    SPACE_CRITICAL_PERCENT,
)
from homeward.checks.offers import NOBODY, ForOne

DEFAULT_RETENTION = {Os.WINDOWS: "R", Os.LINUX: "/mnt/retention"}
"""Site Recovery's own defaults for a master target's retention volume."""

DEFAULT_POLICY = "crashconsistency-policy-failback"


def master_target(item: Item, targets: Iterable[MasterTarget], now: datetime) -> MasterTarget | Absent:
    """The master target for the machine: of its operating system, those that can work first; ABSENT if there is none.

    A configuration server brings one of its own, which often stands where no datastore is to be seen.
    """

    def unfit(target: MasterTarget) -> tuple[bool, bool, bool, bool, bool, str]:
        return (
            _silent(target.server, now),
            _critical(target.server),
            not any(_usable(datastore) for datastore in target.datastores),
            not any(_has_room(volume) is True for volume in target.retention_volumes),
            _expired(target, now),
            target.server.name,
        )

    return min((target for target in targets if target.os == item.os), key=unfit, default=ABSENT)


def reprotect_agent(items: Sequence[Item], agents: Iterable[ReprotectAgent], now: datetime) -> ReprotectAgent | Absent:
    """One appliance for all the machines: that sees their datastores and their vCenters, healthy ones first."""
    homes = [item.discovered for item in items if isinstance(item.discovered, Discovered)]

    def unfit(agent: ReprotectAgent) -> tuple[int, int, int, str]:
        blind = sum(len(_folded(home.datastores) - _folded(agent.accessible_datastores)) for home in homes)
        elsewhere = sum(home.vcenter_id.casefold() != agent.vcenter_id.casefold() for home in homes)
        sick = agent.health != "Normal" or not _fresh(agent.last_heartbeat, now)
        return int(sick), elsewhere, blind, agent.name

    return min(agents, key=unfit, default=ABSENT)


def process_server(servers: Iterable[ProcessServer], now: datetime, *, sends_from_azure: bool = True) -> str:
    """The name of one: in Azure is advised for the way back, on-premises sends the one on the way there; a silent or
    ill one is the last resort; "" for none."""

    def unfit(one: ProcessServer) -> tuple[bool, bool, bool, str]:
        misplaced = one.in_azure is not True if sends_from_azure else one.in_azure is True
        return _silent(one.server, now), _overburdened(one), misplaced, one.server.name

    best = min(servers, key=unfit, default=None)
    return best.server.name if best else ""


def choice(
    item: Item,
    *,
    target: MasterTarget | ReprotectAgent | Absent | Missing,
    policies: tuple[Policy, ...] | Missing,
    accounts: Iterable[str] = (),
    wished: ForOne = NOBODY,
) -> Choice:
    """The values a start would use for the machine; "" where a person has to choose. `accounts` are known log storages.

    The process server is `process_server`'s to choose.
    """
    pick, wishes = wished.pick, wished.wishes
    there = () if isinstance(policies, Missing) else policies
    said = tuple(wish.value for wish in wishes.log_storage)
    retention = pick(wishes.retention, offers.retention_volumes(target)) if classic(item) else ""
    log_storage = "" if classic(item) else pick(wishes.log_storage, offers.log_storages(accounts, said))
    return Choice(
        asked=wished.asked,
        target=_name(target),
        process_server="",
        datastore=pick(wishes.datastore, offers.datastores(target)) or _datastore(item, target),
        retention=retention or _retention(item, target),
        log_storage=log_storage or item.log_storage_id,
        policy=pick(wishes.policy, offers.policies(item, there)) or _policy(item, policies),
        excluded=wished.left_out(item),
    )


def classic(item: Item) -> bool:
    return item.topology is Topology.CLASSIC


def _name(target: MasterTarget | ReprotectAgent | Absent | Missing) -> str:
    if isinstance(target, MasterTarget):
        return target.server.name
    return target.name if isinstance(target, ReprotectAgent) else ""


def _datastore(item: Item, target: MasterTarget | ReprotectAgent | Absent | Missing) -> str:
    """Where the machine's disks would be made.

    Modernized asks for one: where the VM lies, as long as it exists. Classic needs one only for a machine whose VM is
    gone: the roomiest that the master target sees and can use.
    """
    home = item.discovered
    if isinstance(home, Discovered) and home.datastores and not home.is_deleted:
        return home.datastores[0]
    if isinstance(target, ReprotectAgent):
        return target.accessible_datastores[0] if len(target.accessible_datastores) == 1 else ""
    usable = [one for one in target.datastores if _usable(one)] if isinstance(target, MasterTarget) else []
    return max(usable, key=lambda d: d.free_bytes).name if usable else ""


def _retention(item: Item, target: MasterTarget | ReprotectAgent | Absent | Missing) -> str:
    if not isinstance(target, MasterTarget) or isinstance(item.os, Missing):
        return ""
    names = [volume.name for volume in target.retention_volumes if _has_room(volume) is not False]
    default = DEFAULT_RETENTION.get(item.os, "")
    usual = [name for name in names if name.rstrip(":\\").casefold() == default.casefold()]
    return next(iter(usual or (names if len(names) == 1 else [])), "")


def _policy(item: Item, policies: tuple[Policy, ...] | Missing) -> str:
    if isinstance(policies, Missing):
        return ""
    provider = "InMageRcmFailback" if item.topology is Topology.MODERNIZED else "InMage"
    fitting = [p for p in policies if p.provider == provider and p.name.casefold().endswith("-failback")]
    default = [p for p in fitting if p.name.casefold() == DEFAULT_POLICY]
    return next((policy.id for policy in default or (fitting if len(fitting) == 1 else [])), "")


def _overburdened(one: ProcessServer) -> bool:
    """Whether it is known to break a rule that blocks: what is not told is no reason to pass it over."""
    days, free = one.certificate_days_left, one.space_free_percent
    return (
        _critical(one.server)
        or one.service_status.casefold() not in {"", "running"}
        or any(
            not isinstance(load, Missing) and load > LOAD_CRITICAL_PERCENT
            for load in (one.cpu_percent, one.memory_used_percent)
        )
        or (not isinstance(free, Missing) and free < SPACE_CRITICAL_PERCENT)
        or (not isinstance(days, Missing) and days <= 0)
    )


def _critical(server: ServerHealth) -> bool:
    return server.health.casefold() == "critical" or any(error.critical for error in server.health_errors)


def _usable(datastore: VaultDatastore) -> bool:
    return datastore.type.casefold() in FAILBACK_DATASTORES


def _has_room(volume: RetentionVolume) -> bool | Missing:
    capacity = volume.capacity_bytes
    return capacity if isinstance(capacity, Missing) else capacity > 0


def _expired(target: MasterTarget, now: datetime) -> bool:
    passed = isinstance(target.expires, datetime) and target.expires <= now
    return passed or target.version_status.casefold() in DEAD_VERSIONS


def _silent(server: ServerHealth, now: datetime) -> bool:
    return not _fresh(server.last_heartbeat, now)


def _fresh(moment: Moment | Missing, now: datetime) -> bool:
    """Whether it is known to be recent."""
    return isinstance(moment, datetime) and now - moment <= HEARTBEAT_LIMIT


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
