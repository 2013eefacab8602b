"""`homeward doctor`: one finding for each thing it needs, and what to do where it fails."""

from datetime import time

import pytest
from pydantic import SecretStr

from homeward.actions.ledger import opened
from homeward.bot.acting_settings import ApprovalOverride, AuditSettings, StateSettings
from homeward.bot.cli.doctor import examine
from homeward.bot.cli.finding import Finding, Health
from homeward.bot.notices_settings import NoticesSettings
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import APPROVALS, APPROVERS, ELSEWHERE
from homeward.bot.settings import Settings
from tests.actions.making import asked


async def found(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding async for finding in examine(settings)}


async def test_a_sound_estate_has_only_good_findings(sandbox: Sandbox) -> None:
    findings = await found(sandbox.settings())
    assert list(findings) == [
        "Slack",
        f"approvers' channel {APPROVALS.id}",
        f"approvers' group {APPROVERS.id}",
        "state database",
        "vault prod-dr",
        "Azure compute",
        "vCenter vc01",
    ]
    assert {finding.health for finding in findings.values()} == {Health.OK}
    assert "13 machines, 2 plans" in findings["vault prod-dr"].said


async def test_each_dead_part_is_told_by_itself(sandbox: Sandbox) -> None:
    sandbox.arm.faults.refuse(403, path="virtualMachines")
    sandbox.vcenter.faults.refuse_login = True
    findings = await found(sandbox.settings())
    assert findings["vault prod-dr"].health is Health.OK
    assert findings["Azure compute"].health is Health.FAULT
    assert "403" in findings["Azure compute"].said
    assert findings["vCenter vc01"].health is Health.FAULT
    assert "refused" in findings["vCenter vc01"].said


async def test_a_token_without_a_scope_is_told_with_the_scope(sandbox: Sandbox) -> None:
    sandbox.slack.scopes.discard("chat:write")
    assert "lacks chat:write" in (await found(sandbox.settings()))["Slack"].said


async def test_a_wrong_app_token_is_told(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    slack = settings.slack.model_copy(update={"app_token": SecretStr("xapp-wrong")})
    finding = (await found(settings.model_copy(update={"slack": slack})))["Slack"]
    assert finding.health is Health.FAULT
    assert "refused the app-level token (slack.app_token): invalid_auth" in finding.said


async def test_a_revoked_token_and_a_slack_that_is_down_are_told(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    sandbox.slack.faults.fail("auth.test", "token_revoked")
    assert "token_revoked" in (await found(settings))["Slack"].said
    sandbox.slack.faults.break_down(method="auth.test", times=1)
    assert "can't be reached" in (await found(settings))["Slack"].said
    await sandbox.slack.down()
    assert "can't be reached" in (await found(settings))["Slack"].said


async def test_what_is_not_configured_is_told(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    vcenter = settings.vcenters[0].model_copy(update={"asr_account": ""})
    findings = await found(settings.model_copy(update={"vaults": (), "vcenters": (vcenter,)}))
    assert findings["vaults"].health is Health.FAULT
    assert "Azure compute" not in findings
    findings = await found(settings.model_copy(update={"vcenters": ()}))
    assert "nothing is ever ready" in findings["vcenters"].said


def approving(settings: Settings, **values: object) -> Settings:
    assert settings.approvals
    return settings.model_copy(update={"approvals": settings.approvals.model_copy(update=values)})


async def test_the_approvers_channel_and_groups_are_looked_at(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    findings = await found(settings)
    assert findings[f"approvers' group {APPROVERS.id}"].said == "2 members"
    findings = await found(approving(settings, channel=ELSEWHERE.id, usergroups=("S0NOBODY",)))
    assert findings[f"approvers' channel {ELSEWHERE.id}"].said == "the bot is not in it: invite it there"
    assert findings["approvers' group S0NOBODY"].said == "there is no such user group"
    sandbox.slack.faults.fail("usergroups.users.list", "plan_upgrade_required")
    assert "list the approvers in approvals.users" in (await found(settings))[f"approvers' group {APPROVERS.id}"].said


async def test_a_channel_whose_members_are_not_told_is_a_warning(sandbox: Sandbox) -> None:
    sandbox.slack.faults.fail("conversations.members", "missing_scope")
    finding = (await found(sandbox.settings()))[f"approvers' channel {APPROVALS.id}"]
    assert finding.health is Health.WARNING
    assert finding.said.endswith("Approvers outside it are not asked in person")


async def test_the_channel_of_the_daily_line_is_looked_at(sandbox: Sandbox) -> None:
    notices = NoticesSettings(daily=time(8), channel=ELSEWHERE.id)
    findings = await found(sandbox.settings().model_copy(update={"notices": notices}))
    assert findings[f"channel of the daily line {ELSEWHERE.id}"].said == "the bot is not in it: invite it there"


async def test_too_few_approvers_for_one_of_them_to_ask_is_told(sandbox: Sandbox) -> None:
    findings = await found(approving(sandbox.settings(), quorum=2))
    assert findings["approvers"].health is Health.WARNING
    assert "2 may approve and 2 must" in findings["approvers"].said


async def test_what_is_different_for_one_sort_of_action_is_looked_at_too(sandbox: Sandbox) -> None:
    own = ApprovalOverride(channel=ELSEWHERE.id, quorum=3)
    findings = await found(approving(sandbox.settings(), failback=own, commit=ApprovalOverride(quorum=2)))
    assert findings[f"approvers' channel {ELSEWHERE.id}"].said == "the bot is not in it: invite it there"
    assert findings[f"approvers' channel {APPROVALS.id}"].health is Health.OK
    assert findings["approvers of failback"].health is Health.FAULT
    assert "2 may approve and 3 must" in findings["approvers of failback"].said
    assert findings["approvers of commit"].health is Health.WARNING
    assert "approvers" not in findings


async def test_without_approvals_there_is_no_state_database_to_look_at(sandbox: Sandbox) -> None:
    findings = await found(sandbox.settings().model_copy(update={"approvals": None}))
    assert "nothing can be started" in findings["approvals"].said
    assert "state database" not in findings


async def test_the_state_database_is_looked_at_beside_the_bot_that_uses_it(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    assert "the bot makes it at its start" in (await found(settings))["state database"].said
    async with opened(settings.state_url(), key=settings.audit_key().encode()) as ledger:
        now = await ledger.now()
        await ledger.open(asked(), id="R-000001", quorum=1, expires_at=now)
        finding = (await found(settings))["state database"]
    assert finding.health is Health.OK
    assert "SQLite answers, revision" in finding.said
    assert "1 events, the audit key fits" in finding.said
    other = settings.model_copy(update={"audit": AuditSettings(key=SecretStr("another key of the same length, or so"))})
    finding = (await found(other))["state database"]
    assert finding.health is Health.FAULT
    assert "not the one it was written with" in finding.said
    short = settings.model_copy(update={"audit": AuditSettings(key=SecretStr("s3cret"))})
    assert "audit.key has 6 characters" in (await found(short))["state database"].said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite+aiosqlite:////nowhere/homeward.db", "its folder does not exist"),
        ("postgresql+psycopg://u:s3cret@127.0.0.1:1/homeward", "does not answer"),
    ],
)
async def test_a_state_database_that_can_t_be_reached_is_told_without_its_password(
    sandbox: Sandbox, url: str, said: str
) -> None:
    settings = sandbox.settings().model_copy(update={"state": StateSettings(url=SecretStr(url))})
    finding = (await found(settings))["state database"]
    assert finding.health is Health.FAULT
    assert said in finding.said
    assert "s3cret" not in finding.said
