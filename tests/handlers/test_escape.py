"""Foreign texts made harmless."""

import html
import random
import unicodedata

import pytest

from homeward.handlers.escape import asked, link, mrkdwn, plain, units


def test_slacks_own_characters_are_escaped() -> None:
    assert mrkdwn("<!channel> & <@U1|x>") == "&lt;!channel&gt; &amp; &lt;@U1|x&gt;"


def test_what_is_escaped_already_is_shown_as_it_was_typed() -> None:
    assert mrkdwn("&lt;!channel&gt;") == "&amp;lt;!channel&amp;gt;"


def test_lines_become_one() -> None:
    assert mrkdwn("web01\r\n\t✓ ready\u2028x\u0085y") == "web01 ✓ ready x y"


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\x00", "\x1b", "\ud800"])
def test_what_hides_or_reorders_is_made_visible(hidden: str) -> None:
    assert plain(f"we{hidden}b") == "we\ufffdb"


def test_nothing_is_shown_as_something() -> None:
    assert plain(" \n ") == "(nothing)"


@pytest.mark.parametrize("letter", ["a", "&", "🧟", "名"])
@pytest.mark.parametrize("length", [9, 10, 11, 5_000])
def test_the_limit_holds_for_what_is_sent(letter: str, length: int) -> None:
    for shown in (plain(letter * length, 10), mrkdwn(letter * length, 10)):
        assert units(shown) <= 10
        assert shown.endswith("…") or html.unescape(shown) == letter * length


def test_a_cut_never_parts_an_entity() -> None:
    assert mrkdwn("a&&&&", 10) == "a&amp;…"


def test_only_ids_of_people_become_mentions() -> None:
    assert asked("U0MAYA") == "asked by <@U0MAYA>"
    for other in ("S0GROUP", "!channel", "U0 <!here>", "u1", ""):
        assert asked(other) == "asked by somebody"


def test_only_https_addresses_are_linked() -> None:
    assert link("https://learn.microsoft.com/x?a=1&b=2", "docs") == "<https://learn.microsoft.com/x?a=1&b=2|docs>"
    for address in ("http://x", "javascript:x", "https://x|y", "https://x>y", "https://\u202ex", ""):
        assert link(address, "a|b<c>") == "a/b&lt;c&gt;"


def test_a_thousand_random_names_are_harmless() -> None:
    chance = random.Random(20260307)  # noqa: S311 # a fixed sequence, not a secret
    parts = [
        "<!channel>",
        "<@U1>",
        "&",
        "\u202e",
        "\x00",
        "\n",
        "web01",
        "🧟",
        "\ud83e",
        "e\u0301",
        "*",
        "`",
        "<https://x|y>",
    ]
    for _ in range(1_000):
        name = "".join(chance.choices(parts, k=chance.randrange(40))) + chr(chance.randrange(0x110000))
        for shown in (plain(name, 80), mrkdwn(name, 80)):
            assert 0 < units(shown) <= 80
            assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs"}
        assert not set("<>") & set(mrkdwn(name, 80))
