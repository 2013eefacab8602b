"""The settings: what is read from where, and one clear line for each fault."""

from pathlib import Path

import pytest

from homeward.bot.settings import SettingsError
from homeward.bot.settings_file import load

GOOD = """
[[vaults]]
name = "prod"
subscription_id = "11111111-2222-3333-4444-555555555555"
resource_group = "rg"
vault = "v"

[[vcenters]]
name = "vc-01"
host = "vc01.corp.example"
username = "homeward"
"""

OTHER = """
[[vcenters]]
name = "vc.01"
host = "fd00::1"
username = "homeward"
"""


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOMEWARD_CONFIG", raising=False)


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_without_a_file_everything_has_a_default() -> None:
    settings = load()
    assert settings.slack.mode == "socket"
    assert settings.vaults == ()
    assert settings.limits.run_command is False


def test_the_file_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_CONFIG", written(tmp_path, GOOD))
    (vault,) = load().vault_addresses()
    assert (vault.name, vault.vault) == ("prod", "v")


def test_the_environment_stands_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_SLACK__MODE", "http")
    assert load(written(tmp_path, '[slack]\nmode = "socket"\n')).slack.mode == "http"


def test_a_vault_is_called_by_its_own_name_unless_it_gets_another(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD.replace('name = "prod"\n', "")))
    assert settings.vault_addresses()[0].name == "v"


def test_a_vcenters_password_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_VCENTER_VC_01_PASSWORD", "s3cret")
    settings = load(written(tmp_path, GOOD))
    (access,) = settings.vcenter_accesses()
    assert access.password == "s3cret"
    assert "s3cret" not in f"{settings!r} {access!r}"


def test_a_vcenter_told_by_the_environment_has_its_password_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_VCENTERS", '[{"name": "vc-01", "host": "10.0.0.1", "username": "u"}]')
    monkeypatch.setenv("HOMEWARD_VCENTER_VC_01_PASSWORD", "s3cret")
    (access,) = load().vcenter_accesses()
    assert access.password == "s3cret"


def test_a_vcenters_password_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("s3cret\n", encoding="utf-8")
    settings = load(written(tmp_path, GOOD + 'password_file = "pw"\n'))
    assert settings.vcenter_accesses()[0].password == "s3cret"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[slack]\nmode = "sockt"\n', "slack.mode is 'sockt': input should be 'socket' or 'http'"),
        ("[slack]\nmoode = 1\n", "slack.moode is not a setting of Homeward"),
        ("[slak]\nmode = 1\n", "slak is not a setting of Homeward"),
        ('[slack]\nreprotect_check_command = "Check It"\n', "expected a command name such as /reprotect-check"),
        ('[slack]\napi_url = "http://slack.corp.example"\n', "expected an https:// address"),
        ('[slack]\nca_file = "/nowhere.pem"\n', "expected the path of an existing file"),
        ("[slack]\nport = 99999\n", "slack.port is 99999"),
        (GOOD.replace("11111111-2222-3333-4444-555555555555", "abc"), "expected a subscription id such as"),
        (GOOD.replace('resource_group = "rg"\n', ""), "vaults.0.resource_group is missing"),
        (GOOD + GOOD.partition("[[vcenters]]")[0], "the name 'prod' is used twice"),
        ('[azure]\ncloud = "custom"\nendpoint = "arm.example"\n', "expected an https:// address"),
        ('[azure]\ncredential = "static"\n', 'only allowed with cloud = "custom"'),
        ('[azure]\nendpoint = "https://arm.example"\n', 'only used with cloud = "custom"'),
        ('[slack]\nbot_token = "xoxb-leak"\n', "must not stand in the file: set HOMEWARD_SLACK__BOT_TOKEN"),
        (GOOD + 'password = "leak"\n', "set HOMEWARD_VCENTER_VC_01_PASSWORD"),
        ("[slack\n", "not valid TOML"),
        (
            '[slack]\nreprotect_check_command = "/_x"\n',
            "slack.reprotect_check_command is '/_x': expected a command name",
        ),
        (
            '[slack]\nreprotect_check_command = "/failback-errors"\n',
            "are both '/failback-errors'; each needs its own name",
        ),
        ('[azure]\ncloud = "custom"\nendpoint = "arm.example"\n', "azure.endpoint is 'arm.example': expected an https"),
        ('[azure]\ncloud = "custom"\n', 'azure: cloud = "custom" needs endpoint'),
        (
            GOOD.replace("vc01.corp.example", "https://h/sdk"),
            "vcenters.0.host is 'https://h/sdk': expected a host name",
        ),
        (GOOD.replace("vc01.corp.example", "vc01:443"), "vcenters.0.host is 'vc01:443': expected a host name"),
        (GOOD.replace('vault = "v"', 'vault = "a/b"'), "vaults.0.vault is 'a/b': expected the name alone"),
        (GOOD.replace('"rg"', '"a/b"'), "vaults.0.resource_group is 'a/b': expected the name alone"),
        (GOOD + OTHER, "'vc-01' and 'vc.01' would both have their password in HOMEWARD_VCENTER_VC_01_PASSWORD"),
        ("[serve]\nport = -1\n", "serve.port is -1"),
    ],
)
def test_a_fault_gets_one_line_that_names_the_key_and_what_is_expected(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, text))
    (line,) = str(caught.value).splitlines()
    assert said in line
    assert "leak" not in line


