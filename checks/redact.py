"""Words from outside without their secrets, before anybody reads them in a chat or a log."""

import re

_REMOVED = "…"
_KEYS = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|signature|sig|(?:account|access|api|shared)[_-]?key)"
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^&\s;]+)"""
# What may be repeated has a limit, so that a long text without a space costs no more than its length.
_PATTERNS = (
    (re.compile(r"(?<=://)\S{1,300}@"), f"{_REMOVED}@"),
    (re.compile(r"(?<![^\s\"'(<=,])[^\s:/@]{1,100}:(?!//)\S{1,300}@(?=[\w\[])"), f"{_REMOVED}@"),
    # Slack's answer addresses are secrets by their path, signed ones by their query.
    (re.compile(r"(?i)(https?://[^\s/?#]+)[/?#]\S+"), rf"\1/{_REMOVED}"),
    (re.compile(r"(?i)\b(authorization)[\"']?\s*[:=]\s*\S+(?:\s+\S+)?"), rf"\1: {_REMOVED}"),
    (re.compile(r"(?i)\bbearer\s+\S+"), _REMOVED),
    (re.compile(r"\b(?:xox[a-z]|xapp)-\S+|\beyJ[\w-]{8,}[\w.-]*"), _REMOVED),
    (re.compile(rf"(?i)({_KEYS})(?:=|[\"']\s*[:=]\s*){_VALUE}"), rf"\1={_REMOVED}"),
)


def redact(text: str) -> str:
    """The text with every part replaced that looks like a secret. Too much rather than too little."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text
