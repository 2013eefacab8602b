"""Messages as terminal lines: what is shown, that it fits, and that it can't upset the terminal."""

from typing import Any

import pytest

from homeward.bot.sandbox.slack import MAYA, Message
from homeward.bot.sandbox.slack.render import block_lines, lines, view_lines

NAMES = {MAYA.id: "maya", "C0WARROOM": "dr-war-room", "S0": "dr-approvers"}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def button(text: str) -> dict[str, Any]:
    return {"type": "button", "action_id": text, "text": plain(text)}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}


def row(*cells: str) -> list[dict[str, Any]]:
    return [{"type": "raw_text", "text": cell} for cell in cells]


def shown(block: dict[str, Any], width: int = 60) -> list[str]:
    return block_lines([block], width, NAMES)


def test_a_message_without_blocks_shows_its_text() -> None:
    message = Message("1.0", "C0", "U0", True, "*web01* is &lt;ready&gt;")
    assert lines(message) == ["web01 is <ready>"]


def test_a_message_with_blocks_shows_these_and_not_the_text() -> None:
    message = Message("1.0", "C0", "U0", True, "fallback", ({"type": "section", "text": mrkdwn("shown")},))
    assert lines(message) == ["shown"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R&amp;D &lt;a&gt; &amp;lt;", "R&D <a> &lt;"),
        ("*bold* _italic_ ~gone~ *_both_*", "bold italic gone both"),
        ("snake_case_name and 2*3*4 stay", "snake_case_name and 2*3*4 stay"),
        ("`a_b_c *x*`", "a_b_c *x*"),
        ("see <https://example.com/a|the docs> or <https://example.com/b>", "see the docs or https://example.com/b"),
        ("<@U0MAYA> in <#C0WARROOM> with <!subteam^S0>", "@maya in #dr-war-room with @dr-approvers"),
        ("<@U0OTHER|sam> <!date^1^{date}|yesterday>", "@sam yesterday"),
        (":white_check_mark: passed", "✓ passed"),
    ],
)
def test_markup_is_read_as_people_read_it(text: str, expected: str) -> None:
    assert shown({"type": "section", "text": mrkdwn(text)}) == [expected]


def test_plain_text_is_not_markup() -> None:
    assert shown({"type": "section", "text": plain("*a* &amp; <@U0MAYA>")}) == ["*a* &amp; <@U0MAYA>"]


def test_long_lines_wrap_within_the_width() -> None:
    found = shown({"type": "section", "text": mrkdwn("word " * 40 + "x" * 100)}, 30)
    assert len(found) > 1
    assert all(len(line) <= 30 for line in found)


def test_a_header_is_underlined_and_a_divider_drawn() -> None:
    assert shown({"type": "header", "text": plain("Verdict")}) == ["Verdict", "═══════"]
    assert shown({"type": "divider"}, 5) == ["─────"]


def test_fields_stand_side_by_side() -> None:
    fields = [mrkdwn("*Vault*\nprod-dr"), mrkdwn("*Plan*\npayroll"), mrkdwn("*Asked by*\n<@U0MAYA>")]
    assert shown({"type": "section", "fields": fields}) == [
        "Vault     Plan",
        "prod-dr   payroll",
        "Asked by",
        "@maya",
    ]


def test_controls_are_in_brackets() -> None:
    select: dict[str, Any] = {"type": "static_select", "action_id": "s", "placeholder": plain("Pick"), "options": []}
    assert shown({"type": "actions", "elements": [button("Run again"), select]}) == ["[Run again]  [Pick ▾]"]
    assert shown({"type": "section", "text": plain("x"), "accessory": button("Go")}) == ["x", "[Go]"]
    overflow: dict[str, Any] = {"type": "overflow", "action_id": "o", "options": []}
    assert shown({"type": "section", "text": plain("x"), "accessory": overflow}) == ["x", "[…]"]