def test_every_fault_of_a_file_gets_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, '[slack]\nmode = "x"\nport = "y"\n'))
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_there_is_told_by_its_name() -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load("nowhere.toml")


@pytest.mark.parametrize(("content", "said"), [(None, "can't be read"), ("", "is empty")])
def test_a_secrets_file_that_holds_no_secret_is_told(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "pw").write_text(content, encoding="utf-8")
    settings = load(written(tmp_path, GOOD + 'password_file = "pw"\n'))
    with pytest.raises(SettingsError, match=said):
        settings.vcenter_accesses()


def test_a_missing_secret_tells_both_ways_to_give_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"HOMEWARD_VCENTER_VC_01_PASSWORD, or password_file"):
        load(written(tmp_path, GOOD)).vcenter_accesses()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HOMEWARD_VAULTS", "not json", "HOMEWARD_VAULTS: expected JSON there"),
        ("HOMEWARD_VAULTS", "[{}]", "HOMEWARD_VAULTS: vaults.0.vault is missing"),
        ("HOMEWARD_SLACK__MODE", "x", "HOMEWARD_SLACK__MODE: slack.mode is 'x'"),
        ("homeward_slack__mode", "x", "HOMEWARD_SLACK__MODE: slack.mode is 'x'"),
        ("HOMEWARD_SLACK__MOODE", "x", "HOMEWARD_SLACK__MOODE: slack.moode is not a setting"),
        ("HOMEWARD_SLACK", '{"mode": "x"}', "HOMEWARD_SLACK: slack.mode is 'x'"),
        ("HOMEWARD_AZURE__CREDENTIAL", "static", "settings.toml and HOMEWARD_AZURE__CREDENTIAL: azure: credential ="),
    ],
)
def test_a_fault_in_the_environment_is_told_with_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, GOOD + '[slack]\nport = 3001\n[azure]\ncloud = "AzureCloud"\n'))
    assert said in str(caught.value).splitlines()[-1]


def test_a_fault_in_the_file_is_not_blamed_on_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_SLACK__PORT", "3001")
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, '[slack]\nmode = "x"\n'))
    assert "HOMEWARD_" not in str(caught.value)


def test_limits_reach_the_readers(tmp_path: Path) -> None:
    limits = load(written(tmp_path, "[limits]\ncollect_timeout = 5\nrun_command_timeout = 60\n")).reading_limits()
    assert (limits.collect_timeout, limits.run_command_timeout) == (5.0, 60.0)
