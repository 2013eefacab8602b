"""Who somebody in Slack is now, asked of Slack for every decision: no answer is older than a few seconds."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from homeward.actions.approval import Policy, Standing, Unasked
from homeward.actions.requests import Person, Where

from .lately import Lately
from .problems import SlackRefused
from .web_api import NO_ANSWER, answered, objects, once

FRESH = 15.0
"""Seconds that an answer counts. Slack lets the members of user groups be asked 20 times in a minute."""
PATIENCE = 5.0
"""Seconds that Slack may take for one answer."""

_NOT_OURS = {"user_not_found", "user_not_visible", "users_not_found"}
_WHY = {
    "missing_scope": "the bot needs users:read and usergroups:read",
    "plan_upgrade_required": "this workspace's plan has no user groups, list the approvers one by one",
    "no_such_subteam": "the approvers' user group does not exist",
    "subteam_disabled": "the approvers' user group is disabled",
}


class Clients(Protocol):
    """A client for a workspace, outside any request from it. Raises `SlackRefused` where there is none."""

    async def __call__(self, team_id: str, enterprise_id: str) -> AsyncWebClient: ...


class _Api(Protocol):
    """What is used of slack_sdk's client, whose own types say less."""

    async def users_info(self, *, user: str) -> AsyncSlackResponse: ...

    async def usergroups_users_list(self, *, usergroup: str) -> AsyncSlackResponse: ...


@dataclass(frozen=True, slots=True)
class _User:
    """What Slack says of one person. `zone` is their time zone's IANA name, "" where it tells none."""

    deleted: bool
    guest: bool
    stranger: bool
    bot: bool
    zone: str = ""


class SlackStandings:
    """Whether somebody may decide: `actions.approval.Standings`. Whatever Slack does not tell is `Unasked`."""

    def __init__(
        self, clients: Clients, *, clock: Callable[[], float] = time.monotonic, patience: float = PATIENCE
    ) -> None:
        self._clients = clients
        self._patience = patience
        self._users = Lately[_User](clock, fresh=FRESH, method="users.info")
        self._groups = Lately[frozenset[str]](clock, fresh=FRESH, method="usergroups.users.list")

    async def __call__(self, person: Person, policy: Policy, where: Where) -> Standing | Unasked:
        """`where` is the request's: its workspace is asked, and whoever is not of it is a stranger."""
        if person.team_id != where.team_id:
            return Standing(person, member=False, deleted=False, guest=False, stranger=True, bot=False)
        user, member = await asyncio.gather(self._user(person, where), self._member(person, policy, where))
        if isinstance(user, SlackRefused):
            return _unasked(user)
        if isinstance(member, SlackRefused):
            return _unasked(member)
        return Standing(
            person, member=member, deleted=user.deleted, guest=user.guest, stranger=user.stranger, bot=user.bot
        )

    async def zone(self, person: Person, where: Where) -> str:
        """The IANA name of a person's time zone, "" where Slack does not tell it."""
        user = await self._user(person, where)
        return "" if isinstance(user, SlackRefused) else user.zone

    async def approvers(self, policy: Policy, where: Where) -> tuple[frozenset[str], SlackRefused | None]:
        """The ids of those whom a policy names, as far as Slack tells its groups, and why not all, if so."""
        answers = await asyncio.gather(*(self._group(group, where) for group in policy.usergroups))
        known = [members for members in answers if isinstance(members, frozenset)]
        return frozenset(policy.users).union(*known), next((r for r in answers if isinstance(r, SlackRefused)), None)

    async def could_decide(self, person: Person, where: Where) -> bool | SlackRefused:
        """Whether the account is one that may decide at all: none of a bot, a guest, or somebody who left."""
        user = await self._user(person, where)
        if isinstance(user, SlackRefused):
            return user
        return not (user.deleted or user.guest or user.stranger or user.bot)

    async def _user(self, person: Person, where: Where) -> _User | SlackRefused:
        return await self._users.get((person.team_id, person.user_id), lambda: self._ask_user(person, where))

    async def _member(self, person: Person, policy: Policy, where: Where) -> bool | SlackRefused:
        """Who is listed needs no group; of several groups, one that has the person is enough."""
        if person.user_id in policy.users:
            return True
        answers = await asyncio.gather(*(self._group(group, where) for group in policy.usergroups))
        if any(isinstance(members, frozenset) and person.user_id in members for members in answers):
            return True
        return next((refused for refused in answers if isinstance(refused, SlackRefused)), False)

    async def _group(self, group: str, where: Where) -> frozenset[str] | SlackRefused:
        return await self._groups.get((where.team_id, group), lambda: self._ask_group(group, where))

    async def _ask_user(self, person: Person, where: Where) -> _User | SlackRefused:
        try:
            async with asyncio.timeout(self._patience):
                client = await self._client(where)
                answer = await answered("users.info", client.users_info(user=person.user_id))
        except SlackRefused as refused:
            return (
                _User(deleted=False, guest=False, stranger=True, bot=False) if refused.error in _NOT_OURS else refused
            )
        except TimeoutError:
            return SlackRefused("users.info", NO_ANSWER)
        return read_user(cast("_Data", answer).data, person)

    async def _ask_group(self, group: str, where: Where) -> frozenset[str] | SlackRefused:
        method = "usergroups.users.list"
        try:
            async with asyncio.timeout(self._patience):
                client = await self._client(where)
                answer = await answered(method, client.usergroups_users_list(usergroup=group))
        except SlackRefused as refused:
            return refused
        except TimeoutError:
            return SlackRefused(method, NO_ANSWER)
        return frozenset(one for one in objects(answer, "users") if isinstance(one, str))

    async def _client(self, where: Where) -> _Api:
        client = await self._clients(where.team_id, where.enterprise_id)
        return cast("_Api", once(client))


class _Data(Protocol):
    data: object


def read_user(told: object, person: Person) -> _User | SlackRefused:
    """Only what Slack says is believed: an answer about somebody else, or about nobody, is none."""
    user = _part(told, "user")
    if user.get("id") != person.user_id:
        return SlackRefused("users.info", NO_ANSWER)
    teams = {user.get("team_id")}
    if isinstance(listed := _part(user, "enterprise_user").get("teams"), list):
        teams.update(cast("list[object]", listed))
    return _User(
        deleted=user.get("deleted") is True,
        guest=user.get("is_restricted") is True or user.get("is_ultra_restricted") is True,
        stranger=user.get("is_stranger") is True or person.team_id not in teams,
        bot=user.get("is_bot") is True or person.user_id == "USLACKBOT",
        zone=zone if isinstance(zone := user.get("tz"), str) else "",
    )


def _part(told: object, key: str) -> Mapping[str, object]:
    part = cast("Mapping[str, object]", told).get(key) if isinstance(told, dict) else None
    return cast("Mapping[str, object]", part) if isinstance(part, dict) else {}


def _unasked(refused: SlackRefused) -> Unasked:
    why = f": {_WHY[refused.error]}" if refused.error in _WHY else ""
    return Unasked(f"{refused.method} gave {refused.error}{why}")
