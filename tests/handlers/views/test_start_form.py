"""The form of a start: what it offers, within Slack's limits, whatever the names are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from homeward.actions.preparing import ForMachine, ForValue, Offered, Points, Possible, Value
from homeward.actions.states import Operation
from homeward.checks.facts import Topology
from homeward.checks.subjects import Kind, Named, Subject, Wish, Wishes
from homeward.checks.way import Stand
from homeward.handlers import ids
from homeward.handlers.form_state import CHANNEL, EVERY, POINT, Form
from homeward.handlers.views.blocks import Modal
from homeward.handlers.views.machine_form import values_form
from homeward.handlers.views.start_form import PAGE, picking_form, reading_form, start_form, too_long_form

Refused = Callable[[Modal], list[str]]
Words = Callable[[Modal], str]
GOLD = Possible("ds-gold-01", "ds-gold-01", ("VMFS", "5.0 TB of 8.0 TB free", "reachable"))
SILVER = Possible("ds-silver", "ds-silver", ("VMFS", "90 GB of 1.0 TB free", "reachable"))
READ_ONLY = Possible("ds-db", "ds-db", ("VMFS",), "ds-db is read-only on the target's ESXi host")
APPLIANCE = Possible("appliance01", "appliance01", ("normal", "heartbeat 1 minute ago"))


def target(*there: Possible, chosen: tuple[Possible, ...] = (APPLIANCE,)) -> ForValue:
    return ForValue(Value.TARGET, "target", chosen, there or (APPLIANCE,), required=True)


def datastore(*there: Possible, chosen: tuple[Possible, ...] = (GOLD,)) -> ForValue:
    return ForValue(Value.DATASTORE, "datastore", chosen, there or (GOLD, SILVER, READ_ONLY), required=True)


def machine(name: str = "web01", *values: ForValue) -> ForMachine:
    return ForMachine(name, Topology.MODERNIZED, values or (target(), datastore()))


def offered(*machines: ForMachine, operation: Operation = Operation.REPROTECT, **more: Any) -> Offered:
    kind = Kind.MACHINE if len(machines) == 1 else Kind.PLAN
    name = machines[0].machine if len(machines) == 1 else "payroll"
    return Offered(Subject(name, kind, "prod-dr"), operation, machines, **more)


def a_form(**more: Any) -> Form:
    return Form(more.pop("operation", Operation.REPROTECT), "web01", place="C1", **more)


def actions_of(modal: Modal) -> list[str]:
    blocks: Any = modal.view["blocks"]
    held = [e for b in blocks for e in (b.get("element"), b.get("accessory"), *b.get("elements", [])) if e]
    return [element["action_id"] for element in held if "action_id" in element]


def select(modal: Modal, action: str) -> Any:
    blocks: Any = modal.view["blocks"]
    return next(b["element"] for b in blocks if b.get("element", {}).get("action_id") == action)


def test_one_machine_has_a_list_for_each_value(refused: Refused, words: Words, screen: SnapshotAssertion) -> None:
    named = Named("web01", Kind.MACHINE, "/item/web01", "prod-dr")
    modal = start_form(a_form(alone=True, reason="the site is back"), offered(machine()), named)
    assert not refused(modal)
    assert modal.view == screen
    chosen = select(modal, f"{ids.FORM_VALUE}.datastore")
    assert chosen["initial_option"]["value"] == "ds-gold-01"
    assert [one["value"] for one in chosen["options"]] == ["ds-gold-01", "ds-silver"]
    assert "ds-db is read-only" in words(modal)


def test_a_plan_has_a_line_for_each_machine(refused: Refused, words: Words, screen: SnapshotAssertion) -> None:
    open_ = machine("db01", target(), datastore(GOLD, SILVER, chosen=()))
    unread = ForMachine("app09", Topology.UNKNOWN, trouble="the vault did not answer")
    modal = start_form(a_form(), offered(machine("web01"), open_, unread))
    assert not refused(modal)
    assert modal.view == screen
    said = words(modal)
    assert "*db01*\ntarget appliance01 · *needs a datastore*" in said
    assert "1 machine needs a choice" in said
    assert "the vault did not answer" in said


def test_a_hundred_machines_stay_within_slacks_limits_on_every_page(refused: Refused) -> None:
    machines = [machine(f"machine-{n:03}") for n in range(100)]
    seen: list[str] = []
    for page in range(100 // PAGE + 1):
        modal = start_form(a_form(page=page), offered(*machines), channels=("C1",))
        assert not refused(modal)
        blocks: Any = modal.view["blocks"]
        assert len(blocks) <= 100
        seen += [b["accessory"]["value"] for b in blocks if b.get("accessory", {}).get("action_id") == ids.FORM_MACHINE]
    assert set(seen) == {one.machine for one in machines}


def test_more_datastores_than_a_list_holds_keep_the_chosen_one_and_say_how_to_name_the_others(
    refused: Refused, words: Words
) -> None:
    stores = tuple(Possible(f"ds-{n:03}", f"ds-{n:03}") for n in range(150))
    modal = start_form(a_form(), offered(machine("web01", datastore(*stores, chosen=(stores[-1],)))))
    assert not refused(modal)
    chosen = select(modal, f"{ids.FORM_VALUE}.datastore")
    assert len(chosen["options"]) == 100
    assert chosen["initial_option"]["value"] == "ds-149"
    assert "and 50 more: name one in the command, after --datastore" in words(modal)


def test_what_cannot_work_is_never_the_chosen_one(refused: Refused) -> None:
    modal = start_form(a_form(), offered(machine("web01", datastore(GOLD, READ_ONLY, chosen=(READ_ONLY,)))))
    assert not refused(modal)
    assert "initial_option" not in select(modal, f"{ids.FORM_VALUE}.datastore")


def test_where_nothing_can_be_chosen_it_says_why(refused: Refused, words: Words) -> None:
    unread = ForValue(Value.POLICY, "failback policy", (), (), True, "the vault did not answer")
    nothing = datastore(READ_ONLY, chosen=())
    storage = ForValue(Value.LOG_STORAGE, "log storage account", (), (), required=True)
    modal = start_form(a_form(), offered(machine("web01", nothing, unread, storage)))
    assert not refused(modal)
    said = words(modal)
    assert "*Datastore:* there is none to choose" in said
    assert "*Failback policy:* could not be read: the vault did not answer" in said
    assert "resource id" in said


def test_the_values_of_one_machine_and_of_all(refused: Refused, words: Words) -> None:
    machines = offered(machine("web01"), machine("db01", datastore(SILVER, chosen=(SILVER,))))
    one = values_form(a_form(machine="db01"), machines)
    assert not refused(one)
    assert actions_of(one) == [f"{ids.FORM_VALUE}.datastore", ids.FORM_PAGE]
    close = one.view["close"]
    assert isinstance(close, dict)
    assert close["text"] == "Close the form", "beside its Back, Not now would sound like it"
    every = values_form(a_form(machine=EVERY, wishes=Wishes(datastore=(Wish("ds-silver"),))), machines)
    assert not refused(every)
    assert select(every, f"{ids.FORM_VALUE}.datastore")["initial_option"]["value"] == "ds-silver"
    target = select(every, f"{ids.FORM_VALUE}.target")
    assert target.get("initial_option") is None
    assert target["placeholder"]["text"] == "As each has it"
    gone = values_form(a_form(machine="web77"), machines)
    assert not refused(gone)
    assert "not part of it any more" in words(gone)


def test_a_failback_asks_for_its_point_and_its_time(refused: Refused, words: Words, screen: SnapshotAssertion) -> None:
    bare = ForMachine("web01", Topology.CLASSIC)
    points = Points((Possible("c3", "3 minutes ago · crash-consistent"),), "web01 has no app-consistent recovery point")
    there = offered(bare, operation=Operation.FAILBACK, points=points)
    modal = start_form(a_form(operation=Operation.FAILBACK, point="c3", at=1_790_000_000), there)
    assert not refused(modal)
    assert modal.view == screen
    assert select(modal, POINT)["initial_option"]["value"] == "c3"
    assert "web01 has no app-consistent recovery point" in words(modal)


def test_a_point_that_is_not_there_is_told_and_not_silently_another(words: Words) -> None:
    points = Points((Possible("c3", "3 minutes ago · crash-consistent"),))
    there = offered(ForMachine("web01", Topology.CLASSIC), operation=Operation.FAILBACK, points=points)
    assert "*Not offered:* c9:" in words(start_form(a_form(operation=Operation.FAILBACK, point="c9"), there))
    for fine in ("", "c3", "latest", "app-consistent"):
        form = a_form(operation=Operation.FAILBACK, point=fine)
        assert "Not offered" not in words(start_form(form, there))


@pytest.mark.parametrize(
    ("place", "channels", "asks"),
    [("C1", (), False), ("", (), True), ("D1", (), True), ("C1", ("C2",), True), ("C2", ("C2",), False)],
)
def test_it_asks_for_the_channel_where_it_has_none(
    refused: Refused, place: str, channels: tuple[str, ...], asks: bool
) -> None:
    modal = start_form(Form(Operation.REPROTECT, "web01", place=place), offered(machine()))
    assert not refused(modal)
    modal = start_form(Form(Operation.REPROTECT, "web01", place=place), offered(machine()), channels=channels)
    assert (CHANNEL in actions_of(modal)) is asks


def test_names_that_nobody_should_give_ring_nobody_and_break_nothing(
    refused: Refused, hostile: tuple[str, ...]
) -> None:
    for name in hostile:
        sayable = name if 0 < len(name) <= 140 and name.isprintable() and name.strip() else ""
        odd = Possible(sayable or "fine", name, (name, name))
        bad = Possible("", name, (name,), f"{name} is broken")
        values = (target(odd, bad, chosen=(odd,)), datastore(odd, bad, GOLD, chosen=(odd,)))
        named = Named(name, Kind.MACHINE, "/item/1", "prod-dr", detail="another")
        held = a_form(alone=True)
        for there in (offered(machine(name, *values)), offered(machine(name, *values), machine("db01", *values))):
            for modal in (
                start_form(held, there, named),
                values_form(Form(Operation.REPROTECT, "web01", machine="db01"), there),
                values_form(Form(Operation.REPROTECT, "web01", machine=EVERY), there),
                picking_form(held, named, problem=name),
            ):
                assert not refused(modal), name


def test_what_is_read_or_too_long_offers_nothing_to_send(refused: Refused, words: Words) -> None:
    for modal in (reading_form(a_form()), too_long_form(a_form(reason="a" * 400)), picking_form(a_form())):
        assert not refused(modal)
        assert "submit" not in modal.view
    assert words(reading_form(a_form())) == "Reading web01…"
    assert "3,000 characters" in words(too_long_form(a_form()))


def test_a_machine_whose_turn_it_is_not_is_told_before_it_is_asked_for(refused: Refused, words: Words) -> None:
    there = offered(machine("web01"), replace(machine("db01"), elsewhere=Stand.READY))
    modal = start_form(a_form(), there)
    assert not refused(modal)
    assert "A reprotect begins where a machine is in Azure. The checks will refuse db01 (ready to fail back)." in words(
        modal
    )
    assert "will refuse" not in words(start_form(a_form(), offered(machine("web01"))))
