"""The property collector's specifications, typed: pyVmomi's own stubs lose the types of nested classes."""

from typing import TYPE_CHECKING, Protocol, TypeGuard

from pyVmomi import vmodl

if TYPE_CHECKING:
    import builtins
    from collections.abc import Sequence

    from pyVmomi.VmomiSupport import ManagedObject

# Read-only properties, as the protocols are only read.


class SelectionSpec(Protocol):
    @property
    def name(self) -> str | None: ...


class TraversalSpec(SelectionSpec, Protocol):
    @property
    def path(self) -> str: ...
    @property
    def skip(self) -> bool | None: ...
    @property
    def selectSet(self) -> "Sequence[SelectionSpec]": ...
    @property
    def type(self) -> "builtins.type": ...


class ObjectSpec(Protocol):
    @property
    def obj(self) -> "ManagedObject": ...
    @property
    def skip(self) -> bool | None: ...
    @property
    def selectSet(self) -> "Sequence[SelectionSpec]": ...


class PropertySpec(Protocol):
    @property
    def all(self) -> bool | None: ...
    @property
    def pathSet(self) -> "Sequence[str]": ...
    @property
    def type(self) -> "builtins.type": ...


class FilterSpec(Protocol):
    @property
    def objectSet(self) -> "Sequence[ObjectSpec]": ...
    @property
    def propSet(self) -> "Sequence[PropertySpec]": ...
    @property
    def reportMissingObjectsInResults(self) -> bool | None: ...


def is_traversal(selection: SelectionSpec) -> TypeGuard[TraversalSpec]:
    return isinstance(selection, vmodl.query.PropertyCollector.TraversalSpec)
