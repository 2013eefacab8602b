"""`homeward doctor`: are the settings right, and can everything they name be reached and read? One line each."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import asdict
from itertools import chain
from typing import cast

import aiohttp
import click
from slack_sdk.errors import SlackApiError, SlackClientError

from homeward.bot.compose import azure_reader, vcenter_readers
from homeward.bot.connecting import WebApi, code_of
from homeward.bot.scopes import SCOPES
from homeward.bot.settings import Settings, SettingsError, secret
from homeward.bot.settings_file import load
from homeward.bot.slack_app import web_client
from homeward.checks.sources.access import SourceError
from homeward.checks.sources.azure import AzureReader, VaultReader
from homeward.checks.sources.vcenter import VCenterReader

from . import ExitCode
from .doctor_acting import approvals, state
from .finding import Finding, Health
from .render import clean

MARKS = {Health.OK: "✓", Health.WARNING: "!", Health.FAULT: "✗"}


def run(config: str | None, *, as_json: bool) -> int:
    """Runs the command: 0 all well (warnings included), 1 something is not, 2 wrong settings."""
    try:
        settings = load(config)
        findings = asyncio.run(_examine(settings, tell=not as_json))
    except SettingsError as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    if as_json:
        click.echo(json.dumps([asdict(f) | {"health": f.health.value} for f in findings], indent=2, ensure_ascii=False))
    return ExitCode.FAILED if any(f.health is Health.FAULT for f in findings) else ExitCode.OK


async def _examine(settings: Settings, *, tell: bool) -> list[Finding]:
    findings: list[Finding] = []
    async for finding in examine(settings):
        findings.append(finding)
        if tell:
            click.echo(clean(f"{MARKS[finding.health]} {finding.what}: {finding.said}"))
    return findings


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Everything at once; the findings in the order of the settings. Raises SettingsError for missing secrets."""
    azure, vcenters = azure_reader(settings), vcenter_readers(settings)
    looks: list[Awaitable[list[Finding]]] = [
        _slack(settings),
        approvals(settings),
        state(settings),
        *(_vault(vault) for vault in azure.vaults),
        *([_compute(azure)] if azure.vaults else []),
        *(_vcenter(name, reader) for name, reader in vcenters.items()),
    ]
    try:
        for finding in chain(_absent(settings), *await asyncio.gather(*looks)):
            yield finding
    finally:
        await asyncio.gather(azure.close(), *(reader.close() for reader in vcenters.values()))


def _absent(settings: Settings) -> list[Finding]:
    found: list[Finding] = []
    if not settings.vaults:
        found.append(Finding("vaults", Health.FAULT, "none is configured: add a [[vaults]] table (docs/configure.md)"))
    if not settings.vcenters:
        said = "none is configured: what only vCenter can tell stays unknown, so nothing is ever ready"
        found.append(Finding("vcenters", Health.WARNING, said))
    found += [
        Finding(f"vCenter {v.name}", Health.WARNING, "no asr_account is configured: its privileges can't be checked")
        for v in settings.vcenters
        if not v.asr_account
    ]
    return found


async def _slack(settings: Settings) -> list[Finding]:
    slack = settings.slack
    try:
        client = cast("WebApi", web_client(settings))
        app_token = ""
        if slack.mode == "socket":
            app_token = secret("slack.app_token", slack.app_token, slack.app_token_file)
        else:
            secret("slack.signing_secret", slack.signing_secret, slack.signing_secret_file)
    except SettingsError as error:
        # check and errors work without Slack, so its absence is told and does not end the examination.
        return [Finding("Slack", Health.FAULT, str(error))]
    asked = "the bot's token"
    try:
        answer = await client.auth_test()
        if app_token:
            asked = "the app-level token (slack.app_token)"
            await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        code = code_of(error)
        said = f"it refused {asked}: {code}" if code else "it can't be reached: an HTTP error"
        return [Finding("Slack", Health.FAULT, said)]
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        return [Finding("Slack", Health.FAULT, f"it can't be reached: {type(error).__name__}")]
    who = f"signed in as {answer.get('user')} in {answer.get('team')}"
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if "x-oauth-scopes" not in headers:
        return [Finding("Slack", Health.WARNING, f"{who}; it does not tell the token's scopes")]
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        said = f"{who}, but the token lacks {', '.join(missing)}: add them in the app's settings and reinstall it"
        return [Finding("Slack", Health.FAULT, said)]
    return [Finding("Slack", Health.OK, f"{who}, with the scopes it needs")]


async def _vault(vault: VaultReader) -> list[Finding]:
    try:
        items, plans = await asyncio.gather(vault.items(), vault.plans())
        fabrics, _ = await asyncio.gather(vault.fabrics(), vault.policies())
    except SourceError as error:
        return [Finding(f"vault {vault.name}", Health.FAULT, error.reason)]
    said = f"{len(items)} machines, {len(plans)} plans, {len(fabrics)} fabrics read"
    return [Finding(f"vault {vault.name}", Health.OK, said)]


async def _compute(azure: AzureReader) -> list[Finding]:
    try:
        await _read_machines(azure)
    except SourceError as error:
        return [Finding("Azure compute", Health.FAULT, error.reason)]
    return [Finding("Azure compute", Health.OK, "virtual machines read")]


async def _read_machines(azure: AzureReader) -> None:
    """Reads the names of all virtual machines in the vaults' subscriptions; raises SourceError where that is refused.

    Looking for a machine without a name does just this: nothing has it, so every list is read to its end.
    """
    await azure.find_vm("")


async def _vcenter(name: str, reader: VCenterReader) -> list[Finding]:
    try:
        names = await reader.names()
    except SourceError as error:
        return [Finding(f"vCenter {name}", Health.FAULT, error.reason)]
    if not names:
        said = (
            "signed in, but it shows no virtual machine: give its account read-only access (docs/azure-and-vcenter.md)"
        )
        return [Finding(f"vCenter {name}", Health.FAULT, said)]
    return [Finding(f"vCenter {name}", Health.OK, f"{len(names)} virtual machines seen")]
