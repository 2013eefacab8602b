"""What a button carries, and what is made of anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.actions.states import Operation
from homeward.handlers.carried import MACHINE, Carried, Wanted, carried, queried, query, wanted
from homeward.handlers.views.blocks import VALUE

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "held",
    [
        Carried("R-7K2M9Q"),
        Carried("R-7K2M9Q", DIGEST),
        Carried("R-7K2M9Q", DIGEST, "pay db 01"),
        Carried("R-1", "", "名"),
    ],
)
def test_what_is_carried_is_read_back(held: Carried) -> None:
    assert carried(held.text) == held


def test_the_longest_machine_fits_into_a_button() -> None:
    held = Carried("R-7K2M9Q", DIGEST, "\\" * MACHINE)
    assert carried(held.text) == held
    assert len(held.text) <= VALUE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{}",
        "[]",
        '"R-7K2M9Q"',
        '["R-7K2M9Q"]',
        '["R-7K2M9Q","","",""]',
        '["R-7K2M9Q",null]',
        f'["r-7k2m9q","{DIGEST}"]',
        f'["R-7K2M9Q\\n","{DIGEST}"]',
        f'["R-7K2M9Q","{DIGEST.upper()}"]',
        f'["R-7K2M9Q","{DIGEST}0"]',
        f'["R-7K2M9Q","{DIGEST}","{"m" * (MACHINE + 1)}"]',
        '["R-1; DROP TABLE requests",""]',
        "[" * 100_000,
    ],
)
def test_anything_else_carries_nothing(text: str) -> None:
    assert carried(text) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    held = carried(text)
    assert held is None or carried(held.text) == held


@pytest.mark.parametrize("operation", list(Operation))
@pytest.mark.parametrize("subject", ["web01", "pay db 01", "名", '["failback","x"]', "/subscriptions/1/x"])
def test_what_is_wanted_is_read_back(operation: Operation, subject: str) -> None:
    assert wanted(Wanted(operation, subject).text) == Wanted(operation, subject)
    assert queried(query(operation, subject)) == Wanted(operation, subject)


def test_a_reprotects_check_carries_the_name_alone_as_messages_of_old_do() -> None:
    assert query(Operation.REPROTECT, "web01") == "web01"
    assert queried("web01") == Wanted(Operation.REPROTECT, "web01")


@given(st.text())
def test_anything_else_is_not_wanted(text: str) -> None:
    assert wanted(text) is None or text.startswith("[")
    assert carried(Wanted(Operation.COMMIT, text).text) is None
    assert wanted(Carried("R-7K2M9Q").text) is None
