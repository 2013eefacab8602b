"""Who somebody is now, asked of the sandbox's Slack by the real client."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.approval import Policy, Standing, Unasked
from homeward.actions.requests import Person, Where
from homeward.bot.sandbox.slack import SandboxSlack
from homeward.bot.sandbox.slack.people import APPROVERS, BOT, DORA, GUS, LENA, MAYA, OMAR, SVEN, TEAM, UserGroup
from homeward.handlers import SlackRefused
from homeward.handlers.people import FRESH, SlackStandings, read_user

WHERE = Where(TEAM, "", "C0WARROOM")
POLICY = Policy("C0APPROVALS", (), (APPROVERS.id,), 1, timedelta(hours=2))
SECOND = UserGroup("S0SECOND", "second", "A second group", (MAYA.id,))


def person(user: Any) -> Person:
    return Person(user.team_id, user.id)


class Asking:
    """The standings over one Slack, with a clock that a test moves."""

    def __init__(self, slack: SandboxSlack) -> None:
        self.slack = slack
        self.now = 100.0
        self.clients: list[tuple[str, str]] = []
        self.standings = SlackStandings(self.client, clock=lambda: self.now)

    async def client(self, team_id: str, enterprise_id: str) -> AsyncWebClient:
        self.clients.append((team_id, enterprise_id))
        return AsyncWebClient(token=self.slack.token, base_url=self.slack.base_url, timeout=5)

    async def of(self, user: Any, **policy: Any) -> Standing | Unasked:
        return await self.standings(person(user), replace(POLICY, **policy), WHERE)

    async def why(self, user: Any, **policy: Any) -> str:
        unasked = await self.of(user, **policy)
        assert isinstance(unasked, Unasked)
        return unasked.why

    @property
    def asked(self) -> list[str]:
        return [call.method for call in self.slack.calls]


@pytest.fixture
async def asking(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asking]:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with SandboxSlack() as slack:
        slack.workspace.groups[SECOND.id] = SECOND
        yield Asking(slack)


async def test_a_member_of_the_group_is_told_so(asking: Asking) -> None:
    assert await asking.of(LENA) == Standing(person(LENA), member=True)


async def test_somebody_else_is_no_member(asking: Asking) -> None:
    assert await asking.of(MAYA) == Standing(person(MAYA), member=False)


async def test_who_is_listed_needs_no_group(asking: Asking) -> None:
    assert await asking.of(MAYA, users=(MAYA.id,)) == Standing(person(MAYA), member=True)
    assert asking.asked == ["users.info"]


async def test_one_of_several_groups_is_enough(asking: Asking) -> None:
    assert await asking.of(MAYA, usergroups=(APPROVERS.id, SECOND.id)) == Standing(person(MAYA), member=True)
    asking.slack.faults.fail("usergroups.users.list", "no_such_subteam")
    asking.now += FRESH
    assert await asking.of(OMAR, usergroups=("S0GONE", APPROVERS.id)) == Standing(person(OMAR), member=True)


async def test_nobody_is_a_member_of_nothing(asking: Asking) -> None:
    assert await asking.of(LENA, usergroups=()) == Standing(person(LENA), member=False)


async def test_guests_bots_and_the_deactivated_are_known(asking: Asking) -> None:
    listed = (GUS.id, DORA.id, BOT.id)
    assert await asking.of(GUS, users=listed) == Standing(person(GUS), member=True, guest=True)
    assert await asking.of(DORA, users=listed) == Standing(person(DORA), member=True, deleted=True)
    assert await asking.of(BOT, users=listed) == Standing(person(BOT), member=True, bot=True)


async def test_a_single_channel_guest_is_a_guest(asking: Asking) -> None:
    asking.slack.workspace.users[GUS.id] = replace(GUS, is_restricted=False, is_ultra_restricted=True)
    assert await asking.of(GUS) == Standing(person(GUS), member=False, guest=True)


async def test_somebody_of_another_workspace_is_a_stranger_without_asking(asking: Asking) -> None:
    assert await asking.of(SVEN, users=(SVEN.id,)) == Standing(person(SVEN), member=False, stranger=True)
    assert asking.asked == []


async def test_somebody_who_only_claims_to_be_of_this_workspace_is_a_stranger(asking: Asking) -> None:
    forged = Person(TEAM, SVEN.id)
    standing = await asking.standings(forged, replace(POLICY, users=(SVEN.id,)), WHERE)
    assert standing == Standing(forged, member=True, stranger=True)
    # Slack's own mark is enough, and so is the other workspace.
    asking.now += FRESH
    asking.slack.workspace.users[SVEN.id] = replace(SVEN, is_stranger=False)
    standing = await asking.standings(forged, POLICY, WHERE)
    assert standing == Standing(forged, member=False, stranger=True)


async def test_an_id_that_slack_does_not_know_is_a_stranger(asking: Asking) -> None:
    nobody = Person(TEAM, "U0NOBODY")
    assert await asking.standings(nobody, POLICY, WHERE) == Standing(nobody, member=False, stranger=True)


async def test_the_workspace_of_the_request_is_asked(asking: Asking) -> None:
    await asking.standings(person(LENA), POLICY, Where(TEAM, "E1", "C1"))
    assert set(asking.clients) == {(TEAM, "E1")}


# --- freshness ---


async def test_an_answer_counts_for_a_few_seconds_only(asking: Asking) -> None:
    assert await asking.of(LENA) == Standing(person(LENA), member=True)
    asking.slack.workspace.groups[APPROVERS.id] = replace(APPROVERS, members=(OMAR.id,))
    asking.slack.workspace.change(LENA, deleted=True)
    asking.now += FRESH - 0.1
    assert await asking.of(LENA) == Standing(person(LENA), member=True)
    asking.now += 0.1
    assert await asking.of(LENA) == Standing(person(LENA), member=False, deleted=True)


async def test_a_crowd_asks_slack_once_for_the_group(asking: Asking) -> None:
    await asyncio.gather(*(asking.of(user) for user in (LENA, OMAR, MAYA, GUS) for _ in range(25)))
    assert sorted(asking.asked) == ["usergroups.users.list", *["users.info"] * 4]


async def test_a_failure_counts_for_as_long_so_that_hammering_asks_no_more(asking: Asking) -> None:
    asking.slack.faults.fail("usergroups.users.list", "fatal_error")
    for _ in range(40):
        assert "fatal_error" in await asking.why(LENA)
    assert asking.asked.count("usergroups.users.list") == 1
    asking.now += FRESH
    assert await asking.of(LENA) == Standing(person(LENA), member=True)


async def test_who_stops_waiting_stops_it_for_nobody_else(asking: Asking) -> None:
    first = asyncio.create_task(asking.of(LENA))
    second = asyncio.create_task(asking.of(LENA))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == Standing(person(LENA), member=True)
    assert first.cancelled()


# --- failing closed ---


@pytest.mark.parametrize("error", ["missing_scope", "plan_upgrade_required", "subteam_disabled", "never_heard_of"])
async def test_a_group_that_cannot_be_read_lets_nobody_pass_but_the_listed(asking: Asking, error: str) -> None:
    asking.slack.faults.fail("usergroups.users.list", error, times=None)
    assert (await asking.why(LENA)).startswith(f"usergroups.users.list gave {error}")
    assert await asking.of(LENA, users=(LENA.id,)) == Standing(person(LENA), member=True)


@pytest.mark.parametrize("error", ["missing_scope", "invalid_auth", "internal_error"])
async def test_a_person_who_cannot_be_read_does_not_pass(asking: Asking, error: str) -> None:
    asking.slack.faults.fail("users.info", error)
    assert (await asking.why(LENA, users=(LENA.id,))).startswith(f"users.info gave {error}")


async def test_slack_asking_to_wait_is_not_knowing(asking: Asking) -> None:
    asking.slack.faults.limit("usergroups.users.list", retry_after=30)
    assert await asking.why(LENA) == "usergroups.users.list gave ratelimited"


async def test_a_slack_that_is_down_is_not_knowing(asking: Asking) -> None:
    await asking.slack.down()
    assert await asking.why(LENA) == "users.info gave no_answer"


async def test_a_slack_that_is_slow_is_not_knowing(asking: Asking) -> None:
    async def never(team_id: str, enterprise_id: str) -> AsyncWebClient:
        await asyncio.Event().wait()
        raise AssertionError("never")

    standings = SlackStandings(never, patience=0.01)
    assert await standings(person(LENA), POLICY, WHERE) == Unasked("users.info gave no_answer")


async def test_a_workspace_without_the_app_is_not_knowing(asking: Asking) -> None:
    async def none(team_id: str, enterprise_id: str) -> AsyncWebClient:
        raise SlackRefused("authorize", "not_installed")

    standings = SlackStandings(none)
    assert await standings(person(LENA), POLICY, WHERE) == Unasked("authorize gave not_installed")


async def test_an_answer_about_somebody_else_is_not_knowing(asking: Asking) -> None:
    asking.slack.workspace.users["U0ALIAS"] = LENA
    standing = await asking.standings(Person(TEAM, "U0ALIAS"), replace(POLICY, users=("U0ALIAS",)), WHERE)
    assert standing == Unasked("users.info gave no_answer")


async def test_somebody_of_the_organisation_is_of_each_of_its_workspaces(asking: Asking) -> None:
    from homeward.handlers.people import read_user

    told = {"user": {"id": "U1", "team_id": "E1", "enterprise_user": {"teams": ["T1", "T2"]}}}
    assert getattr(read_user(told, Person("T1", "U1")), "stranger") is False  # noqa: B009 # it may be a refusal
    assert getattr(read_user(told, Person("T3", "U1")), "stranger") is True  # noqa: B009 # as above


async def test_a_persons_time_zone_is_asked_for_once(asking: Asking) -> None:
    assert await asking.standings.zone(person(MAYA), WHERE) == "Europe/Amsterdam"
    await asking.of(MAYA, users=(MAYA.id,))
    assert asking.asked == ["users.info"]


@pytest.mark.parametrize("error", ["missing_scope", "user_not_found", "internal_error"])
async def test_a_time_zone_that_slack_does_not_tell_is_none(asking: Asking, error: str) -> None:
    asking.slack.faults.fail("users.info", error)
    assert await asking.standings.zone(person(MAYA), WHERE) == ""


async def test_who_has_set_no_time_zone_has_none() -> None:
    read = read_user({"user": {"id": MAYA.id, "team_id": TEAM, "tz": None}}, person(MAYA))
    assert not isinstance(read, SlackRefused)
    assert read.zone == ""
