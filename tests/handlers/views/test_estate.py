"""The reports of the sandbox's whole estate, as Slack shows them."""

from typing import Any

from homeward.bot.compose import collector
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES, Collected, report
from homeward.handlers.views.raw import raw_messages


async def test_the_json_of_every_machine_fits_into_its_thread(sandbox: Sandbox, refused: Any) -> None:
    names = [item.name for item in sandbox.estate.vault.items]
    assert len(names) > 10
    async with collector(sandbox.settings()) as collect:
        for name in dict.fromkeys(names):
            answer = await collect(name, lambda _: None)
            if isinstance(answer, Collected):
                head, parts = raw_messages(report(answer, RULES), asked_by="U0MAYA")
                assert 1 <= len(parts) <= 4, name
                assert [problem for message in (head, *parts) for problem in refused(message)] == []


async def test_the_json_of_a_machine_nobody_could_read_fits_too(sandbox: Sandbox, refused: Any) -> None:
    sandbox.arm.faults.refuse(403)
    async with collector(sandbox.settings()) as collect:
        answer = await collect("web01", lambda _: None)
    assert isinstance(answer, Collected)
    head, parts = raw_messages(report(answer, RULES), asked_by="U0MAYA")
    assert 1 <= len(parts) <= 4
    assert [problem for message in (head, *parts) for problem in refused(message)] == []
