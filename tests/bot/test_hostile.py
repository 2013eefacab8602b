"""A thousand hostile names through judging and every message: no exception, no mention, no invalid block."""

import random
from dataclasses import replace

from homeward.bot.sandbox.slack import problems_in_message
from homeward.checks import (
    RULES,
    Candidate,
    Choices,
    Collected,
    Kind,
    NoMatch,
    SourceReading,
    SourceState,
    Subject,
    report,
)
from homeward.checks.facts import ABSENT, AzureVm, Missing
from homeward.handlers.arguments import NAME_LIMIT
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.choices import choices_message, no_match_message
from homeward.handlers.views.group import group_message, reply_messages
from homeward.handlers.views.progress import progress_message
from homeward.handlers.views.report import report_message
from tests.checks.ready import NOW, READY_CLASSIC, READY_MODERNIZED

NAMES = 1_000
PARTS = (
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<@U0MAYA>",
    "<#C0WARROOM>",
    "<!subteam^S0APPROVERS>",
    "@channel",
    "&amp;",
    "&lt;!channel&gt;",
    "*bold*",
    "_it_",
    "~no~",
    "`code`",
    "```",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u200b",
    "\ufeff",
    "名前",
    "🧟",
    "e\u0301",
    "<https://x.example|click>",
    "|",
    ">",
    "&",
    "'",
    '"',
    "web01",
    " ",
    "x" * 10_000,
    "<" * 3_000,
    "/subscriptions/../..",
    "${jndi:ldap://x}",
    "%s%n",
    "\ud83e",
)


def hostile(chance: random.Random) -> str:
    return "".join(chance.choices(PARTS, k=chance.randrange(1, 6)))


def messages(name: str) -> list[Message]:
    """Everything that people may be shown about a thing of this name."""
    stopped = replace(READY_MODERNIZED, machine=name, azure_vm=AzureVm(name, name, name, name))
    unread = replace(READY_CLASSIC, machine=name + "2", target_vm=Missing(f"{name} did not answer"), source_vm=ABSENT)
    sources = (SourceReading(f"vCenter {name}", SourceState.FAILED, name, 1.0),)
    machine = report(Collected(Subject(name, Kind.MACHINE, name), NOW, (stopped,), sources), RULES)
    plan = report(Collected(Subject(name, Kind.PLAN, name), NOW, (stopped, unread), sources), RULES)
    candidate = Candidate(name, Kind.GROUP, name, name)
    return [
        report_message(machine, query=name[:NAME_LIMIT], seconds=1.0, asked_by="U0MAYA"),
        group_message(plan, query=name[:NAME_LIMIT], seconds=1.0, asked_by="U0MAYA", threaded=True),
        *reply_messages(plan).values(),
        choices_message(Choices(name, (candidate, candidate)), asked_by="U0MAYA"),
        no_match_message(NoMatch(name, (name, name)), asked_by="U0MAYA"),
        progress_message(name, sources, asked_by="U0MAYA", again=False),
    ]


def test_a_thousand_hostile_names_give_no_mention_and_no_invalid_block() -> None:
    chance = random.Random(20260307)  # noqa: S311 # a seed, so that a failure can be seen again
    for _ in range(NAMES):
        name = hostile(chance)
        for message in messages(name):
            wire = {"text": message.text, "blocks": list(message.blocks)}
            assert problems_in_message(wire) == [], name[:80]
