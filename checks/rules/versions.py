"""Comparing versions of agents and of operating systems, which Azure gives as text."""

import re

Version = tuple[int, ...]

WINDOWS_SERVERS: dict[str, Version] = {
    "2008": (6, 0),
    "2008 r2": (6, 1),
    "2012": (6, 2),
    "2012 r2": (6, 3),
    "2016": (10, 0, 14393),
    "2019": (10, 0, 17763),
    "2022": (10, 0, 20348),
    "2025": (10, 0, 26100),
}
"""Microsoft's version numbers of Windows Server, for a name on one side and a number on the other."""


def agent_version(text: str) -> Version | None:
    """ "9.62.7172.1" as numbers; None for anything else."""
    return tuple(int(part) for part in text.split(".")) if re.fullmatch(r"\d+(\.\d+)+", text) else None


def os_version(text: str) -> tuple[str, Version] | None:
    """The family of an operating system and its version: ("windows", (6, 3)), ("ubuntu", (22, 4)); None if unclear."""
    plain = " ".join(text.casefold().split())
    if "windows" in plain:
        server = re.search(r"(?<!\d)(\d{4})(?!\d)(?:.*?(r2))?", plain)
        version = server and WINDOWS_SERVERS.get(" ".join(part for part in server.groups() if part))
        return ("windows", version) if version else None
    linux = re.match(r"([a-z][a-z .-]*?)[ -]*(\d+(?:\.\d+)*)", plain)
    if linux:
        return linux[1], tuple(int(part) for part in linux[2].split("."))
    return ("windows", agent) if (agent := agent_version(plain)) else None


def older(one: Version, other: Version) -> bool:
    """Whether one is older, compared as far as both are told: 22.04 is not older than 22.04.3."""
    shared = min(len(one), len(other))
    return one[:shared] < other[:shared]