def choice(name: str) -> dict[str, Any]:
    return {"text": plain(name), "value": name}


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"type": "external_select"}, "[search ▾]"),
        ({"type": "external_select", "placeholder": plain("A machine")}, "[A machine ▾]"),
        ({"type": "external_select", "initial_option": choice("web01")}, "[web01 ▾]"),
        ({"type": "multi_external_select", "initial_options": [choice("a"), choice("b")]}, "[a, b ▾]"),
        ({"type": "static_select", "initial_option": choice("*gold*")}, "[*gold* ▾]"),
        ({"type": "datetimepicker"}, "[a date and time ▾]"),
        ({"type": "datetimepicker", "initial_date_time": 1_790_000_000}, "[2026-09-21 14:13 UTC ▾]"),
        ({"type": "datepicker", "initial_date": "2026-03-07"}, "[2026-03-07 ▾]"),
        ({"type": "timepicker", "initial_time": "02:14", "placeholder": plain("When")}, "[02:14 ▾]"),
        ({"type": "users_select", "initial_user": MAYA.id}, "[@maya ▾]"),
        ({"type": "multi_users_select", "initial_users": [MAYA.id, "U0"]}, "[@maya, @U0 ▾]"),
        ({"type": "multi_users_select"}, "[a person ▾]"),
        ({"type": "conversations_select", "initial_conversation": "C0WARROOM"}, "[#dr-war-room ▾]"),
        (
            {"type": "radio_buttons", "options": [choice("yes"), choice("no")], "initial_option": choice("no")},
            "( ) yes  (•) no",
        ),
        ({"type": "radio_buttons", "options": [choice("yes")]}, "( ) yes"),
    ],
)
def test_a_list_or_calendar_shows_what_is_picked_or_what_it_is_for(element: dict[str, Any], expected: str) -> None:
    assert shown({"type": "actions", "elements": [{"action_id": "s", **element}]}) == [expected]


def test_a_home_tab_is_its_blocks_with_inputs_and_buttons() -> None:
    code = {"type": "plain_text_input", "action_id": "c", "placeholder": plain("78093")}
    blocks = [
        {"type": "section", "text": mrkdwn("Nothing is *running*.")},
        {"type": "input", "dispatch_action": True, "label": plain("Look up an error"), "element": code},
        {"type": "actions", "elements": [button("Check a machine…")]},
    ]
    assert view_lines({"type": "home", "blocks": blocks}) == [
        "Home",
        "════",
        "Nothing is running.",
        "Look up an error",
        "  [78093]",
        "[Check a machine…]",
    ]


def test_a_context_is_one_line() -> None:
    image = {"type": "image", "image_url": "https://x", "alt_text": "logo"}
    assert shown({"type": "context", "elements": [image, mrkdwn("31 checks"), plain("1.4 s")]}) == [
        "(logo) · 31 checks · 1.4 s"
    ]


def test_a_table_is_aligned_under_its_heading() -> None:
    table = {
        "type": "table",
        "column_settings": [None, {"align": "right"}, {"align": "center"}],
        "rows": [row("Machine", "Checks", "?"), row("pay-db01", "31", "no"), row("日本", "7", "y")],
    }
    assert shown(table) == [
        "Machine   Checks  ?",
        "────────  ──────  ──",
        "pay-db01      31  no",
        "日本           7  y",
    ]


def test_a_table_that_is_too_wide_wraps_its_widest_cells() -> None:
    table = {"type": "table", "rows": [row("a", "b"), row("pay-db01", "word " * 30)]}
    found = shown(table, 40)
    assert all(len(line) <= 40 for line in found)
    assert found[2].startswith("pay-db01  word")
    assert found[3].startswith("          word")


def test_rich_cells_are_read() -> None:
    assert shown({"type": "table", "rows": [[rich(words("a")), {"type": "raw_number", "value": 7, "text": "7"}]]})[
        0
    ] == ("a  7")


