"""The catalogue's data: complete, well-formed and rich where it must be."""

import json
import re
import tomllib
from pathlib import Path
from typing import cast

import pytest

from homeward.checks import RULES, Severity
from homeward.checks.catalogue import Entry, Kind, entries, lookup
from homeward.checks.catalogue.load import SOURCES_FILE, parse

FOLDER = Path(__file__).parents[3] / "checks" / "catalogue"
SHARED_CODES = Path(__file__).parents[4] / "shared" / "data" / "asr-errors.json"
EXCELLENT = ("95226", "78052", "78093", "8061", "8038")


def _excellent(code: str) -> Entry:
    entry = lookup(code)
    assert entry is not None
    return entry


@pytest.mark.skipif(not SHARED_CODES.exists(), reason="the shared list of codes is not beside this checkout")
def test_every_code_of_the_shared_list_is_in_the_catalogue() -> None:
    rows = cast("list[dict[str, str]]", json.loads(SHARED_CODES.read_text(encoding="utf-8")))
    missing = [row["code"] for row in rows if (entry := lookup(row["code"])) is None or entry.code != row["code"]]
    assert missing == []


@pytest.mark.skipif(not SHARED_CODES.exists(), reason="the shared list of codes is not beside this checkout")
def test_entries_keep_to_the_stack_of_the_shared_list() -> None:
    rows = cast("list[dict[str, str]]", json.loads(SHARED_CODES.read_text(encoding="utf-8")))
    stacks = {row["code"]: row["stack"].replace("hyperv", "hyper-v") for row in rows}
    assert {code: entry.stack.value for code in stacks if (entry := lookup(code)) is not None} == stacks


@pytest.mark.parametrize("code", EXCELLENT)
def test_the_codes_of_reprotect_and_failback_tell_causes_apart_and_name_steps_and_rules(code: str) -> None:
    entry = _excellent(code)
    assert len(entry.causes) >= 2
    assert all(cause.tell for cause in entry.causes)
    assert len(entry.steps) >= 4
    assert len(entry.rules) >= 2
    assert len(entry.what) > 100
    assert any(source.url.startswith("https://learn.microsoft.com/") for source in entry.sources)


def test_windows_server_2016_is_history_and_no_cause_of_78052() -> None:
    entry = _excellent("78052")
    told_as_cause = " ".join((entry.title, entry.what, *entry.steps, *(cause.text for cause in entry.causes)))
    assert "2016" not in told_as_cause
    assert "Windows Server 2016" in entry.note
    assert "not a cause today" in entry.note


def test_806_tells_that_it_is_ambiguous() -> None:
    assert "exit code" in _excellent("806").note
    assert "VSS-806" in _excellent("806").related


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.code)
def test_an_entry_reads_as_it_should(entry: Entry) -> None:
    assert not entry.title.endswith(".")
    assert entry.what.endswith(".")
    assert all(step.endswith((".", "?")) for step in entry.steps)
    assert all(cause.text.endswith(".") for cause in entry.causes)
    assert all(cause.tell.endswith(".") for cause in entry.causes if cause.tell)
    assert entry.sources
    # Two causes that cannot be told apart leave the reader guessing.
    assert len(entry.causes) == 1 or all(cause.tell for cause in entry.causes)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.code)
def test_every_entry_is_found_by_its_own_code_and_aliases(entry: Entry) -> None:
    assert all(lookup(name.swapcase()) == entry for name in (entry.code, *entry.aliases))


def test_no_entry_says_that_it_is_found_by_what_only_a_person_can_confirm() -> None:
    attested = {rule.id for rule in RULES if rule.severity is Severity.ATTESTATION}
    assert attested
    assert [(entry.code, rule) for entry in entries() for rule in entry.rules if rule in attested] == []


def test_no_machine_or_registry_is_named() -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.toml"))
    assert not re.search(r"(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d)", text)
    assert "/home/" not in text


