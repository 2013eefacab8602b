"""The property collector: which objects a filter selects, which of their properties it returns, and in what pages."""

from typing import TYPE_CHECKING, cast

from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import ManagedObject

from .schema import data, moid
from .sessions import Rest
from .specs import is_traversal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .faults import Faults
    from .objects import Drawn, Objects
    from .sessions import Session
    from .specs import FilterSpec, ObjectSpec, PropertySpec, SelectionSpec, TraversalSpec


PropertyCollector = vmodl.query.PropertyCollector


def retrieve(
    objects: "Objects", faults: "Faults", filters: "Sequence[FilterSpec]"
) -> list[PropertyCollector.ObjectContent]:
    return [found for one in filters for found in _filtered(objects, faults, one)]


def page(
    session: "Session", faults: "Faults", contents: list[PropertyCollector.ObjectContent], most: int
) -> PropertyCollector.RetrieveResult:
    """The first page; the rest waits in the session under the token."""
    limits = [limit for limit in (most, faults.page_size) if limit > 0]
    size = min(limits, default=len(contents))
    if len(contents) <= size:
        return data(PropertyCollector.RetrieveResult, objects=contents)
    token = str(session.number())
    session.pages[token] = Rest(contents[size:], most)
    return data(PropertyCollector.RetrieveResult, objects=contents[:size], token=token)


def _filtered(objects: "Objects", faults: "Faults", spec: "FilterSpec") -> "Iterator[PropertyCollector.ObjectContent]":
    selected: dict[str, Drawn] = {}
    for start in spec.objectSet:
        try:
            objects.find(start.obj)
        except vmodl.fault.ManagedObjectNotFound:
            if spec.reportMissingObjectsInResults:
                continue
            raise
        for drawn in _Selection(objects, start):
            selected[moid(drawn.ref)] = drawn
    for drawn in selected.values():
        wanted = [one for one in spec.propSet if isinstance(drawn.ref, one.type)]
        if wanted:
            yield _content(drawn, faults, wanted)


def _content(drawn: "Drawn", faults: "Faults", specs: "Sequence[PropertySpec]") -> PropertyCollector.ObjectContent:
    paths = {path for spec in specs for path in (drawn.readable() if spec.all else spec.pathSet)}
    values: list[vmodl.DynamicProperty] = []
    missing: list[PropertyCollector.MissingProperty] = []
    for path in sorted(str(path) for path in paths):
        value = drawn.read(path)
        if faults.forbids(path):
            fault = no_permission(drawn.ref)
            missing.append(data(PropertyCollector.MissingProperty, path=path, fault=fault))
        elif value is not None:
            values.append(data(vmodl.DynamicProperty, name=path, val=value))
    return data(PropertyCollector.ObjectContent, obj=drawn.ref, propSet=values, missingSet=missing)


def no_permission(ref: ManagedObject) -> vim.fault.NoPermission:
    return data(
        vim.fault.NoPermission,
        object=ref,
        privilegeId="System.Read",
        msg="Permission to perform this operation was denied.",
    )


class _Selection:
    """Walks from one object along the traversals, by reference or by name, each object once for each traversal."""

    def __init__(self, objects: "Objects", start: "ObjectSpec") -> None:
        self._objects = objects
        self._start = start
        self._named = {spec.name: spec for spec in _traversals(start.selectSet) if spec.name}
        self._seen: set[tuple[str, int]] = set()

    def __iter__(self) -> "Iterator[Drawn]":
        return self._visit(self._start.obj, self._start.selectSet, skip=bool(self._start.skip))

    def _visit(self, ref: ManagedObject, selections: "Sequence[SelectionSpec]", *, skip: bool) -> "Iterator[Drawn]":
        drawn = self._objects.find(ref)
        if not skip:
            yield drawn
        for traversal in self._resolved(selections):
            step = (moid(ref), id(traversal))
            if step in self._seen or not isinstance(drawn.ref, traversal.type):
                continue
            self._seen.add(step)
            for target in _references(drawn.read(str(traversal.path))):
                yield from self._visit(target, traversal.selectSet, skip=bool(traversal.skip))

    def _resolved(self, selections: "Sequence[SelectionSpec]") -> "Iterator[TraversalSpec]":
        for selection in selections:
            if is_traversal(selection):
                yield selection
            elif selection.name in self._named:
                yield self._named[selection.name]
            else:
                raise data(vmodl.fault.InvalidArgument, invalidProperty="selectSet")


def _traversals(
    selections: "Iterable[SelectionSpec]",
) -> "Iterator[TraversalSpec]":
    for selection in selections:
        if is_traversal(selection):
            yield selection
            yield from _traversals(selection.selectSet)


def _references(value: object) -> list[ManagedObject]:
    if isinstance(value, ManagedObject):
        return [value]
    return cast("list[ManagedObject]", value) if isinstance(value, list) else []
