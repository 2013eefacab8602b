"""Reading what people type."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.handlers.arguments import NAME_LIMIT, Asked, Usage, check_arguments, wants_help


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("web01", "web01"),
        ("  web01  ", "web01"),
        ('"Pay roll 2"', "Pay roll 2"),
        ("“Pay roll 2”", "Pay roll 2"),
        ("'Pay roll 2'", "Pay roll 2"),
        ("„Pay roll 2“", "Pay roll 2"),
        ("Pay  roll\t2", "Pay roll 2"),
        ("O'Brien's box", "O'Brien's box"),
        ("pay - db", "pay - db"),
        ("pay — db", "pay — db"),
        ("a-b--c", "a-b--c"),
        ("&lt;odd&gt; &amp; name", "<odd> & name"),
        ("<http://web01.example.com|web01.example.com>", "web01.example.com"),
        ("<#C0WARROOM|dr-war-room>", "#dr-war-room"),
        ("app <@U0MAYA|maya>", "app @maya"),
        ("/subscriptions/s/resourceGroups/r", "/subscriptions/s/resourceGroups/r"),
        ("json", "json"),
        ("*web01*", "web01"),
        ("_web01_", "web01"),
        ("`web01`", "web01"),
        ("```web01```", "web01"),
        ("~x~", "x"),
        ("*_web01_*", "web01"),
        ('`"Pay roll 2"`', "Pay roll 2"),
        ("*Pay roll 2*", "Pay roll 2"),
        ("web_01", "web_01"),
        ("_web01", "_web01"),
        ('"_web01_"', "_web01_"),
    ],
)
def test_a_name_is_read_as_it_was_meant(text: str, name: str) -> None:
    assert check_arguments(text) == Asked(name, as_json=False)


@pytest.mark.parametrize("flag", ["--json", "—json", "–json", "--JSON", "-json", "――json"])
@pytest.mark.parametrize("order", ["web01 {}", "{} web01", '{} "web01"', "*web01* {}", "`web01 {}`"])
def test_json_is_asked_for_in_every_spelling_of_a_phone(flag: str, order: str) -> None:
    assert check_arguments(order.format(flag)) == Asked("web01", as_json=True)


def test_a_quoted_flag_is_a_name() -> None:
    assert check_arguments('"--json"') == Asked("--json", as_json=False)


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP", "--help", "-h", "?", "—help"])
def test_help_is_usage_without_a_complaint(text: str) -> None:
    assert check_arguments(text) == Usage("")
    assert wants_help(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("web01 --verbose", "There is no option --verbose."),
        ("web01 -x", "There is no option -x."),
        ("--json", "Which machine, group or plan?"),
        ('""', "The name is empty."),
        ("a" * (NAME_LIMIT + 1), "The name is too long: at most 500 characters."),
    ],
)
def test_what_cannot_be_meant_is_explained(text: str, why: str) -> None:
    assert check_arguments(text) == Usage(why)


@given(st.text(max_size=700))
def test_any_text_is_a_name_or_usage(text: str) -> None:
    asked = check_arguments(text)
    if isinstance(asked, Asked):
        assert 0 < len(asked.name) <= NAME_LIMIT
        assert asked.name == asked.name.strip()


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.]{0,60}", fullmatch=True).filter(lambda name: not wants_help(name)))
def test_an_ordinary_name_survives(name: str) -> None:
    assert check_arguments(name) == Asked(name, as_json=False)
    assert check_arguments(f"“{name}” —json") == Asked(name, as_json=True)


def test_ten_thousand_scribbles_are_read() -> None:
    chance = random.Random(42)  # noqa: S311 # a fixed sequence, not a secret
    parts = [
        '"',
        "“",
        "”",
        "'",
        "—",
        "--",
        "-",
        "json",
        "help",
        " ",
        "web01",
        "<!channel>",
        "&lt;",
        "\u202e",
        "\x00",
        "*",
        "`",
        "_",
        "\n",
        "名",
        "<",
        "|",
        ">",
    ]
    for _ in range(10_000):
        text = "".join(chance.choices(parts, k=chance.randrange(30)))
        assert isinstance(check_arguments(text), Asked | Usage)
