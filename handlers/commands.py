"""What the commands are called in a workspace: names are shared by all its apps, so they can be changed."""

import re
from dataclasses import dataclass

NAME = re.compile(r"/[a-z0-9][a-z0-9_-]{0,30}")
"""How a command may be called."""


@dataclass(frozen=True, slots=True)
class Commands:
    """With the slash, as they stand in the app's manifest."""

    reprotect_check: str = "/reprotect-check"
    failback_errors: str = "/failback-errors"
    reprotect: str = "/reprotect"
    failback: str = "/failback"
