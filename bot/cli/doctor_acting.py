"""What `homeward doctor` says of acting: the state database, the approvers' channel and their groups."""

import asyncio
import os
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from homeward.actions.ledger import LedgerError
from homeward.actions.ledger.condition import condition
from homeward.actions.states import Operation
from homeward.bot.connecting import Answer, code_of
from homeward.bot.settings import Settings, SettingsError
from homeward.bot.slack_app import web_client

from .finding import Finding, Health

WHAT = "state database"


class _WebApi(Protocol):
    """What is asked of Slack's web client, whose own types say less."""

    async def conversations_history(self, *, channel: str, limit: int) -> Answer: ...

    async def conversations_members(self, *, channel: str, limit: int) -> Answer: ...

    async def usergroups_users_list(self, *, usergroup: str) -> Answer: ...


async def state(settings: Settings) -> list[Finding]:
    """Can the ledger be reached, is it of this version, does the audit key fit?"""
    if settings.approvals is None:
        return []
    try:
        url, key = settings.state_url(), settings.audit_key().encode()
    except SettingsError as error:
        return [Finding(WHAT, Health.FAULT, str(error))]
    if (unmade := await asyncio.to_thread(_not_made_yet, url)) is not None:
        return [unmade]
    try:
        found = await condition(url, key)
    except LedgerError as error:
        return [Finding(WHAT, Health.FAULT, str(error))]
    if not found.revision:
        return [Finding(WHAT, Health.OK, f"{_kind(url)} answers; it is empty, the bot makes its tables at its start")]
    if found.revision != found.newest:
        said = f"its tables are of revision {found.revision}, this version's of {found.newest}: the bot brings "
        return [Finding(WHAT, Health.WARNING, f"{said}an older one to its own at its start, and refuses a newer one")]
    if not found.fits:
        said = "the audit key (audit.key) is not the one it was written with, or the end of its chain was changed"
        return [Finding(WHAT, Health.FAULT, f"{said}: see homeward audit verify")]
    said = f"{_kind(url)} answers, revision {found.revision}, {found.events} events, the audit key fits"
    return [Finding(WHAT, Health.OK, said)]


def _kind(url: str) -> str:
    return "SQLite" if url.startswith("sqlite") else "PostgreSQL"


def _not_made_yet(url: str) -> Finding | None:
    """SQLite's file appears at the first start; its folder must be there, and writable."""
    if not url.startswith("sqlite"):
        return None
    file = Path(urlsplit(url).path[1:])
    if file.is_file():
        return None
    if not (file.parent.is_dir() and os.access(file.parent, os.W_OK)):
        said = f"{str(file)!r} can't be made: its folder does not exist or may not be written to"
        return Finding(WHAT, Health.FAULT, said)
    return Finding(WHAT, Health.OK, f"{str(file)!r} does not exist yet, the bot makes it at its start")


async def approvals(settings: Settings) -> list[Finding]:
    """Can the approvers be reached, and are there enough of them?"""
    if settings.approvals is None:
        said = "none are configured, so nothing can be started: add an [approvals] table (docs/approvals.md)"
        return [Finding("approvals", Health.WARNING, said)]
    try:
        client = cast("_WebApi", web_client(settings))
    except SettingsError:
        return []  # told with Slack
    of = {operation: settings.approvals.of(operation) for operation in Operation}
    channels = dict.fromkeys(approval.channel for approval in of.values())
    findings = [await _channel(client, channel, f"approvers' channel {channel}", asks=True) for channel in channels]
    notices = settings.notices
    if notices.daily is not None:
        findings.append(await _channel(client, notices.channel, f"channel of the daily line {notices.channel}"))
    members: dict[str, frozenset[str] | Finding] = {}
    for group in dict.fromkeys(group for approval in of.values() for group in approval.usergroups):
        members[group] = told = await _members(client, group)
        findings.append(
            told if isinstance(told, Finding) else Finding(_group(group), Health.OK, f"{len(told)} members")
        )
    # Most have one way of approving for everything: what is wrong with it is told once.
    alike: dict[tuple[frozenset[str], int], list[str]] = {}
    for operation, approval in of.items():
        known_of = [found for group in approval.usergroups if not isinstance(found := members[group], Finding)]
        if len(known_of) == len(approval.usergroups):
            known = frozenset(approval.users).union(*known_of)
            alike.setdefault((known, approval.quorum), []).append(operation.value)
    for (known, quorum), operations in alike.items():
        findings += _enough(len(known), quorum, "" if len(operations) == len(of) else f" of {', '.join(operations)}")
    return findings


async def _channel(client: _WebApi, channel: str, what: str, *, asks: bool = False) -> Finding:
    """`asks`: those who are not in it are asked in person, so its members must be told."""
    try:
        await client.conversations_history(channel=channel, limit=1)
    except SlackApiError as error:
        return Finding(what, Health.FAULT, _words(code_of(error)))
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        return Finding(what, Health.FAULT, f"Slack can't be reached: {type(error).__name__}")
    try:
        if asks:
            await client.conversations_members(channel=channel, limit=1)
    except SlackApiError as error:
        said = f"the bot is in it, but its members are not told: {_words(code_of(error))}"
        return Finding(what, Health.WARNING, f"{said}. Approvers outside it are not asked in person")
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        return Finding(what, Health.FAULT, f"Slack can't be reached: {type(error).__name__}")
    return Finding(what, Health.OK, "the bot is in it")


def _group(group: str) -> str:
    return f"approvers' group {group}"


async def _members(client: _WebApi, group: str) -> frozenset[str] | Finding:
    try:
        answer = await client.usergroups_users_list(usergroup=group)
    except SlackApiError as error:
        return Finding(_group(group), Health.FAULT, _words(code_of(error)))
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        return Finding(_group(group), Health.FAULT, f"Slack can't be reached: {type(error).__name__}")
    members = answer.get("users")
    return frozenset(cast("list[str]", members) if isinstance(members, list) else [])


def _enough(known: int, quorum: int, whose: str) -> list[Finding]:
    """Whether so many may approve as must."""
    if known < quorum:
        said = f"{known} may approve and {quorum} must (quorum): nothing can ever be approved"
        return [Finding(f"approvers{whose}", Health.FAULT, said)]
    if known == quorum:
        said = (
            f"{known} may approve and {quorum} must: who asks can't approve, so a request of one of them "
            "can never be approved"
        )
        return [Finding(f"approvers{whose}", Health.WARNING, said)]
    return []


def _words(code: str) -> str:
    match code:
        case "not_in_channel":
            return "the bot is not in it: invite it there"
        case "channel_not_found":
            return "it does not exist, or is private and the bot is not in it: invite it there"
        case "is_archived":
            return "it is archived"
        case "no_such_subteam":
            return "there is no such user group"
        case "missing_scope":
            return "the token lacks a scope for it: see Slack above"
        case "plan_upgrade_required":
            return "this workspace's plan has no user groups: list the approvers in approvals.users"
        case _:
            return f"Slack refused: {code or 'an HTTP error'}"
