"""The payloads that Slack makes of what people do and of what happens: commands, forms, events."""

import re

from .messages import Message, Payload, wire
from .people import Channel, User
from .steps import StepRun
from .views import Shown
from .workspace import Workspace

_AT = re.compile(r"@([\w.-]+)")
_HASH = re.compile(r"#([\w.-]+)")
_LINK = re.compile(r"https?://[^\s<>|]+")


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


def message_place(message: Message, place: Channel) -> Payload:
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
    return found if message.ephemeral_to else found | {"message": wire(message)}


def view_place(shown: Shown, team: str, values: Payload) -> Payload:
    """The view that something was done in, with what is filled in meanwhile."""
    return {"container": {"type": "view", "view_id": shown.id}, "view": shown.wire(team, values)}


def event_callback(workspace: Workspace, event: Payload, number: int, at: float) -> Payload:
    """The envelope of an event."""
    return {
        "token": "deprecated",
        "type": "event_callback",
        "team_id": workspace.team_id,
        "api_app_id": "A0HOMEWARD",
        "event": event,
        "event_id": f"Ev{number:04d}",
        "event_time": int(at),
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }


def home_opened(workspace: Workspace, user: User, home: Shown | None, at: float) -> Payload:
    """The event of somebody's opening the App Home; it carries the view that they see, if there is one yet."""
    event: Payload = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": workspace.direct(user).id,
        "tab": "home",
        "event_ts": f"{at:.6f}",
    }
    return event | ({"view": home.wire(workspace.team_id)} if home else {})


def function_executed(run: StepRun, at: float) -> Payload:
    """The event of a workflow's having come to a step of the app's."""
    return {
        "type": "function_executed",
        "function": {
            "id": f"Fn-{run.callback_id}",
            "callback_id": run.callback_id,
            "title": run.callback_id,
            "description": "",
            "type": "app",
            "input_parameters": [],
            "output_parameters": [],
            "app_id": "A0HOMEWARD",
            "date_created": int(at),
            "date_updated": int(at),
            "date_deleted": 0,
            "form_enabled": False,
        },
        "inputs": run.inputs,
        "function_execution_id": run.id,
        "workflow_execution_id": run.id.replace("Fx", "Wx"),
        "event_ts": f"{at:.6f}",
        "bot_access_token": run.token,
    }
