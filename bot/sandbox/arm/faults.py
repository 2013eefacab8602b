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
    ) -> None:
        """Answer with an error; the code is the usual one of the status unless told."""
        self.planned.append(Fault(Trouble.REFUSAL, path, times, status, code or _CODES[status], retry_after))

    def half_a_body(self, *, path: str = EVERYWHERE, times: int | None = None) -> None:
        self.planned.append(Fault(Trouble.HALF_A_BODY, path, times))

    def garbage(self, *, path: str = EVERYWHERE, times: int | None = None) -> None:
        self.planned.append(Fault(Trouble.GARBAGE, path, times))

    def silence(self, *, path: str = EVERYWHERE, times: int | None = None) -> None:
        self.planned.append(Fault(Trouble.SILENCE, path, times))

    def slow(self, seconds: float, *, path: str = EVERYWHERE, times: int | None = None) -> None:
        self.planned.append(Fault(Trouble.SLOW, path, times, seconds=seconds))

    def drop(self, *, path: str = EVERYWHERE, times: int | None = None) -> None:
        self.planned.append(Fault(Trouble.DROP, path, times))

    def clear(self) -> None:
        self.planned.clear()

    def next(self, path: str) -> Fault | None:
        """The trouble for this request, counted off."""
        for fault in self.planned:
            if re.search(fault.path, path, re.IGNORECASE):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self.planned.remove(fault)
                return fault
        return None


_CODES = {
    401: "ExpiredAuthenticationToken",
    403: "AuthorizationFailed",
    404: "ResourceNotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}
