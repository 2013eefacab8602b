"""Finding the subject of a check among everything the vaults hold: by any name people use, or by an ARM id."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from homeward.checks.facts import Item, Topology
from homeward.checks.names import fold, last_segment, names_of
from homeward.checks.subjects import Candidate, Kind

from .azure import Plan

NEAREST = 5
"""How many near names are offered: as many as fit one row of buttons."""
FEW = 3
"""How many are offered where none looks like it: somebody who does not know the names sees what names there are."""
ALIKE = 60
"""The score, of 100, from which a name looks like another: "wbe01" has 80 with web01, "nope" 36 with payroll."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one vault holds. `vault` is its name in the settings.

    `networks` tells for each item, by its casefolded id, the virtual network it failed over into ("" if not told).
    """

    vault: str
    items: tuple[Item, ...]
    plans: tuple[Plan, ...]
    networks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """One subject that fits the name: its vault and the ids of its items, in the order they come home
    (a plan may name items that the vault no longer has).

    """

    candidate: Candidate
    vault: str
    item_ids: tuple[str, ...]


def matches(name: str, listings: Iterable[Listing]) -> tuple[Match, ...]:
    """Every subject that has the name (an ARM id names one). Names are compared without case; nothing has no name."""
    wanted = fold(name)
    if not wanted:
        return ()
    found: list[Match] = []
    for listing in listings:
        found += [_machine(listing, item) for item in listing.items if wanted in names_of(item)]
        found += [_group(listing, id, _members(listing, id)) for id in _groups(listing.items, wanted)]
        found += [_plan(listing, plan) for plan in listing.plans if wanted in {fold(plan.name), fold(plan.id)}]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Held:
    """One subject of a vault; `names` are all that it is found by, folded. `item` only of a machine."""

    match: Match
    names: frozenset[str]
    item: Item | None = None

    @property
    def others(self) -> tuple[str, ...]:
        """What people may call it beside its name: not what no one would type, as ids are."""
        if self.item is None:
            return ()
        return tuple(fold(name) for name in (self.item.computer_name, last_segment(self.item.azure_vm_id)) if name)


def everything(listing: Listing) -> tuple[Held, ...]:
    """Every subject of the vault: what `matches` would find by each of its names."""
    groups: dict[str, list[Item]] = {}
    for item in listing.items:
        if key := group_key(item):
            groups.setdefault(key, []).append(item)
    return (
        *(Held(_machine(listing, item), names_of(item), item) for item in listing.items),
        *(
            Held(_group(listing, key, members), frozenset({fold(one.group_name) for one in members} | {key}))
            for key, members in groups.items()
        ),
        *(Held(_plan(listing, plan), frozenset({fold(plan.name), fold(plan.id)})) for plan in listing.plans),
    )


def nearest(name: str, listings: Iterable[Listing]) -> tuple[str, ...]:
    """The known names that look like `name`, best first; a few names at all where none does."""
    wanted = fold(name)
    if not wanted:
        return ()
    known: dict[str, str] = {}
    for listing in listings:
        for item in listing.items:
            known.setdefault(fold(item.name), item.name)
            if item.group_name:
                known.setdefault(fold(item.group_name), item.group_name)
        for plan in listing.plans:
            known.setdefault(fold(plan.name), plan.name)
    scored = process.extract(wanted[:200], list(known), scorer=fuzz.WRatio, limit=NEAREST)
    alike = [folded for folded, score, _index in scored if score >= ALIKE]
    return tuple(known[folded] for folded in alike or [folded for folded, _score, _index in scored[:FEW]])


def group_key(item: Item) -> str:
    """What tells a replication group apart: its id, or (modernized has none) its name within the fabric."""
    if not item.group_id and not item.group_name:
        return ""
    return fold(item.group_id) or f"{fold(item.fabric_id)}#{fold(item.group_name)}"


def _groups(items: Sequence[Item], wanted: str) -> tuple[str, ...]:
    """The keys of the replication groups of that name or id, each once, in the order of the vault."""
    keys = (group_key(item) for item in items if group_key(item) and wanted in {fold(item.group_name), group_key(item)})
    return tuple(dict.fromkeys(keys))


def _machine(listing: Listing, item: Item) -> Match:
    stack = item.provider if item.topology is Topology.OTHER else item.topology.value
    detail = f"{stack} · {item.fabric_name or last_segment(item.fabric_id)}"
    if item.azure_vm_id:
        detail += f" · in Azure {last_segment(item.azure_vm_id)}"
    return Match(
        Candidate(item.name, Kind.MACHINE, item.id, f"{detail} · vault {listing.vault}"), listing.vault, (item.id,)
    )


def _members(listing: Listing, key: str) -> list[Item]:
    return [item for item in listing.items if group_key(item) == key]


def _group(listing: Listing, key: str, members: Sequence[Item]) -> Match:
    name = members[0].group_name or key
    detail = f"{len(members)} machines · vault {listing.vault}"
    return Match(Candidate(name, Kind.GROUP, key, detail), listing.vault, tuple(member.id for member in members))


def _plan(listing: Listing, plan: Plan) -> Match:
    ids = tuple(id for group in plan.groups for id in group)
    detail = f"{len(ids)} machines · vault {listing.vault}"
    return Match(Candidate(plan.name, Kind.PLAN, plan.id, detail), listing.vault, ids)
