"""How an error in Azure's own words becomes a sentence."""

from homeward.checks.facts import HealthError


def sentence(error: HealthError, of: str) -> str:
    """The error with its code and whatever Azure adds: causes and recommended action."""
    parts = [f"{of}: {_ended(error.message or 'Azure reports an error without a message')}"]
    if error.causes:
        parts.append(f"Causes: {_ended(error.causes)}")
    if error.action:
        parts.append(f"Azure recommends: {_ended(error.action)}")
    if error.code:
        parts.append(f"(Code {error.code}.)")
    return " ".join(parts)


def _ended(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", ")")) else f"{text}."
