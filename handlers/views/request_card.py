"""The card of a request: how it stands, machine by machine, what comes next, and what can be pressed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import zip_longest

from slack_sdk.models.blocks import Block, ButtonElement

from homeward.actions.passes.order import held_back
from homeward.actions.plan import Checked, NotPrepared, Obstacle
from homeward.actions.requests import Request, RequestItem, Vote
from homeward.actions.states import ItemState, State
from homeward.checks.findings import FOLLOWING

from .. import ids
from ..carried import MACHINE, Carried, Wanted
from ..escape import asked as asked_by
from ..escape import link, mrkdwn, person
from ..form_state import OPERATIONS
from ..portal import Portal
from . import planned
from .again import options, quoted, start_line
from .blocks import VALUE, Message, actions, box, button, context, fitted, listed, many, packed, section, sure
from .checklist import lines, needing, plan_block
from .found import some
from .headlines import anything_started, following, headline
from .moments import span, when
from .operations import command_of, words
from .way import onward

NAME = 80
WHY = 600
DETAIL = 400
MOST_DECIDED = 8
"""So many machines have buttons at a time; the others follow when these are decided."""
MOST_AGAIN = 4
MOST_CANDIDATES = 10
SIZES = (20, 12, 6, 3, 1)
OPEN = frozenset({State.CHECKING, State.AWAITING_APPROVAL, State.APPROVED, State.RUNNING})
_MOVED = {
    "not_in_channel": "the bot is not in the channel where it was asked: invite it there for the next time",
    "channel_not_found": "the bot is not in the channel where it was asked: invite it there for the next time",
    "is_archived": "the channel where it was asked is archived",
}
"""Slack's words for a channel that can't be reached, in the reader's."""
_TOLD = frozenset(
    {
        State.CHECKING,
        State.AWAITING_APPROVAL,
        State.NEEDS_ATTENTION,
        State.SUCCEEDED,
        State.FAILED,
        State.REJECTED,
        State.EXPIRED,
    }
)
"""Of these the headline and the checklist say everything."""
_OUT_OF_ORDER = frozenset(
    {
        "failback-not-ready",
        "failback-commit-pending",
        "commit-not-offered",
        "cancel-classic",
        "cancel-not-offered",
        "forward-not-offered",
    }
)
"""Rules that find that it is another step's turn: asking for the same again does not help."""
STARTED = frozenset({State.RUNNING, State.NEEDS_ATTENTION, State.SUCCEEDED, State.FAILED})


def card(
    request: Request,
    *,
    now: datetime,
    portal: Portal,
    command: str = "/reprotect",
    failback: str = "/failback",
    moved: str = "",
    went_on: str = "",
) -> Message:
    """The card at one moment. `moved` is why it stands with the requester and not in the channel, in Slack's word;
    `went_on` is the request that was asked for where this one ended.

    `command` and `failback` are what the commands are called in this workspace.
    """
    command = command_of(request.asked.operation, reprotect=command, failback=failback)
    head = headline(request, now)
    told = [f"*{head}*", *([mrkdwn(planned.why_cancelled(request) or request.why, WHY)] if _tells_why(request) else [])]
    why_here = (
        [context(f"This stands here because {_MOVED.get(moved, f'its channel refuses it: {mrkdwn(moved, 200)}')}.")]
        if moved
        else []
    )

    def blocks(size: int, checklist: Callable[[int], list[Block]]) -> list[Block]:
        return [
            section(f"{_sign(request)} {told[0]}"),
            *(section(line) for line in told[1:]),
            _about(request, portal),
            *why_here,
            *checklist(size),
            *_blocked(request, size, command, failback),
            *([section(f"→ {text}")] if (text := following(request, now)) else []),
            *_buttons(request),
            *onward(request, went_on=went_on),
            *_again(request),
        ]

    def listed_(size: int) -> list[Block]:
        return plan_block(request, size, now=now, portal=portal) if _listed(request) else []

    def plainly(size: int) -> list[Block]:
        return lines(request, size, now=now, portal=portal) if _listed(request) else []

    shown = fitted(lambda size: blocks(size, listed_), SIZES)
    plainer = fitted(lambda size: blocks(size, plainly), SIZES) if _listed(request) else ()
    return Message(head, shown, plainer)


def _listed(request: Request) -> bool:
    return bool(request.items) and (request.state in STARTED or anything_started(request))


def _sign(request: Request) -> str:
    match request.state:
        case State.CHECKING | State.AWAITING_APPROVAL | State.APPROVED | State.RUNNING:
            return "…"
        case State.SUCCEEDED:
            return "✓"
        case State.NEEDS_ATTENTION:
            return "!"
        case State.BLOCKED if request.obstacle:
            return "?"
        case State.FAILED | State.BLOCKED | State.REJECTED:
            return "✗"
        case State.EXPIRED | State.CANCELLED | State.VOIDED:
            return "–"


