"""Azure's errors as people need them: its own words, what the catalogue knows of each code, where to look further."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import quote

from slack_sdk.models.blocks import Block

from homeward.actions.requests import AzureError
from homeward.checks.catalogue import Entry, lookup

from ..escape import link, mrkdwn
from .blocks import context, many, packed, section

NAME = 60
WORDS = 700
STEPS = 4
CAUSES = 3

_SEARCH = "https://learn.microsoft.com/en-us/search/?scope=Azure&terms="


def errors_of(data: Mapping[str, object], key: str = "errors") -> tuple[AzureError, ...]:
    """The errors that an event holds, as JSON."""
    held = data.get(key)
    found = cast("Sequence[object]", held) if isinstance(held, list | tuple) else ()
    return tuple(_error(cast("Mapping[str, object]", one)) for one in found if isinstance(one, Mapping))


def _error(one: Mapping[str, object]) -> AzureError:
    service, provider, message, causes, action = (
        str(one.get(key) or "") for key in ("service_code", "provider_code", "message", "causes", "action")
    )
    return AzureError(service, provider, message, causes, action)


def codes(errors: Sequence[AzureError]) -> tuple[str, ...]:
    """Every code, each once."""
    return tuple(
        dict.fromkeys(
            code for error in errors for code in (error.service_code, error.provider_code) if code.strip(" 0")
        )
    )


def words(errors: Sequence[AzureError], most: int, *, sign: str) -> list[Block]:
    """The first few errors in Azure's own words."""
    blocks = [section(_azure(error, sign)) for error in errors[:most]]
    if len(errors) > most:
        blocks.append(context(f"and {many(len(errors) - most, 'more error')}, in the job's details in the portal"))
    return blocks


def catalogue(wanted: Sequence[str], most: int, *, command: str, brief: bool = False) -> list[Block]:
    """What the catalogue says of each code, and plainly where it does not have one; `brief` for warnings."""
    known = list(dict.fromkeys(entry for code in wanted if (entry := lookup(code))))
    unknown = [code for code in wanted if not lookup(code)]
    blocks = [section(_entry(entry, command, brief=brief)) for entry in known[:most]]
    left = [*(entry.code for entry in known[most:]), *unknown[most:]]
    blocks += [context(text) for text in packed([_not_known(code) for code in unknown[:most]], 2000)]
    if left:
        blocks.append(context(f"and {many(len(left), 'more code')}"))
    return blocks


def _azure(error: AzureError, sign: str) -> str:
    service, provider = (mrkdwn(code, NAME) for code in (error.service_code, error.provider_code))
    named = [
        part
        for part, code in ((service, error.service_code), (f"provider {provider}", error.provider_code))
        if code.strip(" 0")
    ]
    lines = [f"{sign} *Azure says{': ' + ', '.join(named) if named else ''}*"]
    lines += [mrkdwn(error.message, WORDS)] if error.message.strip() else []
    lines += [f"_Causes:_ {mrkdwn(error.causes, WORDS)}"] if error.causes.strip() else []
    lines += [f"_Azure recommends:_ {mrkdwn(error.action, WORDS)}"] if error.action.strip() else []
    if len(lines) == 1:
        lines.append("It gave no words with it.")
    return "\n".join(lines)


def _entry(entry: Entry, command: str, *, brief: bool) -> str:
    lines = [f"*{mrkdwn(entry.code, NAME)} means: {mrkdwn(entry.title, 200)}*"]
    whole = f"`{command} {mrkdwn(entry.code, NAME)}` tells it all"
    if brief:
        return f"{lines[0]}\n{whole}"
    if len(entry.causes) == 1:
        lines.append(f"Why: {mrkdwn(entry.causes[0].text, 400)}")
    else:
        lines += [f"• {mrkdwn(cause.text, 300)}" for cause in entry.causes[:CAUSES]]
    lines += [f"{place}. {mrkdwn(step, 400)}" for place, step in enumerate(entry.steps[:STEPS], start=1)]
    if len(entry.steps) > STEPS or len(entry.causes) > CAUSES:
        lines.append(whole)
    if entry.sources:
        lines.append(f"source: {link(entry.sources[0].url, entry.sources[0].title)}")
    return "\n".join(lines)


def _not_known(code: str) -> str:
    search = link(
        f"{_SEARCH}{quote(f'Site Recovery error {code[:NAME]}', errors='replace')}", "search Microsoft's pages"
    )
    return f"{mrkdwn(code, NAME)} is not in the catalogue: {search}"
