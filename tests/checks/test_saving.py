"""Collected facts as JSON text and back."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.checks import RULES, RULES_OF, Operation, Severity, Status, Verdict, report
from homeward.checks.facts import NEVER, NOT_ASKED, GuestProbe, Missing, RecoveryPoint, Relocation
from homeward.checks.saving import FORMAT, dump, load
from homeward.checks.subjects import Collected, Kind, SourceReading, SourceState, Subject
from tests.checks.changing import changed, places_for_missing
from tests.checks.every_case import CASES
from tests.checks.ready import NOW, READY_CLASSIC, READY_MODERNIZED
from tests.facts import POINTS, READY_FAILBACK_CLASSIC, READY_OF

ALL_FACTS = [*(facts for ready in READY_OF.values() for facts in ready), *(case.facts for case in CASES)]
COLLECTED = Collected(
    subject=Subject(name="payroll", kind=Kind.PLAN, vault="prod-dr"),
    checked_at=NOW,
    machines=(
        READY_CLASSIC,
        changed(
            READY_MODERNIZED,
            {
                "agent.last_heartbeat": NEVER,
                "vcenter": Missing("vc01 did not answer"),
                "guest": GuestProbe(True, True, True, False),
                "now": NOW + timedelta(microseconds=1),
            },
        ),
    ),
    sources=(SourceReading(name="vault prod-dr", state=SourceState.READ, detail="", seconds=1.0),),
)


def test_what_was_saved_is_loaded_again() -> None:
    assert load(dump(COLLECTED)) == COLLECTED


def test_a_text_that_says_absent_stays_a_text() -> None:
    facts = changed(READY_CLASSIC, {"target_vm.disk_enable_uuid": "absent"})
    saved = Collected(COLLECTED.subject, NOW, (facts,), ())
    assert load(dump(saved)) == saved


@given(data=st.data())
def test_any_facts_survive_saving(data: st.DataObject) -> None:
    facts = data.draw(st.sampled_from(ALL_FACTS))
    place = data.draw(st.sampled_from(places_for_missing(facts)))
    reason = data.draw(st.text())
    saved = Collected(COLLECTED.subject, NOW, (facts, changed(facts, {place: Missing(reason)})), ())
    assert load(dump(saved)) == saved


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("machines", 0, "item", "os"), "Plan 9", 'collected.machines[0].item.os should be one of "Windows", "Linux"'),
        (("machines", 0, "item", "os"), 5, "collected.machines[0].item.os should be one of"),
        (
            ("machines", 0, "disks_to_come"),
            "1",
            'collected.machines[0].disks_to_come should be a whole number, not "1".',
        ),
        (("machines", 0, "disks_to_come"), True, "disks_to_come should be a whole number, not true."),
        (("machines", 1, "now"), "2026-03-14T03:00:00", "collected.machines[1].now should be a time with zone"),
        (("machines", 1, "now"), "yesterday", "collected.machines[1].now should be a time with zone"),
        (("machines", 1, "now"), 5, "collected.machines[1].now should be a time with zone, not 5."),
        (("machines", 0, "target"), ["x" * 90], "collected.machines[0].target should be an object, not"),
        (("machines", 0, "vcenter"), {"missing": 5}, "collected.machines[0].vcenter.missing should be a text, not 5."),
        (("machines", 0, "vcenters"), {}, "collected.machines[0].vcenters should be a list, not {}."),
        (("sources", 0, "seconds"), None, "collected.sources[0].seconds should be a number, not null."),
    ],
)
def test_a_wrong_value_is_named_with_its_place(path: tuple[str | int, ...], value: object, sentence: str) -> None:
    document = json.loads(dump(COLLECTED))
    inner = document["collected"]
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(ValueError, match=r"^This is not a facts file: [^\n]+$") as caught:
        load(json.dumps(document))
    assert sentence in str(caught.value)


def test_a_fact_that_the_file_does_not_have_yet_is_missing() -> None:
    document = json.loads(dump(COLLECTED))
    machine = document["collected"]["machines"][0]
    del machine["provider"], machine["target_vm"]["consolidation_needed"]
    lost = Missing("the facts file does not have it")
    changes = {"provider": lost, "target_vm.consolidation_needed": lost}
    assert load(json.dumps(document)).machines[0] == changed(READY_CLASSIC, changes)


def test_what_a_failback_needs_is_saved_and_loaded() -> None:
    moves = (Relocation(vm="mt01", at=NOW - timedelta(hours=3)),)
    points = (*POINTS, RecoveryPoint(id="points/0", at=NEVER, kind="", shared=True))
    facts = changed(READY_FAILBACK_CLASSIC, {"moves": moves, "points": points, "item.last_failback": "Failed"})
    saved = Collected(
        COLLECTED.subject, NOW, (facts, changed(facts, {"moves": NOT_ASKED, "points": Missing("no")})), ()
    )
    assert load(dump(saved)) == saved


def test_a_failback_is_not_ready_by_a_file_that_has_neither_points_nor_moves() -> None:
    document = json.loads(dump(Collected(COLLECTED.subject, NOW, (READY_FAILBACK_CLASSIC,), ())))
    machine = document["collected"]["machines"][0]
    del machine["points"], machine["moves"]
    collected = load(json.dumps(document))
    assert collected.machines[0].points == collected.machines[0].moves == Missing("the facts file does not have it")
    seen = report(collected, RULES_OF[Operation.FAILBACK], Operation.FAILBACK)
    assert seen.verdict is Verdict.UNKNOWN


def test_a_text_that_the_file_does_not_have_yet_is_its_default() -> None:
    document = json.loads(dump(COLLECTED))
    del document["collected"]["machines"][0]["item"]["computer_name"]
    assert load(json.dumps(document)) == COLLECTED


def test_a_lost_value_that_cannot_be_missing_is_named_with_its_place() -> None:
    document = json.loads(dump(COLLECTED))
    del document["collected"]["machines"][0]["target_vm"]["has_snapshot"]
    with pytest.raises(ValueError, match=r"machines\[0\]\.target_vm\.has_snapshot is not there"):
        load(json.dumps(document))


def test_a_file_of_a_later_version_is_refused_in_one_sentence() -> None:
    document = json.loads(dump(COLLECTED))
    document["collected"]["machines"][0]["azure_vm"]["extra"] = 1
    with pytest.raises(ValueError, match=r"^This facts file is of another version of Homeward: [^\n]+$") as caught:
        load(json.dumps(document))
    assert "it has collected.machines[0].azure_vm.extra, which this one does not know." in str(caught.value)


def test_a_file_of_the_past_still_loads_and_is_judged() -> None:
    """Saved by `homeward check --sandbox web02 --save-facts`; never made anew, so that it stays of the past."""
    collected = load((Path(__file__).parent / "saved" / "web02.json").read_text(encoding="utf-8"))
    seen = report(collected, RULES)
    assert seen.verdict is Verdict.BLOCKED
    blockers = {outcome.rule.id for outcome in seen.with_status(Status.FAILED, Severity.BLOCKER)}
    assert blockers == {"azure-vm-not-running"}


def test_whole_numbers_are_numbers_too() -> None:
    document = json.loads(dump(COLLECTED))
    document["collected"]["sources"][0]["seconds"] = 1
    assert load(json.dumps(document)) == COLLECTED


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "5", "null", "{}", '{"format": "other"}', f'{{"format": "{FORMAT}"}}', "[" * 100_000, "NaN"],
    ids=["empty", "cut", "list", "number", "null", "object", "other format", "nothing in it", "deep", "constant"],
)
def test_another_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^This is not a facts file: [^\n]+$"):
        load(text)


@given(st.text())
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^This is not a facts file: "):
        load(text)
