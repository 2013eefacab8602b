"""Azure's health and validation errors."""

from homeward.checks.facts import HealthError

from .wire import Wire


def health_errors(holder: Wire, *names: str) -> tuple[HealthError, ...]:
    """The errors of the named lists and the inner errors they explain themselves with, each once."""
    found: dict[tuple[str, str], HealthError] = {}
    for name in names:
        for outer in holder.parts(name):
            for error in (outer, *outer.parts("innerHealthErrors")):
                one = _health_error(error)
                found.setdefault((one.code, one.message), one)
    return tuple(found.values())


def _health_error(error: Wire) -> HealthError:
    return HealthError(
        code=error.text("errorCode"),
        level=error.text("errorLevel"),
        message=error.text("errorMessage", "summaryMessage"),
        causes=error.text("possibleCauses"),
        action=error.text("recommendedAction"),
    )
