"""What becomes of an acknowledgement: the message or the view in it is checked and shown."""

from dataclasses import replace
from typing import cast

from .answers import Ack
from .messages import Payload, version_of
from .methods import Methods
from .options import problems_in_suggestion
from .people import Channel, User
from .refusals import Refused, check_message, check_view, refused_for
from .views import Shown


def answered(slack: Methods, ack: Ack, user: User, place: Channel) -> Ack:
    """The message that answers a command."""
    private = ack.body.get("response_type", "ephemeral") != "in_channel"
    try:
        check_message(
            ack.body, unsupported=frozenset(slack.faults.unsupported_blocks), allowed_mentions=slack.allowed_mentions
        )
    except Refused as refused:
        return replace(ack, problem=refused.error, details=_details(refused))
    shown = slack.workspace.post(
        place,
        slack.workspace.bot,
        version_of(ack.body),
        at=slack.clock(),
        ephemeral_to=user.id if private else None,
    )
    return replace(ack, shown=shown)


def submitted(slack: Methods, ack: Ack, shown: Shown, user: User) -> Ack:
    """What the answer to a form does with the form."""
    view, action = ack.body.get("view"), ack.body.get("response_action", "")
    try:
        if action in ("update", "push"):
            check_view(view or {}, unsupported=frozenset(slack.faults.unsupported_blocks))
        match action:
            case "errors":
                slack.views.complain(shown, _errors_of(ack.body, shown))
            case "update":
                slack.views.update(shown.id, "", view or {})
            case "push":
                slack.views.push(user, view or {})
            case "" if ack.body:
                raise Refused("unexpected_body")
            case "" | "clear":
                slack.views.close(shown, whole_stack=action == "clear")
            case _:
                raise Refused("invalid_response_action")
    except Refused as refused:
        return replace(ack, problem=refused.error, details=_details(refused))
    slack.workspace.touch()
    return ack


def suggested(ack: Ack) -> Ack:
    """The options that a suggestion is answered with."""
    if ack.ok and (problems := problems_in_suggestion(ack.body)):
        return replace(ack, problem="invalid_options", details=tuple(problems))
    return ack


def refusal(ack: Ack) -> Refused:
    """A problem as something to raise."""
    return refused_for(ack.problem, list(ack.details))


def _errors_of(body: Payload, shown: Shown) -> dict[str, str]:
    errors: dict[str, str] = body.get("errors") or {}
    inputs = {block.get("block_id") for block in shown.view["blocks"] if block["type"] == "input"}
    if not errors or set(errors) - inputs:
        raise Refused("invalid_errors", errors=[f"no input block {name}" for name in sorted(set(errors) - inputs)])
    return errors


def _details(refused: Refused) -> tuple[str, ...]:
    errors = refused.extra.get("errors")
    return tuple(cast("list[str]", errors)) if isinstance(errors, list) else ()
