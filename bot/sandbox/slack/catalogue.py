"""The Web API as a list: each method's name, what it needs, and which scopes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .messages import Payload
from .methods import Methods
from .refusals import Refused

_JSON_ARGUMENTS = ("blocks", "metadata", "view", "attachments", "outputs")


@dataclass(frozen=True, slots=True)
class Method:
    run: Callable[[Methods, Payload], Payload]
    needs: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    """Any one of them will do; none means that any token will."""

    def __call__(self, methods: Methods, arguments: Mapping[str, Any]) -> Payload:
        given = {key: _decoded(key, value) for key, value in arguments.items()}
        if missing := [key for key in self.needs if given.get(key) in (None, "")]:
            raise Refused(
                "invalid_arguments",
                response_metadata={"messages": [f"[ERROR] missing required field: {key}" for key in missing]},
            )
        return {"ok": True, **self.run(methods, given)}


def _decoded(key: str, value: object) -> object:
    """Forms carry JSON arguments as text."""
    if key in _JSON_ARGUMENTS and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise Refused("invalid_json" if key != "blocks" else "invalid_blocks_format") from None
    return value


_READ = ("channels:history", "groups:history", "im:history")
_INFO = ("channels:read", "groups:read", "im:read")
METHODS: dict[str, Method] = {
    "api.test": Method(Methods.api_test),
    "auth.test": Method(Methods.auth_test),
    "bots.info": Method(Methods.bot_info, scopes=("users:read",)),
    "chat.delete": Method(Methods.delete_message, ("channel", "ts"), ("chat:write",)),
    "chat.getPermalink": Method(Methods.permalink, ("channel", "message_ts")),
    "chat.postEphemeral": Method(Methods.post_ephemeral, ("channel", "user"), ("chat:write",)),
    "chat.postMessage": Method(Methods.post_message, ("channel",), ("chat:write",)),
    "chat.update": Method(Methods.update_message, ("channel", "ts"), ("chat:write",)),
    "conversations.history": Method(Methods.history, ("channel",), _READ),
    "conversations.info": Method(Methods.conversation, ("channel",), _INFO),
    "conversations.members": Method(Methods.members, ("channel",), _INFO),
    "conversations.open": Method(Methods.open_direct, ("users",), ("im:write",)),
    "conversations.replies": Method(Methods.replies, ("channel", "ts"), _READ),
    "functions.completeError": Method(Methods.fail_step, ("function_execution_id", "error")),
    "functions.completeSuccess": Method(Methods.complete_step, ("function_execution_id", "outputs")),
    "usergroups.list": Method(Methods.groups, scopes=("usergroups:read",)),
    "usergroups.users.list": Method(Methods.group_members, ("usergroup",), ("usergroups:read",)),
    "users.info": Method(Methods.user_info, ("user",), ("users:read",)),
    "views.open": Method(Methods.open_view, ("trigger_id", "view")),
    "views.publish": Method(Methods.publish_view, ("user_id", "view")),
    "views.push": Method(Methods.push_view, ("trigger_id", "view")),
    "views.update": Method(Methods.update_view, ("view",)),
}
"""All but apps.connections.open, which takes an app-level token."""

CONNECT = "apps.connections.open"
CONNECTING = Method(Methods.open_connection, scopes=("connections:write",))