def _tells_why(request: Request) -> bool:
    """Whether the request's own sentence adds to the headline and to what is told below."""
    if request.state in _TOLD:
        return False
    return bool(request.why.strip()) and not (request.state is State.BLOCKED and (request.obstacle or request.checked))


def _about(request: Request, portal: Portal) -> Block:
    """Which request it is, where, whose, why; who decided."""
    parts = [f"`{mrkdwn(request.id, NAME)}` {words(request.asked.operation).noun}"]
    if request.plan:
        url = portal.vault(request.plan.vault)
        vault = f"vault {request.plan.vault}"
        parts.append(link(url, vault) if url else mrkdwn(vault, NAME))
    parts.append(f"{asked_by(request.asked.requester.user_id)} {when(request.created_at)}")
    if (whom := planned.asked_for(request)) != "it":
        parts.append(f"asked for {whom}")
    if request.asked.reason.strip():
        parts.append(f"“{mrkdwn(request.asked.reason, 300)}”")
    for decision in request.decisions[:5]:
        verb = "approved" if decision.vote is Vote.APPROVE else "rejected"
        reason = f": “{mrkdwn(decision.reason, 300)}”" if decision.reason.strip() else ""
        parts.append(f"{verb} by {person(decision.person.user_id)}{reason}")
    if request.ended_at and anything_started(request):
        parts.append(f"took {span(request.created_at, request.ended_at)}")
    return context(" · ".join(parts))


def _blocked(request: Request, size: int, command: str, failback: str) -> list[Block]:
    """Why nobody was asked, and what to type instead."""
    if request.state is not State.BLOCKED:
        return []
    if request.obstacle:
        return _obstacle(request, request.obstacle, size, command)
    if not request.checked:
        return []
    several = request.plan is not None and len(request.plan.items) > 1
    checked = request.checked
    if any(found.rule in _OUT_OF_ORDER for found in checked.blockers):
        return _another_step(request, checked, size, failback, several=several)
    again = start_line(command, request.asked)
    return [
        *some("✗", checked.blockers, size, "blocker", whose=several),
        *some("!", checked.warnings, min(size, 4), "warning", whose=several),
        *some(
            "? Could not be read:",
            checked.unread_blockers,
            min(size, 4),
            "check that could not be read",
            "checks that could not be read",
            hints=False,
            whose=several,
        ),
        *([section("→ Mend it, then ask again:"), box(again)] if again else []),
    ]


def _another_step(request: Request, checked: Checked, size: int, failback: str, *, several: bool) -> list[Block]:
    """It is not this step's turn: what says so, and what leads on. What only follows from that is counted."""
    told = [found for found in checked.blockers if found.hint != FOLLOWING]
    warned = [found for found in checked.warnings if found.hint != FOLLOWING]
    left = len(checked.blockers) + len(checked.warnings) - len(told) - len(warned)
    left += len(checked.unread_blockers) + len(checked.unread_warnings)
    more = f"{many(left, 'more check')} did not pass or could not be read: they matter when it is this step's turn."
    return [
        *some("✗", told, size, "blocker", whose=several),
        *some("!", warned, min(size, 4), "warning", whose=several),
        *([context(more)] if left else []),
        section("→ Where it stands, and what its next step is:"),
        box(f"{failback} status {quoted(request.asked.subject)}"),
    ]


def _obstacle(request: Request, obstacle: NotPrepared, size: int, command: str) -> list[Block]:
    blocks = [section(mrkdwn(obstacle.why, WHY))] if obstacle.why.strip() else []
    if obstacle.open:
        told = [_open(value.machine, value.option, value.candidates) for value in obstacle.open[: 2 * size]]
        if len(obstacle.open) > 2 * size:
            told.append(f"and {many(len(obstacle.open) - 2 * size, 'more value')}")
        blocks += [section(paragraph) for paragraph in packed(told)]
        if line := start_line(command, request.asked, chosen=obstacle.open):
            names = listed([f"--{mrkdwn(option, 40)}" for option in options(obstacle.open)], 8)
            blocks += [
                section(f"To copy, with the first candidate of each; change {names} to what you choose:"),
                box(line),
            ]
        blocks += _choose(request)
    elif obstacle.obstacle is Obstacle.HELD:
        blocks += [
            section("How that one stands:"),
            *(box(f"{command} status {id[:NAME]}") for id in obstacle.candidates[:1]),
        ]
    elif obstacle.obstacle is Obstacle.WRONG_VALUE:
        there = [mrkdwn(name, NAME) for name in obstacle.candidates]
        are = "are" if len(there) > 1 else "is"
        blocks += [section(f"There {are} {listed(there, MOST_CANDIDATES)}.")] if there else []
        left_out = listed([f"--{mrkdwn(option, 40)}" for option in options(obstacle.without)])
        if line := start_line(command, request.asked, without=obstacle.without):
            blocks += [section(f"To copy, without {left_out}:" if left_out else "To copy and change:"), box(line)]
        blocks += _choose(request)
    elif obstacle.candidates:
        offered = obstacle.candidates[: min(size, MOST_CANDIDATES)]
        blocks.append(section("Copy the one you mean:"))
        for name, detail in zip_longest(offered, obstacle.details[: len(offered)], fillvalue=""):
            line = start_line(command, request.asked, subject=name)
            blocks += [section(mrkdwn(detail, DETAIL))] if detail.strip() else []
            blocks.append(box(line) if line else section(f"• {mrkdwn(name, NAME)}"))
        if len(obstacle.candidates) > len(offered):
            blocks.append(context(f"and {len(obstacle.candidates) - len(offered)} more"))
    elif obstacle.obstacle is Obstacle.UNREADABLE and (line := start_line(command, request.asked)):
        blocks += [section("Ask again when it can be read:"), box(line)]
    return blocks


