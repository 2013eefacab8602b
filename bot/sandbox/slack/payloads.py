"""The payloads that Slack makes of what people do: commands typed, buttons pressed, forms filled in."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from .messages import Message, Payload, with_block_ids
from .people import Channel, User
from .reading import objects
from .workspace import Workspace

_AT = re.compile(r"@([\w.-]+)")
_HASH = re.compile(r"#([\w.-]+)")
_LINK = re.compile(r"https?://[^\s<>|]+")

_SELECTED = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_MANY_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}


def escaped(text: str, workspace: Workspace) -> str:
    """A command's text with should_escape: people and channels as ids, links in brackets, the rest as entities."""
    people = {user.name: user for user in workspace.users.values()}
    places = {place.name: place for place in workspace.channels.values()}

    def person(found: re.Match[str]) -> str:
        user = people.get(found[1])
        return f"<@{user.id}|{user.name}>" if user else found[0]

    def place(found: re.Match[str]) -> str:
        channel = places.get(found[1])
        return f"<#{channel.id}|{channel.name}>" if channel else found[0]

    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _LINK.sub(lambda link: f"<{link[0]}>", text)
    return _HASH.sub(place, _AT.sub(person, text))


def people_part(workspace: Workspace, user: User) -> Payload:
    """Who and where from, as interactions carry it."""
    return {
        "team": {"id": user.team_id, "domain": workspace.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": "A0HOMEWARD",
        "token": "deprecated",
        "is_enterprise_install": False,
        "enterprise": None,
    }


def command(workspace: Workspace, user: User, place: Channel, name: str, text: str) -> Payload:
    return {
        "token": "deprecated",
        "team_id": user.team_id,
        "team_domain": workspace.domain,
        "channel_id": place.id,
        "channel_name": "directmessage" if place.is_im else place.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": "A0HOMEWARD",
        "is_enterprise_install": "false",
    }


def message_place(message: Message, place: Channel, carried: Payload) -> Payload:
    """The message that something was done to; Slack doesn't repeat an ephemeral one."""
    container: Payload = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": place.id,
        "is_ephemeral": bool(message.ephemeral_to),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    found: Payload = {"container": container, "channel": {"id": place.id, "name": place.name}}
    return found if message.ephemeral_to else found | {"message": carried}


def elements(blocks: object) -> Iterator[tuple[str, Payload]]:
    """Everything that can be pressed or filled in, with the id of its block."""
    for block in with_block_ids(tuple(cast("list[Payload]", blocks))):
        for _, here in objects(block):
            if "action_id" in here:
                yield block["block_id"], here


def pressed(blocks: object, action_id: str, value: str | None, at: float) -> Payload:
    """The action of pressing a button, or of choosing the option with this value."""
    for block_id, element in elements(blocks):
        if element["action_id"] != action_id or value not in (None, element.get("value"), *_values(element)):
            continue
        chosen = {} if element["type"] == "button" or value is None else state_of(element, value)
        shown: Payload = {key: element[key] for key in ("text", "value", "style") if key in element}
        return {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block_id,
            "action_ts": f"{at:.6f}",
            **shown,
            **chosen,
        }
    raise LookupError(f"nothing to press: {action_id} {value or ''}")


def state_of(element: Payload, value: object) -> Payload:
    """What a form says of one element that somebody filled in."""
    kind = str(element["type"])
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if value is None else _option(element, value)}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, one) for one in cast("list[str]", value or [])]}
    return {"type": kind, _SELECTED.get(kind, "value"): value}


def form(view: Payload, filled: Mapping[str, object]) -> Payload:
    """The state of a view in which these elements (by action_id) were filled in.

    Slack's own client doesn't send a form with a required input left empty: that is a mistake of the caller.
    """
    known = {str(element["action_id"]) for _, element in elements(view["blocks"])}
    if unknown := set(filled) - known:
        raise LookupError(f"the view has no {sorted(unknown)}; it has {sorted(known)}")
    values: dict[str, Payload] = {}
    for block in with_block_ids(tuple(view["blocks"])):
        for _, element in elements([block]):
            if element["type"] in ("button", "overflow"):
                continue
            value = filled.get(str(element["action_id"]), _initial(element))
            if block["type"] == "input" and not block.get("optional") and value in (None, "", []):
                raise ValueError(f"{element['action_id']} is required")
            values.setdefault(block["block_id"], {})[element["action_id"]] = state_of(element, value)
    return values


def _initial(element: Payload) -> object:
    if option := element.get("initial_option"):
        return option["value"]
    if options := element.get("initial_options"):
        return [option["value"] for option in options]
    return next((element[key] for key in element if key.startswith("initial_")), None)


def _options(element: Payload) -> list[Payload]:
    groups = cast("list[Payload]", element.get("option_groups") or [])
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def _values(element: Payload) -> tuple[str, ...]:
    return tuple(str(option["value"]) for option in _options(element))


def _option(element: Payload, value: object) -> Payload:
    for option in _options(element):
        if option["value"] == value:
            return {"text": option["text"], "value": value}
    raise LookupError(f"{element.get('action_id')} has no option {value!r}")
