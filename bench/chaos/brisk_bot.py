"""`homeward serve` that gives up waiting after seconds instead of minutes: no setting does that, nobody should."""

from datetime import timedelta

from homeward.actions.passes import approved, looking
from homeward.bot import cli


def main() -> None:
    # Longer than the time within which a claim must be used: what is concluded stays right.
    looking.GRACE = timedelta(seconds=25)  # type: ignore[attr-defined]  # it stands in that module too
    approved.UNREAD_AGAIN = timedelta(seconds=3)  # type: ignore[attr-defined]  # the same
    cli.main()
