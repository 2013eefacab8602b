"""The way home: where each machine stands on it, and the button that asks for the next step."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from slack_sdk.models.blocks import Block, ConfirmObject

from homeward.actions.requests import Request, RequestItem
from homeward.actions.states import ItemState, Operation
from homeward.checks.way import GOAL, NEXT, Stand

from .. import ids
from ..carried import MACHINE, Carried, Wanted
from ..escape import mrkdwn
from .again import quoted
from .blocks import VALUE, Message, actions, button, context, fitted, many, packed, section, sure
from .operations import WORDS, command_of, next_label, words

NAME = 80
DETAIL = 300
SIZES = (100, 40, 20, 10, 4, 1)
MOST_BUTTONS = 5
STEPS = (
    "in Azure",
    "replicating back",
    "ready to fail back",
    "failing back",
    "home",
    "committed",
    "replicating to Azure",
    "protected",
)
_PLACES = {
    Stand.IN_AZURE: 0,
    Stand.REPLICATING_BACK: 1,
    Stand.READY: 2,
    Stand.HOME: 4,
    Stand.COMMITTED: 5,
    Stand.PROTECTING: 6,
    Stand.PROTECTED: 7,
}
_FAILING_BACK = 3
_WAITING = {
    Stand.REPLICATING_BACK: "nothing to do, it is ready when its data has been sent",
    Stand.PROTECTING: "nothing to do, it is protected when its data has been sent",
    Stand.PROTECTED: "nothing, the way ends here",
    Stand.UNKNOWN: "look at it in Azure",
}
_ASKS = {
    Operation.FAILBACK: "Its checks run, the approvers are asked; nothing goes down before they approve.",
    Operation.COMMIT: "Its checks run and the approvers are asked. After a commit there is no way back.",
    Operation.TO_AZURE: "Its checks run, the approvers are asked; then it is replicated to Azure again.",
}


class Turn(Enum):
    """How far an open request is with a machine."""

    ASKED = "asked"
    """Nothing was started of it yet."""
    UNDER_WAY = "under way"
    STUCK = "stuck"
    """It failed, or nobody can tell: a person decides."""
    THROUGH = "through"
    """It came through; other machines of the request did not yet."""


_TURNS = {
    Turn.ASKED: "its {} is asked for already, and not started yet",
    Turn.UNDER_WAY: "its {} is under way",
    Turn.STUCK: "its {} did not come through, somebody decides on the request's card",
    Turn.THROUGH: "its {} came through, the next step can be asked for when the request has ended",
}


@dataclass(frozen=True, slots=True)
class WayOf:
    """Where one machine stands. `detail` is a clause about it, "" for none: how far it is, why it is not known.

    `running` is the operation that an open request has for it, `turn` how far that is.
    """

    machine: str
    stand: Stand
    detail: str = ""
    running: Operation | None = None
    turn: Turn = Turn.UNDER_WAY


def way_message(
    subject: str,
    machines: tuple[WayOf, ...],
    *,
    command: str = "/failback",
    reprotect: str = "/reprotect",
) -> Message:
    """Every machine on its way, and what comes next. `command` and `reprotect` are what the commands are called."""
    name = mrkdwn(subject, NAME)
    head = f"{name}: {_tally(machines)}"

    def blocks(size: int) -> list[Block]:
        lines = [way_line(one) for one in machines[:size]]
        left = len(machines) - size
        more = [f"and {many(left, 'more machine')}: {_tally(machines[size:])}"] if left > 0 else []
        return [
            section(f"*{head}*"),
            context(f"The way: {' → '.join(STEPS)}"),
            *(section(text) for text in packed([*lines, *more])),
            *_onward(subject, machines, command=command, reprotect=reprotect),
        ]

    return Message(f"{head}. {_next_of_all(machines)}", fitted(blocks, SIZES))


def way_line(one: WayOf) -> str:
    """ "• web01: ✓ in Azure → ✓ replicating back → ▸ ready to fail back (3 of 8). Next: failback." """
    detail = f" ({mrkdwn(one.detail, DETAIL)})" if one.detail.strip() else ""
    place = _place(one)
    if place is None:
        return f"• *{mrkdwn(one.machine, NAME)}*: ? not known where it stands{detail}. Next: {_next(one)}."
    sign = "✓" if place == len(STEPS) - 1 else "▸"
    return (
        f"• *{mrkdwn(one.machine, NAME)}*: {sign} *{STEPS[place]}*, step {place + 1} of {len(STEPS)}{detail}. "
        f"Next: {_next(one)}."
    )


def onward(request: Request, *, went_on: str = "") -> list[Block]:
    """On the card of a request that has ended: where its machines came to, and the button for the next step.

    `went_on` is the request that was asked for then: the button stays, for that one may have come to nothing.
    """
    done = [item for item in request.items if item.state is ItemState.DONE]
    after = [section(f"→ After it `{mrkdwn(went_on, NAME)}` was asked for: its own card tells how it stands.")]
    later = after if request.state.ended and went_on else []
    if not request.state.ended or not done:
        return later
    operation = request.asked.operation
    reached = GOAL[operation]
    following = NEXT.get(reached)
    place = _PLACES[reached]
    behind = " → ".join(f"✓ {step}" for step in STEPS[:place])
    ahead = " → ".join(STEPS[place + 1 :])
    way = " → ".join(filter(None, (behind, f"▸ *{STEPS[place]}*" if ahead else f"✓ *{STEPS[place]}*", ahead)))
    line = context(f"The way: {way}")
    asks = _ask(request.id, following, done, whole=len(done) == len(request.items)) if following else []
    return [*later, line, *asks]


def _ask(id: str, operation: Operation, done: Sequence[RequestItem], *, whole: bool) -> list[Block]:
    """One button for all of them, or, where some did not come through, one for each that did."""
    if whole:
        return [_button(id, operation)]
    named = [item.machine for item in done if len(item.machine) <= MACHINE]
    blocks = [_button(id, operation, name, number) for number, name in enumerate(named[:MOST_BUTTONS])]
    left = len(done) - len(blocks)
    return [*blocks, *([context(f"and {many(left, 'more machine')}: asked for by name.")] if left else [])]


def _button(id: str, operation: Operation, machine: str = "", number: int = 0) -> Block:
    label = next_label(operation) + (f" of {machine}" if machine else "")
    value = Carried(id, machine=machine).text
    if len(value) > VALUE:
        return context(f"Next: {WORDS[operation].noun}.")
    return actions(
        [button(label, f"{ids.NEXT}.{number}" if machine else ids.NEXT, value, primary=True, sure=_confirm(operation))]
    )


def _confirm(operation: Operation) -> ConfirmObject:
    asks = _ASKS.get(operation, "Its checks run, the approvers are asked.")
    return sure(f"{next_label(operation)}?", asks, "Ask", "Not now")


def _place(one: WayOf) -> int | None:
    if one.running is Operation.FAILBACK and one.turn is Turn.UNDER_WAY and one.stand is Stand.READY:
        return _FAILING_BACK
    return _PLACES.get(one.stand)


def _next(one: WayOf) -> str:
    if one.running:
        return _TURNS[one.turn].format(words(one.running).noun)
    if following := NEXT.get(one.stand):
        return words(following).noun
    return _WAITING[one.stand]


def _tally(machines: Sequence[WayOf]) -> str:
    """ "2 ready to fail back, 1 home", in the order of the way."""
    if not machines:
        return "no machine"
    counts = Counter(_place(one) for one in machines)
    told = [f"{counts[place]} {step}" for place, step in enumerate(STEPS) if counts[place]]
    if counts[None]:
        told.append(f"{counts[None]} not known")
    return told[0].partition(" ")[2] if len(machines) == 1 else ", ".join(told)


def _following(machines: Sequence[WayOf]) -> dict[Operation, list[str]]:
    """The machines that each operation can be asked for, in the order of the way."""
    found: dict[Operation, list[str]] = {}
    for one in sorted(machines, key=lambda one: _PLACES.get(one.stand, 0)):
        if not one.running and (operation := NEXT.get(one.stand)):
            found.setdefault(operation, []).append(one.machine)
    return found


def _next_of_all(machines: Sequence[WayOf]) -> str:
    following = _following(machines)
    if len(machines) == 1:
        return f"Next: {_next(machines[0])}."
    told = [f"{words(operation).noun} of {many(len(names), 'machine')}" for operation, names in following.items()]
    return f"Next: {', '.join(told)}." if told else "There is nothing to ask for now."


def _onward(subject: str, machines: Sequence[WayOf], *, command: str, reprotect: str) -> list[Block]:
    """A button for each next step: of all of them, or of each machine that stands before it."""
    blocks: list[Block] = []
    for operation, names in _following(machines).items():
        whole = len(names) == len(machines)
        whom = [subject] if whole else names[:MOST_BUTTONS]
        asked = [_ask_for(operation, name, n, "" if whole else name) for n, name in enumerate(whom)]
        blocks += [each for each in asked if each]
        line = command_line(operation, whom[0], command=command, reprotect=reprotect)
        blocks.append(context(f"or type {mrkdwn(line, 300)}{_options(operation)}"))
    return blocks


def _ask_for(operation: Operation, subject: str, number: int, machine: str) -> Block | None:
    value = Wanted(operation, subject).text
    if not 0 < len(subject) <= MACHINE or len(value) > VALUE:
        return None
    label = next_label(operation) + (f" of {machine}" if machine else "")
    return actions([button(label, f"{ids.ASK}.{number}", value, primary=True, sure=_confirm(operation))])


def _options(operation: Operation) -> str:
    return ", with --at for a later time, --point for another recovery point" if operation is Operation.FAILBACK else ""


def command_line(operation: Operation, name: str, *, command: str, reprotect: str) -> str:
    """What to type to ask for it."""
    said = words(operation)
    parts = [command_of(operation, reprotect=reprotect, failback=command), said.word, quoted(name), said.option]
    return " ".join(filter(None, parts))
