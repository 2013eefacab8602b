"""Slack in, Slack out: commands and buttons, what they show, and the background that carries their work."""

from .attach import attach
from .commands import Commands
from .errors import Errors
from .preflight import Preflight
from .problems import CommandTaken, NotHere, Problem, SlackRefused, WrongApp
from .slack import Poster, Posters, SlackPosters
from .supervisor import Supervisor

__all__ = [
    "CommandTaken",
    "Commands",
    "Errors",
    "NotHere",
    "Poster",
    "Posters",
    "Preflight",
    "Problem",
    "SlackPosters",
    "SlackRefused",
    "Supervisor",
    "WrongApp",
    "attach",
]
