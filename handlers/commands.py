"""What the commands are called in a workspace: names are shared by all its apps, so they can be changed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commands:
    """With the slash, as they stand in the app's manifest."""

    reprotect_check: str = "/reprotect-check"
    failback_errors: str = "/failback-errors"
