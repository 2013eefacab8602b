"""What the person who asks for something is told before there is a card: where it goes on, or why nothing was asked."""

from collections.abc import Sequence

from homeward.actions.requests import Request
from homeward.checks.subjects import Choices, NoMatch

from ..escape import link, mrkdwn, plain
from .blocks import Message, listed, many
from .decided import asked_message
from .moments import agreed_when
from .trouble import notice

NAME = 80
MOST = 8


def asked_there(request: Request, address: str, *, note: str = "") -> Message:
    """It is in the ledger. `address` is the older thread in which it goes on, if it is in one; `note` is ours."""
    first = asked_message(request).text
    if request.asked.where.thread:
        where = link(address, "the thread of its way home") if address else "the thread of its way home"
        first = f"Asked: {request.id}. The checks run now; it goes on in {where}."
    asked = request.asked
    start = f"Once approved, it starts {agreed_when(asked.at, asked.zone)}." if asked.at else ""
    return notice(" ".join(filter(None, (first, start, note))))


def taken_as_utc(said: str) -> str:
    """Beside an ask whose time was said without a zone, where Slack tells none."""
    return (
        f"Slack does not tell your time zone, so {mrkdwn(said, NAME)} was taken as UTC: if you meant another, "
        "cancel it and say it with --zone."
    )


def not_asked(why: str) -> Message:
    """Nothing was asked for; `why` is a sentence, with words of the person's in it."""
    return notice(mrkdwn(why, 600))


def asked_elsewhere(channels: Sequence[str]) -> Message:
    """Asking is for certain channels only."""
    named = ", ".join(f"<#{channel}>" for channel in channels[:10])
    return notice(f"This is asked for in {named}, so that the right people see it: ask there.")


def open_already(request: Request) -> Message:
    """Somebody asked for the machines first."""
    state = request.state.value.replace("_", " ")
    return notice(f"{request.id} is open for it already ({state}), so nothing more was asked. Look at its card.")


def went_on(request: Request, later: Request) -> Message:
    """The button stands on a request that is no longer the last one of its machines."""
    return notice(
        f"The way of these machines went on after {request.id}, in {later.id}: use the button of its card, "
        "or ask for the status of the machine."
    )


def no_next_step(request: Request | None) -> Message:
    """There is nothing to go on to."""
    if request is None:
        return notice("There is no such request any more, so nothing was asked. Ask by the machine's name.")
    if not request.state.ended:
        return notice(f"{request.id} has not ended yet: the next step comes after it.")
    return notice(f"No machine came through in {request.id}, or its way ends there: there is no next step to ask for.")


def which_machine(names: Sequence[str], commands: Sequence[str]) -> Message:
    """Some came through and some did not: each is asked for on its own, by its command."""
    told = listed([mrkdwn(name, NAME) for name in names], MOST)
    lines = [f"• `{mrkdwn(command, 400)}`" for command in commands[:MOST]]
    return notice("\n".join([f"Not every machine came through, so ask for those that did: {told}.", *lines]))


def several(choices: Choices, line: str) -> Message:
    """A name that fits several, each to be named by its id."""
    head = f"{mrkdwn(choices.name, NAME)} fits {many(len(choices.candidates), 'subject')}: name one by its id."
    lines = [
        f"• {one.kind.value} *{mrkdwn(one.name, NAME)}* ({mrkdwn(one.detail, 200)}): "
        f"`{mrkdwn(plain(f'{line} {one.id}', 600), 800)}`"
        for one in choices.candidates[:MOST]
    ]
    left = len(choices.candidates) - len(lines)
    return notice("\n".join([head, *lines, *([f"and {left} more."] if left > 0 else [])]))


def no_such_subject(answer: NoMatch) -> Message:
    """Nothing has the name."""
    near = (
        f" The nearest names: {listed([mrkdwn(name, NAME) for name in answer.nearest], 3)}." if answer.nearest else ""
    )
    return notice(f"No machine, group or plan is named {mrkdwn(answer.name, NAME)}.{near}")
