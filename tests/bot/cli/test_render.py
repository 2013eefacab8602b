"""A report in a terminal: the same numbers as in Slack, and each thing told once."""

import re

from homeward.bot.cli.render import report_lines
from homeward.bot.compose import collector
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import RULES, Collected, Report, Verdict, report
from homeward.checks.findings import tally
from homeward.handlers.views.report import headline


async def judged(sandbox: Sandbox, name: str) -> Report:
    async with collector(sandbox.settings()) as collect:
        answer = await collect(name, lambda _: None)
    assert isinstance(answer, Collected)
    return report(answer, RULES)


def numbers(line: str) -> list[str]:
    return re.findall(r"\d+", line.partition("come home")[2])


async def test_the_first_line_has_the_numbers_of_slacks(sandbox: Sandbox) -> None:
    for name in ("web01", "web02", "legacy01", "payroll", "mixed"):
        told = await judged(sandbox, name)
        first = next(report_lines(told))
        assert numbers(first) == numbers(headline(told, tally(told.outcomes))), first


async def test_a_dead_source_is_told_in_a_few_paragraphs_with_how_much_it_hides(sandbox: Sandbox) -> None:
    await sandbox.vcenter.stop_listening()
    told = await judged(sandbox, "payroll")
    lines = list(report_lines(told))
    hidden = [int(found[1]) for line in lines if (found := re.search(r"It keeps (\d+) checks? from being told", line))]
    counts = tally(told.outcomes)
    assert told.verdict is Verdict.UNKNOWN
    assert sum(hidden) == counts.unread
    assert counts.unread > 10 * len(hidden)


async def test_notes_of_a_group_are_told_with_their_machines(sandbox: Sandbox) -> None:
    told = await judged(sandbox, "payroll")
    lines = [line for line in report_lines(told) if line.startswith("· ")]
    assert lines
    for machine in told.machines:
        assert any(machine in line for line in lines)
