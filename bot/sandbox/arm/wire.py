"""How Azure Resource Manager writes values: ids, moments (also those that mean never), health errors."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from collections.abc import Mapping

Body = dict[str, object]

FIRST_DAY = "0001-01-01T00:00:00"
"""Never, without a zone."""
NO_START = "1753-01-01T01:01:01Z"
"""Never, in the words of the vault's database."""
LAST_DAY = "9999-12-31T23:59:59.9999999"
"""Does not expire; seven digits and no zone."""

STALE_MINUTES = 15
"""After so long without a heartbeat, Azure calls a server critical."""


@cache
def guid(kind: str, name: str) -> str:
    """The same GUID for the same thing, in every run."""
    return str(uuid5(NAMESPACE_URL, f"sandbox:{kind}:{name.casefold()}"))


def host_id(name: str) -> str:
    """A classic server's id: nearly a GUID, one hyphen short."""
    digits = guid("host", name).replace("-", "").upper()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:]}"


def moment(value: datetime) -> str:
    """UTC with seven digits, one more than Python reads."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z"


def moment_without_fraction(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime | None:
    """A moment that somebody sent, with its zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def yes_no(value: bool) -> str:
    """A boolean as Site Recovery often sends it: as text."""
    return "true" if value else "false"


def health_error(
    code: str, message: str, *, level: str = "Error", causes: str = "", action: str = "", category: str = "Replication"
) -> Body:
    return {
        "innerHealthErrors": [],
        "errorSource": None,
        "errorType": None,
        "errorLevel": level,
        "errorCategory": category,
        "errorCode": code,
        "summaryMessage": "",
        "errorMessage": message,
        "possibleCauses": causes,
        "recommendedAction": action,
        "creationTimeUtc": FIRST_DAY,
        "recoveryProviderErrorMessage": None,
        "entityId": None,
        "errorId": code,
        "customerResolvability": "NotAllowed",
    }


def health_errors(own: list[dict[str, str]]) -> list[Body]:
    """The estate's health errors (in the wire's words: errorCode, errorMessage, errorLevel, ...) made whole."""
    blank: Mapping[str, object] = health_error("", "")
    return [{**blank, **error} for error in own]
