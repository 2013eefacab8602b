"""What one person is told of what they asked for or pressed; what everybody sees is drawn by the reporter."""

from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from homeward.actions.requests import Refusal, Request
from homeward.actions.states import State

from ..escape import mrkdwn
from .blocks import Message, Modal, as_json, built, section
from .moments import agreed_when
from .planned import later
from .trouble import notice

NAME = 80


def asked_message(request: Request) -> Message:
    """It is in the ledger, and the checks begin."""
    return notice(
        f"Asked: {request.id}. The checks run now; "
        "its card appears here, or in a direct message if I am not in this channel."
    )


def approved_message(request: Request) -> Message:
    """A vote counts."""
    have, need = len(request.approvals), request.quorum
    if request.state is State.AWAITING_APPROVAL and have < need:
        return notice(f"Your approval of {request.id} counts: {have} of {need}. Others have to approve it too.")
    starts = "The checks are repeated, then it starts."
    if at := later(request):
        starts = f"It starts {agreed_when(*at)}, after its checks were repeated."
    return notice(f"Your approval of {request.id} counts: {have} of {need}. {starts}")


def rejected_message(request: Request) -> Message:
    return notice(f"You rejected {request.id}: nothing is started, and your reason stands in its thread.")


def cancelled_message(request: Request) -> Message:
    """A cancel before and after something was started."""
    if request.state is State.CANCELLED:
        return notice(f"{request.id} is cancelled: nothing was started.")
    if not request.state.ended:
        return notice(
            f"{request.id} is stopping: nothing more is started; what runs in Azure already goes on to its end."
        )
    return notice(f"{request.id} has ended: nothing more is started.")


def retried_message(request: Request, machine: str) -> Message:
    return notice(f"{mrkdwn(machine, NAME)} of {request.id} is tried again, after its checks were repeated.")


def without_message(request: Request, machine: str) -> Message:
    return notice(f"{request.id} goes on without {mrkdwn(machine, NAME)}.")


def refusal_message(refusal: Refusal) -> Message:
    """Nothing was changed, and why."""
    return notice(mrkdwn(refusal.why, 600))


def ledger_trouble(error: Exception) -> Message:
    """The ledger could not be read or written: `error` is its own sentence."""
    return notice(f"That was not done: {mrkdwn(str(error), 400)}")


def gone_message() -> Message:
    """A button or a form that is no longer one of ours."""
    return notice("This button can't be read any more, so nothing was done. Use one of the request's newest message.")


def no_longer_message(id: str, request: Request | None) -> Message:
    """There is nothing to decide: `request` is None where there is none of that id."""
    if request is None:
        return notice(f"There is no request {mrkdwn(id, NAME)} any more, so nothing was done.")
    return notice(f"{request.id} does not wait for a decision: it is {request.state.value.replace('_', ' ')}.")


def own_message(request: Request) -> Message:
    return notice(f"You asked for {request.id}: somebody else has to decide about it. You may cancel it on its card.")


def stale_message(request: Request) -> Message:
    return notice(
        f"The plan of {request.id} is not the one this button was made for, so nothing was done. "
        "Use the button of the newest message."
    )


def opening_message(id: str) -> Message:
    return notice(f"Reading {mrkdwn(id, NAME)}…")


def judging_message() -> Message:
    return notice("Asking Slack and the ledger whether this counts…")


def note(title: str, message: Message) -> Modal:
    """A form that became a few words."""
    view = View(
        type="modal",
        title=PlainTextObject(text=title),
        close=PlainTextObject(text="Close"),
        blocks=list(built(section(message.text))),
    )
    return Modal(as_json(view))
