"""Everything that the form of a start knows: in its private_metadata, and in what Slack says is filled in."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from homeward.actions.requests import Request
from homeward.actions.states import Operation
from homeward.checks.names import fold
from homeward.checks.subjects import Wish, Wishes

from . import ids
from .escape import units
from .start_arguments import MANY, OPTIONS, REASON_LIMIT, readable

METADATA = 3000
"""Slack's limit."""
OPERATIONS = (Operation.REPROTECT, Operation.TO_AZURE, Operation.FAILBACK)
"""Those that have a form."""
EVERY = "*"
"""In place of a machine: what is changed for all of them."""
POINT = f"{ids.FORM_VALUE}.point"
AT = f"{ids.FORM_VALUE}.at"
CHANNEL = f"{ids.FORM_VALUE}.channel"
_VALUE = re.compile(rf"{re.escape(ids.FORM_VALUE)}\.([a-z-]+)")


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody has filled in so far. `subject` is as a command would take it, `label` what people call it.

    `channel` is where it is asked for, "" where that is still to be chosen. `machine` is the one whose values are
    being changed (`EVERY` for all), `alone` tells that it is the only one, so that its wishes need no name.
    """

    operation: Operation
    subject: str = ""
    label: str = ""
    wishes: Wishes = field(default_factory=Wishes)
    reason: str = ""
    point: str = ""
    at: int | None = None
    channel: str = ""
    place: str = ""
    """The channel that the form was opened in, "" where there was none."""
    enterprise: str = ""
    page: int = 0
    machine: str = ""
    alone: bool = False

    @property
    def named(self) -> str:
        return self.label or self.subject

    @property
    def text(self) -> str:
        """For the view's private_metadata; see `too_long`."""
        held = {
            "o": self.operation.value,
            "s": self.subject,
            "l": self.label if self.label != self.subject else "",
            "w": {
                name: [[wish.value, wish.machine] for wish in wished]
                for option, name in OPTIONS.items()
                if (wished := given(self.wishes, option))
            },
            "r": self.reason,
            "p": self.point,
            "a": self.at,
            "c": self.channel,
            "h": self.place,
            "e": self.enterprise,
            "n": self.page,
            "m": self.machine,
            "1": self.alone,
        }
        return json.dumps({key: one for key, one in held.items() if one}, ensure_ascii=False, separators=(",", ":"))

    @property
    def too_long(self) -> bool:
        """Whether more was changed than a form can carry."""
        return units(self.text) > METADATA


def form(text: str) -> Form | None:
    """The way back; None for what no form of ours carries."""
    try:
        read: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    held = _dict(read)
    operation = next((one for one in OPERATIONS if one.value == held.get("o")), None)
    if operation is None:
        return None
    at, page = held.get("a"), held.get("n")
    return Form(
        operation,
        subject=_text(held, "s"),
        label=_text(held, "l"),
        wishes=_wishes(_dict(held.get("w"))),
        reason=_text(held, "r")[:REASON_LIMIT],
        point=_text(held, "p"),
        at=at if isinstance(at, int) else None,
        channel=_text(held, "c"),
        place=_text(held, "h"),
        enterprise=_text(held, "e"),
        page=page if isinstance(page, int) and page > 0 else 0,
        machine=_text(held, "m"),
        alone=held.get("1") is True,
    )


def filled(form: Form, view: object) -> Form:
    """The form with what is filled in: `view` is Slack's, with its blocks and its state.

    Only what differs from what was chosen already is a wish: the rest stays the sensible choice.
    """
    state = dict(_elements(_dict(view)))
    wishes = form.wishes
    for name, (element, initial) in state.items():
        match = _VALUE.fullmatch(name)
        if match and match[1] in OPTIONS:
            values = _values(element)
            if set(values) != set(initial):
                wishes = changed(wishes, match[1], form, values)
    reason = _text(state[ids.REASON][0], "value") if ids.REASON in state else form.reason
    point = next(iter(_values(state[POINT][0])), "") if POINT in state else form.point
    at = state[AT][0].get("selected_date_time") if AT in state else form.at
    channel = _text(state[CHANNEL][0], "selected_conversation") if CHANNEL in state else form.channel
    return replace(
        form,
        wishes=wishes,
        reason=readable(reason)[:REASON_LIMIT],
        point=point,
        at=at if isinstance(at, int) else None,
        channel=channel,
    )


