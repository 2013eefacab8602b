"""Reading what Slack says about a command, a pressed button or a form into plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

Body = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that was pressed. In a modal, `view_id` and `metadata` tell which one, and there is no channel.

    `private` marks a message that only this person sees.
    """

    team: str
    user: str
    channel: str
    ts: str
    value: str
    trigger: str
    private: bool
    view_id: str
    metadata: str
    home: str = ""
    """The workspace of the person, which is another one for somebody from another company."""
    thread: str = ""
    """The thread that the message is a reply in, "" for one that stands in the channel itself."""
    enterprise: str = ""
    modal: bool = False
    """Whether it stands in a form: there nothing is opened, but the form changed in place."""
    elsewhere: bool = False
    """Whether the person is of another company. In an organisation of several workspaces that can't be told from here:
    who is of two of them comes with one for all."""


def pressed(body: Body) -> Pressed:
    """The first pressed button of an interaction; what Slack leaves out is ""."""
    held = body.get("actions")
    first = cast("list[object]", held)[0] if isinstance(held, list) and held else None
    container, view = _part(body, "container"), _part(body, "view")
    return Pressed(
        team=team_of(body),
        user=_text(_part(body, "user"), "id"),
        channel=_text(_part(body, "channel"), "id") or _text(container, "channel_id"),
        ts=_text(container, "message_ts") or _text(_part(body, "message"), "ts"),
        value=_text(cast("Body", first) if isinstance(first, dict) else {}, "value"),
        trigger=_text(body, "trigger_id"),
        private=container.get("is_ephemeral") is True,
        view_id=_text(view, "id"),
        metadata=_text(view, "private_metadata"),
        home=_text(_part(body, "user"), "team_id"),
        thread=_thread(container) or _thread(_part(body, "message")),
        enterprise=enterprise_of(body),
        modal=_text(view, "type") == "modal",
        elsewhere=not enterprise_of(body) and _elsewhere(body),
    )


@dataclass(frozen=True, slots=True)
class Pointed:
    """A message that somebody chose a shortcut for: where it stands, and all of it as Slack sent it.

    `thread` as in `Pressed`. `answer` is the address for answers to the person, good for half an hour.
    """

    team: str
    user: str
    channel: str
    ts: str
    thread: str
    trigger: str
    answer: str
    message: Body


def pointed(body: Body) -> Pointed:
    """The message of a shortcut; what Slack leaves out is ""."""
    message = _part(body, "message")
    return Pointed(
        team=team_of(body),
        user=_text(_part(body, "user"), "id"),
        channel=_text(_part(body, "channel"), "id"),
        ts=_text(body, "message_ts") or _text(message, "ts"),
        thread=_thread(message),
        trigger=_text(body, "trigger_id"),
        answer=_text(body, "response_url"),
        message=message,
    )


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form that was sent. `state` is what was filled in, `boxes` the values that each block's checkboxes offer."""

    team: str
    user: str
    home: str
    view_id: str
    metadata: str
    state: object
    boxes: Mapping[str, frozenset[str]]
    elsewhere: bool = False
    """Whether the person may be of another workspace than the app."""


def submitted(body: Body) -> Submitted:
    """The form of a submission; what Slack leaves out is ""."""
    view = _part(body, "view")
    return Submitted(
        team=team_of(body),
        user=_text(_part(body, "user"), "id"),
        home=_text(_part(body, "user"), "team_id"),
        view_id=_text(view, "id"),
        metadata=_text(view, "private_metadata"),
        state=view.get("state"),
        boxes={
            _text(block, "block_id"): frozenset(_text(box, "value") for box in _parts(element, "options"))
            for block in _parts(view, "blocks")
            if _text(element := _part(block, "element"), "type") == "checkboxes"
        },
        elsewhere=_elsewhere(body),
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """The App Home, or another tab of the app, that somebody opened."""

    team: str
    user: str
    enterprise: str
    tab: str


def opened(body: Body) -> Opened:
    """Who opened which tab; what Slack leaves out is ""."""
    event = _part(body, "event")
    return Opened(team_of(body), _text(event, "user"), _text(body, "enterprise_id"), _text(event, "tab"))


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was typed."""

    team: str
    user: str
    channel: str
    command: str
    text: str
    enterprise: str = ""
    trigger: str = ""


def typed(body: Body) -> Typed:
    """The command of a request; what Slack leaves out is ""."""
    return Typed(
        team=team_of(body),
        user=_text(body, "user_id"),
        channel=_text(body, "channel_id"),
        command=_text(body, "command"),
        text=_text(body, "text"),
        enterprise=_text(body, "enterprise_id"),
        trigger=_text(body, "trigger_id"),
    )


def team_of(body: Body) -> str:
    """The workspace of a request, or the organisation where Slack names none."""
    team, user = _part(body, "team"), _part(body, "user")
    return (
        _text(body, "team_id")
        or _text(team, "id")
        or _text(user, "team_id")
        or _text(body, "enterprise_id")
        or _text(_part(body, "enterprise"), "id")
    )


def enterprise_of(body: Body) -> str:
    """The organisation of a pressed button's workspace, "" outside Enterprise Grid."""
    return _text(_part(body, "enterprise"), "id") or _text(_part(body, "team"), "enterprise_id")


def _elsewhere(body: Body) -> bool:
    """Of a form that somebody of another company has open, in a shared channel, Slack's `team` is theirs: where the app
    is installed stands in the view. For a whole organisation, that is the organisation."""
    home, installed = _text(_part(body, "user"), "team_id"), _text(_part(body, "view"), "app_installed_team_id")
    if installed.startswith("E"):
        return enterprise_of(body) != installed
    return home not in ("", installed or team_of(body))


def _thread(message: Body) -> str:
    """A thread's first message carries its own thread, and stands in the channel nevertheless."""
    thread = _text(message, "thread_ts")
    return "" if thread in (_text(message, "message_ts"), _text(message, "ts")) else thread


def _part(body: Body, key: str) -> Body:
    part = body.get(key)
    return cast("Body", part) if isinstance(part, dict) else {}


def _parts(body: Body, key: str) -> "list[Body]":
    held = body.get(key)
    parts = cast("list[object]", held) if isinstance(held, list) else []
    return [cast("Body", part) for part in parts if isinstance(part, dict)]


def _text(body: Body, key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""
