"""What is read out of a message of anybody's: its words, its codes, the names in it."""

import time
from typing import Any

import pytest

from homeward.checks.catalogue import search
from homeward.checks.subjects import Kind, Named
from homeward.handlers.explaining import explained
from homeward.handlers.mentioned import mentioned
from homeward.handlers.pressed import pointed, pressed
from homeward.handlers.said import MOST, said


def machine(name: str, vault: str = "prod-dr") -> Named:
    return Named(name, Kind.MACHINE, f"/arm/{vault}/{name}", vault)


def names(text: str, *known: str) -> list[str]:
    return [one.name for one in mentioned(text, [machine(name) for name in known])]


# --- its words ---


def test_a_text_is_read_as_it_was_typed() -> None:
    assert said({"text": "web01 &amp; <https://web02.example|web02.example> &lt;b&gt;"}) == "web01 & web02.example <b>"


def test_a_code_that_its_formatting_parts_is_read_whole() -> None:
    pieces = [{"type": "text", "text": "error 78"}, {"type": "text", "text": "093", "style": {"bold": True}}]
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": pieces}]}]
    assert said({"text": "", "blocks": blocks}) == "error 78093"


def test_attachments_tables_and_files_are_read_and_nothing_twice() -> None:
    message: dict[str, Any] = {
        "text": "Job failed",
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "Job failed"}, "fields": [{"text": "Code 95226"}]},
            {"type": "table", "rows": [[{"type": "raw_text", "text": "cell 78093"}]]},
        ],
        "attachments": [{"fallback": "alert", "fields": [{"title": "Error", "value": "90068"}], "footer": "Azure"}],
        "files": [{"name": "log.txt", "title": "log.txt", "preview": "ErrorCode 150097"}],
    }
    lines = said(message).splitlines()
    assert lines.count("Job failed") == 1
    assert {"Code 95226", "cell 78093", "90068", "Azure", "ErrorCode 150097"} <= set(lines)


def test_what_is_no_message_says_nothing() -> None:
    assert said({}) == ""
    assert said({"text": 7, "blocks": "no", "attachments": [None, 3, "x"]}) == ""


def test_a_message_made_to_hurt_is_read_within_bounds() -> None:
    deep: dict[str, Any] = {"text": "end"}
    for _ in range(200):
        deep = {"elements": [deep]}
    wide = [{"type": "section", "text": {"text": f"{number} {'x' * 100}"}} for number in range(20_000)]
    started = time.monotonic()
    assert said(deep) == ""
    assert len(said({"text": "<" * 1_000_000, "blocks": wide})) <= 2 * MOST
    assert time.monotonic() - started < 2


# --- its codes ---


def test_codes_late_in_a_long_message_are_found() -> None:
    found = explained("all is well. " * 2_000 + "\nerror ID 78093", search)
    assert [entry.code for entry in found.answer.found] == ["78093"]
    assert not found.by_words


def test_unknown_codes_are_told_beside_the_known_ones() -> None:
    found = explained("error ID 78093, error ID 99999", search).answer
    assert (len(found.found), found.unknown_codes) == (1, ("99999",))


def test_of_many_sentences_the_one_that_describes_a_symptom_counts() -> None:
    found = explained("Hello everybody, coffee first. The process server has no heartbeat. Bye and thanks.", search)
    assert found.by_words
    assert found.answer.answered


@pytest.mark.parametrize("text", ["", "   ", "Pizza at noon?", "thanks a lot to all of you"])
def test_small_talk_is_not_answered(text: str) -> None:
    found = explained(text, search)
    assert found.by_words
    assert not found.answer.answered


# --- the names in it ---


def test_names_are_found_in_the_order_of_the_text_without_case() -> None:
    assert names("is DB02 done? then (web01), `web02`.", "web01", "web02", "db02", "app01") == [
        "db02",
        "web01",
        "web02",
    ]


def test_a_hosts_full_name_means_the_machine() -> None:
    assert names("ping web02.corp.example fails", "web02") == ["web02"]
    assert names("ping web02.corp.example fails", "web02", "web02.corp.example") == ["web02.corp.example"]


def test_a_name_inside_another_word_is_none() -> None:
    assert names("web011 and myweb01 and web01-old", "web01") == []


def test_names_of_several_words_are_found_and_not_their_parts() -> None:
    assert names("start payroll old today", "payroll", "payroll old") == ["payroll old"]
    assert names("what of Büro (alt)?", "büro (alt)") == ["büro (alt)"]


def test_machines_of_one_name_are_all_offered() -> None:
    twice = [machine("web01", "a"), machine("web01", "b")]
    assert mentioned("web01 again: web01", twice) == tuple(twice)


def test_five_thousand_names_in_the_longest_message_are_searched_in_a_moment() -> None:
    known = [machine(f"server {number}" if number % 2 else f"srv-{number:05}") for number in range(5_000)]
    started = time.monotonic()
    assert [one.name for one in mentioned("lorem ipsum " * 3_300 + "srv-00042", known)] == ["srv-00042"]
    assert time.monotonic() - started < 1


# --- where it stands ---


def test_the_first_message_of_a_thread_stands_in_the_channel() -> None:
    assert pointed({"message": {"ts": "1.0", "thread_ts": "1.0"}}).thread == ""
    assert pointed({"message": {"ts": "2.0", "thread_ts": "1.0"}}).thread == "1.0"
    assert pressed({"container": {"message_ts": "1.0", "thread_ts": "1.0"}}).thread == ""
    assert pressed({"container": {"message_ts": "2.0", "thread_ts": "1.0"}}).thread == "1.0"
    assert pressed({"message": {"ts": "2.0", "thread_ts": "1.0"}}).thread == "1.0"
    assert pressed({"view": {"id": "V1"}}).thread == ""
