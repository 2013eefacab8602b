"""The command line as its users see it: what it prints, to where, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from homeward.bot.cli import main

KEYS = {"rule", "subject", "status", "severity", "detail", "hint", "docs"}


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOMEWARD_CONFIG", raising=False)


def homeward(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def answer(result: Result) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(result.stdout)
    return decoded


@pytest.mark.parametrize(
    ("name", "code", "verdict", "failed"),
    [
        ("web01", 0, "READY", set[str]()),
        ("web02", 1, "BLOCKED", {"azure-vm-not-running"}),
        ("old2008", 1, "BLOCKED", {"item-os-cannot-fail-back"}),
        ("payroll", 0, "READY", set[str]()),
    ],
)
def test_check_prints_the_report_as_json_and_exits_by_its_verdict(
    name: str, code: int, verdict: str, failed: set[str]
) -> None:
    result = homeward("check", "--sandbox", "--json", name)
    report = answer(result)
    assert result.exit_code == code
    assert report["verdict"] == verdict
    assert report["subject"] == name
    assert {"kind", "topology", "checked_at", "sources", "outcomes"} <= set(report)
    outcomes = report["outcomes"]
    assert all(set(outcome) == KEYS for outcome in outcomes)
    blockers = {o["rule"] for o in outcomes if (o["status"], o["severity"]) == ("failed", "blocker")}
    assert blockers == failed


def test_check_shows_people_the_verdict_first_and_what_to_mend() -> None:
    result = homeward("check", "--sandbox", "web02")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("BLOCKED: web02 cannot come home yet: 1 blocker")
    assert any("Start the VM in Azure" in line for line in lines)


def test_check_of_an_unknown_name_exits_with_2_and_the_nearest_names() -> None:
    result = homeward("check", "--sandbox", "wbe01")
    assert result.exit_code == 2
    assert "'wbe01'" in result.stderr
    assert "web01" in result.stderr
    assert result.stdout == ""


def test_check_of_an_ambiguous_name_exits_with_2_and_a_command_for_each() -> None:
    result = homeward("check", "--sandbox", "build01")
    assert result.exit_code == 2
    assert result.stderr.count("homeward check '/Subscriptions/") == 2


def test_saved_facts_replay_to_the_same_report(tmp_path: Path) -> None:
    file = str(tmp_path / "incident.json")
    lived = answer(homeward("check", "--sandbox", "--json", "--save-facts", file, "legacy01"))
    again = homeward("check", "--facts", file, "--json")
    assert again.exit_code == 1
    assert answer(again) == lived


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check"], "NAME is missing"),
        (["check", " "], "NAME is missing"),
        (["check", "web01", "--facts", "x"], "leave out NAME"),
        (["check", "--facts", "nowhere.json"], "can't be read"),
        (["check", "web01", "--config", "nowhere.toml"], "does not exist"),
        (["check", "--sandbox", "web01", "--save-facts", "no/such/folder.json"], "could not be written"),
        (["sandbox", "--port", "80"], "expected 1024 to 65533"),
        (["serve", "--config", "nowhere.toml"], "does not exist"),
        (["doctor", "--config", "nowhere.toml"], "does not exist"),
        (["serve"], "slack.bot_token is missing"),
    ],
)
def test_wrong_use_exits_with_2_and_one_clear_sentence(arguments: list[str], said: str) -> None:
    result = homeward(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_facts_file_of_something_else_is_told(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    for text in ("", "{}", "[1]", "not json", '{"subject": 3}'):
        file.write_text(text, encoding="utf-8")
        result = homeward("check", "--facts", str(file))
        assert result.exit_code == 2
        assert "not a file of homeward check --save-facts" in result.stderr


def test_without_settings_a_check_cannot_tell_and_says_why() -> None:
    result = homeward("check", "web01")
    assert result.exit_code == 3
    assert "no vault is configured" in result.stdout


def test_hostile_names_stay_on_their_line() -> None:
    for name in ("\x1b[31mred", "a\nb", "\u202egnp", "x" * 10_000, "<!channel>", "[bold]x[/]"):
        result = homeward("check", "--sandbox", name)
        assert result.exit_code == 2
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output
        assert len(result.stderr) < 1_000


def test_errors_answers_a_code_and_exits_with_0() -> None:
    result = homeward("errors", "ErrorCode:", "78093")
    assert result.exit_code == 0
    assert "78093: The Azure VM is not running" in result.stdout


def test_errors_says_plainly_that_a_code_is_unknown_and_exits_with_1() -> None:
    result = homeward("errors", "99999")
    assert result.exit_code == 1
    assert "99999 is not in the catalogue" in result.stdout


def test_errors_prints_json() -> None:
    found = answer(homeward("errors", "--json", "8061", "and", "95226"))
    assert [entry["code"] for entry in found["found"]] == ["8061", "95226"]


def test_the_demo_plays_to_its_end_even_where_a_proxy_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    result = homeward("demo", "--fast")
    assert result.exit_code == 0
    shown = result.stdout
    assert shown.index("web02 cannot come home yet") < shown.index("web02 is ready to come home")
    assert shown.index("web02 is ready") < shown.index("payroll is ready to come home")
    assert "mixed cannot come home yet" in shown
