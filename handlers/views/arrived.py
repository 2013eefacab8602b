"""How a machine's VM on-premises was found in vCenter after its failback."""

from collections.abc import Mapping

from ..escape import mrkdwn
from .stakes import LINUX

NAME = 80
WHY = 400


def arrived(machine: str, seen: Mapping[str, object], *, linux: bool) -> str:
    """`seen` are the fields of an `AtHome` as JSON, and `was`, the address in Azure, where it is known."""
    name = mrkdwn(machine, NAME)
    return "\n".join([_found(name, seen), *([f"It runs Linux: {LINUX}"] if linux else [])])


def _found(name: str, seen: Mapping[str, object]) -> str:
    if why := _text(seen, "why", WHY).rstrip("."):
        return f"? *{name}*: its VM on-premises could not be looked at: {why}. See in vCenter whether it runs."
    vm, power = _text(seen, "vm"), seen.get("power")
    whose = f"*{name}*" if vm in ("", name) else f"*{name}* (VM {vm})"
    if power != "poweredOn":
        told = _POWER.get(str(power), _text(seen, "power"))
        return f"! {whose} does not run on-premises: {told or 'vCenter does not tell its power'}. See in vCenter why."
    host = f" on {told}" if (told := _text(seen, "host")) else ""
    address, tools = _text(seen, "address"), seen.get("tools")
    was = f" (was {told})" if (told := _text(seen, "was")) else ""
    runs = "Tools run" if tools is True else "Tools do not run" if tools is False else "whether Tools run is not told"
    sign = "✓" if tools is True and address else "!"
    return (
        f"{sign} {whose} runs on-premises{host}: {runs}, {f'address {address}' if address else 'no address yet'}{was}"
    )


_POWER = {"poweredOff": "it is powered off", "suspended": "it is suspended"}


def _text(seen: Mapping[str, object], key: str, limit: int = NAME) -> str:
    value = seen.get(key)
    return mrkdwn(value, limit) if isinstance(value, str) and value.strip() else ""
