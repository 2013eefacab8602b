"""Searching by typing: what comes first, and that no text upsets it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.checks import Kind
from homeward.checks.sources.searching import Index
from homeward.checks.subjects import Named


def machine(name: str, vault: str = "prod", kind: Kind = Kind.MACHINE) -> Named:
    return Named(name, kind, f"/vaults/{vault}/items/{name}-guid", vault)


NAMES = ("web01", "web010", "shop-web01", "oldweb01", "DB01", "straße-app", "payroll")
INDEX = Index([(machine(name), (f"{name.casefold()}-azure",)) for name in NAMES])


def found(text: str, most: int = 100) -> list[str]:
    return [one.name for one in INDEX.search(text, most)]


def test_the_exact_name_comes_first_then_beginnings_then_words_then_what_holds_it() -> None:
    assert found("web01") == ["web01", "web010", "shop-web01", "oldweb01"]


@pytest.mark.parametrize("text", ["db01", "DB01", " Db01 ", "/db01/"])
def test_neither_case_nor_edges_matter(text: str) -> None:
    assert found(text) == ["DB01"]


def test_case_is_folded_and_not_only_lowered() -> None:
    assert found("STRASSE") == ["straße-app"]


def test_nothing_typed_gives_the_first_by_name() -> None:
    assert found("", 3) == ["DB01", "oldweb01", "payroll"]
    assert found("  ") == sorted(NAMES, key=str.casefold)


def test_a_pasted_arm_id_is_the_machine() -> None:
    assert found("/VAULTS/prod/items/payroll-GUID/") == ["payroll"]


def test_what_it_is_called_in_azure_finds_it_after_all_that_are_called_so() -> None:
    assert found("db01-azure") == ["DB01"]
    both = Index([(machine("a"), ("x1",)), (machine("x10"), ())])
    assert [one.name for one in both.search("x", 9)] == ["x10", "a"]


@pytest.mark.parametrize(("typo", "meant"), [("wbe01", "web01"), ("pyaroll", "payroll")])
def test_a_typo_finds_what_looks_like_it(typo: str, meant: str) -> None:
    assert found(typo)[0] == meant


def test_what_looks_like_it_is_not_added_to_what_has_the_letters() -> None:
    assert found("db") == ["DB01"]


def test_what_looks_like_nothing_finds_nothing() -> None:
    assert found("zzzzqqq") == []


@pytest.mark.parametrize("most", [0, 1, 2])
def test_no_more_than_asked_for(most: int) -> None:
    assert len(found("web", most)) == len(found("", most)) == most


def test_the_same_name_in_two_vaults_is_found_twice_in_a_settled_order() -> None:
    two = [machine("web01", "test"), machine("web01", "prod")]
    assert [one.vault for one in Index([(one, ()) for one in two]).search("web01", 9)] == ["prod", "test"]


@given(st.text(max_size=400), st.lists(st.text(max_size=80), max_size=5))
def test_neither_text_nor_name_upsets_it(text: str, names: list[str]) -> None:
    index = Index([(machine(name), (name,)) for name in names])
    assert set(index.search(text, 10)) <= set(index.named)


@given(st.text(min_size=1, max_size=50).filter(lambda text: bool(text.strip().strip("/"))))
def test_a_name_is_found_by_itself(name: str) -> None:
    one = machine(name)
    assert one in Index([(machine("web01"), ()), (one, ())]).search(name, 2)
