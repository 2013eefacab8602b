"""What a request asks for: routes as ARM writes paths, matched without case, and lists cut into pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..estate.model import RESOURCE_GROUP, SUBSCRIPTION
from .names import Names
from .refusals import no_group, no_resource, no_subscription

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..estate import Estate
    from .starting import Started
    from .wire import Body


@dataclass(frozen=True, slots=True)
class Call:
    """One request that found its route. `parts` are the path's variable parts, as the caller spelled them."""

    estate: Estate
    names: Names
    parts: Mapping[str, str]
    query: Mapping[str, str]
    """Names in lower case."""
    body: Body | None = None
    """What was posted."""

    def is_named(self, part: str, name: str) -> bool:
        return self.parts[part].casefold() == name.casefold()


class Listing:
    """The answer of a list: rendered only as far as the asked page reaches."""

    def __init__(self, renderers: Iterable[Callable[[], Body]], *, null_link: bool = True) -> None:
        self._renderers = list(renderers)
        self._null_link = null_link
        """Site Recovery says "nextLink": null at the end, others leave it out."""

    def page(self, start: int, size: int, link: Callable[[int], str]) -> Body:
        body: Body = {"value": [render() for render in self._renderers[start : start + size]]}
        if start + size < len(self._renderers):
            body["nextLink"] = link(start + size)
        elif self._null_link:
            body["nextLink"] = None
        return body


class Answer(Protocol):
    def __call__(self, call: Call, /) -> Body | Listing | Started: ...


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    template: str
    answer: Answer
    pattern: re.Pattern[str]


def route(method: str, template: str, answer: Answer) -> Route:
    """`template` is a path with {names}; a name that ends in `*` spans segments."""
    parts: list[str] = []
    for text, name, wide in re.findall(r"([^{]*)(?:\{(\w+)(\*?)\})?", template):
        parts.append(re.escape(text))
        if name:
            parts.append(f"(?P<{name}>{'.*' if wide else '[^/]+'})")
    return Route(method, template, answer, re.compile("".join(parts) + "/?", re.IGNORECASE))


def open_call(found: re.Match[str], estate: Estate, query: Mapping[str, str], body: Body | None = None) -> Call:
    """The call, if its subscription, resource group and vault are the estate's."""
    parts = found.groupdict()
    subscription = parts.get("subscription", SUBSCRIPTION)
    if subscription.casefold() != SUBSCRIPTION:
        raise no_subscription(subscription)
    group = parts.get("group", RESOURCE_GROUP)
    if group.casefold() != RESOURCE_GROUP.casefold():
        raise no_group(group)
    vault = parts.get("vault", estate.vault.name)
    if vault.casefold() != estate.vault.name.casefold():
        raise no_resource("Microsoft.RecoveryServices/vaults", vault)
    return Call(estate, Names(estate), parts, {name.casefold(): value for name, value in query.items()}, body)
