"""The look at a machine that failed back: vCenter's answer in the words of a request."""

from dataclasses import replace

import pytest

from homeward.actions.plan import PlannedItem
from homeward.actions.requests import AtHome, RequestItem
from homeward.bot.looking_home import HomeLook
from homeward.checks.facts import ABSENT, Absent, Missing, Topology, VirtualMachine

UNREAD = Missing("not read here")
VM = VirtualMachine(
    name="web02",
    uuid=UNREAD,
    instance_uuid=UNREAD,
    host="esx01",
    standing=UNREAD,
    power="poweredOn",
    has_snapshot=False,
    consolidation_needed=UNREAD,
    disks=UNREAD,
    controllers=UNREAD,
    disk_enable_uuid=UNREAD,
    tools_running=True,
    memory_bytes=UNREAD,
    datastores=UNREAD,
    address="10.0.0.7",
)
PLANNED = PlannedItem("web02", "/item/old", Topology.MODERNIZED, 0, "", source_vm="web02-vm")


class Reads:
    def __init__(self, answer: VirtualMachine | Absent | Missing) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, str]] = []

    async def at_home(self, vault: str, item_id: str, machine: str) -> VirtualMachine | Absent | Missing:
        self.asked.append((vault, item_id, machine))
        return self.answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (VM, AtHome("web02", "esx01", "poweredOn", tools=True, address="10.0.0.7")),
        (replace(VM, tools_running=False, address=""), AtHome("web02", "esx01", "poweredOn", tools=False)),
        (replace(VM, power=UNREAD, tools_running=UNREAD), AtHome("web02", "esx01", address="10.0.0.7")),
        (ABSENT, AtHome(why="vCenter has no VM web02-vm")),
        (Missing("vc01 did not answer"), AtHome(why="vc01 did not answer")),
    ],
)
async def test_what_vcenter_shows_is_told_and_what_it_does_not_is_open(
    answer: VirtualMachine | Absent | Missing, told: AtHome
) -> None:
    reads = Reads(answer)
    # Its item may have another id since the job.
    assert await HomeLook(reads)("prod-dr", RequestItem(0, PLANNED, "/item/new")) == told
    assert reads.asked == [("prod-dr", "/item/new", "web02-vm")]
    assert told.is_up is (answer is VM)


async def test_a_machine_whose_vm_was_gone_is_looked_for_by_its_name() -> None:
    reads = Reads(VM)
    await HomeLook(reads)("prod-dr", RequestItem(0, replace(PLANNED, source_vm=""), "/item/new"))
    assert reads.asked == [("prod-dr", "/item/new", "web02")]


async def test_without_a_vcenter_nothing_is_looked_for_and_nobody_needs_to_look_again() -> None:
    reads = Reads(VM)
    at_home = await HomeLook(reads, sees=False)("prod-dr", RequestItem(0, PLANNED, "/item/new"))
    assert (at_home.why, at_home.final, reads.asked) == ("no vCenter is configured", True, [])
