"""The shape of each kind of block: what may stand where, how much of it, and what must be unique."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import cast

from .messages import Payload
from .models import problems_by_model
from .options import options_of, problems_in_option, problems_in_options
from .reading import dicts, listed, objects

SHORT_TEXT = 2_000
"""Fields of a section, texts of a context."""
TABLE_ROWS = 100
TABLE_COLUMNS = 20
ALERT_TEXT = 200
TASK_STATUS = ("pending", "in_progress", "complete", "error")

_TEXTS = {"plain_text", "mrkdwn"}
_SELECTS = {
    f"{prefix}{kind}_select"
    for prefix in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
}
_CHOICES = {"checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker", *_SELECTS}
_BUTTONS = {"button", "workflow_button"}
_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"}
_RICH = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
_MAY_HOLD = {
    ("section", "text"): _TEXTS,
    ("section", "fields"): _TEXTS,
    ("section", "accessory"): {"image", "overflow", *_BUTTONS, *_CHOICES},
    ("context", "elements"): {"image", *_TEXTS},
    ("actions", "elements"): {"overflow", "rich_text_input", *_BUTTONS, *_CHOICES},
    ("input", "element"): {*_TYPED, *_CHOICES},
    ("rich_text", "elements"): _RICH,
    ("plan", "tasks"): {"task_card"},
    ("task_card", "details"): {"rich_text"},
    ("task_card", "output"): {"rich_text"},
    ("task_card", "sources"): {"url"},
    ("card", "actions"): _BUTTONS,
    ("carousel", "elements"): {"card"},
}
_MOST = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5, "static_select": 100, "multi_static_select": 100}


def problems_in_shape(block: Payload, path: str) -> Iterator[str]:
    kind = str(block.get("type"))
    for (holder, key), allowed in _MAY_HOLD.items():
        if holder == kind and key in block:
            yield from _wrong_types(block[key], allowed, f"{path}/{key}")
    if own := _OWN.get(kind):
        yield from own(block, path)
    yield from _elements(block, path)


def _wrong_types(value: object, allowed: set[str], path: str) -> Iterator[str]:
    for place, held in enumerate(listed(value) or [value]):
        kind = str(cast("Payload", held).get("type")) if isinstance(held, dict) else None
        if kind not in allowed:
            yield f"{path}/{place}: type {kind!r} is not allowed here"


def _elements(block: Payload, path: str) -> Iterator[str]:
    """Rules of the things people press or fill in, wherever they stand in the block."""
    if block.get("type") in ("plan", "container", "carousel"):  # their children are blocks, each read by itself
        return
    actions = Counter(str(here["action_id"]) for _, here in objects(block) if here.get("action_id"))
    yield from (f"{path}: action_id {name} stands {times} times" for name, times in actions.items() if times > 1)
    for where, here in objects(block, path):
        kind = str(here.get("type"))
        if kind in _MOST:
            texts = tuple(sorted(_TEXTS)) if kind in ("checkboxes", "radio_buttons") else ("plain_text",)
            yield from problems_in_options(here, where, most=_MOST[kind], texts=texts)
            yield from _unlike(here, where)
        if kind in ("external_select", "multi_external_select"):
            for one in (*dicts([here.get("initial_option")]), *dicts(here.get("initial_options"))):
                yield from problems_in_option(one, f"{where}/initial_option")
            shortest = here.get("min_query_length", 0)
            if not isinstance(shortest, int) or shortest < 0:
                yield f"{where}/min_query_length: {shortest!r} is no number of characters"


def _unlike(element: Payload, path: str) -> Iterator[str]:
    """What is picked at first has to be exactly one of the options."""
    options = options_of(element)
    if "initial_option" in element and element["initial_option"] not in options:
        yield f"{path}/initial_option: not among the options"
    if any(chosen not in options for chosen in dicts(element.get("initial_options"))):
        yield f"{path}/initial_options: not among the options"


def _section(block: Payload, path: str) -> Iterator[str]:
    yield from _too_long(block.get("fields"), f"{path}/fields")


def _context(block: Payload, path: str) -> Iterator[str]:
    yield from _too_long(block.get("elements"), f"{path}/elements")


def _too_long(texts: object, path: str) -> Iterator[str]:
    for place, held in enumerate(dicts(texts)):
        length = len(str(held.get("text") or ""))
        if length > SHORT_TEXT:
            yield f"{path}/{place}: {length} characters, at most {SHORT_TEXT}"


def _alert(block: Payload, path: str) -> Iterator[str]:
    text = block.get("text")
    words = cast("Payload", text).get("text") if isinstance(text, dict) else text
    if len(str(words or "")) > ALERT_TEXT:
        yield f"{path}/text: at most {ALERT_TEXT} characters"


def _table(block: Payload, path: str) -> Iterator[str]:
    rows = listed(block.get("rows"))
    if not 1 <= len(rows) <= TABLE_ROWS:
        yield f"{path}/rows: {len(rows)} rows, between 1 and {TABLE_ROWS}"
    for place, row in enumerate(map(listed, rows)):
        if not row or len(row) > TABLE_COLUMNS:
            yield f"{path}/rows/{place}: {len(row)} cells, between 1 and {TABLE_COLUMNS}"
        for column, cell in enumerate(row):
            yield from _cell(cell, f"{path}/rows/{place}/{column}")
    settings = listed(block.get("column_settings"))
    if len(settings) > TABLE_COLUMNS:
        yield f"{path}/column_settings: at most {TABLE_COLUMNS}"
    for place, setting in enumerate(settings):
        known = cast("Payload", setting) if isinstance(setting, dict) else {}
        if (
            setting not in (None, known)
            or set(known) - {"align", "is_wrapped"}
            or known.get("align", "left") not in ("left", "center", "right")
        ):
            yield f"{path}/column_settings/{place}: {setting}"


def _cell(cell: object, path: str) -> Iterator[str]:
    known = cast("Payload", cell) if isinstance(cell, dict) else {}
    match known.get("type"):
        case "raw_text":
            if set(known) != {"type", "text"}:
                yield f"{path}: a raw_text cell has type and text"
        case "raw_number":
            if set(known) != {"type", "text", "value"}:
                yield f"{path}: a raw_number cell has type, text and value"
        case "rich_text":
            yield from _rich_text(known, path)
        case other:
            yield f"{path}: cells of type {other!r} are unknown"


def _task(block: Payload, path: str) -> Iterator[str]:
    for key in ("task_id", "title"):
        if not isinstance(block.get(key), str) or not block[key]:
            yield f"{path}/{key}: needs a string"
    for key in ("details", "output"):
        if isinstance(block.get(key), dict):
            yield from _rich_text(block[key], f"{path}/{key}")
    for place, source in enumerate(dicts(block.get("sources"))):
        if set(source) != {"type", "url", "text"}:
            yield f"{path}/sources/{place}: a source has type, url and text"


def _plan(block: Payload, path: str) -> Iterator[str]:
    if not isinstance(block.get("title"), str) or not block["title"]:
        yield f"{path}/title: needs a string"
    tasks = dicts(block.get("tasks"))
    ids = Counter(str(task.get("task_id")) for task in tasks)
    yield from (f"{path}/tasks: task_id {name} stands twice" for name in ids if ids[name] > 1)


def _container(block: Payload, path: str) -> Iterator[str]:
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        yield f"{path}/default_collapsed: only with is_collapsible"


def _rich_text(block: Payload, path: str) -> Iterator[str]:
    yield from _wrong_types(block.get("elements") or [None], _RICH, f"{path}/elements")
    yield from problems_by_model(block, path)


_OWN: dict[str, Callable[[Payload, str], Iterator[str]]] = {
    "section": _section,
    "context": _context,
    "alert": _alert,
    "table": _table,
    "task_card": _task,
    "plan": _plan,
    "container": _container,
}
