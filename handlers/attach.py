"""Attaching the listeners to a host's app, and refusing where another one would answer first."""

import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
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
from .listeners import Kind, Listener
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

    def options(self, constraints: str) -> Callable[[Callable[..., Coroutine[object, object, None]]], object]: ...

    def shortcut(self, constraints: str) -> Callable[[Callable[..., Coroutine[object, object, None]]], object]: ...

    def event(self, event: str) -> Callable[[Callable[..., Coroutine[object, object, None]]], object]: ...

    def function(
        self, callback_id: str, auto_acknowledge: bool
    ) -> Callable[[Callable[..., Coroutine[object, object, None]]], object]: ...


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
    further: Sequence[Listener] = (),
) -> tuple[Listener, ...]:
    """Adds the listeners: no middleware, no error handler. Gives those of `further` that yielded to the host's own.

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
    yielded = tuple(one for one in further if _yields(app, one))
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
    for one in further:
        if one not in yielded:
            _add(host, one)
    return yielded


def _add(host: _App, one: Listener) -> None:
    match one.kind:
        case Kind.ACTION:
            host.action(re.compile(rf"^{re.escape(one.id)}(\.\d+)?$") if one.numbered else one.id)(one.respond)
        case Kind.VIEW:
            host.view(one.id)(one.respond)
        case Kind.OPTIONS:
            host.options(one.id)(one.respond)
        case Kind.SHORTCUT:
            host.shortcut(one.id)(one.respond)
        case Kind.EVENT:
            host.event(one.id)(one.respond)
        case Kind.FUNCTION:
            host.function(one.id, auto_acknowledge=False)(one.respond)


def _yields(app: AsyncApp, one: Listener) -> bool:
    """Whether the host answers it already, and may go on to. Raises `CommandTaken` where it may not."""
    try:
        for id in (one.id, f"{one.id}.0") if one.numbered else (one.id,):
            _refuse(app, f"{one.kind.value} {id}", _sent(replace(one, id=id)))
    except CommandTaken:
        if one.yields:
            return True
        raise
    return False


def _sent(one: Listener) -> dict[str, object]:
    """What Slack would send to it."""
    action = {"type": "button", "action_id": one.id, "block_id": "b", "value": "v"}
    match one.kind:
        case Kind.ACTION:
            return {"type": "block_actions", "actions": [action]}
        case Kind.VIEW:
            return {"type": "view_submission", "view": {"type": "modal", "callback_id": one.id}}
        case Kind.OPTIONS:
            return {"type": "block_suggestion", "action_id": one.id, "block_id": "b", "value": ""}
        case Kind.SHORTCUT:
            return {"type": "message_action", "callback_id": one.id}
        case Kind.EVENT:
            return {"type": "event_callback", "event": {"type": one.id}}
        case Kind.FUNCTION:
            event = {"type": "function_executed", "function": {"callback_id": one.id}}
            return {"type": "event_callback", "event": event}


def _refuse(app: AsyncApp, what: str, body: dict[str, object]) -> None:
    """Bolt asks its listeners in the order of their registration, and the first that matches answers alone."""
    request = AsyncBoltRequest(body=body, mode="socket_mode")
    # Bolt has no public way to ask who would answer; a test pins this one to the version in use.
    for listener in cast("Sequence[AsyncListener]", app._async_listeners):  # pyright: ignore[reportPrivateUsage] # see above
        if not _answers(listener, request):
            continue
        owner = cast("Callable[..., object]", listener.ack_function)
        name = f"{owner.__module__}.{owner.__qualname__}"
        if (owner.__module__ or "").startswith("homeward."):  # None where a host made it with exec
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
