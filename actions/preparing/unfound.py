"""Why there is no subject to prepare: no name fits, or too many do."""

from homeward.actions.plan import NotPrepared, Obstacle
from homeward.checks.subjects import Choices, NoMatch


def unfound(answer: NoMatch | Choices) -> NotPrepared:
    if isinstance(answer, NoMatch):
        near = f": the nearest names are {', '.join(answer.nearest)}" if answer.nearest else ""
        why = f"No machine, replication group or recovery plan is called {answer.name}{near}."
        return NotPrepared(Obstacle.NOT_FOUND, why, answer.nearest)
    details = "; ".join(f"{one.name} ({one.kind.value}, {one.detail})" for one in answer.candidates)
    why = f"{answer.name} is the name of {len(answer.candidates)}: {details}."
    apart = tuple(f"{one.kind.value} · {one.detail}" for one in answer.candidates)
    return NotPrepared(Obstacle.SEVERAL, why, tuple(one.id for one in answer.candidates), details=apart)
