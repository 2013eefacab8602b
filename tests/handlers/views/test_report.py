"""The report of one machine."""

from dataclasses import replace
from typing import Any

import pytest

from homeward.actions.states import Operation
from homeward.checks import Note, Report, Severity, SourceReading, SourceState, Status
from homeward.checks.findings import FOLLOWS, tally
from homeward.checks.rules import RULES_OF
from homeward.handlers.views.report import headline, report_message


def _shown(report: Report) -> Any:
    return report_message(report, query="web02", seconds=1.43, asked_by="U0MAYA")


def test_a_blocked_machine_is_shown_blockers_first(samples: Any, screen: Any, refused: Any, words: Any) -> None:
    message = _shown(samples.report({"web02": samples.web02}, sources=samples.sources))

    assert refused(message) == []
    assert message.text == "web02 cannot come home yet: 1 blocker, 1 warning, 1 could not be read"
    read = words(message)
    assert read.index("The Azure VM is running") < read.index("The agent in the Azure VM") < read.index("vcenter-pri")
    assert "31 checks in 1.4 s" in read
    assert "→ Start it in Azure" in read
    assert read.count("vc01 did not answer within 20 s") == 1
    assert "vCenter vc01 failed" in read
    assert list(message.blocks) == screen


def test_a_ready_machine_is_told_in_a_few_lines(samples: Any, screen: Any, refused: Any, words: Any) -> None:
    note = Note("vm-location", "web01", "It returns to its existing VM on esx01 (original location).")
    message = _shown(samples.report({"web01": {}}, notes=(note,)))

    assert refused(message) == []
    assert message.text == "web01 is ready to come home"
    assert "✓ 28 passed" in words(message)
    assert "☐ The link to on-premises" in words(message)
    assert len(message.blocks) <= 6
    assert list(message.blocks) == screen


def test_what_could_not_be_read_is_never_called_ready(samples: Any, screen: Any, refused: Any) -> None:
    reason = (Status.UNKNOWN, ("vc01 did not answer within 20 s",))
    told = {samples.privileges: reason, samples.stopped: reason, samples.silent: reason}
    message = _shown(samples.report({"db01": told}, sources=samples.sources))

    assert refused(message) == []
    assert message.text == (
        "Nobody can tell yet whether db01 can come home: 2 checks that could block it could not be read"
    )
    assert list(message.blocks) == screen


def test_a_reason_is_told_once_whatever_depends_on_it(samples: Any, words: Any) -> None:
    reason = (Status.UNKNOWN, ("vc01 did not answer within 20 s",))
    told = {samples.privileges: reason, samples.stopped: reason, samples.silent: reason}
    read = words(_shown(samples.report({"db01": told}, sources=samples.sources)))
    assert read.count("vc01 did not answer within 20 s") == 1
    assert "2 checks that could block it and 1 that could warn" in read


def test_a_failed_source_that_no_finding_names_tells_its_reason(samples: Any, words: Any) -> None:
    read = words(_shown(samples.report({"db01": {}}, sources=samples.sources)))
    assert "vCenter vc01 failed: vc01 did not answer within 20 s" in read


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((SourceState.READ, SourceState.READ), "in no vault"),
        ((SourceState.READ, SourceState.FAILED), "vault not read"),
        ((SourceState.FAILED,), "vault not read"),
        ((), "vault not read"),
    ],
)
def test_in_no_vault_is_said_only_where_all_were_read(samples: Any, words: Any, states: Any, said: str) -> None:
    vaults = tuple(SourceReading(f"vault v{n}", state, "", 1.0) for n, state in enumerate(states))
    other = SourceReading("vCenter vc01", SourceState.FAILED, "", 1.0)
    read = words(_shown(samples.report({"db01": {}}, sources=(*vaults, other), vault="")))
    assert [text for text in ("in no vault", "vault not read") if text in read] == [said]


def test_of_an_unknown_protection_nothing_is_made_up(samples: Any, words: Any) -> None:
    read = words(_shown(samples.report({"db01": {}}, topology="unknown")))
    assert "unknown" not in read
    assert "No API can tell these" not in read
    assert "No API can tell these" in words(_shown(samples.report({"db01": {}})))


def test_a_warning_that_follows_from_a_blocker_says_so_in_place_of_its_hint(samples: Any, words: Any) -> None:
    late = (Status.FAILED, ("Its last heartbeat was 47 minutes ago.",))
    quiet = samples.rule("mobility-agent-silent", Severity.WARNING, hint="Look at its network.")
    alone = words(_shown(samples.report({"web02": {quiet: late}})))
    behind = words(_shown(samples.report({"web02": {samples.stopped: (Status.FAILED, ("Stopped.",)), quiet: late}})))
    assert "→ Look at its network." in alone
    assert "Usually follows" not in alone
    assert "→ Usually follows from the blocker above." in behind
    assert "Look at its network." not in behind


