"""Trouble on demand: what the sandbox's Azure does wrong when a test asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

EVERYWHERE = ""


class Trouble(Enum):
    REFUSAL = "an ARM error"
    HALF_A_BODY = "the connection ends in the middle of the body"
    GARBAGE = "a body that is not JSON"
    SILENCE = "no answer at all"
    SLOW = "the right answer, late"
    DROP = "the connection ends before any answer"
    NAMELESS = "a start is taken, and no header names its job"


@dataclass(slots=True)
class Fault:
    """One planned trouble for the paths that `path` (a regular expression) finds; `times` None: until cleared."""

    trouble: Trouble
    path: str
    times: int | None
    status: int = 0
    code: str = ""
    retry_after: int | None = None
    seconds: float = 0
    method: str = ""
    """Of the requests with this method only, "" for all."""
    accepted: bool = False
    """The request is carried out all the same; only its answer is spoiled."""


@dataclass(slots=True)
class Faults:
    planned: list[Fault] = field(default_factory=list[Fault])

    def refuse(
        self,
        status: int,
        code: str = "",
        *,
        path: str = EVERYWHERE,
        times: int | None = None,
        retry_after: int | None = None,
        method: str = "",
        accepted: bool = False,
    ) -> None:
        """Answer with an error; the code is the usual one of the status unless told."""
        code = code or _CODES[status]
        self.planned.append(
            Fault(Trouble.REFUSAL, path, times, status, code, retry_after, method=method, accepted=accepted)
        )

    def half_a_body(self, *, path: str = EVERYWHERE, times: int | None = None, method: str = "") -> None:
        self.planned.append(Fault(Trouble.HALF_A_BODY, path, times, method=method))

    def garbage(self, *, path: str = EVERYWHERE, times: int | None = None, method: str = "") -> None:
        self.planned.append(Fault(Trouble.GARBAGE, path, times, method=method))

    def silence(
        self, *, path: str = EVERYWHERE, times: int | None = None, method: str = "", accepted: bool = False
    ) -> None:
        self.planned.append(Fault(Trouble.SILENCE, path, times, method=method, accepted=accepted))

    def slow(self, seconds: float, *, path: str = EVERYWHERE, times: int | None = None, method: str = "") -> None:
        self.planned.append(Fault(Trouble.SLOW, path, times, seconds=seconds, method=method))

    def drop(
        self, *, path: str = EVERYWHERE, times: int | None = None, method: str = "", accepted: bool = False
    ) -> None:
        self.planned.append(Fault(Trouble.DROP, path, times, method=method, accepted=accepted))

    def nameless(self, *, path: str = EVERYWHERE, times: int | None = None) -> None:
        """A start is taken, but its answer does not tell which job it is."""
        self.planned.append(Fault(Trouble.NAMELESS, path, times, method="POST"))

    def clear(self) -> None:
        self.planned.clear()

    def next(self, path: str, method: str = "GET") -> Fault | None:
        """The trouble for this request, counted off."""
        for fault in self.planned:
            if fault.method in {"", method} and re.search(fault.path, path, re.IGNORECASE):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self.planned.remove(fault)
                return fault
        return None


_CODES = {
    400: "BadRequest",
    401: "ExpiredAuthenticationToken",
    403: "AuthorizationFailed",
    404: "ResourceNotFound",
    408: "RequestTimeout",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}
