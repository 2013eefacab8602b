"""Attaching the listeners to a host's app, and refusing where another one would answer first."""

import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol, cast

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.listener.async_listener import AsyncListener
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from . import ids
from .approvals import Approvals
from .commands import NAME, Commands
from .errors import Errors
from .failback import Failback
from .onward import Onward
from .preflight import Preflight
from .problems import CommandTaken, WrongApp
from .reprotect import Reprotect


class _App(Protocol):
    """What is used of Bolt's app, whose own types say less."""

    def command(self, command: str) -> Callable[[Callable[..., Coroutine[object, object, None]]], object]: ...

    def action(
        self, constraints: str | re.Pattern[str]
    ) -> Callable[[Callable[..., Coroutine[object, object, None]]], object]: ...

    def view(self, constraints: str) -> Callable[[Callable[..., Coroutine[object, object, None]]], object]: ...


def attach(
    app: AsyncApp,
    commands: Commands,
    *,
    preflight: Preflight,
    errors: Errors,
    reprotect: Reprotect,
    failback: Failback,
    approvals: Approvals,
    onward: Onward,
) -> None:
    """Adds the listeners: no middleware, no error handler.

    Raises `CommandTaken` on a collision and `WrongApp` for what is no `AsyncApp`, and then adds nothing.
    """
    if not isinstance(cast("object", app), AsyncApp):
        raise WrongApp(f"Homeward needs slack_bolt's AsyncApp, got {type(app).__name__}.")
    names = (commands.reprotect_check, commands.failback_errors, commands.reprotect, commands.failback)
    for name in names:
        if not NAME.fullmatch(name):
            raise CommandTaken(f"{name!r} is no name for a command: a slash, then small letters, digits, - or _.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise CommandTaken(f"Two commands are called {twice}: give one of them another name.")
    for name in names:
        _refuse(app, f"the command {name}", {"command": name, "text": "", "user_id": "U0", "team_id": "T0"})
    numbered = [f"{action}.0" for action in (ids.SHOW_ENTRY, *ids.REQUEST_ACTIONS, ids.ASK)]
    for action in (*ids.ACTIONS, *ids.REQUEST_ACTIONS, ids.ASK, *numbered):
        pressed = {"type": "button", "action_id": action, "block_id": "b", "value": "v"}
        _refuse(app, f"the button {action}", {"type": "block_actions", "actions": [pressed]})
    for view in ids.VIEWS:
        _refuse(app, f"the form {view}", {"type": "view_submission", "view": {"type": "modal", "callback_id": view}})
    host = cast("_App", app)
    # Bolt asks in this order: the one that is answered within the request comes first.
    host.command(commands.failback_errors)(errors.command)
    host.command(commands.reprotect_check)(preflight.command)
    for action in (ids.CHECK_AGAIN, ids.CHECK_ONE):
        host.action(action)(preflight.again)
    host.action(ids.ALL_CHECKS)(preflight.all_checks)
    for action in (ids.CHECKS_PAGE, ids.CHECKS_BACK):
        host.action(action)(preflight.page)
    host.action(re.compile(rf"{re.escape(ids.SHOW_ENTRY)}\.\d+"))(errors.show)
    host.action(ids.SHARE_ENTRY)(errors.share)
    host.command(commands.reprotect)(reprotect.command)
    host.command(commands.failback)(failback.command)
    for action, press in (
        (ids.APPROVE, approvals.approve),
        (ids.REJECT, approvals.reject),
        (ids.CANCEL, approvals.cancel),
        (ids.END_HERE, approvals.cancel),
        (ids.RETRY, approvals.retry),
        (ids.GO_ON, approvals.go_on),
        (ids.NEXT, onward.next),
        (ids.ASK, onward.ask),
    ):
        host.action(re.compile(rf"^{re.escape(action)}(\.\d+)?$"))(press)
    host.view(ids.APPROVE_VIEW)(approvals.approved)
    host.view(ids.REJECT_VIEW)(approvals.rejected)


def _refuse(app: AsyncApp, what: str, body: dict[str, object]) -> None:
    """Bolt asks its listeners in the order of their registration, and the first that matches answers alone."""
    request = AsyncBoltRequest(body=body, mode="socket_mode")
    # Bolt has no public way to ask who would answer; a test pins this one to the version in use.
    for listener in cast("Sequence[AsyncListener]", app._async_listeners):  # pyright: ignore[reportPrivateUsage] # see above
        if not _answers(listener, request):
            continue
        owner = cast("Callable[..., object]", listener.ack_function)
        name = f"{owner.__module__}.{owner.__qualname__}"
        if owner.__module__.startswith("homeward."):
            raise CommandTaken("Homeward is registered in this app already.")
        can = " (Homeward's commands get other names in its settings)" if "command" in body else ""
        raise CommandTaken(f"{what} is answered by {name} already: rename one of the two{can}.")


def _answers(listener: AsyncListener, request: AsyncBoltRequest) -> bool:
    """Whether the listener is meant for the request: by what it was registered for, whatever it asks further."""
    matching = cast(
        "Coroutine[object, object, bool]", listener.matchers[0].async_matches(request, BoltResponse(status=200))
    )
    try:
        matching.send(None)
    except StopIteration as matched:
        return bool(matched.value)
    matching.close()
    return False