def test_what_follows_and_what_it_follows_from_are_rules_of_ours() -> None:
    severities = {rule.id: rule.severity for rules in RULES_OF.values() for rule in rules}
    for follower, blockers in FOLLOWS.items():
        assert severities[follower] in (Severity.WARNING, Severity.BLOCKER)
        assert {severities[blocker] for blocker in blockers} == {Severity.BLOCKER}


def test_a_report_without_any_check_says_so(samples: Any, refused: Any) -> None:
    report = replace(samples.report({}), outcomes=())
    assert (
        headline(report, tally(report.outcomes))
        == "Nobody can tell yet whether nothing can come home: nothing was checked"
    )
    assert refused(_shown(report)) == []


@pytest.mark.parametrize(
    ("operation", "ready", "blocked", "unknown"),
    [
        (Operation.REPROTECT, "web is ready to come home", "web cannot come home yet", "web can come home"),
        (Operation.FAILBACK, "web can fail back", "web cannot fail back yet", "web can fail back"),
        (
            Operation.COMMIT,
            "The failback of web can be committed",
            "The failback of web cannot be committed yet",
            "the failback of web can be committed",
        ),
    ],
)
def test_a_check_says_what_it_was_for(
    samples: Any, operation: Operation, ready: str, blocked: str, unknown: str
) -> None:
    def said(told: Any) -> str:
        text: str = _shown(replace(samples.report({"web": told}), operation=operation)).text
        return text

    assert said({}) == ready
    assert said({samples.stopped: (Status.FAILED, ("Stopped.",))}) == f"{blocked}: 1 blocker"
    assert said({samples.stopped: (Status.UNKNOWN, ("no answer",))}).startswith(
        f"Nobody can tell yet whether {unknown}: "
    )


def test_ready_tells_of_warnings_that_failed_or_were_not_read(samples: Any) -> None:
    other = samples.rule("vm-old", Severity.WARNING)
    told = {samples.silent: (Status.FAILED, ("Late.",)), other: (Status.UNKNOWN, ("No answer",))}
    assert _shown(samples.report({"web01": told})).text == (
        "web01 is ready to come home with 1 warning; 1 warning could not be read"
    )


def test_what_does_not_fit_is_counted(samples: Any, refused: Any, words: Any) -> None:
    told = {samples.rule(f"item-fault-{n}"): (Status.FAILED, (f"Fault {n}.",)) for n in range(200)}
    message = _shown(samples.report({"web02": told}))

    assert refused(message) == []
    assert "200 blockers" in message.text
    assert "and 186 more blockers: see “All checks”." in words(message)


def test_every_sentence_beyond_the_fourth_is_counted(samples: Any, words: Any) -> None:
    told = {samples.stopped: (Status.FAILED, tuple(f"Disk {n} is too large." for n in range(60)))}
    assert "and 56 more like it" in words(_shown(samples.report({"web02": told})))


def test_nothing_hostile_gets_through(samples: Any, hostile: tuple[str, ...], refused: Any) -> None:
    for name in hostile:
        rule = samples.rule("item-fault", title=name, hint=name)
        told = {rule: (Status.FAILED, (name,) * 50), samples.privileges: (Status.UNKNOWN, (name,))}
        notes = tuple(Note("vm-location", name, f"{name}{n}") for n in range(50))
        sources = tuple(replace(source, name=name, detail=name) for source in samples.sources * 10)
        report = samples.report({name: told}, notes=notes, sources=sources, vault=name, topology=name)
        assert refused(_shown(report)) == [], name[:40]


@pytest.mark.parametrize("user", ["", "<!channel>", "U0MAYA> <!here"])
def test_only_a_persons_id_becomes_a_mention(samples: Any, user: str, words: Any) -> None:
    message = report_message(samples.report({"web01": {}}), query="web01", seconds=1, asked_by=user)
    assert "asked by somebody" in words(message)


def test_an_address_that_is_no_https_page_is_not_linked(samples: Any, words: Any) -> None:
    rule = replace(samples.stopped, docs="https://x|<!channel>")
    message = _shown(samples.report({"web02": {rule: (Status.FAILED, ("Stopped.",))}}))
    assert "|docs>" not in words(message)
