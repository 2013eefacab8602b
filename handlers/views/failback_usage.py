"""How the failback command is used, with examples to copy."""

from ..escape import mrkdwn
from .blocks import Message, built, section


def failback_usage(command: str = "/failback", why: str = "", *, reprotect: str = "/reprotect") -> Message:
    """`why` is what was wrong with what was typed, "" where somebody asked for help. `reprotect` is what that command
    is called, which begins and ends the way."""
    wrong = [mrkdwn(why, 400)] if why else []
    what = (
        f"*{command}* brings machines that replicate back home for good: asked here, approved, started (at once or at "
        "a given time), followed, then committed."
    )
    examples = [
        f"`{command} check web01` whether it can fail back now; nothing is started",
        f"`{command} start` a form: what, which recovery point, when; `{command} start web01 --form` the same, begun",
        f"`{command} start web01 the site is whole again` asks for the failback, and says why",
        f"`{command} start payroll --at 22:00 --zone Europe/Berlin` approved now, started then; "
        'or `--at "2026-11-24 22:00"`',
        f"`{command} points web01` the recovery points that there are",
        f"`{command} commit web01 works` makes it final, once the application works on-premises",
        f"`{command} cancel web01 the database is broken` back to Azure before the commit (modernized only)",
        f"`{command} cancel R-7K2M9Q` ends a request instead; what runs already goes on to its end",
        f"`{command} status web01` where it stands on its way, and the next step; `{command} list` all that is open",
    ]
    small = "\n".join(
        [
            "The recovery point, where the advised one is not wanted:",
            "`--point latest` the newest data (advised) · `--point app-consistent` the newest that applications wrote "
            "down in order · `--point ID` a chosen one (classic only)",
            f"The way begins with `{reprotect} start web01` and ends with `{reprotect} start web01 --to azure`.",
        ]
    )
    text = "\n".join([*wrong, what, *(f"• {example}" for example in examples)])
    return Message((wrong or [what])[0], built(section(text), section(small)))
