"""Requests to vCenter's PropertyCollector and their answers, object by object."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyVmomi import vmodl

from homeward.checks.facts import Missing

from .session import Session

PC: Any = vmodl.query.PropertyCollector
# Any: pyVmomi's stubs leave constructors and nested types untyped.


class Properties:
    """What vCenter told of one object; only what was asked for can be looked up."""

    def __init__(self, asked: frozenset[str]) -> None:
        self._asked = asked
        self.values: dict[str, Any] = {}
        self.refused: dict[str, str] = {}

    def add(self, content: Any) -> None:
        self.values.update({found.name: found.val for found in content.propSet})
        for missing in content.missingSet:
            self.refused[missing.path] = type(missing.fault).__name__.rpartition(".")[2]

    def value(self, path: str) -> Any:
        """The value; `Missing` if vCenter refuses to tell it; None if it is not set."""
        if path not in self._asked:
            raise KeyError(path)
        if path in self.refused:
            return Missing(f"{path} cannot be read ({self.refused[path]})")
        return self.values.get(path)

    def text(self, path: str) -> str:
        """The value where its absence makes no difference, "" then."""
        found = self.value(path)
        return "" if found is None or isinstance(found, Missing) else str(found)


Answer = Mapping[Any, Properties]
"""Properties by reference; references compare by type and id."""


def of(kind: type, paths: Iterable[str]) -> Any:
    return PC.PropertySpec(type=kind, pathSet=list(paths))


def along(kind: type, path: str, *then: Any) -> Any:
    """From each object of the kind on to those its property names."""
    return PC.TraversalSpec(type=kind, path=path, selectSet=list(then))


def at(reference: object, *then: Any, skip: bool = False) -> Any:
    return PC.ObjectSpec(obj=reference, skip=skip, selectSet=list(then))


def filtered(properties: Sequence[Any], objects: Sequence[Any]) -> Any:
    return PC.FilterSpec(propSet=list(properties), objectSet=list(objects))


def retrieve(session: Session, filters: Sequence[Any]) -> Answer:
    """One call, and more only if the server answers in pages."""
    collector = session.content.propertyCollector
    answer: dict[Any, Properties] = {}
    asked: dict[str, frozenset[str]] = {}
    page: Any = session.need(collector.RetrievePropertiesEx, list(filters), PC.RetrieveOptions())
    while page is not None:
        for content in page.objects:
            kind = str(content.obj._wsdlName)
            if kind not in asked:
                asked[kind] = frozenset(_paths(filters, content.obj))
            answer.setdefault(content.obj, Properties(asked[kind])).add(content)
        page = session.need(collector.ContinueRetrievePropertiesEx, page.token) if page.token else None
    return answer


def _paths(filters: Sequence[Any], reference: object) -> Iterable[str]:
    for one in filters:
        for properties in one.propSet:
            if isinstance(reference, properties.type):
                yield from properties.pathSet
