"""What is open and what ended lately, read in one look, for those who keep it on a screen."""

from dataclasses import dataclass
from datetime import datetime

from .requests import Request


@dataclass(frozen=True, slots=True)
class Board:
    """`mark` changes with every write to any request. `open` are the newest first, at most so many as were asked for,
    of `count`; `ended` those that ended last, the latest first."""

    mark: int
    at: datetime
    open: tuple[Request, ...] = ()
    count: int = 0
    ended: tuple[Request, ...] = ()
