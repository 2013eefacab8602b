"""The sandbox's settings, as values and as a file."""

import stat
from pathlib import Path

import pytest

from homeward.bot.sandbox.run import Sandbox
from homeward.bot.settings import Settings, secret
from homeward.bot.settings_file import load


def plain(settings: Settings) -> tuple[object, ...]:
    """Everything that others get from the settings, secrets included."""
    slack = settings.slack
    return (
        settings.azure_access(),
        settings.vault_addresses(),
        settings.vcenter_accesses(),
        settings.vcenter_accesses()[0].password,
        settings.azure_access().token,
        settings.reading_limits(),
        secret("slack.bot_token", slack.bot_token, slack.bot_token_file),
        secret("slack.app_token", slack.app_token, slack.app_token_file),
        secret("slack.signing_secret", slack.signing_secret, slack.signing_secret_file),
        (slack.api_url, slack.ca_file, slack.mode),
    )


async def test_the_file_says_the_same_as_the_values_and_holds_no_secret(sandbox: Sandbox) -> None:
    config = sandbox.folder / "homeward.toml"
    config.write_text(sandbox.toml(), encoding="utf-8")
    assert plain(load(str(config))) == plain(sandbox.settings())
    assert sandbox.slack.token not in config.read_text(encoding="utf-8")
    assert stat.S_IMODE((sandbox.folder / "bot_token").stat().st_mode) == 0o600


async def test_no_variable_points_the_sandbox_at_a_real_estate(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = plain(sandbox.settings())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOMEWARD_SLACK__API_URL", "https://slack.com/api")
    monkeypatch.setenv("HOMEWARD_VCENTER_VC01_PASSWORD", "of the real one")
    assert plain(sandbox.settings()) == before
