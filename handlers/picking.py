"""Picking a machine, a group or a plan by typing: the search element, its options, and the keys that they carry."""

import hashlib
from collections.abc import Sequence

from slack_bolt.async_app import AsyncAck
from slack_sdk.models.blocks import ExternalDataSelectElement, Option, PlainTextObject

from homeward.checks.names import fold
from homeward.checks.subjects import Estate, Inventory, Kind, Named

from . import ids
from .escape import plain
from .listeners import Kind as Surface
from .listeners import Listener
from .pressed import Body, pressed
from .views.blocks import Json

OPTIONS = 100
"""So many Slack shows in one list, all groups together."""
NAME = 140
"""A longer name does not fit into an option's value."""
TEXT = 75
FIRST_READING = 1.0
"""Seconds that the very first letters wait for the very first reading; Slack waits 3 for the list."""

_BY_NAME, _BY_ID = "n:", "i:"
_UNREAD = "As typed: not every name could be read"
_HEADINGS = {Kind.MACHINE: "Machines", Kind.GROUP: "Replication groups", Kind.PLAN: "Recovery plans"}


def key(one: Named) -> str:
    """What an option carries: the name where it alone is meant by it, else a digest of the vault and the id."""
    if not one.detail and _carries(one.name):
        return f"{_BY_NAME}{one.name}"
    digest = hashlib.sha256(f"{one.vault}\0{fold(one.id)}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_BY_ID}{digest[:32]}"


def named(carried: str, inventory: Inventory) -> Named | None:
    """The way back, from what is known at this moment; None for a key that means nothing (any more).

    A name that is not known comes back as it is, without id and vault: what it means is for whoever reads it next.
    """
    everything = inventory.known().named
    if carried.startswith(_BY_ID):
        return next((one for one in everything if key(one) == carried), None)
    name = carried.removeprefix(_BY_NAME)
    if name == carried or not _carries(name):
        return None
    called = [one for one in everything if fold(one.name) == fold(name) and not one.detail]
    return called[0] if len(called) == 1 else as_typed(name)


def as_typed(name: str) -> Named:
    """A name that nobody could look up."""
    return Named(name, Kind.MACHINE, "", "")


def subject(one: Named) -> str:
    """What a command would be given to mean it: its name, or its id where others are called that too."""
    return one.id if one.id and (one.detail or not _carries(one.name)) else one.name


def search_element(placeholder: str, initial: Named | None = None) -> ExternalDataSelectElement:
    """The field that asks `Picker` at each letter; with `initial` chosen already."""
    return ExternalDataSelectElement(
        action_id=ids.SUBJECT,
        placeholder=PlainTextObject(text=plain(placeholder, 150), emoji=False),
        initial_option=_chosen(initial) if initial else None,
        min_query_length=0,
    )


class Picker:
    """Answers every search field of ours, from memory."""

    def __init__(self, inventory: Inventory, *, patience: float = FIRST_READING) -> None:
        self._inventory = inventory
        self._patience = patience

    def listeners(self) -> tuple[Listener, ...]:
        return (Listener(Surface.OPTIONS, ids.SUBJECT, self.suggest),)

    async def suggest(self, ack: AsyncAck, body: Body) -> None:
        """The list is in the acknowledgement: Slack takes it nowhere else."""
        if pressed(body).elsewhere:
            # A form in a shared channel: the names of the estate are nothing for the other company.
            await ack(options=[])
            return
        value = body.get("value")
        text = value.strip() if isinstance(value, str) else ""
        estate = await self._inventory.read(self._patience)
        groups = suggestions(text, self._inventory.search(text, max(1, len(estate.named))), estate)
        if groups:
            await ack(option_groups=groups)
        else:
            await ack(options=[])  # a list of no groups is not among what Slack takes


def suggestions(text: str, found: Sequence[Named], estate: Estate) -> list[Json]:
    """What fits, by kind, within Slack's limits; what was typed too, where it may be a name that could not be read."""
    typed = [as_typed(text)] if _may_be_unread(text, found, estate) else []
    parts = {_HEADINGS[kind]: some for kind, some in _shared_out(found, OPTIONS - len(typed)).items()}
    groups = {_UNREAD: typed, **parts} if not found else {**parts, _UNREAD: typed}
    return [
        {"label": _text(label), "options": [_option(one) for one in some]} for label, some in groups.items() if some
    ]


def _shared_out(found: Sequence[Named], room: int) -> dict[Kind, list[Named]]:
    """The best of each kind: the many machines must not keep the few plans from being seen."""
    by_kind = {kind: [one for one in found if one.kind is kind] for kind in _HEADINGS}
    fewest_first = sorted(by_kind, key=lambda kind: len(by_kind[kind]))
    for place, kind in enumerate(fewest_first):
        by_kind[kind] = by_kind[kind][: room // (len(fewest_first) - place)]
        room -= len(by_kind[kind])
    return by_kind


def _may_be_unread(text: str, found: Sequence[Named], estate: Estate) -> bool:
    whole = bool(estate.named) and not estate.unread
    return not whole and _carries(text) and all(fold(one.name) != fold(text) for one in found)


def _chosen(one: Named) -> Option:
    """The same as `_option`: Slack knows a chosen one by that."""
    name, described = plain(one.name, TEXT), plain(_described(one), TEXT)
    return Option(
        value=key(one),
        text=PlainTextObject(text=name, emoji=False),
        description=PlainTextObject(text=described, emoji=False),
    )


def _option(one: Named) -> Json:
    # Not by slack_sdk's classes: they take a fifth of a millisecond for each, and a list is made at every letter.
    return {"text": _text(one.name), "value": key(one), "description": _text(_described(one))}


def _text(text: str) -> Json:
    return {"type": "plain_text", "text": plain(text, TEXT), "emoji": False}


def _described(one: Named) -> str:
    if not one.id:
        return "as typed"
    return " · ".join(filter(None, (one.stand.value if one.stand else "", one.detail or f"vault {one.vault}")))


def _carries(name: str) -> bool:
    """Whether a name goes through Slack and back as it is."""
    return bool(name) and plain(name, NAME) == name
