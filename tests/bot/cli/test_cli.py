"""The command line as its users see it: what it prints, to where, and its exit codes."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from homeward.actions.states import Operation
from homeward.bot.cli import OPERATIONS, Edge, main

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
    assert result.stderr.count("homeward check --sandbox '/Subscriptions/") == 2
    assert "in Azure build01-old" in result.stderr


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        ("failback", "web01 cannot fail back yet"),
        ("commit", "web01 cannot have its failback committed yet"),
        ("cancel", "web01 cannot have its failback cancelled yet"),
        ("reprotect-to-azure", "web01 cannot be protected to Azure yet"),
    ],
)
def test_every_step_of_the_way_is_checked_with_its_own_rules_and_the_same_codes(operation: str, says: str) -> None:
    result = homeward("check", "--sandbox", "web01", "--for", operation)
    assert result.exit_code == 1
    assert result.output.startswith(f"BLOCKED: {says}")


def test_the_steps_that_can_be_named_are_all_there_are() -> None:
    assert tuple(operation.value for operation in Operation) == OPERATIONS


def test_a_step_that_there_is_not_ends_with_2() -> None:
    result = homeward("check", "--sandbox", "web01", "--for", "failover")
    assert result.exit_code == 2
    assert "'failover' is not one of" in result.output


def test_an_ambiguous_name_is_asked_again_for_the_same_step() -> None:
    result = homeward("check", "--sandbox", "build01", "--for", "failback")
    assert result.exit_code == 2
    assert "homeward check --for failback --sandbox '/Subscriptions/" in result.output


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
        (["check", "--facts", "x", "--config", "y"], "leave out NAME"),
        (["check", "web01", "--sandbox", "--config", "y"], "leave out --config"),
        (["check", "web01", "--config", "nowhere.toml"], "does not exist"),
        (["check", "--sandbox", "web01", "--save-facts", "no/such/folder.json"], "could not be written"),
        (["sandbox", "--port", "80"], "expected 1024 to 65532"),
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


def test_a_report_is_shown_even_where_its_facts_cannot_be_saved() -> None:
    result = homeward("check", "--sandbox", "web02", "--save-facts", "no/such/folder.json")
    assert result.exit_code == 2
    assert result.stdout.startswith("BLOCKED: web02")
    assert "could not be written" in result.stderr


def test_saved_facts_are_for_their_owner_alone_and_a_replay_says_that_it_is_one(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    homeward("check", "--sandbox", "web02", "--save-facts", str(file))
    assert file.stat().st_mode & 0o077 == 0
    replay = homeward("check", "--facts", str(file)).stdout
    assert "read at 20" in replay
    assert f"Replayed from {file}: nothing was read now." in " ".join(replay.split("\n"))


def test_a_facts_file_of_something_else_is_told(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    for text in ("", "{}", "[1]", "not json", '{"subject": 3}'):
        file.write_text(text, encoding="utf-8")
        result = homeward("check", "--facts", str(file))
        assert result.exit_code == 2
        assert "not a file of homeward check --save-facts" in result.stderr


@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_without_a_vault_a_check_says_what_to_add_and_exits_with_2(json_too: tuple[str, ...]) -> None:
    result = homeward("check", "web01", *json_too)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert "no vault is configured: add a [[vaults]] table" in line


def test_a_fault_of_its_own_is_one_line_and_never_looks_like_blocked() -> None:
    def broken() -> None:
        raise KeyError("secret")

    edge = Edge("homeward", commands={"check": click.Command("check", callback=broken)})
    result = CliRunner().invoke(edge, ["check"], catch_exceptions=False)
    assert result.exit_code == 3
    (line,) = result.stderr.splitlines()
    assert "KeyError at test_cli.py:" in line
    assert "secret" not in line


def test_an_interrupt_exits_with_130_and_without_a_traceback(tmp_path: Path) -> None:
    fifo = tmp_path / "facts.json"
    os.mkfifo(fifo)
    command = (str(Path(sys.executable).with_name("homeward")), "check", "--facts", str(fifo))
    # Opening the other end waits until the command reads: then it is in the middle of its work.
    with subprocess.Popen(command, stderr=subprocess.PIPE) as checking, fifo.open("w"):  # noqa: S603 # our own command
        checking.send_signal(signal.SIGINT)
        _, said = checking.communicate(timeout=30)
    assert checking.returncode == 130
    assert b"Traceback" not in said


@pytest.mark.parametrize("name", ["[/x]", "[bold]x", "\x1b]0;title\x07"])
def test_on_a_terminal_a_name_is_neither_markup_nor_a_command_to_it(name: str) -> None:
    command = (str(Path(sys.executable).with_name("homeward")), "check", "--sandbox", name)
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL, stdin=theirs) as checking:  # noqa: S603 # our own command
        os.close(theirs)
        said = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert checking.returncode == 2
    assert b"is named" in said
    assert b"\x1b]0;" not in said
    if name.startswith("["):
        assert f"Checking {name}".encode() in said


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux tells that the other side is closed
        return b""


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


def test_errors_gives_a_choice_where_two_answers_fit_alike() -> None:
    result = homeward("errors", "why can't I failback?")
    assert result.exit_code == 0
    assert "It could be one of these" in result.stdout
    assert "What to do:" not in result.stdout


def test_errors_answers_the_id_of_a_rule_copied_from_a_report() -> None:
    result = homeward("errors", "azure-vm-not-running")
    assert result.exit_code == 0
    assert "Start the VM in Azure" in result.stdout


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
