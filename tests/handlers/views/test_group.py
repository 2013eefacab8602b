"""The report of a group or plan."""

from dataclasses import replace
from typing import Any

from homeward.checks import Kind, Outcome, Status
from homeward.handlers.views.group import group_message, reply_messages, settled_messages


def _mixed(samples: Any) -> Any:
    both = (Status.FAILED, ("The group holds Windows and Linux machines.",))
    return samples.report(
        {
            "pay-app01": {samples.mixed: both},
            "pay-app02": {samples.mixed: both, samples.stopped: (Status.FAILED, ("pay-app02 is stopped.",))},
            "pay-db01": {},
        },
        name="mixed",
        kind=Kind.PLAN,
        topology="classic",
    )


def _shown(report: Any, *, threaded: bool = True) -> Any:
    return group_message(report, query="mixed", seconds=2, asked_by="U0MAYA", threaded=threaded)


def test_a_plan_is_a_table_of_its_machines(samples: Any, screen: Any, refused: Any, words: Any) -> None:
    message = _shown(_mixed(samples))

    assert refused(message) == []
    assert message.text == "Recovery plan mixed cannot come home yet: 3 blockers on 2 of 3 machines"
    assert [block["type"] for block in message.blocks].count("table") == 1
    assert words(message).count("The group holds Windows and Linux machines.") == 1
    assert "On pay-app01, pay-app02." in words(message)
    assert "pay-app02 is stopped." not in words(message)
    assert "Details of pay-app02 in the thread." in words(message)
    assert list(message.blocks) == screen


def test_a_workspace_without_tables_reads_lines(samples: Any, screen: Any) -> None:
    message = _shown(_mixed(samples))

    assert "table" not in [block["type"] for block in message.plainer]
    assert list(message.plainer) == screen


def test_the_thread_tells_what_the_message_does_not(samples: Any, screen: Any, refused: Any, words: Any) -> None:
    replies = reply_messages(_mixed(samples))

    assert list(replies) == ["pay-app02"]
    assert refused(replies["pay-app02"]) == []
    assert "pay-app02 is stopped." in words(replies["pay-app02"])
    assert "1 more finding, shared by several machines, stands in the report above." in words(replies["pay-app02"])
    assert list(replies["pay-app02"].blocks) == screen


def test_in_private_there_is_no_thread_to_point_to(samples: Any, words: Any) -> None:
    read = words(_shown(_mixed(samples), threaded=False))
    assert "thread" not in read
    assert "Details of pay-app02: see “All checks”." in read


def test_a_machine_with_nothing_left_to_tell_says_how_it_stands(samples: Any, screen: Any, words: Any) -> None:
    both = settled_messages(["pay-db01", "gone"], _mixed(samples))
    settled = both["pay-db01"]
    assert words(settled).startswith("✓ pay-db01: ready;")
    assert list(settled.blocks) == screen
    assert "was not part of the latest check" in words(both["gone"])


def test_two_machines_of_one_name_keep_their_own_rows(samples: Any) -> None:
    first = samples.report({"twin": {samples.stopped: (Status.FAILED, ("Stopped.",))}})
    second = samples.report({"twin": {samples.stopped: (Status.PASSED, ())}})
    both = samples.report({"a": {}}, kind=Kind.PLAN)
    object.__setattr__(both, "machines", ("twin", "twin"))
    object.__setattr__(both, "outcomes", first.outcomes + second.outcomes)

    table: Any = next(block for block in _shown(both).blocks if block["type"] == "table")
    assert [row[1]["text"] for row in table["rows"][1:]] == ["✗ blocked", "✓ ready"]


def test_the_headline_counts_what_the_table_counts(samples: Any) -> None:
    reason = (Status.UNKNOWN, ("vc01 did not answer within 20 s",))
    stopped = (Status.FAILED, ("Stopped.",))
    told = {
        "a": {samples.stopped: stopped},
        "b": {samples.stopped: stopped, samples.silent: stopped},
        "c": {samples.privileges: reason, samples.silent: reason},
    }
    message = _shown(samples.report(told, name="payroll", kind=Kind.PLAN))
    table: Any = next(block for block in message.blocks if block["type"] == "table")
    columns = [sum(int(row[place]["text"]) for row in table["rows"][1:]) for place in (2, 3, 4)]

    assert columns == [2, 1, 2]
    assert message.text == (
        "Recovery plan payroll cannot come home yet: 2 blockers on 2 of 3 machines, 1 warning, 2 could not be read"
    )


def test_a_plan_with_a_machine_of_which_nothing_was_checked_is_not_ready(samples: Any, words: Any) -> None:
    rule = samples.rule("item-only")
    report = samples.report({"a": {}, "b": {}}, name="payroll", kind=Kind.PLAN)
    outcomes = (Outcome(rule, "a", Status.PASSED, ()), Outcome(rule, "b", Status.NOT_APPLICABLE, ("Not here.",)))
    message = _shown(replace(report, outcomes=outcomes))
    assert message.text == (
        "Nobody can tell yet whether Recovery plan payroll can come home: "
        "nothing that could block it was checked on 1 of 2 machines"
    )


def test_a_dead_source_is_told_once_for_all_machines(samples: Any, words: Any) -> None:
    reason = (Status.UNKNOWN, ("vc01 did not answer within 20 s",))
    told = {f"m{n}": {samples.privileges: reason, samples.stopped: reason} for n in range(99)}
    report = samples.report(told, name="big", kind=Kind.PLAN)

    assert words(_shown(report)).count("vc01 did not answer") == 1
    assert reply_messages(report) == {}


def test_an_absurd_plan_stays_within_the_limits(
    samples: Any, hostile: tuple[str, ...], refused: Any, words: Any
) -> None:
    rules = [samples.rule(f"item-fault-{n}", title=hostile[n % len(hostile)]) for n in range(200)]
    told = {
        f"{hostile[m % len(hostile)]}{m}": {
            rule: (Status.UNKNOWN if n % 3 else Status.FAILED, (f"{hostile[(m + n) % len(hostile)]}{m * (n % 2)}",))
            for n, rule in enumerate(rules)
        }
        for m in range(120)
    }
    report = samples.report(told, name="big", kind=Kind.GROUP)
    message = _shown(report)

    assert refused(message) == []
    assert "and 22 more" in words(message)
    assert "Of 90 more: see “All checks”." in words(message)
    replies = reply_messages(report)
    assert len(replies) == 30
    assert [problem for reply in replies.values() for problem in refused(reply)] == []
