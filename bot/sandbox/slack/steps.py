"""Custom steps of workflows while they run: each ends once, with its outputs or an error."""

from dataclasses import dataclass, field

from .messages import Payload
from .people import User
from .refusals import Refused


@dataclass(slots=True)
class StepRun:
    """One step as the workflow sees it; `outputs` or `error` come when the app ends it."""

    id: str
    callback_id: str
    inputs: Payload
    who: User
    """Who started the workflow."""
    token: str
    """Works until the step has ended."""
    outputs: Payload | None = None
    error: str = ""
    problem: str = ""
    """Why the app was not reached; empty if it took the step on."""

    @property
    def ended(self) -> bool:
        return self.outputs is not None or bool(self.error)


@dataclass(slots=True)
class Steps:
    runs: dict[str, StepRun] = field(default_factory=dict[str, StepRun])

    def start(self, callback_id: str, inputs: Payload, who: User) -> StepRun:
        number = len(self.runs) + 1
        run = StepRun(f"Fx{number:04d}", callback_id, inputs, who, f"xwfp-sandbox-{number}")
        self.runs[run.id] = run
        return run

    def by_token(self, token: str) -> StepRun | None:
        return next((run for run in self.runs.values() if run.token == token), None)

    def running(self, execution: object) -> StepRun:
        run = self.runs.get(str(execution))
        if run is None:
            raise Refused("function_execution_not_found")
        if run.ended:
            raise Refused("execution_not_in_running_state")
        return run
