"""How each command is used, with examples to copy."""

from ..escape import mrkdwn
from .blocks import Message, built, section


def check_usage(command: str, why: str = "") -> Message:
    """Usage of the check command; `why` is what was wrong with what was typed."""
    return _usage(
        why,
        f"*{command}* tells whether a machine, a replication group or a recovery plan can come home.",
        [
            f"`{command} web01` checks one machine: by its name in Site Recovery, its Azure VM's name, "
            "its computer name or its ARM id",
            f"`{command} payroll` checks a recovery plan or a replication group, machine by machine",
            f'`{command} "Pay roll 2"` a name with spaces',
            f"`{command} web01 --json` prints the report for programs",
        ],
    )


def errors_usage(command: str) -> Message:
    """Usage of the errors command."""
    return _usage(
        "",
        f"*{command}* tells what a Site Recovery error means and what to do. Only you see it until you share it.",
        [
            f"`{command} 78093` one code, or several at once",
            f"`{command} 0x80070422` a code in hexadecimal",
            f"`{command} datastore empty` words",
        ],
    )


def _usage(why: str, what: str, examples: list[str]) -> Message:
    lines = [mrkdwn(why, 300)] if why else []
    text = "\n".join([*lines, what, *(f"• {example}" for example in examples)])
    return Message(mrkdwn(why, 300) if why else what, built(section(text)))
