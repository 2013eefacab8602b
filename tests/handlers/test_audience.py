"""Who has to be asked in person, asked of the sandbox's Slack by the real client."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.approval import Policy
from homeward.actions.requests import Where
from homeward.bot.sandbox.slack import SandboxSlack
from homeward.bot.sandbox.slack.people import (
    APPROVALS,
    APPROVERS,
    BOT,
    DORA,
    GUS,
    LENA,
    MAYA,
    OMAR,
    SVEN,
    TEAM,
    User,
    UserGroup,
)
from homeward.handlers import SlackRefused
from homeward.handlers.audience import FRESH, MOST, PAGE, PAGES, Outside, SlackAudience
from homeward.handlers.people import SlackStandings

WHERE = Where(TEAM, "", "C0WARROOM")
POLICY = Policy(APPROVALS.id, (), (APPROVERS.id,), 1, timedelta(hours=2))


@dataclass
class Asking:
    """The audience over one Slack, with a clock that a test moves."""

    slack: SandboxSlack
    now: float = 100.0
    lines: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    audience: SlackAudience = field(init=False)

    def __post_init__(self) -> None:
        standings = SlackStandings(self.client, clock=lambda: self.now)
        self.audience = SlackAudience(self.client, standings, log=self, clock=lambda: self.now)

    async def client(self, team_id: str, enterprise_id: str) -> AsyncWebClient:
        return AsyncWebClient(token=self.slack.token, base_url=self.slack.base_url, timeout=5)

    def error(self, event: str, **values: object) -> None:
        self.lines.append({"event": event, **values})

    def inside(self, *people: User) -> None:
        members = frozenset(one.id for one in people)
        self.slack.workspace.channels[APPROVALS.id] = replace(APPROVALS, members=members | {BOT.id})

    def times(self, method: str) -> int:
        return sum(call.method == method for call in self.slack.calls)

    async def of(self, policy: Policy = POLICY, *, but: Collection[str] = (), asked: int = 0) -> Outside:
        return await self.audience(policy, WHERE, but=but, asked=asked)


@pytest.fixture
async def asking(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asking]:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with SandboxSlack() as slack:
        yield Asking(slack)


async def test_those_in_the_channel_are_not_asked_in_person(asking: Asking) -> None:
    assert await asking.of() == Outside()
    assert asking.times("users.info") == 0


async def test_listed_people_and_members_of_groups_outside_the_channel_are(asking: Asking) -> None:
    asking.inside(LENA)
    assert await asking.of(replace(POLICY, users=(MAYA.id, LENA.id))) == Outside((MAYA.id, OMAR.id))
    assert await asking.of(replace(POLICY, users=(MAYA.id, LENA.id)), but=(MAYA.id,)) == Outside((OMAR.id,))


async def test_guests_bots_strangers_and_those_who_left_are_not(asking: Asking) -> None:
    asking.inside()
    users = tuple(one.id for one in (GUS, SVEN, DORA, BOT, OMAR))
    assert await asking.of(replace(POLICY, users=users, usergroups=())) == Outside((OMAR.id,))


async def test_the_members_are_read_page_by_page_and_kept_for_a_minute(asking: Asking) -> None:
    crowd = [User(f"U{n:05}", f"u{n}", f"U {n}") for n in range(2 * PAGE + 5)]
    asking.inside(*crowd, LENA)
    assert await asking.of() == Outside((OMAR.id,))
    assert asking.times("conversations.members") == 3
    await asking.of()
    assert asking.times("conversations.members") == 3
    asking.now += FRESH
    await asking.of()
    assert asking.times("conversations.members") == 6


async def test_a_channel_with_everybody_in_it_is_not_read_to_its_end(asking: Asking) -> None:
    asking.inside(*(User(f"U{n:05}", f"u{n}", f"U {n}") for n in range(PAGE * PAGES + 1)))
    assert await asking.of() == Outside()
    assert asking.times("conversations.members") == PAGES
    assert [line["slack"] for line in asking.lines] == ["too_many_members"]


async def test_of_too_many_the_first_are_asked_and_the_rest_is_counted(asking: Asking) -> None:
    crowd = [User(f"U{n:05}", f"u{n}", f"U {n}") for n in range(30)]
    asking.slack.workspace.users.update({one.id: one for one in crowd})
    group = UserGroup(APPROVERS.id, "a", "A", tuple(one.id for one in crowd))
    asking.slack.workspace.groups[group.id] = group
    assert await asking.of() == Outside(tuple(one.id for one in crowd[:MOST]), 10)
    known = [one.id for one in crowd[:15]]
    assert await asking.of(but=known, asked=15) == Outside(tuple(one.id for one in crowd[15:20]), 10)
    assert await asking.of(but=[one.id for one in crowd[:20]], asked=20) == Outside((), 10)


@pytest.mark.parametrize("error", ["missing_scope", "channel_not_found", "fetch_members_failed"])
async def test_where_slack_does_not_tell_the_members_nobody_is_and_it_is_told_once(asking: Asking, error: str) -> None:
    asking.inside()
    asking.slack.faults.fail("conversations.members", error, times=None)
    for _ in range(3):
        assert await asking.of() == Outside()
        asking.now += FRESH
    assert asking.lines == [
        {
            "event": "homeward.not_asked_in_person",
            "channel": APPROVALS.id,
            "method": "conversations.members",
            "slack": error,
        }
    ]


async def test_where_a_group_is_not_told_those_who_are_listed_are_asked(asking: Asking) -> None:
    asking.inside()
    asking.slack.faults.fail("usergroups.users.list", "plan_upgrade_required", times=None)
    assert await asking.of(replace(POLICY, users=(MAYA.id,))) == Outside((MAYA.id,))
    assert [line["slack"] for line in asking.lines] == ["plan_upgrade_required"]


async def test_what_may_pass_is_asked_again_later(asking: Asking) -> None:
    asking.inside()
    asking.slack.faults.limit("conversations.members", retry_after=30)
    with pytest.raises(SlackRefused, match="ratelimited") as refused:
        await asking.of()
    assert refused.value.retry_after == 30
    asking.now += FRESH
    assert (await asking.of()).people == (LENA.id, OMAR.id)
    assert asking.lines == []
