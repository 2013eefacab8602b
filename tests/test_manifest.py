"""manifest.yml asks Slack for what the code uses, and for nothing else: each way round, for every surface."""

import ast
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot import Settings, register
from homeward.bot.sandbox.page.offered import COMMANDS, SHORTCUTS
from homeward.bot.sandbox.slack.catalogue import METHODS
from homeward.bot.scopes import SCOPES
from homeward.handlers import ids
from homeward.handlers.commands import Commands

ROOT = Path(__file__).parent.parent
CALLING = (
    *sorted((ROOT / "handlers").rglob("*.py")),
    *sorted((ROOT / "bot").glob("*.py")),
    ROOT / "bot/cli/doctor_acting.py",
)
"""Where Slack's Web API is called: everything that runs in a bot, and what the doctor asks."""

_API = {name for name in dir(AsyncWebClient) if "_" in name and not name.startswith("_")}
NOT_THE_BOTS = {"apps_connections_open"}
"""Socket Mode's own token asks for it."""


@dataclass
class Attached:
    """Everything that was attached to an app, by what Slack calls it."""

    commands: set[str] = field(default_factory=set[str])
    actions: list[str | re.Pattern[str]] = field(default_factory=list[str | re.Pattern[str]])
    views: set[str] = field(default_factory=set[str])
    options: set[str] = field(default_factory=set[str])
    shortcuts: set[str] = field(default_factory=set[str])
    events: set[str] = field(default_factory=set[str])
    functions: set[str] = field(default_factory=set[str])

    def acts_on(self, action: str) -> bool:
        return any(a.search(action) if isinstance(a, re.Pattern) else a == action for a in self.actions)


class Watched(AsyncApp):
    """An app that remembers what was attached to it."""

    def __init__(self) -> None:
        super().__init__(client=AsyncWebClient(token="xoxb-none"), signing_secret="none")
        self.attached = Attached()

    def command(self, command: Any, *more: Any, **others: Any) -> Any:
        self.attached.commands.add(command)
        return cast("Any", super()).command(command, *more, **others)

    def action(self, constraints: Any, *more: Any, **others: Any) -> Any:
        self.attached.actions.append(constraints)
        return cast("Any", super()).action(constraints, *more, **others)

    def view(self, constraints: Any, *more: Any, **others: Any) -> Any:
        self.attached.views.add(constraints)
        return cast("Any", super()).view(constraints, *more, **others)

    def options(self, constraints: Any, *more: Any, **others: Any) -> Any:
        self.attached.options.add(constraints)
        return cast("Any", super()).options(constraints, *more, **others)

    def shortcut(self, constraints: Any, *more: Any, **others: Any) -> Any:
        self.attached.shortcuts.add(constraints)
        return cast("Any", super()).shortcut(constraints, *more, **others)

    def event(self, event: Any, *more: Any, **others: Any) -> Any:
        self.attached.events.add(event)
        return cast("Any", super()).event(event, *more, **others)

    def function(self, callback_id: Any, *more: Any, **others: Any) -> Any:
        self.attached.functions.add(callback_id)
        return cast("Any", super()).function(callback_id, *more, **others)


@pytest.fixture
async def attached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attached:
    monkeypatch.chdir(tmp_path)
    app = Watched()
    homeward = register(app, Settings(vaults=()))
    await homeward.close()
    return app.attached


def manifest() -> Any:
    return yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


def called() -> dict[str, set[str]]:
    """The Web API's methods that the code names as attributes, with where."""
    found: dict[str, set[str]] = {}
    for path in CALLING:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _API:
                found.setdefault(node.func.attr, set()).add(str(path.relative_to(ROOT)))
    return found


def method_of(attribute: str) -> str:
    """slack_sdk writes chat.postMessage as chat_postMessage, and usergroups.users.list as usergroups_users_list."""
    return attribute.replace("_", ".")


async def test_every_command_of_the_manifest_is_answered_and_the_other_way_round(attached: Attached) -> None:
    commands = manifest()["features"]["slash_commands"]
    assert {one["command"] for one in commands} == attached.commands == set(asdict(Commands()).values())
    assert all(one["should_escape"] for one in commands)


async def test_every_shortcut_of_the_manifest_is_answered_and_the_other_way_round(attached: Attached) -> None:
    shortcuts = manifest()["features"]["shortcuts"]
    assert {one["callback_id"] for one in shortcuts} == attached.shortcuts
    assert {one["type"] for one in shortcuts} == {"message"}


