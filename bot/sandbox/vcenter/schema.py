"""pyVmomi's untyped corners that the sandbox needs, each behind a typed function."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportPrivateUsage=false
# (pyVmomi's own machinery has no annotations; its underscored class methods are documented as supported)

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from pyVmomi import VmomiSupport

if TYPE_CHECKING:
    from pyVmomi.VmomiSupport import DataObject, ManagedObject

D = TypeVar("D", bound="DataObject")
M = TypeVar("M", bound="ManagedObject")

SERVED_VERSION = "vim.version.v8_0_3_0"
"""The newest API that the sandbox speaks, as a vCenter 8.0 U3 does."""


@dataclass(frozen=True, slots=True)
class Property:
    """What a type says of one of its properties, or a method of one of its parameters or its result."""

    name: str
    type: type
    flags: int

    @property
    def optional(self) -> bool:
        return bool(self.flags & VmomiSupport.F_OPTIONAL)


def data(kind: type[D], **values: object) -> D:
    """A data object; pyVmomi checks names and types when it runs."""
    return kind(**values)


def reference(kind: type[M], moid: str) -> M:
    return kind(moid)


def moid(ref: "ManagedObject") -> str:
    return cast("str", ref._moId)


def wsdl_name(kind: type) -> str:
    return cast("str", VmomiSupport.GetWsdlName(kind))  # type: ignore[no-untyped-call] # pyVmomi has no annotations


def property_of(kind: type, name: str) -> Property | None:
    """None if the type has no such property."""
    if not issubclass(kind, VmomiSupport.DataObject | VmomiSupport.ManagedObject):
        return None
    try:
        found = VmomiSupport.GetPropertyInfo(kind, name)  # type: ignore[no-untyped-call] # the same
    except AttributeError:
        return None
    return Property(found.name, found.type, found.flags)


def properties_of(kind: "type[ManagedObject]") -> list[str]:
    return [found.name for found in kind._GetPropertyList()]  # type: ignore[no-untyped-call] # the same


def typed(value: object, declared: type) -> object:
    """A plain value as the type that was declared: where a field may hold anything, the wire names the type."""
    if value is None or isinstance(value, declared):
        return value
    if issubclass(declared, list | str | int):
        return declared(value)  # type: ignore[call-overload] # pyVmomi's arrays, enums and numbers
    return value


def item_of(array: type) -> type:
    """What an array type of pyVmomi's is an array of."""
    return cast("type", array.Item)  # type: ignore[attr-defined] # pyVmomi's arrays know it
