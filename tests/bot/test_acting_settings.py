"""The settings of acting: approvals, the ledger's place, the audit chain's key."""

from datetime import timedelta
from pathlib import Path

import pytest

from homeward.actions.states import Operation
from homeward.bot.settings import SettingsError
from homeward.bot.settings_file import load

APPROVALS = """
[approvals]
channel = "C0APPROVALS"
users = ["U0LENA", "W0OMAR"]
"""
KEY = "k" * 32


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOMEWARD_CONFIG", raising=False)


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_without_approvals_nothing_can_be_asked_for(tmp_path: Path) -> None:
    settings = load(written(tmp_path, "[slack]\n"))
    assert settings.approvals is None
    assert settings.state_url() == "sqlite+aiosqlite:///homeward.db"
    assert (settings.limits.max_parallel_items, settings.limits.poll_interval) == (5, 30.0)


def test_what_is_not_said_of_approvals_has_its_default(tmp_path: Path) -> None:
    approvals = load(written(tmp_path, APPROVALS)).approvals
    assert approvals
    assert (approvals.quorum, approvals.expires_after, approvals.usergroups) == (1, timedelta(hours=2), ())


def test_one_sort_of_action_may_have_its_own_approval_and_keeps_the_rest(tmp_path: Path) -> None:
    text = APPROVALS + '[approvals.reprotect]\nquorum = 2\nexpires_after = "90m"\n'
    approvals = load(written(tmp_path, text)).approvals
    assert approvals
    own = approvals.of(Operation.REPROTECT)
    assert (own.quorum, own.expires_after) == (2, timedelta(minutes=90))
    assert (own.channel, own.users) == (approvals.channel, approvals.users)
    assert (approvals.quorum, approvals.expires_after) == (1, timedelta(hours=2))


@pytest.mark.parametrize("operation", list(Operation))
def test_every_sort_of_action_may_have_its_own_approval(tmp_path: Path, operation: Operation) -> None:
    text = f'{APPROVALS}[approvals.{operation.value}]\nquorum = 2\nchannel = "C0OTHER"\n'
    approvals = load(written(tmp_path, text)).approvals
    assert approvals
    for one in Operation:
        own = approvals.of(one)
        assert (own.quorum, own.channel) == ((2, "C0OTHER") if one is operation else (1, "C0APPROVALS"))


def test_the_file_and_the_environment_may_each_tell_a_part_of_one_sort(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMEWARD_APPROVALS__REPROTECT_TO_AZURE__QUORUM", "2")
    text = APPROVALS + '[approvals.reprotect-to-azure]\nexpires_after = "1d"\nquorum = 1\n'
    approvals = load(written(tmp_path, text)).approvals
    assert approvals
    own = approvals.of(Operation.TO_AZURE)
    assert (own.quorum, own.expires_after) == (2, timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("5m", timedelta(minutes=5)),
        ("90m", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
    ],
)
def test_a_duration_is_written_as_people_write_it(tmp_path: Path, text: str, duration: timedelta) -> None:
    approvals = load(written(tmp_path, f'{APPROVALS}expires_after = "{text}"\n')).approvals
    assert approvals
    assert approvals.expires_after == duration


def test_approvals_come_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_APPROVALS__CHANNEL", "C0APPROVALS")
    monkeypatch.setenv("HOMEWARD_APPROVALS__USERGROUPS", '["S0APPROVERS"]')
    monkeypatch.setenv("HOMEWARD_APPROVALS__EXPIRES_AFTER", "1d")
    monkeypatch.setenv("HOMEWARD_APPROVALS__REPROTECT__QUORUM", "2")
    approvals = load().approvals
    assert approvals
    assert approvals.of(Operation.REPROTECT).quorum == 2
    assert approvals.expires_after == timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[approvals]\nquorum = 1\nusers = ['U0LENA']\n", "approvals.channel is missing"),
        ("[approvals]\nchannel = 'C0APPROVALS'\n", "nobody may approve"),
        (APPROVALS.replace("C0APPROVALS", "#approvals"), "approvals.channel is '#approvals': expected a channel's id"),
        (APPROVALS.replace("U0LENA", "@lena"), "approvals.users.0 is '@lena': expected a member's id"),
        (APPROVALS + 'usergroups = ["dr"]\n', "approvals.usergroups.0 is 'dr': expected a user group's id"),
        (APPROVALS + "quorum = 0\n", "approvals.quorum is 0"),
        (APPROVALS + "quorum = 3\n", "quorum is 3, but only 2 may approve"),
        (APPROVALS + "[approvals.reprotect]\nquorum = 3\n", "quorum is 3, but only 2 may approve"),
        (APPROVALS + "[approvals.reprotect]\nusers = []\n", "nobody may approve"),
        (APPROVALS + 'expires_after = "4m"\n', "approvals.expires_after is '4m': expected a duration such as"),
        (APPROVALS + 'expires_after = "8d"\n', "from 5m to 7d"),
        (APPROVALS + "expires_after = 7200\n", "approvals.expires_after is 7200: expected a duration"),
        (APPROVALS + 'expires_after = "soon"\n', "expected a duration"),
        (APPROVALS + "[approvals.failback]\nquorum = 3\n", "for failback, quorum is 3, but only 2 may approve"),
        (APPROVALS + "[approvals.cancel]\nusers = []\n", "for cancel, nobody may approve"),
        (
            APPROVALS + "[approvals.reprotect-to-azure]\nquorum = 3\n",
            "for reprotect-to-azure, quorum is 3, but only 2 may approve",
        ),
        (APPROVALS + "[approvals.reprotect-to-azure]\nquorum = 0\n", "approvals.reprotect_to_azure.quorum is 0"),
        (APPROVALS + "reprotect-to-azure = 1\n", "approvals.reprotect_to_azure"),
        (APPROVALS + "[approvals.failover]\nquorum = 2\n", "approvals.failover is not a setting"),
        ('[slack]\nfailback_command = "/reprotect"\n', "are both '/reprotect'; each needs its own name"),
        ('[slack]\nfailback_command = "failback"\n', "slack.failback_command is 'failback': expected a command name"),
        ('[state]\nurl = "mysql://leak@h/d"\n', "state.url: expected sqlite+aiosqlite:///FILE or postgresql+psycopg"),
        ('[state]\nurl = "sqlite+aiosqlite://"\n', "expected sqlite+aiosqlite:///FILE"),
        ('[state]\nurl = "sqlite+aiosqlite://leak/d"\n', "expected sqlite+aiosqlite:///FILE"),
        ('[state]\nurl = "postgresql+psycopg://leak:5x/d"\n', "expected sqlite+aiosqlite:///FILE"),
        ('[state]\nurl = "postgresql+psycopg://h"\n', "expected sqlite+aiosqlite:///FILE"),
        ('[state]\nurl = "postgresql+psycopg://u:leak@h/d"\n', "must not stand in the file: set HOMEWARD_STATE__URL"),
        ('[state]\nurl = "postgresql+psycopg://h/d?password=leak"\n', "must not stand in the file"),
        ('[audit]\nkey = "leak"\n', "must not stand in the file: set HOMEWARD_AUDIT__KEY"),
        (
            '[slack]\nrequest_channels = ["war-room"]\n',
            "slack.request_channels.0 is 'war-room': expected a channel's id",
        ),
        ('[slack]\nreprotect_command = "/failback-errors"\n', "are both '/failback-errors'; each needs its own name"),
        ("[limits]\nmax_parallel_items = 0\n", "limits.max_parallel_items is 0"),
        ("[limits]\npoll_interval = 0\n", "limits.poll_interval is 0"),
    ],
)
def test_a_fault_gets_one_line_that_names_the_key_and_what_is_expected(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, text))
    (line,) = str(caught.value).splitlines()
    assert said in line
    assert "leak" not in line


