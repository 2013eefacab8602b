"""Picking by typing: what an option carries and says, what the list holds, and the way through a real Bolt app."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import MAYA, WAR_ROOM, Message, SandboxSlack
from homeward.bot.sandbox.slack.options import problems_in_suggestion
from homeward.checks.sources.searching import Index
from homeward.checks.subjects import Estate, Kind, Named
from homeward.checks.way import Stand
from homeward.handlers import ids
from homeward.handlers.picking import (
    OPTIONS,
    Picker,
    as_typed,
    key,
    named,
    search_element,
    subject,
    suggestions,
)
from homeward.handlers.views.blocks import as_json

WHEN = datetime(2026, 3, 7, 2, 14, tzinfo=UTC)


def one(name: str, kind: Kind = Kind.MACHINE, detail: str = "", vault: str = "prod-dr") -> Named:
    stand = Stand.IN_AZURE if kind is Kind.MACHINE else None
    return Named(name, kind, f"/vaults/{vault}/{kind.value}/{name}", vault, detail, stand)


class FakeInventory:
    """Knows what it is given, and looks it through as the real one does."""

    def __init__(self, *known: Named, unread: tuple[str, ...] = ()) -> None:
        self.index = Index((each, ()) for each in known)
        self.estate = Estate(self.index.named, (), WHEN if known else None, unread)

    def known(self) -> Estate:
        return self.estate

    async def read(self, within: float) -> Estate:
        return self.estate

    def search(self, text: str, most: int) -> tuple[Named, ...]:
        return self.index.search(text, most)


def offered(text: str, inventory: FakeInventory) -> dict[str, list[str]]:
    """The texts of the options by the heading of their group."""
    groups: Any = suggestions(text, inventory.search(text, 10_000), inventory.known())
    assert problems_in_suggestion({"option_groups": groups} if groups else {"options": []}) == []
    return {group["label"]["text"]: [each["text"]["text"] for each in group["options"]] for group in groups}


# --- What an option carries ---


def test_a_name_that_is_alone_carries_itself_and_leads_back() -> None:
    web01 = one("web01")
    assert key(web01) == "n:web01"
    assert named("n:WEB01", FakeInventory(web01, one("web02"))) == web01
    assert subject(web01) == "web01"


def test_of_two_with_one_name_each_carries_its_own_and_means_its_id() -> None:
    first, second = one("build01", detail="classic"), one("build01", detail="modernized", vault="test")
    inventory = FakeInventory(first, second)
    assert key(first) != key(second)
    assert [named(key(each), inventory) for each in (first, second)] == [first, second]
    assert subject(first) == first.id


def test_what_is_not_there_any_more_leads_nowhere() -> None:
    assert named(key(one("build01", detail="classic")), FakeInventory(one("web01"))) is None


def test_a_name_that_nobody_knows_comes_back_as_it_was_typed() -> None:
    assert named("n:web99", FakeInventory()) == as_typed("web99")
    assert subject(as_typed("web99")) == "web99"


def test_a_name_that_is_another_ones_too_by_now_is_not_guessed() -> None:
    inventory = FakeInventory(one("web01", detail="classic"), one("web01", detail="modernized"))
    assert named("n:web01", inventory) == as_typed("web01")


@pytest.mark.parametrize("carried", ["", "web01", "x:web01", "n:", "i:", "n:\ud800", f"n:{'a' * 141}"])
def test_what_was_never_a_key_means_nothing(carried: str) -> None:
    assert named(carried, FakeInventory(one("web01"))) is None


def test_hostile_names_go_there_and_back(hostile: tuple[str, ...]) -> None:
    everything = [replace(one(name), id=f"/items/{place}") for place, name in enumerate(hostile)]
    inventory = FakeInventory(*everything)
    assert [named(key(each), inventory) for each in everything] == everything
    assert all(len(key(each).encode("utf-16-le")) <= 300 for each in everything)
    offered("", inventory)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_goes_there_and_back_within_slacks_limits(name: str, detail: str) -> None:
    each = one(name, detail=detail)
    assert named(key(each), FakeInventory(each)) == each
    offered("", FakeInventory(each))


# --- What the list holds ---


def test_the_list_tells_kinds_apart_and_where_each_stands() -> None:
    inventory = FakeInventory(one("payroll", Kind.PLAN), one("pay-vms", Kind.GROUP), one("pay01"))
    assert offered("pay", inventory) == {
        "Machines": ["pay01"],
        "Replication groups": ["pay-vms"],
        "Recovery plans": ["payroll"],
    }
    groups: Any = suggestions("pay01", (one("pay01"),), inventory.known())
    assert groups[0]["options"][0]["description"]["text"] == "in Azure · vault prod-dr"


def test_what_tells_two_of_a_name_apart_is_said() -> None:
    two = (one("build01", detail="classic · cs01"), one("build01", detail="modernized · site"))
    groups: Any = suggestions("build01", two, FakeInventory(*two).known())
    said = [each["description"]["text"] for each in groups[0]["options"]]
    assert said == ["in Azure · classic · cs01", "in Azure · modernized · site"]


def test_among_thousands_of_machines_the_few_plans_are_seen() -> None:
    machines = [one(f"vm{number:04d}") for number in range(5000)]
    plans = [one(f"vm-plan{number}", Kind.PLAN) for number in range(3)]
    found = offered("vm", FakeInventory(*machines, *plans))
    assert found["Recovery plans"] == ["vm-plan0", "vm-plan1", "vm-plan2"]
    assert len(found["Machines"]) == OPTIONS - 3


def test_where_nothing_is_known_what_was_typed_is_offered() -> None:
    assert offered("web01", FakeInventory()) == {"As typed: not every name could be read": ["web01"]}
    assert offered("", FakeInventory()) == {}


def test_where_a_vault_is_unread_what_was_typed_is_offered_beside_what_is_known() -> None:
    inventory = FakeInventory(one("web01"), one("web012"), unread=("vault test did not answer",))
    assert offered("web0", inventory) == {
        "Machines": ["web01", "web012"],
        "As typed: not every name could be read": ["web0"],
    }
    assert offered("WEB01", inventory) == {"Machines": ["web01", "web012"]}


def test_where_everything_was_read_no_name_is_made_up() -> None:
    assert offered("zzzz", FakeInventory(one("web01"))) == {}


@given(st.text(max_size=300))
def test_whatever_is_typed_slack_takes_the_list(text: str) -> None:
    offered(text.strip(), FakeInventory())
    offered(text.strip(), FakeInventory(one("web01"), unread=("a",)))


def test_the_field_asks_from_the_first_letter_and_shows_what_was_chosen() -> None:
    chosen: Any = as_json(search_element("Name of a machine", one("web01")))
    assert chosen["min_query_length"] == 0
    assert chosen["action_id"] == ids.SUBJECT
    groups: Any = suggestions("web01", (one("web01"),), Estate())
    assert chosen["initial_option"] == groups[0]["options"][0]


# --- Through Bolt ---


@dataclass
class Field:
    """A message with a search field, in a Slack whose bot answers it."""

    slack: SandboxSlack
    message: Message

    async def type(self, text: str) -> Any:
        return await self.slack.suggest(MAYA, self.message, ids.SUBJECT, text)


@pytest.fixture(params=[False, True], ids=["acknowledging", "processing"])
async def search_field(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Field]:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with SandboxSlack() as slack:
        client = AsyncWebClient(token=slack.token, base_url=slack.base_url)
        app: Any = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=request.param)
        for listener in Picker(FakeInventory(one("web01"), one("web02"))).listeners():
            app.options(listener.id)(listener.respond)
        runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        block = SectionBlock(text="Which?", accessory=search_element("Name"))
        posting: Any = client
        await posting.chat_postMessage(channel=WAR_ROOM.id, text="Which?", blocks=[as_json(block)])
        (message,) = slack.workspace.messages(WAR_ROOM)
        yield Field(slack, message)
        await runner.cleanup()


async def test_the_acknowledgement_carries_the_list(search_field: Field) -> None:
    answer = await search_field.type("web01")
    assert [each["value"] for each in answer["option_groups"][0]["options"]] == ["n:web01"]


async def test_an_empty_field_shows_what_there_is(search_field: Field) -> None:
    answer = await search_field.type("")
    assert [each["value"] for each in answer["option_groups"][0]["options"]] == ["n:web01", "n:web02"]


async def test_the_names_of_the_estate_are_nothing_for_another_company(ack: Any) -> None:
    picker = Picker(FakeInventory(one("web01")))
    view = {"app_installed_team_id": "T1"}
    for home, found in (("T9", 0), ("T1", 1)):
        body = {"team": {"id": home}, "user": {"id": "U1", "team_id": home}, "view": view, "value": "web"}
        await picker.suggest(ack, body)
        assert len(ack.answers[-1].get("option_groups", [])) == found
    # In an organisation of several workspaces the same person comes with another one of theirs.
    person = {"id": "U1", "team_id": "T2"}
    await picker.suggest(
        ack, {"team": {"id": "T1"}, "enterprise": {"id": "E1"}, "user": person, "view": view, "value": ""}
    )
    assert ack.answers[-1]["option_groups"]


async def test_where_nothing_fits_the_list_is_empty(search_field: Field) -> None:
    assert await search_field.type("zzzz") == {"options": []}


def test_a_name_that_is_filled_in_and_not_known_is_called_typed_and_no_more() -> None:
    chosen: Any = as_json(search_element("Which?", as_typed("nope")))["initial_option"]
    assert chosen["description"]["text"] == "as typed", "all names may have been read"
