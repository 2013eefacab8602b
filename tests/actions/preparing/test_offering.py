"""What there is to choose from for a start: what fits, how it does, and what can't work."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from homeward.actions.plan import NotPrepared, Obstacle
from homeward.actions.preparing import ForMachine, ForValue, Offered, Offering, Value
from homeward.actions.states import Operation
from homeward.checks.facts import Facts, Missing, RetentionVolume, VaultDatastore
from homeward.checks.subjects import Kind, NoMatch, Wishes
from tests.actions.preparing.facts import (
    BACK_CLASSIC,
    BACK_MODERNIZED,
    CLASSIC,
    COMMITTED_MODERNIZED,
    MODERNIZED,
    Reader,
    collected,
    named,
)
from tests.checks.changing import changed
from tests.checks.ready import AGENT, GIB, MASTER_TARGET, NOW

NOTHING = Wishes()


async def offered(*machines: Facts, operation: Operation = Operation.REPROTECT) -> Offered:
    kind = Kind.MACHINE if len(machines) == 1 else Kind.PLAN
    made = await Offering(Reader(collected(*machines, kind=kind)))(operation, "web01", NOTHING)
    assert isinstance(made, Offered), made
    return made


async def of(facts: Facts, value: Value, operation: Operation = Operation.REPROTECT) -> ForValue:
    (machine,) = (await offered(facts, operation=operation)).machines
    return next(one for one in machine.values if one.value is value)


@pytest.mark.parametrize("facts", [CLASSIC, MODERNIZED], ids=["classic", "modernized"])
async def test_a_ready_machine_has_all_that_it_needs_chosen_and_each_wish_means_it(facts: Facts) -> None:
    (machine,) = (await offered(facts)).machines
    assert machine.values
    for value in machine.values:
        assert value.chosen or not value.required
        for one in value.chosen:
            assert one in value.fitting
            assert one.wish


async def test_a_datastore_tells_its_type_its_room_and_that_it_is_reachable() -> None:
    value = await of(MODERNIZED, Value.DATASTORE)
    (chosen,) = value.chosen
    assert chosen.told[0] == "VMFS"
    assert "free" in chosen.told[1]
    assert "reachable" in chosen.told


async def test_a_datastore_that_is_not_accessible_is_not_offered() -> None:
    assert isinstance(MODERNIZED.datastores, tuple)
    dead = replace(MODERNIZED.datastores[0], accessible=False)
    value = await of(changed(MODERNIZED, {"datastores": (dead,), "target_host": Missing("not read")}), Value.DATASTORE)
    assert dead.name in {one.shown for one in value.unfit}
    assert f"{dead.name} is not accessible" in {one.why_not for one in value.unfit}


async def test_a_datastore_of_nfs_is_not_offered_to_a_classic_machine() -> None:
    nfs = VaultDatastore("nfs01", "NFS", 100 * GIB, 50 * GIB)
    target = replace(MASTER_TARGET, datastores=(*MASTER_TARGET.datastores, nfs))
    value = await of(changed(CLASSIC, {"target": target, "master_targets": (target,)}), Value.DATASTORE)
    assert [one.shown for one in value.unfit] == ["nfs01"]
    assert "NFS" in value.unfit[0].why_not


async def test_a_target_that_is_silent_for_long_is_not_offered_and_says_since_when() -> None:
    silent = replace(AGENT, last_heartbeat=NOW - timedelta(hours=3))
    value = await of(changed(MODERNIZED, {"agent": silent, "agents": (silent,)}), Value.TARGET)
    assert value.fitting == ()
    assert value.unfit[0].why_not == f"{AGENT.name} is silent: its last heartbeat was 3 hours ago"
    assert "heartbeat 3 hours ago" in value.unfit[0].told


async def test_a_retention_volume_tells_its_room() -> None:
    volume = RetentionVolume("R", 200 * GIB, 150 * GIB, 80)
    target = replace(MASTER_TARGET, retention_volumes=(volume,))
    value = await of(changed(CLASSIC, {"target": target, "master_targets": (target,)}), Value.RETENTION)
    assert value.fitting[0].told == ("150 GB of 200 GB free",)


async def test_what_no_form_can_carry_is_told_and_not_offered() -> None:
    names = ("a" * 141, "line\nbreak", "\ud800half")
    stores = tuple(VaultDatastore(name, "VMFS", 100 * GIB, 50 * GIB) for name in names)
    target = replace(MASTER_TARGET, datastores=stores)
    value = await of(changed(CLASSIC, {"target": target, "master_targets": (target,)}), Value.DATASTORE)
    assert [one.shown for one in value.unfit] == list(names)
    assert value.fitting == ()


async def test_what_could_not_be_read_says_why() -> None:
    value = await of(changed(MODERNIZED, {"agents": Missing("the vault did not answer")}), Value.TARGET)
    assert value.unread == "the vault did not answer"
    (machine,) = (await offered(changed(MODERNIZED, {"item": Missing("the vault did not answer")}))).machines
    assert machine == ForMachine(machine.machine, machine.topology, trouble="the vault did not answer")


async def test_toward_azure_a_process_server_and_a_policy_are_chosen() -> None:
    (machine,) = (await offered(COMMITTED_MODERNIZED, operation=Operation.TO_AZURE)).machines
    assert [value.value for value in machine.values] == [Value.PROCESS_SERVER, Value.POLICY]
    assert all(value.chosen for value in machine.values)


async def test_a_failback_chooses_a_point_and_nothing_else() -> None:
    classic = await offered(BACK_CLASSIC, operation=Operation.FAILBACK)
    assert classic.machines[0].values == ()
    assert classic.points is not None
    assert [one.wish for one in classic.points.listed] == ["c3", "a12", "c60"]
    assert classic.points.listed[1].shown == "12 minutes ago · application-consistent"
    modernized = await offered(BACK_MODERNIZED, operation=Operation.FAILBACK)
    assert modernized.points is not None
    assert modernized.points.listed == ()
    assert modernized.points.inconsistent == ""
    none = await offered(BACK_CLASSIC, named(replace(BACK_CLASSIC, points=()), "web09"), operation=Operation.FAILBACK)
    assert none.points is not None
    assert none.points.inconsistent == "web09 has no app-consistent recovery point"
    dark = replace(BACK_CLASSIC, points=Missing("the vault did not answer"))
    unread = (await offered(dark, operation=Operation.FAILBACK)).points
    assert unread is not None
    assert unread.inconsistent == f"the recovery points of {dark.machine} could not be read: the vault did not answer"


async def test_what_is_not_found_is_told_as_a_start_tells_it() -> None:
    made = await Offering(Reader(NoMatch("wbe01", ("web01",))))(Operation.REPROTECT, "wbe01", NOTHING)
    assert isinstance(made, NotPrepared)
    assert made.obstacle is Obstacle.NOT_FOUND
    assert "web01" in made.why
    made = await Offering(Reader(collected()))(Operation.REPROTECT, "web01", NOTHING)
    assert isinstance(made, NotPrepared)


async def test_what_was_read_lately_is_offered_again_but_not_for_long_and_not_for_other_wishes() -> None:
    reader, seconds = Reader(collected(MODERNIZED)), [0.0]
    offering = Offering(reader, clock=lambda: seconds[0])

    async def ask(wishes: Any = NOTHING) -> int:
        await offering(Operation.REPROTECT, "web01", wishes)
        return len(reader.wishes)

    assert (await ask(), await ask()) == (1, 1)
    assert await ask(Wishes(policy=())) == 1
    seconds[0] = 21.0
    assert await ask() == 2
