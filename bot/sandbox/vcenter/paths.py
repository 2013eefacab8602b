"""Property paths such as `config.hardware.device[2000].backing` or `config.extraConfig["disk.EnableUUID"]`."""

import re
from typing import TYPE_CHECKING, cast

from pyVmomi import vmodl
from pyVmomi.VmomiSupport import DataObject

from .schema import data, item_of, property_of, typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyVmomi.VmomiSupport import ManagedObject

_STEP = re.compile(r'(?:^|\.)(?P<name>\w+)|\["(?P<quoted>[^"]*)"\]|\[(?P<bare>[^\]"]+)\]')


def read(ref: "ManagedObject", root: "Callable[[str], object]", path: str) -> object:
    """The value at the path, None if unset on the way; `root` reads a property of the managed object itself.

    As vCenter does, it refuses a path that the type doesn't have, one through a list without a key, and one through
    a reference to another object.
    """
    value: object = None
    kind: type = type(ref)
    position = 0
    for step in _STEP.finditer(path):
        if step.start() != position:
            raise invalid(path)
        position = step.end()
        if (name := step["name"]) is not None:
            declared = property_of(kind, name)
            if declared is None or (step.start() and not issubclass(kind, DataObject)):
                raise invalid(path)
            if step.start() == 0:
                value = root(name)
            elif value is not None:
                value = getattr(value, name)
            value, kind = typed(value, declared.type), declared.type
            if isinstance(value, DataObject):
                kind = type(value)
        else:
            if not _is_array(kind):
                raise invalid(path)
            value = _keyed(value, step["quoted"] if step["quoted"] is not None else step["bare"])
            kind = type(value) if value is not None else item_of(kind)
    if position != len(path) or not path:
        raise invalid(path)
    return value


def invalid(path: str) -> vmodl.query.InvalidProperty:
    return data(vmodl.query.InvalidProperty, name=path, msg=f"The property {path} does not exist.")


def _keyed(items: object, key: str) -> object:
    for item in cast("list[object]", items or []):
        if str(getattr(item, "key", None)) == key:
            return item
    return None


def _is_array(kind: type) -> bool:
    return issubclass(kind, list)
