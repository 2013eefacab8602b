"""What a request's state means, in a headline and in what comes next; of any operation."""

from datetime import datetime

from homeward.actions.passes.order import held_back
from homeward.actions.plan import Obstacle
from homeward.actions.requests import Request
from homeward.actions.states import ItemState, State
from homeward.checks.subjects import Kind

from ..escape import mrkdwn
from . import planned
from .blocks import many
from .checklist import needing
from .moments import agreed, agreed_when, when
from .operations import opening, told, words

NAME = 80
_STILL = "nothing more happens before somebody decides"


def subject(request: Request) -> str:
    return planned.subject(request.plan) if request.plan else mrkdwn(request.asked.subject, NAME)


def _opening(request: Request, template: str = "{}") -> str:
    """A template with the subject as a sentence begins: a name is left as it is."""
    whom = subject(request)
    named = request.plan is None or request.plan.kind == Kind.MACHINE.value
    return opening(template, whom if named or not template.startswith("{}") else f"{whom[0].upper()}{whom[1:]}")


def headline(request: Request, now: datetime) -> str:
    """The state in the reader's words; it can be read aloud."""
    whom, items, said = subject(request), request.items, words(request.asked.operation)
    several = f" ({many(len(items), 'machine')})" if len(items) > 1 else ""
    done = sum(item.state is ItemState.DONE for item in items)
    nothing = "" if anything_started(request) else ", nothing was started"
    match request.state:
        case State.CHECKING:
            return f"Checking whether {said.can.format(whom)}…"
        case State.AWAITING_APPROVAL if now >= request.expires_at:
            return f"The time to approve is over: {whom} stays as it is"
        case State.AWAITING_APPROVAL:
            return f"Waiting for approval to {said.aim.format(whom)}{several}"
        case State.APPROVED if (at := planned.later(request)) and now < at[0]:
            return f"Approved: {said.start.format(whom)} starts {agreed(*at)}{several}"
        case State.APPROVED:
            return f"Approved: {said.start.format(whom)} starts as soon as the checks are repeated{several}"
        case State.RUNNING if request.stopping:
            going = sum(not item.state.ended for item in items)
            return f"Stopping {whom}: nothing more is started, {many(going, 'machine')} still on the way"
        case State.RUNNING:
            failed = f", {len(needing(request))} failed" if needing(request) else ""
            ready = f": {done} of {many(len(items), 'machine')} {said.came}{failed}" if several else ""
            return f"{_opening(request, said.goes)}{ready}"
        case State.NEEDS_ATTENTION:
            need = len(needing(request))
            counted = f"{many(need, 'machine')} of {whom} {'needs' if need == 1 else 'need'}"
            return f"{counted if several and need else f'{_opening(request)} needs'} a person: {_STILL}"
        case State.SUCCEEDED:
            whole = f"all {len(items)} machines of {whom} are" if several else f"{whom} is"
            return f"Done: {whole} {said.through}"
        case State.FAILED:
            number = f"only {done}" if done else "none"
            outcome = (
                f"{number} of {len(items)} machines of {whom} {'is' if done < 2 else 'are'} {said.came}"
                if several
                else f"{whom} did not come through"
            )
            return f"Ended: {outcome}"
        case State.BLOCKED:
            return _blocked_headline(request, whom)
        case State.REJECTED:
            return f"Rejected{nothing}: {whom}"
        case State.EXPIRED:
            return f"Expired before enough people approved{nothing}: {whom}"
        case State.CANCELLED:
            return f"Cancelled{nothing}: {whom}"
        case State.VOIDED:
            return f"Void{nothing}: {whom}"


def _blocked_headline(request: Request, whom: str) -> str:
    if request.obstacle is None:
        blockers = len(request.checked.blockers) if request.checked else 0
        told = f": {many(blockers, 'blocker')}" if blockers else ""
        return f"Not started: {words(request.asked.operation).cannot.format(whom)}{told}"
    match request.obstacle.obstacle:
        case Obstacle.NOT_FOUND:
            return f"Not started: no machine, group or plan is named {whom}"
        case Obstacle.SEVERAL:
            return f"Not started: {whom} fits several; which one?"
        case Obstacle.OPEN:
            count = len(request.obstacle.open)
            return f"Not started: {many(count, 'value')} of {whom} {'has' if count == 1 else 'have'} to be chosen"
        case Obstacle.WRONG_VALUE:
            return f"Not started: a value given for {whom} does not fit"
        case Obstacle.HELD:
            return f"Not started: {whom} is in another open request"
        case Obstacle.UNREADABLE:
            return f"Not started: what {whom} needs could not be read"


def anything_started(request: Request) -> bool:
    """Whether a start call was, or may have been, made."""
    return any(item.claimed_at or item.job for item in request.items)


def following(request: Request, now: datetime) -> str:
    """What comes next, and what a reader has to do; "" where the rest says it."""
    said, several = words(request.asked.operation), len(request.items) > 1
    off = told(said.running, several=several)
    match request.state:
        case State.CHECKING:
            return "Nothing runs before it is checked and approved."
        case State.AWAITING_APPROVAL:
            given, needed = len(request.approvals), request.quorum
            given_ = f"{given} of {many(needed, 'approval')} given"
            starts = f" Then it starts {agreed_when(*at)}." if (at := planned.later(request)) else ""
            return f"{given_}. Nothing runs before that; it expires {when(request.expires_at)}.{starts}"
        case State.APPROVED if (at := planned.later(request)) and now < at[0]:
            return f"It starts {agreed_when(*at)}, if the checks still allow it then. Until then it can be cancelled."
        case State.APPROVED:
            return "The checks are repeated; then it starts, in the order of the plan."
        case State.RUNNING if request.stopping:
            return f"What was started is followed to its end. {off}".strip()
        case State.RUNNING if request.unread_since:
            return (
                "The checks before the next start can't be read at the moment; they are tried again every half minute."
            )
        case State.RUNNING if needing(request):
            return f"{_undecided(request)} {off}".strip()
        case State.RUNNING:
            return f"Nothing to do: the thread tells what happens. {off}".strip()
        case State.NEEDS_ATTENTION:
            return (
                "“Try again” has to be pressed by somebody who may approve and did not ask for it. "
                "“Go on without it” lets the machines go on that wait. “End here” starts nothing more."
            )
        case State.SUCCEEDED:
            return told(said.after, several=several)
        case State.FAILED:
            return "The thread tells what failed and what to do. Ask again for the machines that did not come through."
        case _:
            return ""


def _undecided(request: Request) -> str:
    """What somebody may decide while the others go on."""
    waiting = len(held_back(request))
    again = "“Try again” has to be pressed by somebody who may approve and did not ask for it."
    if not waiting:
        return f"The thread tells what failed; the others go on. {again}"
    wait = f"{many(waiting, 'machine')} {'waits' if waiting == 1 else 'wait'} for a decision; the others go on."
    return f"{wait} {again} “Go on without it” lets those go on that wait."
