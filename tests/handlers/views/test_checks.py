"""The modal with all checks."""

from typing import Any

from homeward.checks import Kind, Status
from homeward.checks.findings import tally
from homeward.handlers.views.checks import Behind, all_checks, behind, checks_modal, notice_modal

WHERE = Behind("web02", "C0WARROOM", "1.0")


def test_all_checks_of_a_machine_are_one_page(samples: Any, screen: Any, refused: Any, words: Any) -> None:
    modal = checks_modal(all_checks(samples.report({"web02": samples.web02})), WHERE, 0)

    assert refused(modal) == []
    assert words(modal).count("`item-check-") == 28
    assert "☐ The link to on-premises" in words(modal)
    assert "Page" not in words(modal)
    assert modal.view == screen


def test_every_outcome_of_a_large_plan_is_on_one_of_its_pages(samples: Any, refused: Any, words: Any) -> None:
    told = {f"m{n:03}": {samples.stopped: (Status.FAILED, (f"m{n:03} is stopped.",))} for n in range(120)}
    report = samples.report(told, name="big", kind=Kind.PLAN)
    checks = all_checks(report)
    pages = [checks_modal(checks, WHERE, page) for page in range(40)]
    distinct = list({words(page): page for page in pages}.values())

    assert [problem for page in distinct for problem in refused(page)] == []
    read = "\n".join(words(page) for page in distinct)
    assert all(f"m{n:03} is stopped." in read for n in range(120))
    assert read.count("`azure-vm-not-running") == 120
    assert f"Page 2 of {len(distinct)}" in read


def test_a_machines_checks_are_counted_as_its_report_counts_them(samples: Any, words: Any) -> None:
    report = samples.report({"web02": samples.web02, "web01": {}}, name="payroll", kind=Kind.PLAN)
    each = tally(dict(report.by_machine)["web02"]).checks
    assert (each, tally(report.outcomes).checks) == (31, 62)
    assert "✗ web02: 31 checks" in words(checks_modal(all_checks(report), WHERE, 0))


def test_a_page_that_is_not_there_is_the_nearest_one(samples: Any) -> None:
    checks = all_checks(samples.report({"web02": samples.web02}))
    assert checks_modal(checks, WHERE, 99) == checks_modal(checks, WHERE, 0) == checks_modal(checks, WHERE, -5)


def test_nothing_hostile_gets_into_the_modal(samples: Any, hostile: tuple[str, ...], refused: Any) -> None:
    for name in hostile:
        report = samples.report({name: {samples.stopped: (Status.FAILED, (name,))}, "b": {}}, kind=Kind.PLAN)
        assert refused(checks_modal(all_checks(report), Behind(name[:300], "C", "1"), 0)) == [], name[:40]


def test_the_modal_remembers_where_it_came_from(samples: Any) -> None:
    modal: Any = checks_modal(all_checks(samples.report({"web02": {}})), WHERE, 0)
    assert behind(modal.view["private_metadata"]) == WHERE


def test_a_memory_that_makes_no_sense_is_empty() -> None:
    for text in ("", "{}", "[1, 2]", "nonsense", "null", "[" * 3000):
        assert behind(text) == Behind("", "", "")


def test_a_notice_fills_a_modal(screen: Any, refused: Any) -> None:
    modal = notice_modal("Checking again…")
    assert refused(modal) == []
    assert modal.view == screen
