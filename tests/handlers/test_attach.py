"""Attaching to a host's app: collisions are refused, and nothing of the host's is touched."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.app.async_app import AsyncApp

from homeward.checks.catalogue import lookup, search
from homeward.handlers import (
    Approvals,
    Commands,
    CommandTaken,
    Errors,
    Failback,
    Looking,
    Onward,
    Preflight,
    Reprotect,
    Supervisor,
    WrongApp,
    attach,
)
from homeward.handlers.attach import _refuse  # pyright: ignore[reportPrivateUsage] # who would answer
from homeward.handlers.ids import (
    ACTIONS,
    APPROVE,
    ASK,
    CHECK_AGAIN,
    EXPLAIN_STEP,
    FORM,
    REJECT_VIEW,
    REQUEST_ACTIONS,
    RETRY,
    VIEWS,
)
from homeward.handlers.listeners import Kind, Listener


@pytest.fixture
def app() -> AsyncApp:
    return AsyncApp(token="xoxb-host", signing_secret="secret")


@pytest.fixture
def ours(poster: Any, log: Any) -> dict[str, Any]:
    supervisor = Supervisor(log=log, new_id=lambda: "a1b2")

    async def collect(name: str, watch: Any, operation: Any = None) -> Any:
        raise AssertionError("nothing is collected here")

    async def zones(person: Any, where: Any) -> str:
        raise AssertionError("nobody's zone is asked for here")

    preflight = Preflight(collect, {}, supervisor=supervisor, posters=poster)
    looking = Looking(collect, None, lambda: datetime.now(UTC))
    return {
        "preflight": preflight,
        "failback": Failback(
            None, preflight=preflight, looking=looking, zones=zones, supervisor=supervisor, posters=poster
        ),
        "onward": Onward(None, supervisor=supervisor, posters=poster),
        "errors": Errors(search, lookup, supervisor=supervisor, posters=poster),
        "reprotect": Reprotect(None, supervisor=supervisor, posters=poster),
        "approvals": Approvals(None, supervisor=supervisor, posters=poster),
    }


def _parts(app: Any) -> tuple[int, int]:
    return len(app._async_listeners), len(app._async_middleware_list)  # pyright: ignore[reportPrivateUsage] # what a host would lose


async def _host(ack: Any) -> None:
    await ack()


def test_listeners_are_added_and_no_middleware(app: Any, ours: Any) -> None:
    _, middleware = _parts(app)
    attach(app, Commands(), **ours)
    assert _parts(app) == (4 + len(ACTIONS) + len(REQUEST_ACTIONS) + 1 + len(VIEWS), middleware)


def test_attaching_twice_is_refused(app: Any, ours: Any) -> None:
    attach(app, Commands(), **ours)
    with pytest.raises(CommandTaken, match="registered in this app already"):
        attach(app, Commands("/other-check", "/other-errors", "/other-reprotect", "/other-failback"), **ours)


@pytest.mark.parametrize(
    "command", ["/reprotect-check", "/failback-errors", "/reprotect", "/failback", re.compile("/fail.*")]
)
def test_a_command_of_the_hosts_is_not_shadowed(app: Any, ours: Any, command: Any) -> None:
    app.command(command)(_host)
    before = _parts(app)
    with pytest.raises(CommandTaken, match=r"the command /\S+ is answered by .*_host already"):
        attach(app, Commands(), **ours)
    assert _parts(app) == before


def test_the_advice_shadows_nothing_of_the_hosts(app: Any, ours: Any) -> None:
    app.command("/reprotect-check")(_host)
    with pytest.raises(CommandTaken, match=r"rename one of the two \(Homeward's commands get other names") as told:
        attach(app, Commands(), **ours)
    assert "earlier" not in str(told.value)


@pytest.mark.parametrize("kind", [App, object])
def test_an_app_that_is_not_async_is_refused_by_name(ours: Any, kind: Any) -> None:
    host: Any = App(token="xoxb-host", signing_secret="s", token_verification_enabled=False) if kind is App else kind()
    with pytest.raises(WrongApp, match=rf"needs slack_bolt's AsyncApp, got {kind.__name__}\.") as told:
        attach(host, Commands(), **ours)
    assert isinstance(told.value, TypeError)


def test_a_host_that_takes_every_button_is_told_so(app: Any, ours: Any) -> None:
    app.action(re.compile(".*"))(_host)
    with pytest.raises(CommandTaken, match=re.escape(f"the button {CHECK_AGAIN} is answered by")):
        attach(app, Commands(), **ours)


@pytest.mark.parametrize("action", [APPROVE, f"{RETRY}.7"])
def test_a_button_of_a_request_is_not_shadowed(app: Any, ours: Any, action: str) -> None:
    app.action(re.compile(rf"^{re.escape(action[:-1])}"))(_host)
    before = _parts(app)
    with pytest.raises(CommandTaken, match=r"the button homeward\.request"):
        attach(app, Commands(), **ours)
    assert _parts(app) == before


@pytest.mark.parametrize("pattern", [rf"^{re.escape(FORM)}$", rf"^{re.escape(FORM)}\.\d+$"])
def test_a_button_of_a_further_surface_is_not_shadowed(app: Any, ours: Any, pattern: str) -> None:
    app.action(re.compile(pattern))(_host)
    before = _parts(app)
    with pytest.raises(CommandTaken, match=r"the button homeward\.form"):
        attach(app, Commands(), **ours, further=[Listener(Kind.ACTION, FORM, _host, numbered=True)])
    assert _parts(app) == before


def test_what_yields_leaves_the_hosts_own_alone(app: Any, ours: Any) -> None:
    app.event("app_home_opened")(_host)
    home = Listener(Kind.EVENT, "app_home_opened", _host, yields=True)
    step = Listener(Kind.FUNCTION, EXPLAIN_STEP, _host, yields=True)
    assert attach(app, Commands(), **ours, further=[home, step]) == (home,)


def test_a_form_of_a_request_is_not_shadowed(app: Any, ours: Any) -> None:
    app.view(REJECT_VIEW)(_host)
    before = _parts(app)
    with pytest.raises(CommandTaken, match=rf"the form {REJECT_VIEW} is answered by .*_host already"):
        attach(app, Commands(), **ours)
    assert _parts(app) == before


@pytest.mark.parametrize("action", [*REQUEST_ACTIONS, ASK])
@pytest.mark.parametrize("number", ["", ".0", ".12"])
def test_every_button_of_a_request_has_one_listener(app: Any, ours: Any, action: str, number: str) -> None:
    attach(app, Commands(), **ours)
    with pytest.raises(CommandTaken, match="registered in this app already"):
        _refuse(app, "it", {"type": "block_actions", "actions": [{"type": "button", "action_id": action + number}]})
    _refuse(app, "it", {"type": "block_actions", "actions": [{"type": "button", "action_id": f"{action}s"}]})


def test_other_listeners_of_the_host_are_no_collision(app: Any, ours: Any) -> None:
    app.command("/deploy")(_host)
    app.action({"block_id": "deploy", "action_id": re.compile(".*")})(_host)
    app.event("message")(_host)
    app.shortcut("deploy")(_host)
    app.view("deploy")(_host)
    app.options("deploy")(_host)
    app.message("hello")(_host)
    attach(app, Commands(), **ours)


def test_renamed_commands_avoid_a_collision(app: Any, ours: Any) -> None:
    app.command("/reprotect-check")(_host)
    attach(app, Commands(reprotect_check="/homeward-check"), **ours)


@pytest.mark.parametrize(
    "commands",
    [Commands("/a", "/a"), Commands("/a", "/b", "/a"), Commands("check", "/b"), Commands("/A b", "/b"), Commands("")],
)
def test_names_that_slack_would_not_take_are_refused(app: Any, ours: Any, commands: Commands) -> None:
    with pytest.raises(CommandTaken):
        attach(app, commands, **ours)
