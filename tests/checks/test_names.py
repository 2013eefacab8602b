"""Names: a machine answers to all of its own."""

from dataclasses import replace

import pytest

from homeward.checks.facts import Item
from homeward.checks.names import fold, last_segment, names_of
from tests.checks.ready import READY_CLASSIC


@pytest.mark.parametrize("said", ["WEB01", "web01-0001", "host01", "vm-web01", "/Subscriptions/1/VM-web01/"])
def test_a_machine_answers_to_all_of_its_names_without_case(said: str) -> None:
    assert isinstance(READY_CLASSIC.item, Item)
    item = replace(READY_CLASSIC.item, computer_name="HOST01", azure_vm_id="/subscriptions/1/vm-web01")
    assert fold(said) in names_of(item)


def test_a_machine_without_a_vm_in_azure_answers_to_the_rest() -> None:
    assert isinstance(READY_CLASSIC.item, Item)
    item = replace(READY_CLASSIC.item, id="/a/b/x", computer_name="", azure_vm_id="")
    assert names_of(item) == {"web01", "a/b/x", "x"}
    assert last_segment("/a/b/x/") == "x"
