"""What can go wrong in the handlers.

Problem
├── CommandTaken     at attaching: another listener of the app would answer first
├── WrongApp         at attaching: the app is not slack_bolt's AsyncApp
└── SlackRefused     Slack answered with an error, or not at all
    └── NotHere      the bot may not speak in the channel
"""


class Problem(Exception):
    """Of Homeward's Slack side."""


class CommandTaken(Problem):
    """Something that Homeward needs is answered by another listener, or Homeward is attached already."""


class WrongApp(Problem, TypeError):
    """Homeward's listeners are coroutines, which only an `AsyncApp` runs."""


class SlackRefused(Problem):
    """`method` is what was asked of Slack, `error` Slack's code (or the kind of failure, where it gave no answer).

    `retry_after` are the seconds that Slack asks to wait, 0 where it asks for none.
    """

    def __init__(self, method: str, error: str, *, retry_after: float = 0.0) -> None:
        super().__init__(f"Slack answered {error} to {method}.")
        self.method = method
        self.error = error
        self.retry_after = retry_after


class NotHere(SlackRefused):
    """The channel exists for the person and not for the bot: it must be invited."""
