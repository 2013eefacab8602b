"""Who has to be asked in person: those who may approve and are not in the channel where approvers are asked."""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from homeward.actions.approval import Policy
from homeward.actions.requests import Person, Where

from .lately import Lately
from .people import Clients, SlackStandings
from .problems import SlackRefused
from .supervisor import Log
from .web_api import NO_ANSWER, SHORT, answered, objects, once, text

FRESH = 60.0
"""Seconds that the members of a channel count."""
PATIENCE = 8.0
"""Seconds that all pages of a channel's members may take."""
PAGE = 200
PAGES = 25
"""With more members than that it is no channel of approvers."""
TOO_MANY = "too_many_members"
"""Not one of Slack's codes."""
MOST = 20
"""So many people are asked in person about one request."""
ROUNDS = 3
"""How often others are looked at in place of guests, bots and people who left."""


@dataclass(frozen=True, slots=True)
class Outside:
    """`people` by id; `more` were left out, because there are too many."""

    people: tuple[str, ...] = ()
    more: int = 0


class Audience(Protocol):
    """Raises `SlackRefused` where it is worth asking again later, and nothing else."""

    async def __call__(self, policy: Policy, where: Where, *, but: Collection[str], asked: int) -> Outside:
        """Nobody of `but`; `asked` in person are so many already."""
        ...


class SlackAudience:
    """`Audience`, as Slack tells it. What it will not tell is told once in the log, and nobody is asked in person."""

    def __init__(
        self,
        clients: Clients,
        standings: SlackStandings,
        *,
        log: Log,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._clients = clients
        self._standings = standings
        self._log = log
        self._patience = patience
        self._members = Lately[frozenset[str]](clock, fresh=FRESH, method="conversations.members")
        self._told: set[tuple[str, str, str]] = set()

    async def __call__(self, policy: Policy, where: Where, *, but: Collection[str], asked: int) -> Outside:
        key = (where.team_id, policy.channel)
        members, (named, untold) = await asyncio.gather(
            self._members.get(key, lambda: self._ask(policy.channel, where)), self._standings.approvers(policy, where)
        )
        if isinstance(members, SlackRefused):
            self._refused(members, policy, where)
            return Outside()
        if untold is not None:
            self._refused(untold, policy, where)
        absent = sorted(named - members - set(but))
        people: list[str] = []
        for _ in range(ROUNDS):
            some = absent[: max(0, MOST - asked - len(people))]
            absent = absent[len(some) :]
            could = await asyncio.gather(
                *(self._standings.could_decide(Person(where.team_id, one), where) for one in some)
            )
            refused = next((one for one in could if isinstance(one, SlackRefused)), None)
            if refused is not None:
                self._refused(refused, policy, where)
            people += [one for one, able in zip(some, could, strict=True) if able is True]
            if not absent or refused is not None or len(people) >= MOST - asked:
                break
        return Outside(tuple(people), len(absent))

    def _refused(self, refused: SlackRefused, policy: Policy, where: Where) -> None:
        """Raises what Slack may tell in a moment; of the rest, once, that nobody is asked in person."""
        if refused.error in SHORT:
            raise refused
        told = (where.team_id, policy.channel, f"{refused.method} {refused.error}")
        if told not in self._told:
            self._told.add(told)
            self._log.error(
                "homeward.not_asked_in_person", channel=policy.channel, method=refused.method, slack=refused.error
            )

    async def _ask(self, channel: str, where: Where) -> frozenset[str] | SlackRefused:
        method = "conversations.members"
        found: set[str] = set()
        cursor = ""
        try:
            async with asyncio.timeout(self._patience):
                client = once(await self._clients(where.team_id, where.enterprise_id))
                for _ in range(PAGES):
                    call = client.conversations_members(channel=channel, limit=PAGE, cursor=cursor or None)
                    page = await answered(method, call)
                    found.update(one for one in objects(page, "members") if isinstance(one, str))
                    cursor = text(page, "response_metadata", "next_cursor")
                    if not cursor:
                        return frozenset(found)
        except SlackRefused as refused:
            return refused
        except TimeoutError:
            return SlackRefused(method, NO_ANSWER)
        return SlackRefused(method, TOO_MANY)
