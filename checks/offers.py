"""What a machine can be given for each value of a start, and which of them somebody means by a name."""

from collections.abc import Iterable
from dataclasses import dataclass

from .facts import Disk, Item, MasterTarget, Missing, Policy, ProcessServer, ReprotectAgent, Topology
from .limits import FAILBACK_PROVIDERS, FORWARD_PROVIDERS, UNSUPPORTED_DATASTORES
from .names import fold, last_segment
from .subjects import Wish, Wishes

NO_EXCLUSION = "Azure takes no exclusion of disks where the modernized stack protects a machine"


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the values there are. `value` is what a `Choice` holds of it, `shown` what people call it.

    `names` are all that it may be called by, folded; `unfit` says why this machine can't have it, "" if it can.
    """

    value: str
    shown: str
    names: frozenset[str]
    unfit: str = ""


def meant(name: str, offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Those that somebody may mean by the name, fit or not."""
    wanted = _key(name)
    return tuple(offer for offer in offers if wanted and wanted in offer.names)


def fitting(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    return tuple(offer for offer in offers if not offer.unfit)


def for_one(wishes: Iterable[Wish], label: str, names: frozenset[str], labels: frozenset[str]) -> tuple[str, ...]:
    """What is wished for the machine by its name: its `label`, or another of its `names` that is nobody's label.

    `labels` are those of all machines, folded.
    """
    return tuple(wish.value for wish in wishes if wish.machine and means(wish.machine, label, names, labels))


def means(name: str, label: str, names: frozenset[str], labels: frozenset[str]) -> bool:
    """Whether somebody who says `name` may mean the machine."""
    said = fold(name)
    return said == fold(label) or (said not in labels and said in names)


def for_all(wishes: Iterable[Wish]) -> tuple[str, ...]:
    """What is wished for every machine that it fits."""
    return tuple(wish.value for wish in wishes if not wish.machine)


def wished(own: Iterable[str], shared: Iterable[str], offers: Iterable[Offer]) -> str:
    """The value that is wished for a machine; "" where the choice is ours.

    What was wished for it by its name stays as it was said when there is no such thing: nobody then gets another one.
    """
    can_have = fitting(offers)
    for said in own:
        return next((offer.value for offer in meant(said, can_have)), said.strip())
    return next((offer.value for said in shared for offer in meant(said, can_have)), "")


def master_targets(item: Item, targets: Iterable[MasterTarget]) -> tuple[Offer, ...]:
    return tuple(_master_target(item, target) for target in targets)


def reprotect_agents(agents: Iterable[ReprotectAgent]) -> tuple[Offer, ...]:
    return tuple(_offer(one.name, one.name, one.name, one.id, one.fqdn, one.fqdn.partition(".")[0]) for one in agents)


def process_servers(servers: Iterable[ProcessServer]) -> tuple[Offer, ...]:
    return tuple(_offer(one.server.name, one.server.name, one.server.name, one.server.id) for one in servers)


def datastores(target: object) -> tuple[Offer, ...]:
    """Those that the chosen master target or appliance sees; none where none is chosen."""
    if isinstance(target, ReprotectAgent):
        return tuple(_offer(name, name, name) for name in target.accessible_datastores)
    if isinstance(target, MasterTarget):
        return tuple(
            _offer(
                one.name,
                one.name,
                one.name,
                unfit=f"{one.name} is an {one.type} datastore, which failback cannot use"
                if one.type.casefold() in UNSUPPORTED_DATASTORES
                else "",
            )
            for one in target.datastores
        )
    return ()


def retention_volumes(target: object) -> tuple[Offer, ...]:
    """Those of the chosen master target."""
    volumes = target.retention_volumes if isinstance(target, MasterTarget) else ()
    return tuple(
        _offer(
            one.name,
            one.name,
            one.name,
            unfit=f"{one.name} has no capacity"
            if not isinstance(one.capacity_bytes, Missing) and one.capacity_bytes <= 0
            else "",
        )
        for one in volumes
    )


def log_storages(ids: Iterable[str], said: Iterable[str]) -> tuple[Offer, ...]:
    """The accounts that are known by their ids, and those that somebody named by theirs."""
    known = {fold(id): id for id in ids if id}
    known |= {fold(id): id.strip() for id in said if _is_account(id) and fold(id) not in known}
    return tuple(_offer(id, last_segment(id), id, last_segment(id)) for id in known.values())


def policies(item: Item, every: Iterable[Policy], *, to_azure: bool = False) -> tuple[Offer, ...]:
    provider = (FORWARD_PROVIDERS if to_azure else FAILBACK_PROVIDERS).get(item.topology, "")
    kind = "policy toward Azure" if to_azure else "failback policy"
    return tuple(
        _offer(
            one.id,
            one.name,
            one.name,
            one.id,
            unfit="" if one.provider.casefold() == provider else f"{one.name} is no {kind} for it",
        )
        for one in every
    )


def disks(item: Item) -> tuple[Offer, ...]:
    """The disks that may stay behind. Azure takes no exclusion for a machine of the modernized stack."""
    listed: tuple[Disk, ...] = () if isinstance(item.disks, Missing) else item.disks
    return tuple(_disk(item, disk) for disk in listed)


def _disk(item: Item, disk: Disk) -> Offer:
    short = disk.name.replace("\\", "/").rpartition("/")[2]
    unfit = ""
    if item.topology is not Topology.CLASSIC:
        unfit = NO_EXCLUSION
    elif disk.system:
        unfit = f"{disk.name or disk.id} is its system disk"
    return _offer(disk.key, short or disk.id, disk.id, disk.name, short, unfit=unfit)


def _master_target(item: Item, target: MasterTarget) -> Offer:
    name, serves, runs = target.server.name, target.os, item.os
    unfit = ""
    if not isinstance(serves, Missing) and not isinstance(runs, Missing) and serves is not runs:
        unfit = f"{name} is a {serves.value} master target, and the machine runs {runs.value}"
    return _offer(name, name, name, target.server.id, unfit=unfit)


def _offer(value: str, shown: str, *names: str, unfit: str = "") -> Offer:
    return Offer(value, shown, frozenset(_key(name) for name in names if name), unfit)


def _key(name: str) -> str:
    """`R:\\`, `R:` and `r` are one volume; ids are compared without case."""
    return fold(name).rstrip("\\/:")


def _is_account(said: str) -> bool:
    return fold(said).startswith("subscriptions/") and "/providers/microsoft.storage/storageaccounts/" in fold(said)


@dataclass(frozen=True, slots=True)
class ForOne:
    """What is wished for one machine among others. `asked` tells whether anybody asked for a start at all."""

    wishes: Wishes
    label: str
    names: frozenset[str]
    labels: frozenset[str]
    alone: bool = False
    """Whether it is the only machine."""
    asked: bool = True

    def own(self, wishes: Iterable[Wish]) -> tuple[str, ...]:
        return for_one(wishes, self.label, self.names, self.labels)

    def pick(
        self,
        wishes: tuple[Wish, ...],
        offers: Iterable[Offer],
        *,
        together: Iterable[str] = (),
        otherwise: Iterable[str] = (),
    ) -> str:
        """The wished value; `together` is what was wished for the machines that have to have the same, `otherwise`
        what others have that nobody wished for."""
        return wished(self.own(wishes), (*together, *for_all(wishes), *otherwise), offers)

    def left_out(self, item: Item) -> tuple[str, ...]:
        """The keys of the disks that shall stay behind: of one machine among several only where it is named."""
        said = (*self.own(self.wishes.exclude_disk), *(for_all(self.wishes.exclude_disk) if self.alone else ()))
        offers = fitting(disks(item))
        return tuple(dict.fromkeys(offer.value for each in said for offer in meant(each, offers)))


NOBODY = ForOne(Wishes(), "", frozenset(), frozenset(), asked=False)
"""Nobody asked for a start."""
