"""How the reprotect command is used, with examples to copy."""

from ..escape import mrkdwn
from .blocks import Message, built, section


def reprotect_usage(command: str, why: str = "") -> Message:
    """`why` is what was wrong with what was typed, "" where somebody asked for help."""
    wrong = [mrkdwn(why, 400)] if why else []
    what = (
        f"*{command}* brings what was failed over to Azure back under protection: asked here, approved, then followed."
    )
    examples = [
        f"`{command} start` a form: pick by typing, then choose; `{command} start web01 --form` with that filled in",
        f"`{command} start web01 the site is whole again` asks for one machine, and says why",
        f'`{command} start "Pay roll 2"` a recovery plan or a replication group; a name with spaces stands in quotes',
        f"`{command} start web01 --to azure` after the commit of its failback: protected toward Azure again",
        f"`{command} status R-7K2M9Q` one request, or `{command} status web01` those of a machine",
        f"`{command} list` everything that is open",
        f"`{command} cancel R-7K2M9Q wrong machine` ends it; what runs already goes on to its end",
    ]
    options = [
        "`--target NAME` master target or replication appliance · `--process-server NAME` · `--policy NAME`",
        "`--retention VOLUME` (classic) · `--log-storage NAME` (modernized) · `--datastore NAME` where the VM is gone",
        "`--exclude-disk NAME` as often as needed · `--reason TEXT`",
        f'for one machine of several: `{command} start payroll --target web01=mt-win01 --datastore db01="SAN 2"`',
    ]
    text = "\n".join([*wrong, what, *(f"• {example}" for example in examples)])
    small = "\n".join(
        ["What has one sensible choice is chosen, and shown before anybody approves. Instead of it:", *options]
    )
    return Message((wrong or [what])[0], built(section(text), section(small)))


def not_set_up(command: str, why: str) -> Message:
    """Nothing can be started here: `why` is what is missing."""
    text = (
        f"{mrkdwn(command, 40)} can't start anything yet: {mrkdwn(why, 300)} "
        "Whoever runs this bot sets it in Homeward's settings (`homeward doctor` tells what is missing). "
        "Checks and error codes work without it."
    )
    return Message(text, built(section(text)))


def wrong_channel(command: str, channels: tuple[str, ...], *, what: str = "A reprotect") -> Message:
    """Asking is for certain channels only."""
    named = ", ".join(f"<#{channel}>" for channel in channels[:10])
    text = f"{what} is asked for in {named}, so that the right people see it: type {mrkdwn(command, 40)} there."
    return Message(text, built(section(text)))
