"""Reading the catalogue's data files once, and refusing any that break its rules."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypeVar, cast

from .model import Cause, Entry, Kind, Source, Stack

SOURCES_FILE = "sources.toml"
RULE_ID = re.compile(r"[a-z]+(-[a-z0-9]+)+")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

Choice = TypeVar("Choice", bound=Enum)

_TEXTS = ("code", "kind", "title", "what", "stack", "phase", "component", "note")
_LISTS = ("steps", "rules", "related", "aliases", "keywords", "sources")
_OPTIONAL = frozenset({"note", "aliases", "keywords", "related", "rules"})
_FIELDS = frozenset({*_TEXTS, *_LISTS, "causes"})


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry, sorted by code."""
    folder = files("homeward.checks.catalogue")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".toml"))
    return parse({name: (folder / name).read_text(encoding="utf-8") for name in names})


@cache
def by_code() -> Mapping[str, Entry]:
    """Entries by code and by alias, in lower case."""
    return MappingProxyType({name.lower(): entry for entry in entries() for name in (entry.code, *entry.aliases)})


def parse(texts: Mapping[str, str]) -> tuple[Entry, ...]:
    """The entries in these files (name to TOML text); a ValueError names the file and the entry at fault."""
    tables = {name: _toml(name, text) for name, text in texts.items()}
    sources = _sources(tables.pop(SOURCES_FILE, {}))
    found: list[tuple[str, Entry]] = []
    for name, table in tables.items():
        rows = table.get("entry")
        if not isinstance(rows, list) or table.keys() != {"entry"}:
            raise ValueError(f"{name}: expected only [[entry]] tables")
        for number, row in enumerate(cast("list[object]", rows), start=1):
            where = f"{name}: entry {number}"
            if not isinstance(row, dict):
                raise ValueError(f"{where}: expected a table")
            found.append((name, _entry(where, cast("dict[str, object]", row), sources)))
    _check_names(found)
    return tuple(sorted((entry for _, entry in found), key=lambda entry: entry.code))


def _toml(name: str, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name}: not valid TOML: {error}") from error


def _sources(table: Mapping[str, object]) -> Mapping[str, Source]:
    sources: dict[str, Source] = {}
    for key, value in table.items():
        row = cast("dict[str, object]", value) if isinstance(value, dict) else {}
        title, url = row.get("title"), row.get("url")
        if not isinstance(title, str) or not title or not isinstance(url, str) or not url.startswith("https://"):
            raise ValueError(f"{SOURCES_FILE}: {key}: expected a title and an https url")
        sources[key] = Source(title, url)
    return sources


def _entry(where: str, row: Mapping[str, object], sources: Mapping[str, Source]) -> Entry:
    code = row.get("code")
    where = f"{where} ({code})" if isinstance(code, str) else where
    unknown = row.keys() - _FIELDS
    if unknown:
        raise ValueError(f"{where}: unknown field {', '.join(sorted(unknown))}")
    text = {name: _text(where, row, name) for name in _TEXTS}
    lists = {name: _list(where, row, name) for name in _LISTS}
    kind = _member(where, "kind", text["kind"], Kind)
    if kind is Kind.RULE:
        raise ValueError(f"{where}: rules are not written here, they are in homeward.checks.rules")
    if kind is not Kind.CODE and not SLUG.fullmatch(text["code"]):
        raise ValueError(f"{where}: the name of a {kind.value} is lower-case words joined by hyphens")
    for rule in lists["rules"]:
        if not RULE_ID.fullmatch(rule):
            raise ValueError(f"{where}: {rule!r} is not the id of a rule")
    for key in lists["sources"]:
        if key not in sources:
            raise ValueError(f"{where}: source {key!r} is not in {SOURCES_FILE}")
    return Entry(
        code=text["code"],
        kind=kind,
        title=text["title"],
        what=text["what"],
        causes=_causes(where, row),
        steps=lists["steps"],
        rules=lists["rules"],
        related=lists["related"],
        stack=_member(where, "stack", text["stack"], Stack),
        phase=text["phase"],
        component=text["component"],
        aliases=lists["aliases"],
        keywords=lists["keywords"],
        sources=tuple(sources[key] for key in lists["sources"]),
        note=text["note"],
    )


def _text(where: str, row: Mapping[str, object], name: str) -> str:
    value = row.get(name, "" if name in _OPTIONAL else None)
    if not isinstance(value, str) or (not value.strip() and name not in _OPTIONAL):
        raise ValueError(f"{where}: {name} is missing or not a text")
    return value.strip()


def _list(where: str, row: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = row.get(name, [])
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    texts = tuple(item.strip() for item in items if isinstance(item, str) and item.strip())
    if len(texts) != len(items) or (not texts and name not in _OPTIONAL):
        raise ValueError(f"{where}: {name} is missing or not a list of texts")
    if len(set(texts)) != len(texts):
        raise ValueError(f"{where}: {name} names something twice")
    return texts


def _causes(where: str, row: Mapping[str, object]) -> tuple[Cause, ...]:
    value = row.get("causes")
    items = cast("list[object]", value) if isinstance(value, list) else []
    causes: list[Cause] = []
    for item in items:
        fields = cast("dict[str, object]", item) if isinstance(item, dict) else {}
        text, tell = fields.get("text"), fields.get("tell", "")
        if (
            not isinstance(text, str)
            or not text.strip()
            or not isinstance(tell, str)
            or fields.keys() - {"text", "tell"}
        ):
            raise ValueError(f"{where}: a cause has a text and a tell")
        causes.append(Cause(text.strip(), tell.strip()))
    if not causes:
        raise ValueError(f"{where}: causes is missing or empty")
    return tuple(causes)


def _member(where: str, name: str, value: str, enum: type[Choice]) -> Choice:
    try:
        return enum(value)
    except ValueError as error:
        words = ", ".join(str(member.value) for member in enum)
        raise ValueError(f"{where}: {name} is {value!r}, expected one of {words}") from error


def _check_names(found: Iterable[tuple[str, Entry]]) -> None:
    owners: dict[str, str] = {}
    known = list(found)
    for name, entry in known:
        for key in (entry.code, *entry.aliases):
            if key.lower() in owners:
                raise ValueError(f"{name}: {entry.code}: {key} is already used in {owners[key.lower()]}")
            owners[key.lower()] = f"{name}: {entry.code}"
    for name, entry in known:
        for key in entry.related:
            if key.lower() not in owners or key == entry.code:
                raise ValueError(f"{name}: {entry.code}: related {key!r} is no other entry")
