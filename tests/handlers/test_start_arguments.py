"""Reading what people type to start something."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.checks.subjects import Wish, Wishes
from homeward.handlers.arguments import NAME_LIMIT, Usage
from homeward.handlers.start_arguments import (
    FAILBACK,
    OPTIONS,
    PLAIN,
    REASON_LIMIT,
    Start,
    line,
    nearest,
    readable,
    start_arguments,
)
from homeward.handlers.starting_time import Spoken

ONE_OF_EACH = Wishes(
    target=(Wish("MT1"),),
    process_server=(Wish("PS 1"),),
    datastore=(Wish("ds-01"),),
    retention=(Wish("R:"),),
    log_storage=(Wish("logs01"),),
    policy=(Wish("failback"),),
    exclude_disk=(Wish("disk1"), Wish("disk2", "web02")),
)


@pytest.mark.parametrize(
    ("text", "subject", "reason"),
    [
        ("web01", "web01", ""),
        ("  web01  ", "web01", ""),
        ("web01 site A is back", "web01", "site A is back"),
        ("“Pay roll 2” site A is back", "Pay roll 2", "site A is back"),
        ("'Pay roll 2' “site A is back”", "Pay roll 2", "site A is back"),
        ('web01 --reason "site A is back"', "web01", "site A is back"),
        ("web01 —reason site A is back", "web01", "site A is back"),
        ("web01 --reason=“site A is back”", "web01", "site A is back"),
        ("web01 -- site A --target is back", "web01", "site A --target is back"),
        ("web01 — the site — whole again", "web01", "the site — whole again"),
        ("web01 it’s O'Brien's call", "web01", "it's O'Brien's call"),
        ("*web01* now", "web01", "now"),
        ("`web01 now`", "web01", "now"),
        ("```web01```", "web01", ""),
        ("<http://web01.example.com|web01.example.com> now", "web01.example.com", "now"),
        ("web01 see <https://tickets.example.com/INC-1>", "web01", "see https://tickets.example.com/INC-1"),
        ("web01 asked by <@U0MAYA|maya>", "web01", "asked by @maya"),
        ("web01 a &lt; b &amp;&amp; c", "web01", "a < b && c"),
        ("web01 5 - 3 = 2, -really", "web01", "5 - 3 = 2, -really"),
        ('"--target" now', "--target", "now"),
        ("web01 line\none\x00two \ud800", "web01", "line one two"),
    ],
)
def test_the_first_word_is_the_name_and_the_rest_the_reason(text: str, subject: str, reason: str) -> None:
    assert start_arguments(line(text)) == Start(subject, Wishes(), reason)


@pytest.mark.parametrize("dashes", ["--", "—", "–", "――", "-", "-\u2011"])
@pytest.mark.parametrize("between", [" ", "="])
@pytest.mark.parametrize("quotes", ['""', "“”", "„“", "''"])
def test_every_option_is_read_in_every_spelling_of_a_phone(dashes: str, between: str, quotes: str) -> None:
    values = ["MT1", f"{quotes[0]}PS 1{quotes[1]}", "ds-01", "R:", "logs01", "failback", "disk1"]
    options = " ".join(f"{dashes}{option}{between}{value}" for option, value in zip(OPTIONS, values, strict=True))
    text = f"web01 {options} {dashes}exclude-disk{between}web02=disk2 site A is back"
    assert start_arguments(line(text)) == Start("web01", ONE_OF_EACH, "site A is back")


@pytest.mark.parametrize(
    "text",
    ["web01 --Process_Server x", "web01 --processserver x", "web01 --process—server x", "--PROCESS-SERVER x web01"],
)
def test_an_option_is_known_whatever_its_lines_and_capitals(text: str) -> None:
    assert start_arguments(line(text)) == Start("web01", Wishes(process_server=(Wish("x"),)), "")


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("--target web02=MT1", Wish("MT1", "web02")),
        ("--target=web02=MT1", Wish("MT1", "web02")),
        ("--target web02=“MT 1”", Wish("MT 1", "web02")),
        ("--target 'pay app 01'='MT 1'", Wish("MT 1", "pay app 01")),
        ("--target=“pay app 01”=MT1", Wish("MT1", "pay app 01")),
        ("--target “a=b”", Wish("a=b")),
        ("--target web02=“a=b”", Wish("a=b", "web02")),
        ("--target *MT1*", Wish("MT1")),
        ("--target “*MT1*”", Wish("*MT1*")),
        ("--target MT1 --target MT1", Wish("MT1")),
    ],
)
def test_a_value_may_be_for_one_machine_and_may_be_quoted(text: str, wish: Wish) -> None:
    assert start_arguments(line(f"payroll {text}")) == Start("payroll", Wishes(target=(wish,)), "")


def test_each_machine_may_have_its_own_value() -> None:
    read = start_arguments(line("payroll --datastore ds1 --datastore web01=ds2 --datastore db01=ds3"))
    assert isinstance(read, Start)
    assert read.wishes.datastore == (Wish("ds1"), Wish("ds2", "web01"), Wish("ds3", "db01"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Which machine, group or plan? Its name comes first."),
        ("--target MT1", "Which machine, group or plan? Its name comes first."),
        ("--reason web01", "Which machine, group or plan? Its name comes before the reason."),
        ('""', "The name is empty."),
        ("web01 --targe MT1", "There is no option --targe. Did you mean --target? In a reason, put it in quotes."),
        ("web01 —data-stor x", "There is no option —data-stor. Did you mean --datastore?"),
        ("web01 --zzz", "There is no option --zzz. There are --target, --process-server,"),
        ("web01 -x", "There is no option -x."),
        ("web01 --target", "--target needs a name after it."),
        ("web01 --target=", "--target needs a name after it."),
        ("web01 --target --policy p", "--target needs a name after it."),
        ("web01 --target =MT1", "--target needs a name: --target NAME, or --target MACHINE=NAME"),
        ("web01 --target web01=", "--target needs a name: --target NAME, or --target MACHINE=NAME"),
        ("web01 --target A --target B", "--target is given twice for every machine: A and B."),
        ("web01 --target web02=A --target WEB02=B", "--target is given twice for WEB02: A and B."),
        ("pay roll --reason back", 'A name with spaces stands in quotes: "pay roll".'),
        ("pay roll -- back", 'A name with spaces stands in quotes: "pay roll".'),
        ("“pay roll back", "A quotation mark is not closed."),
        ("a" * (NAME_LIMIT + 1), "The name is too long: at most 500 characters."),
        (f"web01 --target {'a' * (NAME_LIMIT + 1)}", "The name after --target is too long: at most 500 characters."),
        (f"web01 {'a' * (REASON_LIMIT + 1)}", "The reason is too long: at most 500 characters, not 501."),
        ("web01 " + "a" * 10_000, "This is too long: at most 8,000 characters."),
    ],
)
def test_what_cannot_be_meant_is_explained(text: str, why: str) -> None:
    read = start_arguments(line(text))
    assert isinstance(read, Usage)
    assert read.why.startswith(why)


def test_the_longest_name_and_reason_are_taken() -> None:
    read = start_arguments(line(f"{'a' * NAME_LIMIT} {'b' * REASON_LIMIT}"))
    assert read == Start("a" * NAME_LIMIT, Wishes(), "b" * REASON_LIMIT)


def test_a_word_like_none_has_no_nearest() -> None:
    assert nearest("STRAT", ["start", "status"]) == "start"
    assert nearest("web01", ["start", "status"]) == ""


PARTS = (
    *('"', "“", "”", "'", "’", "—", "--", "-", "=", " ", "  ", "--target", "—policy", "--reason", "--exclude-disk="),
    *("<https://x.example|x>", "<!channel>", "&lt;", "&amp;", "\u202e", "\x00", "\ud800", "*", "`", "\n", "名", "|"),
    *("ß", "web01"),
)


@given(st.one_of(st.text(max_size=700), st.lists(st.sampled_from(PARTS), max_size=30).map("".join)))
def test_any_text_is_a_start_or_usage(text: str) -> None:
    read = start_arguments(line(text))
    if isinstance(read, Start):
        assert 0 < len(read.subject) <= NAME_LIMIT
        assert len(read.reason) <= REASON_LIMIT
        wishes = [wish for option in OPTIONS.values() for wish in getattr(read.wishes, option)]
        assert all(wish.value for wish in wishes)
        kept = "".join([read.subject, read.reason, *(wish.value + wish.machine for wish in wishes)])
        assert "\x00" not in kept
        kept.encode()
    else:
        assert read.why.endswith((".", "?"))
        assert len(read.why) < 300


@given(st.text(max_size=300))
def test_what_is_read_once_is_readable_for_ever(text: str) -> None:
    once = readable(text)
    assert "\n" not in once
    once.encode()


@given(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.]{0,60}", fullmatch=True),
    st.from_regex(r"[a-z]+( [a-z]+){0,5}", fullmatch=True),
)
def test_an_ordinary_name_and_reason_survive(name: str, reason: str) -> None:
    assert start_arguments(line(f"{name} {reason}")) == Start(name, Wishes(), reason)
    assert start_arguments(line(f"“{name}” —target “{reason}”")) == Start(name, Wishes(target=(Wish(reason),)), "")


# --- a failback's options ---

TEN = Spoken(None, time(22, 0))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("web01", Start("web01", Wishes(), "")),
        ("web01 --at 22:00", Start("web01", Wishes(), "", at=TEN)),
        ("web01 —at 22:00 agreed with Lena", Start("web01", Wishes(), "agreed with Lena", at=TEN)),
        ("--at=22:00 web01 agreed", Start("web01", Wishes(), "agreed", at=TEN)),
        ("web01 -at 22:00", Start("web01", Wishes(), "", at=TEN)),
        ("web01 --at “22:00” tomorrow it is", Start("web01", Wishes(), "tomorrow it is", at=TEN)),
        ("web01 --at tomorrow 06:30 agreed", Start("web01", Wishes(), "agreed", at=Spoken(1, time(6, 30)))),
        ("web01 --at 06:30 tomorrow agreed", Start("web01", Wishes(), "agreed", at=Spoken(1, time(6, 30)))),
        (
            "web01 --at 2026-11-24 22:00 agreed",
            Start("web01", Wishes(), "agreed", at=Spoken(date(2026, 11, 24), time(22, 0))),
        ),
        ("web01 --at 22:00 --zone europe/berlin", Start("web01", Wishes(), "", at=TEN, zone="europe/berlin")),
        ("web01 --zone “America/New York” --at 22:00", Start("web01", Wishes(), "", at=TEN, zone="America/New York")),
        ("web01 --point latest", Start("web01", Wishes(), "", point="latest")),
        ("web01 --point App_Consistent now", Start("web01", Wishes(), "now", point="app-consistent")),
        ("web01 --point application-consistent", Start("web01", Wishes(), "", point="app-consistent")),
        ("web01 --point 8b1f-22", Start("web01", Wishes(), "", point="8b1f-22")),
        ("web01 at noon", Start("web01", Wishes(), "at noon")),
        ("web01 --reason down at 22:00", Start("web01", Wishes(), "down at 22:00")),
        ("web01 --at 22:00 up at 23:00 at the latest", Start("web01", Wishes(), "up at 23:00 at the latest", at=TEN)),
    ],
)
def test_a_failback_takes_a_point_a_time_and_a_zone(text: str, start: Start) -> None:
    assert start_arguments(line(text), FAILBACK) == start


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("web01 --at", "--at needs a time after it."),
        ("web01 --at --zone UTC", "--at needs a time after it."),
        ("web01 --at soon", "--at takes a time such as 22:00"),
        ("web01 --at 10:30 pm", "not “10:30 pm”"),
        ("web01 --at 22:00 CET", "a time zone goes after --zone"),
        ("web01 --at 22:00 Europe/Berlin", "a time zone goes after --zone"),
        ("web01 --at 22:00 --at 23:00", "--at is given twice: 22:00 and 23:00."),
        ("web01 --zone Europe/Berlin", "--zone tells the time zone of --at"),
        ("web01 --zone", "--zone needs a time zone after it."),
        ("web01 --point", "--point needs latest, app-consistent or a point's id after it."),
        ("web01 --point lateste", "There is no point “lateste”. Did you mean --point latest?"),
        ("web01 --point appconsistant", "Did you mean --point app-consistent?"),
        ("web01 --point " + "a" * 501, "of at most 500 characters"),
        ("web01 at 22:00", "To start at that time, say --at 22:00; as a reason, put it after --reason."),
        ("web01 agreed At 9.30 please", "say --at 9.30"),
        ("web01 --pont latest", "There is no option --pont. Did you mean --point?"),
        ("web01 --target x", "--target is for the start of a reprotect."),
        ("web01 --to azure", "--to is for the start of a reprotect."),
    ],
)
def test_what_a_failback_cannot_mean_is_told_in_one_sentence(text: str, why: str) -> None:
    answer = start_arguments(line(text), FAILBACK)
    assert isinstance(answer, Usage)
    assert why in answer.why


@pytest.mark.parametrize(
    ("text", "azure"), [("web01 --to azure", True), ("web01 —to=Azure now", True), ("web01 now", False)]
)
def test_a_reprotect_may_go_to_azure(text: str, azure: bool) -> None:
    start = start_arguments(line(text))
    assert isinstance(start, Start)
    assert start.to_azure is azure


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("web01 --to azur", "--to takes azure alone, not “azur”"),
        ("web01 --to", "--to needs azure after it."),
        ("web01 --at 22:00", "--at is for the start of a failback."),
        ("web01 --point latest", "--point is for the start of a failback."),
    ],
)
def test_what_a_reprotect_does_not_take_is_told(text: str, why: str) -> None:
    answer = start_arguments(line(text))
    assert isinstance(answer, Usage)
    assert why in answer.why


def test_a_commit_has_no_option_but_its_reason() -> None:
    assert start_arguments("web01 it works at 22:00", PLAIN) == Start("web01", Wishes(), "it works at 22:00")
    answer = start_arguments("web01 --force", PLAIN)
    assert isinstance(answer, Usage)
    assert answer.why == "There is no option --force. There is --reason alone. In a reason, put it in quotes."


@given(text=st.text(max_size=200))
def test_no_text_breaks_a_failbacks_reading(text: str) -> None:
    for more in ("", " --at ", " --point ", " --zone "):
        assert isinstance(start_arguments(line(f"web01{more}{text}"), FAILBACK), Start | Usage)


def test_a_form_may_be_asked_for_with_anything_filled_in_or_with_nothing() -> None:
    asked = start_arguments("web01 --form --datastore ds2 the site is back")
    assert asked == Start("web01", Wishes(datastore=(Wish("ds2"),)), "the site is back", form=True)
    assert start_arguments("--form") == Start("", Wishes(), "", form=True)
    assert start_arguments("--form --to azure") == Start("", Wishes(), "", to_azure=True, form=True)
    assert start_arguments("--form --point latest", FAILBACK) == Start("", Wishes(), "", "latest", form=True)
    assert isinstance(start_arguments("web01 --form", PLAIN), Usage)
