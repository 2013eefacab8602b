"""What Slack's client lets somebody pick and enter: people and places that there are, times, texts not too long."""

import re
from collections.abc import Callable, Mapping
from typing import cast

from .elements import elements
from .messages import Payload
from .people import Channel, User
from .reading import listed
from .workspace import Workspace

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def check(workspace: Workspace, user: User, blocks: object, values: Payload) -> None:
    """Raise LookupError or ValueError for what nobody could have picked or entered."""
    for block, element in elements(blocks):
        held = cast("Payload", values.get(block["block_id"], {})).get(element["action_id"])
        judge = _JUDGES.get(str(element["type"]).removeprefix("multi_"))
        if judge is None or held is None:
            continue
        chosen = next((held[key] for key in held if key != "type"), None)
        for one in listed(chosen) or [chosen]:
            if one is not None:
                judge(workspace, user, element, one)


def _person(workspace: Workspace, _: User, element: Payload, one: object) -> None:
    picked = workspace.users.get(str(one))
    if picked is None or picked.deleted:
        raise LookupError(f"{element['action_id']}: there is nobody with the id {one}")


def _public(workspace: Workspace, user: User, element: Payload, one: object) -> None:
    _place(workspace, user, {**element, "filter": {"include": ["public"]}}, one)


def _place(workspace: Workspace, user: User, element: Payload, one: object) -> None:
    place = workspace.channels.get(str(one))
    if place is None or place.is_archived or (user.id not in place.members and (place.is_private or place.is_im)):
        raise LookupError(f"{element['action_id']}: {user.name} sees no conversation with the id {one}")
    shown = cast("Mapping[str, list[str]]", element.get("filter") or {}).get("include")
    if shown and _sort(place) not in shown:
        raise LookupError(f"{element['action_id']}: its filter leaves out {one}")


def _sort(place: Channel) -> str:
    return "im" if place.is_im else "private" if place.is_private else "public"


def _moment(_: Workspace, __: User, element: Payload, one: object) -> None:
    if not isinstance(one, int) or len(str(one)) != 10:
        raise ValueError(f"{element['action_id']}: {one!r} is no moment in seconds")


def _date(_: Workspace, __: User, element: Payload, one: object) -> None:
    if not isinstance(one, str) or not DATE.fullmatch(one):
        raise ValueError(f"{element['action_id']}: {one!r} is no date")


def _time(_: Workspace, __: User, element: Payload, one: object) -> None:
    if not isinstance(one, str) or not TIME.fullmatch(one):
        raise ValueError(f"{element['action_id']}: {one!r} is no time of day")


def _text(_: Workspace, __: User, element: Payload, one: object) -> None:
    if not isinstance(one, str):
        raise ValueError(f"{element['action_id']}: {one!r} is no text")
    most = int(element.get("max_length") or 3000)
    if one and not int(element.get("min_length") or 0) <= len(one) <= most:
        raise ValueError(f"{element['action_id']}: {len(one)} characters, at most {most}")


_JUDGES: dict[str, Callable[[Workspace, User, Payload, object], None]] = {
    "users_select": _person,
    "channels_select": _public,
    "conversations_select": _place,
    "datetimepicker": _moment,
    "datepicker": _date,
    "timepicker": _time,
    "plain_text_input": _text,
}