def test_a_plan_is_a_checklist() -> None:
    tasks = [
        {"type": "task_card", "task_id": "1", "title": "Azure", "status": "complete", "output": rich(words("fine"))},
        {"type": "task_card", "task_id": "2", "title": "vCenter", "status": "in_progress"},
        {"type": "task_card", "task_id": "3", "title": "Judge", "status": "pending"},
        {
            "type": "task_card",
            "task_id": "4",
            "title": "Ask",
            "status": "error",
            "sources": [{"type": "url", "url": "https://x", "text": "why"}],
        },
    ]
    assert shown({"type": "plan", "title": "Checking web01", "tasks": tasks}) == [
        "Checking web01",
        "  [✓] Azure",
        "      fine",
        "  […] vCenter",
        "  [ ] Judge",
        "  [✗] Ask",
        "      why",
    ]


def test_rich_text_has_lists_quotes_and_code() -> None:
    parts = [
        {"type": "link", "url": "https://x", "text": "docs"},
        {"type": "user", "user_id": MAYA.id},
        {"type": "channel", "channel_id": "C0WARROOM"},
        {"type": "emoji", "name": "x"},
        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "today"},
    ]
    block = rich(
        {"type": "rich_text_section", "elements": parts},
        {"type": "rich_text_list", "style": "bullet", "elements": [words("one")]},
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [words("two"), words("three")]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
    )
    assert shown(block) == [
        "docs@maya#dr-war-room✗today",
        "• one",
        "  1. two",
        "  2. three",
        "> said",
        "    code",
    ]


def test_markdown_loses_its_marks() -> None:
    assert shown({"type": "markdown", "text": "# Title\n**bold** text\n- item"}) == ["Title", "bold text", "- item"]


def test_a_folded_container_shows_its_title() -> None:
    container = {
        "type": "container",
        "title": plain("28 passed"),
        "subtitle": plain("all of them"),
        "child_blocks": [{"type": "section", "text": plain("inside")}],
    }
    assert shown(container) == ["28 passed", "  all of them", "  inside"]
    folded = {**container, "is_collapsible": True, "default_collapsed": True}
    assert shown(folded) == ["▸ 28 passed", "  all of them"]


def test_cards_alerts_images_and_unknown_blocks_are_shown() -> None:
    card = {"type": "card", "title": plain("Card"), "body": mrkdwn("*body*"), "actions": [button("Go")]}
    assert shown({"type": "carousel", "elements": [card]}) == ["Card", "body", "[Go]"]
    assert shown({"type": "alert", "text": plain("Careful"), "level": "warning"}) == ["Warning: Careful"]
    assert shown({"type": "image", "image_url": "https://x", "alt_text": "map"}) == ["(map)"]
    assert shown({"type": "hologram"}) == ["(hologram)"]


def test_a_view_is_a_form() -> None:
    choices = [{"text": plain("Link is up"), "value": "link"}, {"text": plain("Backup is good"), "value": "backup"}]
    view = {
        "type": "modal",
        "title": plain("Approve"),
        "submit": plain("Approve"),
        "close": plain("Back"),
        "blocks": [
            {
                "type": "input",
                "optional": True,
                "label": plain("Reason"),
                "hint": plain("short"),
                "element": {"type": "plain_text_input", "action_id": "r", "placeholder": plain("why")},
            },
            {
                "type": "input",
                "label": plain("Confirm"),
                "element": {"type": "checkboxes", "action_id": "c", "options": choices, "initial_options": choices[:1]},
            },
        ],
    }
    assert view_lines(view) == [
        "Approve",
        "═══════",
        "Reason (optional)",
        "  [why]",
        "  short",
        "Confirm",
        "  [x] Link is up  [ ] Backup is good",
        "[Approve] [Back]",
    ]


def test_nothing_can_move_the_terminals_cursor_or_turn_its_text() -> None:
    hostile = "a\x1b[2Jb\rc\x07d\u202ee\x9bf"
    for block in ({"type": "section", "text": plain(hostile)}, {"type": "table", "rows": [row(hostile)]}):
        found = "".join(shown(block))
        assert found.replace("─", "") == "a[2Jbcdef"
