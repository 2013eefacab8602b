"""Puts what one vCenter told together, machine by machine."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from homeward.checks.facts import Absent, Missing, VCenter, VirtualMachine

from .inventory import Found, Inventory, KnownVm
from .parse import Parser, Seat
from .wanted import NO_TARGET, OnPremises, VmQuery, Wanted


class Assembly:
    """Puts one answer together machine by machine; what machines share is parsed once."""

    def __init__(self, vcenter: str, found: Mapping[VmQuery, Found], inventory: Inventory, parser: Parser) -> None:
        self._vcenter = vcenter
        self._found = found
        self._inventory = inventory
        self._parser = parser
        self._made: dict[object, Any] = {}

    def machine(self, wanted: Wanted, vcenter: VCenter) -> OnPremises:
        target = wanted.target
        seat = self._once(("seat", target), lambda: self._seat(target))
        source_vm = self._vm(wanted.source)
        return OnPremises(
            vcenter=vcenter,
            source_vm=source_vm,
            target_vm=self._vm(target) if target else NO_TARGET,
            target_host=self._once(
                ("host", target), lambda: seat if isinstance(seat, Missing) else self._parser.host(seat)
            ),
            datastores=self._datastores(wanted, source_vm, seat),
        )

    def _datastores(self, wanted: Wanted, source_vm: VirtualMachine | Absent | Missing, seat: Seat | Missing) -> Any:
        if isinstance(source_vm, Missing):
            return source_vm
        found = self._found[wanted.source]
        if isinstance(found, KnownVm):
            refs = self._parser.of_vm(found.ref, "datastore")
            if refs is None:
                return Missing(f"{self._vcenter} does not tell the datastores of {wanted.source}")
        elif wanted.datastore:
            refs = self._chosen(wanted.datastore, seat)
            if not refs:
                return Missing(f"{self._vcenter} shows no datastore {wanted.datastore}")
        else:
            return ()
        return self._once(("datastores", tuple(refs), wanted.target), lambda: self._parser.datastores(refs, seat))

    def _chosen(self, name: str, seat: Seat | Missing) -> Sequence[Any]:
        """Of several datastores with one name (in several data centers), the one in the target's."""
        refs = self._inventory.datastores(name)
        if len(refs) > 1 and not isinstance(seat, Missing):
            home = self._inventory.datacenter(self._parser.of_vm(seat.vm, "datastore") or ())
            refs = tuple(ref for ref in refs if self._inventory.datacenter([ref]) == home) or refs
        return refs[:1]

    def _vm(self, query: VmQuery) -> VirtualMachine | Absent | Missing:
        found = self._found[query]
        if not isinstance(found, KnownVm):
            return found
        vm: VirtualMachine | Missing = self._once(("vm", found.ref), lambda: self._parser.vm(found.ref))
        return vm

    def _seat(self, target: VmQuery | None) -> Seat | Missing:
        if target is None:
            return NO_TARGET
        found = self._found[target]
        if isinstance(found, Missing):
            return found
        if isinstance(found, Absent):
            return Missing(f"{target} is not in {self._vcenter}")
        host = self._parser.of_vm(found.ref, "runtime.host")
        return Missing(f"{self._vcenter} does not tell the host of {target}") if host is None else Seat(found.ref, host)

    def _once(self, key: object, make: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]