def _choose(request: Request) -> list[Block]:
    """The same in a form, where there is one, with all that was asked for filled in."""
    if request.asked.operation not in OPERATIONS:
        return []
    return [actions([button("Choose the values…", ids.FORM, Carried(request.id).text, primary=True)])]


def _open(machine: str, option: str, candidates: Sequence[str]) -> str:
    whose = f"*{mrkdwn(machine, NAME)}*: " if machine else ""
    names = listed([mrkdwn(name, NAME) for name in candidates], MOST_CANDIDATES) or "none was found"
    return f"• {whose}--{mrkdwn(option.replace('_', '-'), 40)}: {names}"


def _buttons(request: Request) -> list[Block]:
    digest = request.plan.digest if request.plan else ""
    stop = stop_button(request)
    if stop is None:
        return []
    undecided = request.state in {State.RUNNING, State.NEEDS_ATTENTION}
    return [*(_undecided_ones(request, digest) if undecided else []), actions([stop])]


def _again(request: Request) -> list[Block]:
    """On what has ended: the form for each machine that failed, filled in with nothing but its name."""
    if not request.state.ended or request.asked.operation not in OPERATIONS:
        return []
    failed = [item.machine for item in request.items if item.state is ItemState.FAILED and len(item.machine) <= MACHINE]
    asks = [
        button(f"Ask again for {name}…", f"{ids.FORM}.{number}", value)
        for number, name in enumerate(failed[:MOST_AGAIN])
        if len(value := Wanted(request.asked.operation, name).text) <= VALUE
    ]
    return [actions(asks)] if asks else []


def stop_button(request: Request, number: int | None = None) -> ButtonElement | None:
    """Ends the request, or starts nothing more of it, as far as there is something to end; `number` where several
    stand together."""
    value = Carried(request.id, request.plan.digest if request.plan else "").text
    if len(value) > VALUE or request.stopping:
        return None
    last = "" if number is None else f".{number}"
    if request.state is State.NEEDS_ATTENTION:
        stay = f"No further machine is started. Machines that are {words(request.asked.operation).came} stay so."
        return button("End here", ids.END_HERE + last, value, sure=sure("End here?", stay, "End here", "Keep it"))
    if request.state not in OPEN:
        return None
    running = request.state is State.RUNNING
    label = "Start nothing more" if running else "Cancel"
    asked = (
        "No further machine is started. Jobs that run already go on in Azure to their end."
        if running
        else "Nothing has been started. The request ends here."
    )
    return button(label, ids.CANCEL + last, value, sure=sure(f"{label}?", asked, label, "Keep it"))


def _undecided_ones(request: Request, digest: str) -> list[Block]:
    """The buttons of the machines that did not come through, also while others still go on."""
    blocks: list[Block] = []
    for item in needing(request)[:MOST_DECIDED]:
        if pair := _decisions(request, digest, item):
            blocks.append(actions(pair))
    if len(needing(request)) > MOST_DECIDED:
        left = len(needing(request)) - MOST_DECIDED
        blocks.append(context(f"{many(left, 'more machine')}: decided here when these are."))
    return blocks


def _matters(request: Request) -> bool:
    """Whether going on without a machine changes anything: somebody waits, or the end does."""
    return request.state is State.NEEDS_ATTENTION or bool(held_back(request))


def _decisions(request: Request, digest: str, item: RequestItem) -> list[ButtonElement]:
    """What can be decided about one machine."""
    value = Carried(request.id, digest, item.machine).text
    if len(item.machine) > MACHINE or len(value) > VALUE:
        return []
    retry = sure(
        f"Try {item.machine} again?",
        "It is checked again, and started again only if Azure shows no job of it and still allows it.",
        "Try again",
        "Not now",
    )
    go_on = sure(
        f"Go on without {item.machine}?",
        "The machines that wait for it go on. It stays as it is.",
        "Go on",
        "Not now",
    )
    return [
        button(f"Try {item.machine} again", ids.RETRY, value, primary=True, sure=retry),
        *([button(f"Go on without {item.machine}", ids.GO_ON, value, sure=go_on)] if _matters(request) else []),
    ]
