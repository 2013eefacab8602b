"""The estate, kept: what the vaults hold and how its parts are, read in the background and answered from memory."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from homeward.checks.facts import Item, Missing, Topology
from homeward.checks.names import fold
from homeward.checks.subjects import Estate, Named, Part
from homeward.checks.way import Stand, stand

from .about import vault_source
from .access import SourceError
from .azure import Fabric, Plan
from .find import Held, Listing, everything
from .parts import parts_of
from .searching import Index

T = TypeVar("T")

FRESH = 60.0
"""Seconds for which what was read is given without reading anew."""
AGAIN = 10.0
"""The same where something could not be read."""


class Vault(Protocol):
    """What is read of a vault. Every method raises `SourceError` where it can't be read."""

    @property
    def name(self) -> str: ...

    async def items(self) -> tuple[Item, ...]: ...

    async def plans(self) -> tuple[Plan, ...]: ...

    async def fabrics(self) -> tuple[Fabric, ...]: ...


class VCenter(Protocol):
    """What is asked of a vCenter; raises `SourceError` where it does not answer."""

    async def answers(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Source:
    """A vault or vCenter as it was read last: `trouble` is why the last reading failed, "" if it went well."""

    read_at: datetime | None = None
    trouble: str = ""
    held: tuple[Held, ...] = ()
    parts: tuple[Part, ...] = ()


class KeptInventory:
    """Over the readers of the collector, and so over their caches. Must be closed before them.

    It reads only when it is asked something, one reading at a time; each source is shown as soon as it has been read.
    `now` gives the wall clock with zone, `monotonic` seconds.
    """

    def __init__(
        self,
        vaults: Sequence[Vault],
        vcenters: Mapping[str, VCenter],
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._vaults = vaults
        self._vcenters = vcenters
        self._now = now
        self._monotonic = monotonic
        self._read_vaults = {vault.name: _Source() for vault in vaults}
        self._read_vcenters = {name: _Source() for name in vcenters}
        self._index = Index(())
        self._estate = self._as_read()
        self._reading: asyncio.Task[None] | None = None
        self._indexing = asyncio.Lock()
        self._due = float("-inf")
        self._any = asyncio.Event()
        self._closed = False

    def known(self) -> Estate:
        self._renew()
        return self._estate

    async def read(self, within: float) -> Estate:
        self._renew()
        if not self._any.is_set():
            with suppress(TimeoutError):  # then nothing is known, and the answer says so
                async with asyncio.timeout(within):
                    await self._any.wait()
        return self._estate

    def search(self, text: str, most: int) -> tuple[Named, ...]:
        self._renew()
        return self._index.search(text, most)

    async def close(self) -> None:
        """Ends a reading that is under way; what is known stays. May be called again."""
        self._closed = True
        self._any.set()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait((self._reading,))

    def _renew(self) -> None:
        under_way = self._reading is not None and not self._reading.done()
        if not (under_way or self._closed) and self._monotonic() >= self._due:
            self._reading = asyncio.create_task(self._read_all(), name="homeward inventory")

    async def _read_all(self) -> None:
        try:
            await asyncio.gather(
                *(self._read_vault(vault) for vault in self._vaults),
                *(self._read_vcenter(name, reader) for name, reader in self._vcenters.items()),
            )
        finally:
            troubled = any(one.trouble for one in (*self._read_vaults.values(), *self._read_vcenters.values()))
            self._due = self._monotonic() + (AGAIN if troubled else FRESH)
            self._any.set()

    async def _read_vault(self, vault: Vault) -> None:
        began = self._now()
        held, parts = await asyncio.gather(_told(self._held(vault)), _told(self._parts(vault, began)))
        before = self._read_vaults[vault.name]
        self._read_vaults[vault.name] = _Source(
            read_at=before.read_at if isinstance(held, Missing) else began,
            trouble=next((one.reason for one in (held, parts) if isinstance(one, Missing)), ""),
            held=before.held if isinstance(held, Missing) else held,
            parts=before.parts if isinstance(parts, Missing) else parts,
        )
        async with self._indexing:
            # In a thread: there are thousands of names, and somebody may be waiting for an acknowledgement.
            everything_held = tuple(one for source in self._read_vaults.values() for one in source.held)
            self._index = await asyncio.to_thread(_index, everything_held)
        self._estate = self._as_read()
        if self._estate.named:
            self._any.set()

    async def _read_vcenter(self, name: str, reader: VCenter) -> None:
        began = self._now()
        failed = await _told(reader.answers())
        before = self._read_vcenters[name]
        self._read_vcenters[name] = replace(before, trouble=failed.reason) if failed else _Source(began)
        self._estate = self._as_read()

    async def _held(self, vault: Vault) -> tuple[Held, ...]:
        items, plans = await asyncio.gather(vault.items(), vault.plans())
        return await asyncio.to_thread(everything, Listing(vault.name, items, plans, networks={}))

    async def _parts(self, vault: Vault, began: datetime) -> tuple[Part, ...]:
        return tuple(part for fabric in await vault.fabrics() for part in parts_of(fabric, began))

    def _as_read(self) -> Estate:
        vaults = self._read_vaults
        return Estate(
            named=self._index.named,
            parts=(
                *(Part(name, "vault", one.trouble, one.read_at) for name, one in vaults.items()),
                *(part for one in vaults.values() for part in one.parts),
                *(Part(name, "vCenter", one.trouble, one.read_at) for name, one in self._read_vcenters.items()),
            ),
            read_at=min((one.read_at for one in vaults.values() if one.read_at), default=None),
            unread=tuple(clause for name, one in vaults.items() if (clause := _unread(vault_source(name), one))),
        )


async def _told(reading: Awaitable[T]) -> T | Missing:
    try:
        return await reading
    except SourceError as error:
        return Missing(error.reason)
    except Exception as error:  # noqa: BLE001 # the edge of a task: what is old must not look as if it were read
        return Missing(f"could not be read ({type(error).__name__})")


def _unread(source: str, read: _Source) -> str:
    if not read.trouble:
        return "" if read.read_at else f"{source} has not been read yet"
    return read.trouble if source in read.trouble else f"{source}: {read.trouble}"


def _index(everything_held: Sequence[Held]) -> Index:
    """The details are told of those only whose name is somebody else's too, by any of the names it is found by."""
    called = Counter(name for held in everything_held for name in held.names)

    def named(held: Held) -> Named:
        match = held.match
        one, name = match.candidate, fold(match.candidate.name)
        alone = bool(name) and called[name] == 1
        return Named(one.name, one.kind, one.id, match.vault, "" if alone else one.detail, _stand(held))

    return Index((named(held), held.others) for held in everything_held)


def _stand(held: Held) -> Stand | None:
    if held.item is None:
        return None
    # What is protected in another way is not on this one, whatever its states are called.
    return Stand.UNKNOWN if held.item.topology is Topology.OTHER else stand(held.item)
