"""The one sensible choice of target and values for a machine, where nobody has asked for another."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from homeward.checks.facts import (
    ABSENT,
    Absent,
    Choice,
    Discovered,
    Item,
    MasterTarget,
    Missing,
    Moment,
    Never,
    Os,
    Policy,
    ProcessServer,
    ReprotectAgent,
    Topology,
)

FRESH = timedelta(minutes=15)
"""A server silent for longer is not offered first; the same limit as the heartbeat rules'."""

DEFAULT_RETENTION = {Os.WINDOWS: "R", Os.LINUX: "/mnt/retention"}
"""Site Recovery's own defaults for a master target's retention volume."""

USABLE = frozenset({"VMFS", "VSAN"})
"""The types of datastore that a classic failback can write to."""

DEFAULT_POLICY = "crashconsistency-policy-failback"


def master_target(item: Item, targets: Iterable[MasterTarget], now: datetime) -> MasterTarget | Absent:
    """The master target for the machine: of its operating system, healthy ones first; ABSENT if there is none."""
    fitting = [target for target in targets if target.os == item.os]
    return min(fitting, key=lambda target: _wear(target, now), default=ABSENT)


def reprotect_agent(item: Item, agents: Iterable[ReprotectAgent], now: datetime) -> ReprotectAgent | Absent:
    """The appliance for the machine: one that sees its datastores and its vCenter, healthy ones first."""
    home = item.discovered if isinstance(item.discovered, Discovered) else None

    def unfit(agent: ReprotectAgent) -> tuple[int, int, int, str]:
        blind = 0 if home is None else len(set(home.datastores) - set(agent.accessible_datastores))
        elsewhere = home is not None and home.vcenter_id.casefold() != agent.vcenter_id.casefold()
        sick = agent.health != "Normal" or _stale(agent.last_heartbeat, now)
        return int(sick), int(elsewhere), blind, agent.name

    return min(agents, key=unfit, default=ABSENT)


def process_server(servers: Iterable[ProcessServer], now: datetime) -> str:
    """The name of one: in Azure is advised for the way back, a silent one is for want of another; "" for none."""
    best = min(
        servers,
        key=lambda s: (_stale(s.server.last_heartbeat, now), s.in_azure is not True, s.server.name),
        default=None,
    )
    return best.server.name if best else ""


def choice(
    item: Item,
    *,
    target: MasterTarget | ReprotectAgent | Absent | Missing,
    policies: tuple[Policy, ...] | Missing,
) -> Choice:
    """The values a start would use for the machine if nobody chose; "" where a person has to choose.

    The process server is `process_server`'s to choose.
    """
    return Choice(
        asked=False,
        target=_name(target),
        process_server="",
        datastore=_datastore(item, target),
        retention=_retention(item, target),
        log_storage=item.log_storage_id,
        policy=_policy(item, policies),
    )


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
    usable = [d for d in target.datastores if d.type.upper() in USABLE] if isinstance(target, MasterTarget) else []
    return max(usable, key=lambda d: d.free_bytes).name if usable else ""


def _retention(item: Item, target: MasterTarget | ReprotectAgent | Absent | Missing) -> str:
    if not isinstance(target, MasterTarget) or isinstance(item.os, Missing):
        return ""
    names = [volume.name for volume in target.retention_volumes if volume.capacity_bytes > 0]
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


def _wear(target: MasterTarget, now: datetime) -> tuple[bool, bool, str]:
    errors = any(error.critical for error in target.server.health_errors)
    return _stale(target.server.last_heartbeat, now), errors, target.server.name


def _stale(moment: Moment, now: datetime) -> bool:
    return isinstance(moment, Never) or now - moment > FRESH
