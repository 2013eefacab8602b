"""What a surface answers: each listener with the id that Slack sends it, for the one place that attaches them."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Kind(Enum):
    """What Slack may send, and what it is called for people."""

    ACTION = "the button"
    VIEW = "the form"
    OPTIONS = "the list"
    SHORTCUT = "the shortcut"
    EVENT = "the event"
    FUNCTION = "the workflow step"


@dataclass(frozen=True, slots=True)
class Listener:
    """`respond` takes Bolt's arguments by their names.

    `numbered`: in one block there may be several, whose ids are followed by `.<number>`. `yields`: where the host
    answers it already, the host goes on to do so and this one is not attached.
    """

    kind: Kind
    id: str
    respond: Callable[..., Coroutine[Any, Any, None]]
    numbered: bool = False
    yields: bool = False