def test_the_ledgers_address_with_its_password_comes_from_the_environment_and_never_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOMEWARD_STATE__URL", "postgresql+psycopg://u:s3cret@db.corp.example:5433/homeward")
    settings = load()
    assert settings.state_url() == "postgresql+psycopg://u:s3cret@db.corp.example:5433/homeward"
    assert "s3cret" not in f"{settings!r}"


def test_a_wrong_address_in_the_environment_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_STATE__URL", "postgres://u:s3cret@db/homeward")
    with pytest.raises(SettingsError, match=r"HOMEWARD_STATE__URL: state\.url: expected sqlite") as caught:
        load()
    assert "s3cret" not in str(caught.value)


def test_the_ledgers_address_comes_from_a_file(tmp_path: Path) -> None:
    settings = load(written(tmp_path, '[state]\nurl_file = "url"\n'))
    (tmp_path / "url").write_text("postgresql+psycopg://u:s3cret@db/homeward\n", encoding="utf-8")
    assert settings.state_url() == "postgresql+psycopg://u:s3cret@db/homeward"
    (tmp_path / "url").write_text("postgres://u:s3cret@db/homeward\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"state\.url_file names 'url': expected sqlite") as caught:
        settings.state_url()
    assert "s3cret" not in str(caught.value)


def test_two_addresses_of_the_ledger_are_refused(tmp_path: Path) -> None:
    settings = load(written(tmp_path, '[state]\nurl = "sqlite+aiosqlite:///a.db"\nurl_file = "url"\n'))
    with pytest.raises(SettingsError, match="are both set"):
        settings.state_url()


def test_the_audit_key_comes_from_the_environment_or_a_file_and_never_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text(KEY + "\n", encoding="utf-8")
    assert load(written(tmp_path, '[audit]\nkey_file = "key"\n')).audit_key() == KEY
    monkeypatch.setenv("HOMEWARD_AUDIT__KEY", "s3cret" * 6)
    settings = load(written(tmp_path, ""))
    assert settings.audit_key() == "s3cret" * 6
    assert "s3cret" not in f"{settings!r}"


@pytest.mark.parametrize(
    ("key", "said"), [("", "set the environment variable HOMEWARD_AUDIT__KEY"), ("s3cret", "has 6 characters")]
)
def test_a_missing_or_short_audit_key_is_told(monkeypatch: pytest.MonkeyPatch, key: str, said: str) -> None:
    monkeypatch.setenv("HOMEWARD_AUDIT__KEY", key)
    with pytest.raises(SettingsError, match=said) as caught:
        load().audit_key()
    assert "s3cret" not in str(caught.value)
