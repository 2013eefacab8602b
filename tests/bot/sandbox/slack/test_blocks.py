"""The strict validator: each rule with a block that breaks it, and blocks at the limits that pass."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from homeward.bot.sandbox.slack import problems_in_message, problems_in_view

Block = dict[str, Any]


def plain(text: str = "x") -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Block:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(), **more}


def button(**more: Any) -> Block:
    return {"type": "button", "action_id": "homeward.a", "text": plain(), **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def context(*elements: Block) -> Block:
    return {"type": "context", "elements": list(elements)}


def options(count: int) -> list[Block]:
    return [{"text": plain(f"o{n}"), "value": f"o{n}"} for n in range(count)]


def select(count: int, **more: Any) -> Block:
    return {"type": "static_select", "action_id": "homeward.s", "options": options(count), **more}


def checkboxes(**more: Any) -> Block:
    return {"type": "checkboxes", "action_id": "homeward.c", "options": options(2), **more}


def rich(*parts: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def cell(text: str = "x") -> Block:
    return {"type": "raw_text", "text": text}


def table(rows: int = 1, columns: int = 1, **more: Any) -> Block:
    return {"type": "table", "rows": [[cell() for _ in range(columns)] for _ in range(rows)], **more}


def task(**more: Any) -> Block:
    return {"type": "task_card", "task_id": "1", "title": "Read Azure", "status": "complete", **more}


def plan(*tasks: Block, **more: Any) -> Block:
    return {"type": "plan", "title": "Reprotect", "tasks": list(tasks), **more}


def container(*children: Block, **more: Any) -> Block:
    return {"type": "container", "title": plain(), "child_blocks": list(children), **more}


def entry(**more: Any) -> Block:
    element = {"type": "plain_text_input", "action_id": "homeward.i"}
    return {"type": "input", "label": plain(), "element": element, **more}


def markdown(size: int) -> Block:
    return {"type": "markdown", "text": "x" * size}


TEXT_PART: Block = {"type": "text", "text": "x"}
CONFIRM: Block = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain()}

GOOD: dict[str, list[Block]] = {
    "fifty blocks": [section() for _ in range(50)],
    "section": [section(text=mrkdwn("x" * 3_000), fields=[mrkdwn("x" * 2_000)], accessory=button())],
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "context": [context(mrkdwn("x" * 2_000), plain(), {"type": "image", "image_url": "https://x", "alt_text": "x"})],
    "actions": [actions(*[button(action_id=f"homeward.{n}") for n in range(25)])],
    "button": [actions(button(text=plain("x" * 75), value="x" * 2_000, action_id="x" * 255, style="primary"))],
    "confirm": [actions(button(confirm=CONFIRM))],
    "select": [actions(select(100, placeholder=plain(), initial_option=options(1)[0]))],
    "overflow": [section(accessory={"type": "overflow", "action_id": "homeward.o", "options": options(5)})],
    "table": [table(100, 20, column_settings=[None, {"align": "right", "is_wrapped": True}])],
    "rich cells": [{"type": "table", "rows": [[rich(TEXT_PART), {"type": "raw_number", "text": "1", "value": 1}]]}],
    "markdown": [markdown(11_000), markdown(1_000)],
    "plan": [plan(task(), task(task_id="2", details=rich(TEXT_PART), output=rich(TEXT_PART), status="error"))],
    "task": [task(sources=[{"type": "url", "url": "https://x", "text": "docs"}])],
    "container": [container(section(), is_collapsible=True, default_collapsed=True)],
    "card": [{"type": "card", "title": plain(), "body": mrkdwn("x" * 200), "actions": [button()]}],
    "rich text": [rich(TEXT_PART, {"type": "link", "url": "https://x"}, {"type": "user", "user_id": "U0"})],
    "escaped mention": [section(text=mrkdwn("vm &lt;!channel&gt; and <@U0MAYA> <https://x|docs>"))],
    "mention in plain text": [section(text=plain("<!channel>"))],
    "the same action in two blocks": [actions(button()), actions(button())],
    "divider": [{"type": "divider", "block_id": "x" * 255}],
}

BAD: dict[str, list[Block]] = {
    "51 blocks": [section() for _ in range(51)],
    "not an object": ["x"],  # type: ignore[list-item]  # the point of the case
    "no type": [{"text": mrkdwn()}],
    "unknown type": [{"type": "banner"}],
    "data_table": [{"type": "data_table", "rows": []}],
    "unknown key": [section(texxt="x")],
    "unknown key deep inside": [actions(button(confirm={**CONFIRM, "colour": "red"}))],
    "unknown key in rich text": [rich({**TEXT_PART, "bold": True})],
    "unknown element": [actions({"type": "lever", "action_id": "homeward.l"})],
    "unknown text type": [section(text={"type": "html", "text": "x"})],
    "alert in a message": [{"type": "alert", "text": plain()}],
    "duplicate block_id": [section(block_id="a"), section(block_id="a")],
    "long block_id": [section(block_id="x" * 256)],
    "duplicate action_id": [actions(button(), button())],
    "duplicate action_id of two kinds": [actions(button(), select(1, action_id="homeward.a"))],
    "long section": [section(text=mrkdwn("x" * 3_001))],
    "empty section": [{"type": "section"}],
    "empty text": [section(text=mrkdwn(""))],
    "blank text": [section(text=mrkdwn("  "))],
    "no words": [section(text={"type": "mrkdwn"})],
    "text is a number": [section(text={"type": "mrkdwn", "text": 7})],
    "eleven fields": [section(fields=[mrkdwn()] * 11)],
    "long field": [section(fields=[mrkdwn("x" * 2_001)])],
    "input as accessory": [section(accessory={"type": "plain_text_input", "action_id": "homeward.i"})],
    "long context": [context(mrkdwn("x" * 2_001))],
    "eleven elements": [context(*[mrkdwn()] * 11)],
    "button in a context": [context(button())],
    "long header": [{"type": "header", "text": plain("x" * 151)}],
    "header in mrkdwn": [{"type": "header", "text": mrkdwn()}],
    "header without text": [{"type": "header"}],
    "26 actions": [actions(*[button(action_id=f"homeward.{n}") for n in range(26)])],
    "no actions": [actions()],
    "long button": [actions(button(text=plain("x" * 76)))],
    "button in mrkdwn": [actions(button(text=mrkdwn()))],
    "button without text": [actions({"type": "button", "action_id": "homeward.a"})],
    "long value": [actions(button(value="x" * 2_001))],
    "long action_id": [actions(button(action_id="x" * 256))],
    "unknown style": [actions(button(style="loud"))],
    "confirm in mrkdwn": [actions(button(confirm={**CONFIRM, "confirm": mrkdwn()}))],
    "101 options": [actions(select(101))],
    "no options": [actions(select(0))],
    "same option twice": [actions(select(1, options=options(1) * 2))],
    "option in mrkdwn": [actions(select(1, options=[{"text": mrkdwn(), "value": "x"}]))],
    "placeholder in mrkdwn": [actions(select(1, placeholder=mrkdwn()))],
    "six choices in an overflow": [
        section(accessory={"type": "overflow", "action_id": "homeward.o", "options": options(6)})
    ],
    "a long description": [actions(checkboxes(options=[{**options(1)[0], "description": plain("x" * 76)}]))],
    "a tick that is no option": [actions(checkboxes(initial_options=[{"text": plain("o9"), "value": "o9"}]))],
    "eleven checkboxes": [actions({"type": "checkboxes", "action_id": "homeward.c", "options": options(11)})],
    "101 rows": [table(101)],
    "21 columns": [table(1, 21)],
    "empty row": [table(1, 0)],
    "no rows": [table(0)],
    "rows are no list": [{"type": "table", "rows": "x"}],
    "two tables": [table(), table()],
    "empty cell": [{"type": "table", "rows": [[cell("")]]}],
    "mrkdwn cell": [{"type": "table", "rows": [[mrkdwn()]]}],
    "cell with more": [{"type": "table", "rows": [[{**cell(), "bold": True}]]}],
    "number without value": [{"type": "table", "rows": [[{"type": "raw_number", "text": "1"}]]}],
    "wrong rich cell": [{"type": "table", "rows": [[{"type": "rich_text", "elements": [mrkdwn()]}]]}],
    "wrong column": [table(column_settings=[{"align": "middle"}])],
    "21 column settings": [table(column_settings=[None] * 21)],
    "markdown in one": [markdown(12_001)],
    "markdown in all": [markdown(6_001), markdown(6_000)],
    "empty markdown": [{"type": "markdown", "text": ""}],
    "task status": [plan(task(status="done"))],
    "task without id": [plan({"type": "task_card", "title": "x", "status": "complete"})],
    "task with an empty title": [plan(task(title=""))],
    "task title as an object": [plan(task(title=plain()))],
    "task details as text": [plan(task(details=mrkdwn()))],
    "task details with an unknown part": [plan(task(details=rich({"type": "sparkle"})))],
    "task source": [plan(task(sources=[{"type": "url", "url": "https://x"}]))],
    "same task twice": [plan(task(), task())],
    "a section as a task": [plan(section())],
    "plan title as an object": [plan(title=plain())],
    "plan without a title": [{"type": "plan", "tasks": []}],
    "eleven in a container": [container(*[section() for _ in range(11)])],
    "a wrong child": [container(section(text=mrkdwn("x" * 3_001)))],
    "folded but not foldable": [container(section(), default_collapsed=True)],
    "long card": [{"type": "card", "title": plain(), "body": mrkdwn("x" * 201)}],
    "wrong card in a carousel": [{"type": "carousel", "elements": [section()]}],
    "label in mrkdwn": [entry(label=mrkdwn())],
    "a button as an input": [entry(element=button())],
    "channel": [section(text=mrkdwn("<!channel> fire"))],
    "here": [section(fields=[mrkdwn("<!here|here>")])],
    "everyone": [context(mrkdwn("<!everyone>"))],
    "subteam": [section(text=mrkdwn("<!subteam^S0APPROVERS|@dr>"))],
    "broadcast in rich text": [rich({"type": "broadcast", "range": "channel"})],
    "group in rich text": [rich({"type": "usergroup", "usergroup_id": "S0"})],
    "broadcast in markdown": [{"type": "markdown", "text": "<!here>"}],
    "broadcast in a table": [{"type": "table", "rows": [[rich({"type": "broadcast", "range": "here"})]]}],
    "broadcast in a container": [container(section(text=mrkdwn("<!here>")))],
}


WHERE = {
    "51 blocks": "/blocks",
    "unknown key": "/blocks/0/texxt",
    "unknown key in rich text": "/blocks/0/elements/0/elements/0/bold",
    "unknown element": "/blocks/0/elements/0",
    "unknown text type": "/blocks/0/text",
    "duplicate block_id": "/blocks",
    "empty text": "/blocks/0/text/text",
    "blank text": "/blocks/0/text",
    "long field": "/blocks/0/fields/0",
    "input as accessory": "/blocks/0/accessory/0",
    "long context": "/blocks/0/elements/0",
    "button in a context": "/blocks/0/elements/0",
    "header in mrkdwn": "/blocks/0/text",
    "no actions": "/blocks/0/elements",
    "button in mrkdwn": "/blocks/0/elements/0/text",
    "confirm in mrkdwn": "/blocks/0/elements/0/confirm/confirm",
    "no options": "/blocks/0/elements/0/options",
    "same option twice": "/blocks/0/elements/0/options",
    "option in mrkdwn": "/blocks/0/elements/0/options/0/text",
    "placeholder in mrkdwn": "/blocks/0/elements/0/placeholder",
    "a long description": "/blocks/0/elements/0/options/0/description",
    "a tick that is no option": "/blocks/0/elements/0/initial_options",
    "eleven checkboxes": "/blocks/0/elements/0/options",
    "101 rows": "/blocks/0/rows",
    "21 columns": "/blocks/0/rows/0",
    "empty row": "/blocks/0/rows/0",
    "rows are no list": "/blocks/0/rows",
    "two tables": "/blocks",
    "empty cell": "/blocks/0/rows/0/0",
    "mrkdwn cell": "/blocks/0/rows/0/0",
    "cell with more": "/blocks/0/rows/0/0",
    "number without value": "/blocks/0/rows/0/0",
    "wrong rich cell": "/blocks/0/rows/0/0/elements/0",
    "wrong column": "/blocks/0/column_settings/0",
    "21 column settings": "/blocks/0/column_settings",
    "markdown in all": "/blocks",
    "task status": "/blocks/0/tasks/0",
    "task without id": "/blocks/0/tasks/0",
    "task with an empty title": "/blocks/0/tasks/0/title",
    "task title as an object": "/blocks/0/tasks/0/title",
    "task details as text": "/blocks/0/tasks/0/details/0",
    "task details with an unknown part": "/blocks/0/tasks/0/details/elements/0/elements/0",
    "task source": "/blocks/0/tasks/0/sources/0",
    "same task twice": "/blocks/0/tasks",
    "a section as a task": "/blocks/0/tasks/0",
    "plan title as an object": "/blocks/0/tasks",
    "folded but not foldable": "/blocks/0/default_collapsed",
    "wrong card in a carousel": "/blocks/0/elements/0",
    "label in mrkdwn": "/blocks/0/label",
    "channel": "/blocks/0/text",
    "here": "/blocks/0/fields/0",
    "everyone": "/blocks/0/elements/0",
    "subteam": "/blocks/0/text",
    "broadcast in rich text": "/blocks/0/elements/0/elements/0",
    "group in rich text": "/blocks/0/elements/0/elements/0",
    "broadcast in a table": "/blocks/0/rows/0/0/elements/0/elements/0",
    "broadcast in a container": "/blocks/0/child_blocks/0/text",
}
"""Where the first problem is found, unless it is the first block itself."""


@pytest.mark.parametrize("blocks", GOOD.values(), ids=GOOD.keys())
def test_blocks_at_the_limits_pass(blocks: list[Block]) -> None:
    assert problems_in_message({"text": "x", "blocks": blocks}) == []


@pytest.mark.parametrize("name", BAD)
def test_blocks_beyond_the_rules_fail_where_they_are_wrong(name: str) -> None:
    problems = problems_in_message({"text": "x", "blocks": BAD[name]})
    assert problems
    assert problems[0].split(":")[0] == WHERE.get(name, "/blocks/0")


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield here
    if isinstance(value, dict):
        keys: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType] - JSON
    else:
        keys = list(range(min(len(value), 2))) if isinstance(value, list) else []  # pyright: ignore[reportUnknownArgumentType] - JSON
    for key in keys:
        yield from places(value[key], (*here, key))


@pytest.mark.parametrize("junk", [None, True, "x", [[]], {"type": []}], ids=repr)
def test_junk_in_any_place_is_a_problem_or_nothing_but_never_an_exception(junk: object) -> None:
    for name, blocks in GOOD.items():
        for place in places(blocks) if name != "fifty blocks" else ():
            spoilt: Any = {"text": "x", "blocks": deepcopy(blocks)}
            holder = spoilt
            path = ("blocks", *place)
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = junk
            problems_in_message(spoilt)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": ""},
        {"text": 7},
        {"text": "x" * 40_001},
        {"blocks": [section()]},
        {"text": " ", "blocks": [section()]},
        {"text": "<!channel>"},
        {"text": "ask <!subteam^S0>"},
        {"text": "x", "blocks": "x"},
        {"text": "x", "metadata": {"event_type": "x"}},
        {"text": "x", "metadata": "x"},
    ],
)
def test_messages_beyond_the_rules_fail(message: Block) -> None:
    assert problems_in_message(message)


def test_a_message_at_the_limits_passes() -> None:
    metadata = {"event_type": "homeward_event", "event_payload": {"id": 1}}
    assert problems_in_message({"text": "x" * 40_000, "metadata": metadata}) == []


def modal(**more: Any) -> Block:
    return {"type": "modal", "title": plain("x" * 24), "blocks": [section()], **more}


GOOD_VIEWS = {
    "modal": modal(private_metadata="x" * 3_000, callback_id="x" * 255, close=plain(), notify_on_close=True),
    "form": modal(blocks=[entry(hint=plain())], submit=plain("x" * 24)),
    "a hundred blocks": modal(blocks=[section() for _ in range(100)]),
    "alert": modal(blocks=[{"type": "alert", "text": plain("x" * 200), "level": "warning"}]),
    "home": {"type": "home", "blocks": [section()]},
}
BAD_VIEWS = {
    "no type": {"title": plain(), "blocks": [section()]},
    "wrong type": modal(type="sheet"),
    "no title": {"type": "modal", "blocks": [section()]},
    "long title": modal(title=plain("x" * 25)),
    "title in mrkdwn": modal(title=mrkdwn()),
    "long submit": modal(submit=plain("x" * 25)),
    "long close": modal(close=plain("x" * 25)),
    "no blocks": modal(blocks=[]),
    "101 blocks": modal(blocks=[section() for _ in range(101)]),
    "input without submit": modal(blocks=[entry()]),
    "long private_metadata": modal(private_metadata="x" * 3_001),
    "long callback_id": modal(callback_id="x" * 256),
    "unknown key": modal(colour="red"),
    "home with submit": {"type": "home", "submit": plain(), "blocks": [section()]},
    "table": modal(blocks=[table()]),
    "plan": modal(blocks=[plan()]),
    "long alert": modal(blocks=[{"type": "alert", "text": plain("x" * 201)}]),
    "alert level": modal(blocks=[{"type": "alert", "text": plain(), "level": "loud"}]),
    "wrong block": modal(blocks=[section(text=mrkdwn("<!here>"))]),
}


@pytest.mark.parametrize("view", GOOD_VIEWS.values(), ids=GOOD_VIEWS.keys())
def test_views_at_the_limits_pass(view: Block) -> None:
    assert problems_in_view(view) == []


@pytest.mark.parametrize("view", BAD_VIEWS.values(), ids=BAD_VIEWS.keys())
def test_views_beyond_the_rules_fail(view: Block) -> None:
    assert problems_in_view(view)
