"""`homeward doctor`: one finding for each thing it needs, and what to do where it fails."""

from pydantic import SecretStr

from homeward.bot.cli.doctor import Finding, Health, examine
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.settings import Settings


async def found(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding async for finding in examine(settings)}


async def test_a_sound_estate_has_only_good_findings(sandbox: Sandbox) -> None:
    findings = await found(sandbox.settings())
    assert list(findings) == ["Slack", "vault prod-dr", "Azure compute", "vCenter vc01"]
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