def test_entries_come_sorted_and_once() -> None:
    codes = [entry.code for entry in entries()]
    assert codes == sorted(codes)
    assert len({code.lower() for code in codes}) == len(codes)
    assert {entry.kind for entry in entries()} == set(Kind) - {Kind.RULE}


def test_every_source_is_used() -> None:
    defined = tomllib.loads((FOLDER / SOURCES_FILE).read_text(encoding="utf-8"))
    used = {source.url for entry in entries() for source in entry.sources}
    assert {row["url"] for row in defined.values()} == used


SOURCES = '[doc]\ntitle = "Doc"\nurl = "https://example.org/"\n'
ENTRY = """
[[entry]]
code = "1"
kind = "code"
title = "T"
what = "W."
causes = [{ text = "C.", tell = "" }]
steps = ["S."]
stack = "both"
phase = "reprotect"
component = "vm"
sources = ["doc"]
"""


def test_a_small_file_is_read() -> None:
    (entry,) = parse({SOURCES_FILE: SOURCES, "a.toml": ENTRY})
    assert (entry.code, entry.rules, entry.note) == ("1", (), "")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("code", "cde"), "unknown field cde"),
        (('title = "T"', ""), "title is missing"),
        (('title = "T"', "title = 5"), "title is missing or not a text"),
        (('kind = "code"', 'kind = "joke"'), "kind is 'joke', expected one of code, topic, symptom"),
        (('stack = "both"', 'stack = "new"'), "stack is 'new'"),
        (('kind = "code"', 'kind = "topic"'), "lower-case words"),
        (('kind = "code"', 'kind = "rule"'), "rules are not written here"),
        (('steps = ["S."]', "steps = []"), "steps is missing"),
        (('steps = ["S."]', 'steps = "S."'), "steps is missing or not a list"),
        (('steps = ["S."]', 'steps = ["S.", " "]'), "steps is missing or not a list"),
        (('steps = ["S."]', 'steps = ["S.", "S."]'), "steps names something twice"),
        (('causes = [{ text = "C.", tell = "" }]', "causes = []"), "causes is missing or empty"),
        (('tell = ""', 'tel = ""'), "a cause has a text and a tell"),
        (('sources = ["doc"]', 'sources = ["dok"]'), "source 'dok' is not in sources.toml"),
        (('steps = ["S."]', 'steps = ["S."]\nrules = ["Bad"]'), "'Bad' is not the id of a rule"),
        (('steps = ["S."]', 'steps = ["S."]\nrelated = ["2"]'), "related '2' is no other entry"),
        (('steps = ["S."]', 'steps = ["S."]\nrelated = ["1"]'), "related '1' is no other entry"),
        (('steps = ["S."]', 'steps = ["S."]\naliases = ["1"]'), "1 is already used in a.toml: 1"),
    ],
)
def test_a_fault_in_a_file_is_named_with_its_file_and_entry(change: tuple[str, str], complaint: str) -> None:
    text = ENTRY.replace(*change)
    assert text != ENTRY
    with pytest.raises(ValueError, match=r"a\.toml: .*" + re.escape(complaint)):
        parse({SOURCES_FILE: SOURCES, "a.toml": text})


def test_one_code_in_two_files_is_refused_with_both_files() -> None:
    with pytest.raises(ValueError, match=r"b\.toml: 1: 1 is already used in a\.toml"):
        parse({SOURCES_FILE: SOURCES, "a.toml": ENTRY, "b.toml": ENTRY})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("x = ", "not valid TOML"), ("x = 1", "expected only"), ("entry = [1]", "entry 1: expected a table")],
)
def test_a_file_of_another_form_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=r"a\.toml: " + complaint):
        parse({SOURCES_FILE: SOURCES, "a.toml": text})


@pytest.mark.parametrize("source", ["doc = 1", '[doc]\ntitle = "Doc"', '[doc]\ntitle = "Doc"\nurl = "http://x.org"'])
def test_a_source_without_title_or_https_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"sources\.toml: doc: expected a title and an https url"):
        parse({SOURCES_FILE: source})
