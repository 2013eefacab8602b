"""The JSON form of an answer, as `homeward errors --json` prints it."""

from typing import Any

from .model import Entry
from .search import Answer


def as_dict(answer: Answer) -> dict[str, Any]:
    """Plain lists, dictionaries and texts, ready for `json.dumps`."""
    return {
        "query": answer.query,
        "sure": answer.sure,
        "found": [entry_as_dict(entry) for entry in answer.found],
        "unknown_codes": list(answer.unknown_codes),
        "matches": [entry_as_dict(entry) for entry in answer.matches],
        "nearest": [entry_as_dict(entry) for entry in answer.nearest],
    }


def entry_as_dict(entry: Entry) -> dict[str, Any]:
    """Every field of an entry."""
    return {
        "code": entry.code,
        "kind": entry.kind.value,
        "title": entry.title,
        "what": entry.what,
        "causes": [{"text": cause.text, "tell": cause.tell} for cause in entry.causes],
        "steps": list(entry.steps),
        "rules": list(entry.rules),
        "related": list(entry.related),
        "stack": entry.stack.value,
        "phase": entry.phase,
        "component": entry.component,
        "aliases": list(entry.aliases),
        "keywords": list(entry.keywords),
        "sources": [{"title": source.title, "url": source.url} for source in entry.sources],
        "note": entry.note,
    }