def asked_again(request: Request, now: datetime) -> Form:
    """A form with what was asked for once, without what could not be had; a time that is over is left out."""
    asked, obstacle = request.asked, request.obstacle
    wishes, point = asked.wishes, asked.point
    for value in (*obstacle.without, *obstacle.open) if obstacle else ():
        name = value.option.replace("-", "_")
        point = "" if name == "point" else point
        if name in OPTIONS.values():
            left = tuple(
                wish
                for wish in given(wishes, value.option.replace("_", "-"))
                if fold(wish.machine) != fold(value.machine)
            )
            wishes = replace(wishes, **{name: left})
    at = int(asked.at.timestamp()) if asked.at and asked.at > now else None
    return Form(asked.operation, asked.subject, wishes=wishes, reason=asked.reason, point=point, at=at)


def changed(wishes: Wishes, option: str, form: Form, values: tuple[str, ...]) -> Wishes:
    """The wishes with these values for what the form is about, in place of those it had of the option.

    For every machine, what was wished for some of them by their names is over.
    """
    machine = "" if form.machine == EVERY or form.alone else form.machine
    kept = () if not machine else tuple(one for one in given(wishes, option) if fold(one.machine) != fold(machine))
    wished = tuple(Wish(value, machine) for value in (values if option == MANY else values[:1]) if value)
    return replace(wishes, **{OPTIONS[option]: (*kept, *wished)})


def given(wishes: Wishes, option: str) -> tuple[Wish, ...]:
    """What is wished for by the option."""
    return cast("tuple[Wish, ...]", getattr(wishes, OPTIONS[option]))


def chosen(body: object) -> str:
    """The value of the option that somebody just chose, "" if it is none."""
    first = next(map(_dict, _list(_dict(body).get("actions"))), None)
    return _text(_dict(first.get("selected_option")), "value") if first else ""


def view_of(body: object) -> Mapping[str, object]:
    """The view of an interaction, as Slack tells it."""
    return _dict(_dict(body).get("view"))


def block_of(view: object, action: str) -> str:
    """The id of the input block that an element stands in, for an error beside it; "" if there is none."""
    for block in _list(_dict(view).get("blocks")):
        if _text(_dict(_dict(block).get("element")), "action_id") == action:
            return _text(_dict(block), "block_id")
    return ""


def _elements(view: Mapping[str, object]) -> Iterator[tuple[str, tuple[Mapping[str, object], tuple[str, ...]]]]:
    """Each element's id with what is filled in and what was chosen at first."""
    initial: dict[str, tuple[str, ...]] = {}
    for block in map(_dict, _list(view.get("blocks"))):
        element = _dict(block.get("element"))
        options = [element.get("initial_option"), *_list(element.get("initial_options"))]
        initial[_text(element, "action_id")] = tuple(filter(None, (_text(_dict(one), "value") for one in options)))
    for held in _dict(_dict(view.get("state")).get("values")).values():
        for name, one in _dict(held).items():
            yield name, (_dict(one), initial.get(name, ()))


def _values(element: Mapping[str, object]) -> tuple[str, ...]:
    """What is chosen of an element, or typed into it."""
    options = [element.get("selected_option"), *_list(element.get("selected_options"))]
    chosen = tuple(filter(None, (_text(_dict(option), "value") for option in options)))
    typed = readable(_text(element, "value"))
    return chosen or ((typed,) if typed else ())


def _wishes(held: Mapping[str, object]) -> Wishes:
    read = {name: tuple(_pairs(held.get(name))) for name in OPTIONS.values()}
    return Wishes(**read)


def _pairs(value: object) -> Iterator[Wish]:
    for pair in _list(value):
        words = [word for word in _list(pair) if isinstance(word, str)]
        if len(words) == 2 and words[0]:
            yield Wish(words[0], words[1])


def _dict(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _text(held: Mapping[str, object], key: str) -> str:
    value = held.get(key)
    return value if isinstance(value, str) else ""
