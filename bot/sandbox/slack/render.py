"""A message or a view as plain lines for a terminal: what people see, without colours."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import cast

from .columns import column_lines
from .messages import Message, Payload
from .plain import plain, wrapped
from .reading import listed

Names = Mapping[str, str]
"""What to call the users, channels and groups with these ids."""

_TASK = {"pending": "[ ]", "in_progress": "[…]", "complete": "[✓]", "error": "[✗]"}
_NAMELESS: Names = {}
_NAMED = {"user": "@", "users": "@", "channel": "#", "channels": "#", "conversation": "#", "conversations": "#"}
_EMPTY = {
    "static_select": "pick one",
    "external_select": "search",
    "users_select": "a person",
    "channels_select": "a channel",
    "conversations_select": "a channel",
    "datepicker": "a date",
    "timepicker": "a time",
    "datetimepicker": "a date and time",
}
"""What stands in what is still empty and has no words of its own."""


def lines(message: Message, width: int = 100, names: Names = _NAMELESS) -> list[str]:
    """Blocks where there are any, otherwise the text; no line is wider than `width`."""
    if not message.blocks:
        return wrapped(plain(message.text, names), width)
    return block_lines(message.blocks, width, names)


def view_lines(view: Payload, width: int = 100, names: Names = _NAMELESS) -> list[str]:
    """A modal: its title, its blocks, and its buttons; or a home tab, which has blocks only."""
    title = "Home" if view.get("type") == "home" else _text(view.get("title"), names)
    buttons = [_text(view[key], names) for key in ("submit", "close") if view.get(key)]
    return [
        *([title, "═" * min(len(title), width)] if title else []),
        *block_lines(view["blocks"], width, names),
        *([" ".join(f"[{button}]" for button in buttons)] if buttons else []),
    ]


def block_lines(blocks: object, width: int, names: Names = _NAMELESS) -> list[str]:
    found: list[str] = []
    for block in cast("list[Payload]", blocks):
        draw = _DRAW.get(str(block.get("type")))
        found += draw(block, width, names) if draw else [f"({block.get('type')})"]
    return found


def _text(value: object, names: Names) -> str:
    """The words of a text object; only mrkdwn is read as markup."""
    if not isinstance(value, dict):
        return str(value or "")
    held = cast("Payload", value)
    words = str(held.get("text") or "")
    return plain(words, names) if held.get("type") == "mrkdwn" else words


def _many(holder: Payload, key: str) -> list[Payload]:
    return cast("list[Payload]", holder.get(key) or [])


def _section(block: Payload, width: int, names: Names) -> Iterator[str]:
    if block.get("text"):
        yield from wrapped(_text(block["text"], names), width)
    fields = [_text(field, names) for field in _many(block, "fields")]
    pairs = [fields[place : place + 2] for place in range(0, len(fields), 2)]
    yield from column_lines([pair if len(pair) == 2 else [*pair, ""] for pair in pairs], width)
    if block.get("accessory"):
        yield from wrapped(_control(block["accessory"], names), width)


def _header(block: Payload, width: int, names: Names) -> Iterator[str]:
    title = wrapped(_text(block["text"], names), width)
    yield from title
    yield "═" * max(len(line) for line in title)


def _divider(_: Payload, width: int, __: Names) -> Iterator[str]:
    yield "─" * width


def _context(block: Payload, width: int, names: Names) -> Iterator[str]:
    parts = [
        _control(element, names) if "alt_text" in element else _text(element, names) for element in block["elements"]
    ]
    yield from wrapped(" · ".join(parts), width)


def _actions(block: Payload, width: int, names: Names) -> Iterator[str]:
    yield from wrapped("  ".join(_control(element, names) for element in block["elements"]), width)


def _control(element: Payload, names: Names) -> str:
    match element.get("type"):
        case "button" | "workflow_button":
            return f"[{_text(element['text'], names)}]"
        case "image":
            return f"({element.get('alt_text', 'image')})"
        case "overflow":
            return "[…]"
        case "checkboxes":
            chosen = [option["value"] for option in _many(element, "initial_options")]
            marks = [(option["value"] in chosen, _text(option["text"], names)) for option in element["options"]]
            return "  ".join(f"[{'x' if ticked else ' '}] {label}" for ticked, label in marks)
        case "radio_buttons":
            one = cast("Payload", element.get("initial_option") or {}).get("value")
            marks = [(option["value"] == one, _text(option["text"], names)) for option in element["options"]]
            return "  ".join(f"({'•' if picked else ' '}) {label}" for picked, label in marks)
        case "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" | "rich_text_input":
            return f"[{element.get('initial_value') or _text(element.get('placeholder'), names) or '…'}]"
        case _:
            kind = str(element.get("type")).removeprefix("multi_")
            words = _picked(element, names) or _text(element.get("placeholder"), names)
            shown = words or _EMPTY.get(kind, kind)
            return f"[{shown} ▾]"


def _picked(element: Payload, names: Names) -> str:
    """What a list or a calendar shows as its choice, before anybody touches it."""
    if moment := element.get("initial_date_time"):
        return f"{datetime.fromtimestamp(int(moment), UTC):%Y-%m-%d %H:%M} UTC"
    if when := element.get("initial_date") or element.get("initial_time"):
        return str(when)
    options = [element["initial_option"]] if element.get("initial_option") else _many(element, "initial_options")
    if options:
        return ", ".join(_text(option["text"], names) for option in options)
    named: list[str] = []
    for key, sign in _NAMED.items():
        ids = element.get(f"initial_{key}")
        named += [f"{sign}{names.get(str(one), str(one))}" for one in (listed(ids) or [ids]) if one]
    return ", ".join(named)


def _input(block: Payload, width: int, names: Names) -> Iterator[str]:
    optional = " (optional)" if block.get("optional") else ""
    yield from wrapped(f"{_text(block['label'], names)}{optional}", width)
    yield from wrapped(_control(block["element"], names), width, indent="  ")
    if block.get("hint"):
        yield from wrapped(_text(block["hint"], names), width, indent="  ")


def _image(block: Payload, width: int, names: Names) -> Iterator[str]:
    yield from wrapped(f"({_text(block.get('title'), names) or block['alt_text']})", width)


def _markdown(block: Payload, width: int, names: Names) -> Iterator[str]:
    text = str(block["text"]).replace("**", "*")
    yield from wrapped(
        plain("\n".join(line.lstrip("#").lstrip() if line[:1] == "#" else line for line in text.split("\n")), names),
        width,
    )


def _table(block: Payload, width: int, names: Names) -> Iterator[str]:
    rows = [[_cell(cell, names) for cell in row] for row in block["rows"]]
    aligned = [str((setting or {}).get("align", "left")) for setting in _many(block, "column_settings")]
    yield from column_lines(rows, width, aligned=aligned, heading=True)


def _cell(cell: Payload, names: Names) -> str:
    return "\n".join(_rich_text(cell, 10_000, names)) if cell["type"] == "rich_text" else str(cell.get("text", ""))


def _task(block: Payload, width: int, names: Names) -> Iterator[str]:
    yield from wrapped(f"{_TASK.get(str(block['status']), '[?]')} {block['title']}", width, hanging="    ")
    for key in ("details", "output"):
        if block.get(key):
            yield from (f"    {line}" for line in _rich_text(block[key], width - 4, names))
    for source in _many(block, "sources"):
        yield from wrapped(str(source["text"]), width, indent="    ")


def _plan(block: Payload, width: int, names: Names) -> Iterator[str]:
    yield from wrapped(str(block["title"]), width)
    for task in _many(block, "tasks"):
        yield from (f"  {line}" for line in _task(task, width - 2, names))


def _container(block: Payload, width: int, names: Names) -> Iterator[str]:
    """A folded container shows its title only, as it does in the channel."""
    folded = block.get("is_collapsible") and block.get("default_collapsed")
    rich = block.get("rich_text_title")
    title = " ".join(_rich_text(rich, 10_000, names)) if rich else _text(block.get("title"), names)
    mark = ("▸ " if folded else "▾ ") if block.get("is_collapsible") else ""
    yield from wrapped(mark + title, width)
    if block.get("subtitle"):
        yield from wrapped(_text(block["subtitle"], names), width, indent="  ")
    if not folded:
        yield from (f"  {line}" for line in block_lines(block["child_blocks"], width - 2, names))


def _card(block: Payload, width: int, names: Names) -> Iterator[str]:
    for key in ("title", "subtitle", "body"):
        if block.get(key):
            yield from wrapped(_text(block[key], names), width)
    if block.get("actions"):
        yield from wrapped("  ".join(_control(element, names) for element in block["actions"]), width)


def _carousel(block: Payload, width: int, names: Names) -> Iterator[str]:
    for card in _many(block, "elements"):
        yield from _card(card, width, names)


def _alert(block: Payload, width: int, names: Names) -> Iterator[str]:
    level = str(block.get("level") or "default")
    yield from wrapped(f"{'' if level == 'default' else level.capitalize() + ': '}{_text(block['text'], names)}", width)


def _rich_text(block: Payload, width: int, names: Names) -> Iterator[str]:
    for element in _many(block, "elements"):
        match element["type"]:
            case "rich_text_list":
                indent = "  " * int(element.get("indent") or 0)
                for number, item in enumerate(_many(element, "elements"), int(element.get("offset") or 0) + 1):
                    mark = f"{number}. " if element.get("style") == "ordered" else "• "
                    yield from wrapped(indent + mark + _inline(item, names), width, hanging=indent + " " * len(mark))
            case "rich_text_quote":
                yield from wrapped(_inline(element, names), width, indent="> ")
            case "rich_text_preformatted":
                yield from wrapped(_inline(element, names), width, indent="    ")
            case _:
                yield from wrapped(_inline(element, names), width)


def _inline(element: Payload, names: Names) -> str:
    words: list[str] = []
    for part in _many(element, "elements"):
        match part["type"]:
            case "link":
                words.append(str(part.get("text") or part["url"]))
            case "user" | "channel" | "usergroup":
                name = str(part.get("user_id") or part.get("channel_id") or part.get("usergroup_id"))
                words.append(("#" if part["type"] == "channel" else "@") + names.get(name, name))
            case "emoji":
                words.append(plain(f":{part['name']}:", names))
            case "date":
                words.append(str(part.get("fallback") or part["timestamp"]))
            case _:
                words.append(str(part.get("text") or ""))
    return "".join(words)


_DRAW: dict[str, Callable[[Payload, int, Names], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "table": _table,
    "task_card": _task,
    "plan": _plan,
    "container": _container,
    "card": _card,
    "carousel": _carousel,
    "alert": _alert,
    "rich_text": _rich_text,
}