def test_the_sandboxs_page_offers_what_the_manifest_has() -> None:
    features = manifest()["features"]
    assert {(one.callback_id, one.name) for one in SHORTCUTS} == {
        (one["callback_id"], one["name"]) for one in features["shortcuts"]
    }
    assert {one.command for one in COMMANDS} == {one["command"] for one in features["slash_commands"]}


async def test_every_step_of_the_manifest_is_answered_and_the_other_way_round(attached: Attached) -> None:
    said = manifest()
    assert set(said["functions"]) == attached.functions
    assert said["settings"]["function_runtime"] == "remote"
    assert said["settings"]["org_deploy_enabled"] is True
    for step in said["functions"].values():
        for parameters in (step["input_parameters"], step["output_parameters"]):
            assert {key: one["name"] for key, one in parameters.items()} == {key: key for key in parameters}


async def test_every_event_of_the_manifest_is_answered_and_the_other_way_round(attached: Attached) -> None:
    steps = {"function_executed"} if attached.functions else set[str]()
    assert set(manifest()["settings"]["event_subscriptions"]["bot_events"]) == attached.events | steps
    assert ("app_home_opened" in attached.events) == manifest()["features"]["app_home"]["home_tab_enabled"]


async def test_interactivity_is_asked_for_since_there_is_something_to_press(attached: Attached) -> None:
    assert manifest()["settings"]["interactivity"]["is_enabled"] is bool(attached.actions)
    assert attached.views
    assert attached.options


FILLED_IN = {ids.ATTEST, ids.REASON, ids.SUBJECT, ids.FORM_VALUE}
"""Answered when the form is sent that they stand in."""
LOOKED_AT = {ids.CHECKS_VIEW}
"""Nothing is sent from it."""


async def test_every_id_belongs_to_something_that_is_answered(attached: Attached) -> None:
    held: list[object] = [value for name, value in vars(ids).items() if name.isupper()]
    every = {one for one in held if isinstance(one, str)}
    every |= {one for some in held if isinstance(some, tuple) for one in cast("tuple[str, ...]", some)}
    answered = attached.views | attached.options | attached.shortcuts | attached.functions
    left = every - answered - FILLED_IN - LOOKED_AT
    assert {id for id in left if not attached.acts_on(id) and not attached.acts_on(f"{id}.0")} == set()


def test_the_search_for_calls_finds_them() -> None:
    assert {"chat_postMessage", "chat_update", "views_open", "conversations_open"} <= set(called())


def test_every_call_is_one_that_the_sandbox_judges_by_its_scopes() -> None:
    assert {method_of(name) for name in set(called()) - NOT_THE_BOTS} <= set(METHODS)


def test_the_manifest_has_the_scopes_that_the_calls_need_and_no_others() -> None:
    asked = set(manifest()["oauth_config"]["scopes"]["bot"])
    # Each sort of conversation has its own scope; a bot that is in all three sorts needs all that are asked for.
    needs = {name: set(METHODS[method_of(name)].scopes) for name in set(called()) - NOT_THE_BOTS}
    lacking = {name for name, scopes in needs.items() if scopes and not scopes & asked}
    assert not lacking
    commands = {"commands"}
    """Slash commands and shortcuts."""
    assert asked <= commands.union(*needs.values())


def test_the_one_list_of_scopes_is_the_manifests() -> None:
    assert list(SCOPES) == manifest()["oauth_config"]["scopes"]["bot"]


def test_every_scope_is_explained_in_the_docs_and_no_other() -> None:
    rows = re.findall(
        r"^\| (`.+?`) \| (.+) \|$", (ROOT / "docs" / "install.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    explained = {scope: why for names, why in rows for scope in re.findall(r"`([a-z:]+)`", names)}
    assert set(explained) == set(SCOPES)
    assert all(len(why) > 20 for why in explained.values())


@pytest.mark.parametrize("part", ["functions", "shortcuts"])
def test_every_step_and_shortcut_is_documented(part: str) -> None:
    said = manifest()
    docs = (ROOT / "docs" / "workflow-steps.md").read_text(encoding="utf-8")
    if part == "shortcuts":
        assert all(one["name"] in docs for one in said["features"]["shortcuts"])
        return
    for id, step in said["functions"].items():
        assert f"`{id}`" in docs, id
        for parameters in (step["input_parameters"], step["output_parameters"]):
            assert all(f"`{name}`" in docs for name in parameters), id
