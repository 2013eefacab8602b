"""What people press, pick and fill in: the elements of blocks, and what Slack's client says of them."""

from collections.abc import Iterator, Mapping
from typing import cast

from .messages import Payload, with_block_ids
from .reading import dicts, listed, objects

Place = tuple[str, str]
"""Where an element stands: the id of its block and its action_id."""
Offered = Mapping[Place, tuple[Payload, ...]]
"""What the suggestions of external selects held."""
Filled = Mapping[str, object]
"""What somebody fills in: by action_id, or by block_id and then by action_id."""

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
_PRESSED = {"button", "workflow_button", "overflow"}
_ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_MANY_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
_EXTERNAL = {"external_select", "multi_external_select"}
_NOTHING: Mapping[Place, tuple[Payload, ...]] = {}


def elements(blocks: object) -> Iterator[tuple[Payload, Payload]]:
    """Everything that can be pressed or filled in, with its block; every block has an id."""
    for block in with_block_ids(tuple(dicts(blocks))):
        for _, here in objects(block):
            if "action_id" in here:
                yield block, here


def element(blocks: object, action_id: str, block_id: str = "") -> tuple[Payload, Payload]:
    """The one with this id, and its block."""
    for block, here in elements(blocks):
        if here["action_id"] == action_id and block_id in ("", block["block_id"]):
            return block, here
    raise LookupError(f"there is no {action_id}")


def pressed(
    blocks: object, action_id: str, picked: object, *, at: float, block_id: str = "", offered: Offered = _NOTHING
) -> Payload:
    """The action of pressing a button (the one with this value), picking an option, or entering something."""
    problem = f"nothing to press: {action_id} {picked or ''}"
    for block, here in elements(blocks):
        if here["action_id"] != action_id or block_id not in ("", block["block_id"]):
            continue
        if here["type"] in ("button", "workflow_button"):
            if picked not in (None, here.get("value")):
                continue
            chosen: Payload = {}
        elif block["type"] == "input" and not block.get("dispatch_action"):
            problem = f"{action_id} tells nobody what is entered: its block has no dispatch_action"
            continue
        else:
            try:
                place = (block["block_id"], action_id)
                chosen = {} if _unpicked(here, picked) else state_of(here, picked, offered.get(place, ()))
            except LookupError as error:
                problem = str(error)
                continue
        said = {key: here[key] for key in here if key in ("text", "value", "style") or key.startswith("initial_")}
        return {
            "type": here["type"],
            "action_id": action_id,
            "block_id": block["block_id"],
            "action_ts": f"{at:.6f}",
            **said,
            **chosen,
        }
    raise LookupError(problem)


def state_of(element: Payload, value: object, offered: tuple[Payload, ...] = ()) -> Payload:
    """What a form says of one element that somebody filled in; an option is named by its value or given whole."""
    kind = str(element["type"])
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if value is None else _option(element, value, offered)}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, one, offered) for one in listed(value)]}
    return {"type": kind, _SELECTED.get(kind, "value"): value}


def state(blocks: object, filled: Filled, before: Payload, offered: Offered = _NOTHING) -> Payload:
    """All that a view or message holds: what is filled in now, else what was before, else what it began with."""
    given = _given(blocks, filled)
    values: dict[str, Payload] = {}
    for block, here in elements(blocks):
        if here["type"] in _PRESSED:
            continue
        place = (block["block_id"], str(here["action_id"]))
        kept = cast("Payload", before.get(place[0], {})).get(place[1])
        if place in given:
            held = state_of(here, given[place], offered.get(place, ()))
        elif kept and _still(here, kept):
            held = kept
        else:
            held = state_of(here, _initial(here))
        values.setdefault(place[0], {})[place[1]] = held
    return values


def after(values: Payload, action: Payload) -> Payload:
    """The state once the action has been done: it holds what was picked or entered."""
    picked = {key: action[key] for key in action if key == "value" or key.startswith("selected_")}
    block, action_id = values.get(action["block_id"], {}), action["action_id"]
    if not picked or action_id not in block:
        return values
    return {**values, action["block_id"]: {**block, action_id: {"type": action["type"], **picked}}}


def required(blocks: object, values: Payload) -> None:
    """Slack's own client doesn't send a form with a required input left empty: that is a mistake of the caller."""
    for block, here in elements(blocks):
        if block["type"] == "input" and not block.get("optional"):
            held = values[block["block_id"]][here["action_id"]]
            if all(held[key] in (None, "", []) for key in held if key != "type"):
                raise ValueError(f"{here['action_id']} is required")


def lasting(blocks: object, values: Payload) -> Payload:
    """What stays filled in when a view is changed: that of blocks which the app named and which still stand."""
    named = {block["block_id"] for block in dicts(blocks) if block.get("block_id")}
    return {block_id: held for block_id, held in values.items() if block_id in named}


def _given(blocks: object, filled: Filled) -> dict[Place, object]:
    places = [(str(block["block_id"]), str(here["action_id"])) for block, here in elements(blocks)]
    found: dict[Place, object] = {}
    for key, value in filled.items():
        inner = _inner(value)
        if inner and all((key, action) in places for action in inner):
            found |= {(key, action): held for action, held in inner.items()}
        elif meant := [place for place in places if place[1] == key]:
            found |= dict.fromkeys(meant, value)
        else:
            raise LookupError(f"the view has no {key}; it has {sorted({action for _, action in places})}")
    return found


def _inner(value: object) -> dict[str, object]:
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else {}


def _unpicked(element: Payload, picked: object) -> bool:
    return picked is None and element["type"] in _ONE_OPTION


def _still(element: Payload, held: Payload) -> bool:
    """Whether what was picked can still be there: the same sort of element, which still has the options."""
    if held["type"] != element["type"]:
        return False
    picked = [held["selected_option"]] if held.get("selected_option") else dicts(held.get("selected_options"))
    return element["type"] in _EXTERNAL or {one["value"] for one in picked} <= {one["value"] for one in _own(element)}


def _initial(element: Payload) -> object:
    return next((element[key] for key in element if key.startswith("initial_")), None)


def _own(element: Payload) -> list[Payload]:
    """An element's options, those of its groups, and those it began with."""
    groups = dicts(element.get("option_groups"))
    own = [*dicts(element.get("options")), *(option for group in groups for option in dicts(group["options"]))]
    if element["type"] in _EXTERNAL:
        own += [*dicts([element.get("initial_option")]), *dicts(element.get("initial_options"))]
    return own


def _option(element: Payload, wanted: object, offered: tuple[Payload, ...]) -> Payload:
    value = cast("Payload", wanted).get("value") if isinstance(wanted, Mapping) else wanted
    for option in (*_own(element), *offered):
        if option["value"] == value:
            return {"text": option["text"], "value": value}
    why = "was not offered" if element["type"] in _EXTERNAL else "has no option"
    raise LookupError(f"{element.get('action_id')} {why} {value!r}")
