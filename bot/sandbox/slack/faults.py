"""Trouble on demand: what the sandbox's Slack does wrong when a test asks for it."""

from dataclasses import dataclass, field

ANY = "*"


@dataclass(slots=True)
class Fault:
    """One planned trouble for a method (or `*`), for so many calls (None: until cleared)."""

    method: str
    times: int | None = 1
    error: str = ""
    status: int = 200
    retry_after: int = 0
    answer_lost: bool = False


@dataclass(slots=True)
class Faults:
    unsupported_blocks: set[str] = field(default_factory=set[str])
    """Block types that this workspace doesn't know yet, such as `plan`, `task_card`, `table`."""
    planned: list[Fault] = field(default_factory=list[Fault])

    def fail(self, method: str, error: str, *, times: int | None = 1) -> None:
        """Answer with an error code of Slack's."""
        self.planned.append(Fault(method, times, error=error))

    def limit(self, method: str, *, retry_after: int, times: int | None = 1) -> None:
        """Answer 429 with Retry-After."""
        self.planned.append(Fault(method, times, error="ratelimited", status=429, retry_after=retry_after))

    def break_down(self, *, status: int = 503, method: str = ANY, times: int | None = None) -> None:
        """Answer with a bare HTTP error, as an outage does."""
        self.planned.append(Fault(method, times, status=status))

    def lose_answer(self, method: str, *, times: int | None = 1) -> None:
        """Do as asked, then drop the connection instead of answering."""
        self.planned.append(Fault(method, times, answer_lost=True))

    def clear(self) -> None:
        self.planned.clear()
        self.unsupported_blocks.clear()

    def next(self, method: str) -> Fault | None:
        """The trouble for this call, counted off."""
        for fault in self.planned:
            if fault.method in (method, ANY):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self.planned.remove(fault)
                return fault
        return None
