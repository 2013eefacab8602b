"""Whether a write brings anything that is to be shown: most looks at a machine find it as it was."""

from dataclasses import replace

from .requests import Change, Request


def is_news(before: Request, after: Request, change: Change) -> bool:
    """Not, when only the time of the last look and of the next one are others."""
    return bool(change.events) or _shown(before) != _shown(after)


def _shown(request: Request) -> Request:
    items = tuple(replace(item, progress=replace(item.progress, read_at=None)) for item in request.items)
    return replace(request, version=0, due_at=request.created_at, items=items)
