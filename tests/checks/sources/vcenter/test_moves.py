"""Storage moves of what brings machines home, as the sandbox's vCenter tells them to the real pyVmomi."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import pytest

from homeward.bot.sandbox.estate.model import Estate
from homeward.bot.sandbox.vcenter import SandboxVCenter
from homeward.checks.facts import NOT_ASKED, Missing, Relocation, VirtualMachine
from homeward.checks.sources.vcenter import VCenterReader, Wanted
from homeward.checks.sources.vcenter.moves import MOST

Want = Callable[..., Wanted]


@pytest.fixture
def now(estate: Estate) -> datetime:
    return estate.clock().replace(microsecond=0)


def asking(wanted: Wanted, since: datetime) -> Wanted:
    return replace(wanted, moves_since=since)


async def test_moves_are_read_only_where_they_are_asked_for(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    assert (await reader.read([want("web01")]))["web01"].moves is NOT_ASKED
    assert "QueryEvents" not in vcenter.calls


async def test_a_change_of_datastore_is_a_move_and_a_change_of_host_is_none(
    reader: VCenterReader, estate: Estate, want: Want, now: datetime
) -> None:
    appliance = estate.vcenter.vm("appliance01")
    hour = timedelta(hours=1)
    appliance.moves = [(now - 3 * hour, "ds-gold-02"), (now - 2 * hour, appliance.datastore), (now - hour, "ds-db")]
    estate.vcenter.vm("web01").moves = [(now - hour, "ds-db")]
    read = await reader.read([asking(want("web01"), now - 4 * hour)])
    assert read["web01"].moves == (Relocation("appliance01", now - hour), Relocation("appliance01", now - 3 * hour))


async def test_one_search_serves_all_machines_of_a_target_and_each_has_its_own_moment(
    reader: VCenterReader, vcenter: SandboxVCenter, estate: Estate, want: Want, now: datetime
) -> None:
    day = timedelta(days=1)
    estate.vcenter.vm("appliance01").moves = [(now - 5 * day, "ds-db")]
    read = await reader.read([asking(want("web01"), now - 6 * day), asking(want("web02"), now - 4 * day)])
    assert (len(read["web01"].moves), read["web02"].moves) == (1, ())  # type: ignore[arg-type] # a tuple, or the test fails
    assert vcenter.calls.count("QueryEvents") == 1


async def test_more_events_than_are_read_are_unknown_for_a_move_may_be_among_the_others(
    reader: VCenterReader, estate: Estate, want: Want, now: datetime
) -> None:
    appliance = estate.vcenter.vm("appliance01")
    appliance.moves = [(now - timedelta(minutes=number), appliance.datastore) for number in range(1, MOST + 9)]
    read = await reader.read([asking(want("web01"), now - timedelta(days=1))])
    assert read["web01"].moves == Missing("vc01 has 200 or more events of appliance01, of which it does not show all")


async def test_events_that_may_not_be_read_are_unknown_and_cost_nothing_else(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want, now: datetime
) -> None:
    vcenter.faults.no_events = True
    read = (await reader.read([asking(want("web01"), now)]))["web01"]
    assert read.moves == Missing("vc01 does not show the events of appliance01 (NoPermission)")
    assert isinstance(read.source_vm, VirtualMachine)


async def test_a_search_that_takes_for_ever_costs_only_itself(
    readers: Callable[..., VCenterReader], vcenter: SandboxVCenter, want: Want, now: datetime
) -> None:
    reader = readers(timeout=4.0)
    await reader.read([want("web01")])
    vcenter.faults.silent_on = "QueryEvents"
    began = monotonic()
    read = (await reader.read([asking(want("web01"), now)]))["web01"]
    assert monotonic() - began < 4
    assert isinstance(read.moves, Missing)
    assert "the events could not be read" in read.moves.reason
    assert isinstance(read.source_vm, VirtualMachine)


async def test_moves_of_a_target_that_is_not_there_or_not_chosen_are_unknown(
    reader: VCenterReader, want: Want, now: datetime
) -> None:
    lost, open_ = asking(want("web01", "elsewhere"), now), asking(want("web02", ""), now)
    read = await reader.read([lost, open_])
    assert read["web01"].moves == Missing("elsewhere is not in vc01")
    assert read["web02"].moves == Missing("it is not known what brings it home")


async def test_the_address_that_tools_tell_is_read(reader: VCenterReader, estate: Estate, want: Want) -> None:
    async def address() -> str:
        vm = (await reader.read([want("web01", "")]))["web01"].source_vm
        assert isinstance(vm, VirtualMachine)
        return vm.address

    assert await address() == ""
    estate.vcenter.vm("web01").guest_ip = "10.20.1.12"
    assert await address() == "10.20.1.12"
