"""The Web API's methods: what each does to the workspace."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from .faults import Faults
from .messages import Message, Payload, version_of, wire
from .people import Channel, User
from .refusals import Refused, check_message, check_view, missing_scope
from .steps import Steps
from .triggers import Triggers
from .views import Shown, Views
from .workspace import Workspace

T = TypeVar("T")

MOST_IN_A_PAGE = 999


@dataclass(slots=True)
class Methods:
    """The methods over one workspace; arguments arrive decoded and their presence checked by `Method`."""

    workspace: Workspace
    views: Views
    triggers: Triggers
    faults: Faults
    clock: Callable[[], float]
    scopes: set[str]
    """What the bot's token may do."""
    steps: Steps = field(default_factory=Steps)
    allowed_mentions: set[str] = field(default_factory=set[str])
    """User groups, by id, that messages may ring; a mention of any other is refused."""
    app_id: str = "A0HOMEWARD"
    bot_id: str = "B0HOMEWARD"
    tickets: list[str] = field(default_factory=list[str])
    """Socket Mode addresses given out and not yet used."""
    socket_url: Callable[[str], str] = lambda ticket: ticket
    _issued: int = 0

    # Who am I

    def auth_test(self, _: Payload) -> Payload:
        here = self.workspace
        return {
            "url": f"https://{here.domain}.slack.invalid/",
            "team": here.domain,
            "user": here.bot.name,
            "team_id": here.team_id,
            "user_id": here.bot.id,
            "bot_id": self.bot_id,
            "is_enterprise_install": False,
        }

    def api_test(self, given: Payload) -> Payload:
        if given.get("error"):
            raise Refused(str(given["error"]))
        return {"args": given}

    def open_connection(self, _: Payload) -> Payload:
        self._issued += 1
        ticket = f"ticket-{self._issued}"
        self.tickets.append(ticket)
        return {"url": self.socket_url(ticket)}

    # Messages

    def post_message(self, given: Payload) -> Payload:
        place = self._place(given["channel"], by_name=True)
        self._check(given)
        posted = self.workspace.post(
            place,
            self.workspace.bot,
            version_of(given),
            at=self.clock(),
            thread_ts=self._thread(place, given.get("thread_ts")),
        )
        return {"channel": place.id, "ts": posted.ts, "message": wire(posted)}

    def post_ephemeral(self, given: Payload) -> Payload:
        place = self._place(given["channel"])
        if given["user"] not in self.workspace.users:
            raise Refused("user_not_found")
        if given["user"] not in place.members:
            raise Refused("user_not_in_channel")
        self._check(given)
        posted = self.workspace.post(
            place,
            self.workspace.bot,
            version_of(given),
            at=self.clock(),
            thread_ts=self._thread(place, given.get("thread_ts")),
            ephemeral_to=str(given["user"]),
        )
        return {"message_ts": posted.ts}

    def update_message(self, given: Payload) -> Payload:
        place = self._place(given["channel"])
        message = self._message(place, given["ts"])
        if message.user != self.workspace.bot.id:
            raise Refused("cant_update_message")
        # What an update doesn't mention stays as it was; an empty list takes the blocks away.
        before = {"text": message.text, "blocks": list(message.blocks), "metadata": message.metadata}
        said = {**before, **{key: given[key] for key in before if key in given}}
        self._check(said)
        after = self.workspace.edit(message, version_of(said))
        return {"channel": place.id, "ts": after.ts, "text": after.text, "message": wire(after)}

    def delete_message(self, given: Payload) -> Payload:
        place = self._place(given["channel"])
        message = self._message(place, given["ts"])
        if message.user != self.workspace.bot.id:
            raise Refused("cant_delete_message")
        self.workspace.delete(message)
        return {"channel": place.id, "ts": message.ts}

    # Conversations

    def history(self, given: Payload) -> Payload:
        place = self._readable(given["channel"])
        parents = [m for m in self._visible(place) if m.thread_ts in (None, m.ts)]
        return self._page(list(reversed(parents)), given)

    def replies(self, given: Payload) -> Payload:
        place = self._readable(given["channel"])
        if self.workspace.message(place, str(given["ts"])) is None:
            raise Refused("thread_not_found")
        thread = [m for m in self._visible(place) if str(given["ts"]) in (m.ts, m.thread_ts)]
        return self._page(thread, given)

    def permalink(self, given: Payload) -> Payload:
        place = self._known(given["channel"])
        message = self._message(place, given["message_ts"])
        thread = f"?thread_ts={message.thread_ts}&cid={place.id}" if message.thread_ts else ""
        address = f"https://{self.workspace.domain}.slack.invalid/archives/{place.id}/p{message.ts.replace('.', '')}"
        return {"channel": place.id, "permalink": address + thread}

    def conversation(self, given: Payload) -> Payload:
        return {"channel": self._conversation(self._known(given["channel"]))}

    def members(self, given: Payload) -> Payload:
        place = self._known(given["channel"])
        needed = "im:read" if place.is_im else "groups:read" if place.is_private else "channels:read"
        if needed not in self.scopes:
            raise missing_scope(needed, self.scopes)
        found, more = _cut(sorted(place.members), given)
        return {"members": found, "response_metadata": {"next_cursor": more}}

    def open_direct(self, given: Payload) -> Payload:
        user = self._user(given["users"])
        if user.deleted:
            raise Refused("user_disabled")
        return {"channel": {"id": self.workspace.direct(user).id}}

    # People

    def user_info(self, given: Payload) -> Payload:
        user = self._user(given["user"])
        return {
            "user": {
                "id": user.id,
                "team_id": user.team_id,
                "name": user.name,
                "real_name": user.real_name,
                "deleted": user.deleted,
                "is_bot": user.is_bot,
                "is_restricted": user.is_restricted,
                "is_ultra_restricted": user.is_ultra_restricted,
                "is_stranger": user.is_stranger,
                "tz": user.tz,
                "profile": {"real_name": user.real_name, "display_name": user.name},
            }
        }

    def bot_info(self, _: Payload) -> Payload:
        bot = self.workspace.bot
        return {"bot": {"id": self.bot_id, "app_id": self.app_id, "user_id": bot.id, "name": bot.name}}

    def groups(self, _: Payload) -> Payload:
        return {
            "usergroups": [
                {"id": g.id, "handle": g.handle, "name": g.name, "user_count": len(g.members)}
                for g in self.workspace.groups.values()
                if not g.disabled
            ]
        }

    def group_members(self, given: Payload) -> Payload:
        group = self.workspace.groups.get(str(given["usergroup"]))
        if group is None:
            raise Refused("no_such_subteam")
        if group.disabled:
            raise Refused("subteam_disabled")
        return {"users": list(group.members)}

    # Views

    def open_view(self, given: Payload) -> Payload:
        self._check_view(given["view"])
        return self._shown(self.views.open(self.triggers.exchange(str(given["trigger_id"])), given["view"]))

    def push_view(self, given: Payload) -> Payload:
        self._check_view(given["view"])
        return self._shown(self.views.push(self.triggers.exchange(str(given["trigger_id"])), given["view"]))

    def update_view(self, given: Payload) -> Payload:
        self._check_view(given["view"])
        view_id, external_id = str(given.get("view_id") or ""), str(given.get("external_id") or "")
        return self._shown(
            self.views.update(view_id, external_id, given["view"], known_hash=str(given.get("hash") or ""))
        )

    def publish_view(self, given: Payload) -> Payload:
        self._check_view(given["view"])
        user = self._user(given["user_id"])
        return self._shown(self.views.publish(user, given["view"], known_hash=str(given.get("hash") or "")))

    # Steps of workflows

    def complete_step(self, given: Payload) -> Payload:
        run = self.steps.running(given["function_execution_id"])
        if not isinstance(given["outputs"], dict):
            raise Refused("parameter_validation_failed")
        run.outputs = dict(cast("Payload", given["outputs"]))
        return {}

    def fail_step(self, given: Payload) -> Payload:
        self.steps.running(given["function_execution_id"]).error = str(given["error"])
        return {}

    # What the methods share

    def _check(self, said: Payload) -> None:
        check_message(
            said, unsupported=frozenset(self.faults.unsupported_blocks), allowed_mentions=self.allowed_mentions
        )

    def _check_view(self, view: object) -> None:
        if not isinstance(view, dict):
            raise Refused("invalid_arguments")
        check_view(cast("Payload", view), unsupported=frozenset(self.faults.unsupported_blocks))

    def _shown(self, shown: Shown) -> Payload:
        self.workspace.touch()
        return {"view": shown.wire(self.workspace.team_id)}

    def _known(self, channel: object) -> Channel:
        place = self.workspace.channels.get(str(channel))
        if place is None or (place.is_private and self.workspace.bot.id not in place.members):
            raise Refused("channel_not_found")
        return place

    def _place(self, channel: object, *, by_name: bool = False) -> Channel:
        """Where the bot may speak and read."""
        name = str(channel)
        if by_name and name in self.workspace.users:
            return self.workspace.direct(name)
        named = [c.id for c in self.workspace.channels.values() if by_name and c.name == name.removeprefix("#")]
        place = self._known(named[0] if named else name)
        if place.is_archived:
            raise Refused("is_archived")
        if self.workspace.bot.id not in place.members:
            raise Refused("not_in_channel")
        return place

    def _readable(self, channel: object) -> Channel:
        """Where the bot may read: each sort of conversation has its own scope."""
        place = self._place(channel)
        needed = "im:history" if place.is_im else "groups:history" if place.is_private else "channels:history"
        if needed not in self.scopes:
            raise missing_scope(needed, self.scopes)
        return place

    def _message(self, place: Channel, ts: object) -> Message:
        message = self.workspace.message(place, str(ts))
        if message is None or message.ephemeral_to:
            raise Refused("message_not_found")
        return message

    def _thread(self, place: Channel, thread_ts: object) -> str | None:
        if not thread_ts:
            return None
        parent = self.workspace.message(place, str(thread_ts))
        if parent is None or parent.ephemeral_to:
            raise Refused("thread_not_found")
        if parent.thread_ts not in (None, parent.ts):
            raise Refused("cannot_reply_to_message")
        return parent.ts

    def _user(self, who: object) -> User:
        user = self.workspace.users.get(str(who))
        if user is None:
            raise Refused("user_not_found")
        return user

    def _visible(self, place: Channel) -> list[Message]:
        return [m for m in self.workspace.messages(place) if not m.ephemeral_to]

    def _page(self, found: list[Message], given: Payload) -> Payload:
        metadata = str(given.get("include_all_metadata", "")).lower() in ("1", "true")
        shown, more = _cut([message for message in found if _within(message, given)], given)
        return {
            "messages": [wire(m, metadata=metadata) for m in shown],
            "has_more": bool(more),
            "response_metadata": {"next_cursor": more},
        }

    def _conversation(self, place: Channel) -> Payload:
        return {
            "id": place.id,
            "name": place.name,
            "is_channel": not place.is_im,
            "is_im": place.is_im,
            "is_private": place.is_private,
            "is_archived": place.is_archived,
            "is_member": self.workspace.bot.id in place.members,
        }


def _cut(found: list[T], given: Payload) -> tuple[list[T], str]:
    """The page that was asked for, and the cursor of the next one ("" for none)."""
    limit, cursor = int(given.get("limit") or 100), str(given.get("cursor") or "0")
    if not 1 <= limit <= MOST_IN_A_PAGE:
        raise Refused("invalid_limit")
    if not cursor.isdigit():
        raise Refused("invalid_cursor")
    after = int(cursor) + limit
    return found[int(cursor) : after], str(after) if after < len(found) else ""


def _within(message: Message, given: Payload) -> bool:
    """Between `oldest` and `latest`; a thread's first message is in every answer about the thread."""
    if message.ts == str(given.get("ts", "")):
        return True
    oldest, at, latest = float(given.get("oldest") or 0), float(message.ts), float(given.get("latest") or "inf")
    inclusive = str(given.get("inclusive", "")).lower() in ("1", "true")
    return oldest <= at <= latest if inclusive else oldest < at < latest
