"""Slack in, Slack out: commands and buttons, what they show, and the background that carries their work."""

from .approvals import Approvals
from .attach import attach
from .commands import Commands
from .errors import Errors
from .failback import Failback
from .looking import Looking
from .onward import Onward
from .people import SlackStandings
from .preflight import Preflight
from .problems import CommandTaken, NotHere, Problem, SlackRefused, WrongApp
from .reprotect import Reprotect
from .slack import Poster, Posters, SlackPosters
from .supervisor import Supervisor

__all__ = [
    "Approvals",
    "CommandTaken",
    "Commands",
    "Errors",
    "Failback",
    "Looking",
    "NotHere",
    "Onward",
    "Poster",
    "Posters",
    "Preflight",
    "Problem",
    "Reprotect",
    "SlackPosters",
    "SlackRefused",
    "SlackStandings",
    "Supervisor",
    "WrongApp",
    "attach",
]
