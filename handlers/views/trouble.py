"""What people are told when something did not work: short, true, with the next step."""

from ..escape import mrkdwn
from ..problems import NotHere, Problem, SlackRefused
from .blocks import Message, built, section


def notice(text: str) -> Message:
    """One short paragraph; `text` is mrkdwn of ours, its foreign parts escaped."""
    return Message(text, built(section(text)))


def apology(id: str, *, changes: bool = False) -> Message:
    """For a fault of ours; the id stands in the log beside its cause. `changes` marks work that writes."""
    left = UNSURE if changes else "Nothing was changed."
    return notice(f"Sorry, something in Homeward broke. {left} Its log has the cause under `{mrkdwn(id, 60)}`.")


def trouble(problem: Problem) -> Message:
    """For a failure that has a name."""
    if isinstance(problem, NotHere):
        return invite()
    if isinstance(problem, SlackRefused) and problem.method == "views.open":
        # Slack lets a form be opened for three seconds only, which a busy bot may miss.
        return notice("The form could not be opened in time. Press the button again.")
    return notice(f"Sorry, that did not work. {mrkdwn(str(problem), 300)}")


def too_late(seconds: float, *, changes: bool = False) -> Message:
    left = UNSURE if changes else "Nothing was changed; try again."
    return notice(f"This was given up after {seconds:.0f} s, without a result. {left}")


def stopped(*, changes: bool = False) -> Message:
    left = UNSURE if changes else "Nothing was changed; try again in a minute."
    return notice(f"The bot was stopped before this was done. {left}")


def invite() -> Message:
    """The bot can't speak in this channel."""
    return notice(INVITE)


def already() -> Message:
    return notice("This is being checked right now; the message changes by itself.")


UNSURE = "It may have been done or not: the request's card tells."
INVITE = (
    "I am not in this conversation, so only you can see this. "
    "To show it to a channel, type `/invite` and my name there, then ask again."
)
