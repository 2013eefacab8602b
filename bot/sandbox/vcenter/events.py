"""The event history of a virtual machine: the moves that it remembers."""

from typing import TYPE_CHECKING, Protocol

from pyVmomi import vim

from .schema import data, moid, wsdl_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pyVmomi.VmomiSupport import ManagedObject

    from ..estate.model import VirtualMachine
    from .inventory import Inventory


class ByEntity(Protocol):
    @property
    def entity(self) -> "ManagedObject": ...


class ByTime(Protocol):
    @property
    def beginTime(self) -> "datetime | None": ...
    @property
    def endTime(self) -> "datetime | None": ...


class EventFilter(Protocol):
    """What may be asked, typed: pyVmomi's own stubs lose the types of nested classes."""

    @property
    def entity(self) -> ByEntity | None: ...
    @property
    def time(self) -> ByTime | None: ...
    @property
    def eventTypeId(self) -> "Sequence[str]": ...
    @property
    def maxCount(self) -> int | None: ...


def matching(inventory: "Inventory", asked: EventFilter) -> list[vim.event.Event]:
    """The newest first, as many as are asked for. Only virtual machines have a history here."""
    entity = moid(asked.entity.entity) if asked.entity else ""
    vms = [vm for key, vm in inventory.vms.items() if not entity or key == entity]
    events = [_event(inventory, vm, at, came_from) for vm in vms for at, came_from in vm.moves]
    found = [event for event in events if _fits(event, asked)]
    return sorted(found, key=lambda event: event.createdTime, reverse=True)[: asked.maxCount or None]


def _fits(event: vim.event.Event, asked: EventFilter) -> bool:
    at, time = event.createdTime, asked.time
    early = time is not None and time.beginTime is not None and at < time.beginTime
    late = time is not None and time.endTime is not None and at > time.endTime
    return not early and not late and (not asked.eventTypeId or wsdl_name(type(event)) in asked.eventTypeId)


def _event(inventory: "Inventory", vm: "VirtualMachine", at: "datetime", came_from: str) -> vim.event.Event:
    """A move to another datastore, or (from its own one) of the running VM to another host."""
    host = data(vim.event.HostEventArgument, name=vm.host, host=inventory.host(vm.host))
    return data(
        vim.event.VmMigratedEvent if came_from == vm.datastore else vim.event.VmRelocatedEvent,
        key=int(at.timestamp()),
        chainId=int(at.timestamp()),
        createdTime=at,
        userName="VSPHERE.LOCAL\\Administrator",
        vm=data(vim.event.VmEventArgument, name=vm.name, vm=inventory.vm(vm)),
        host=host,
        ds=_datastore(inventory, vm.datastore),
        template=vm.template,
        sourceHost=host,
        sourceDatastore=_datastore(inventory, came_from),
    )


def _datastore(inventory: "Inventory", name: str) -> vim.event.DatastoreEventArgument:
    return data(vim.event.DatastoreEventArgument, name=name, datastore=inventory.datastore(name))
