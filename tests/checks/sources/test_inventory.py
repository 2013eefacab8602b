"""The kept inventory: read once for all, answered from memory, and what dead sources cost it."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from homeward.bot.compose import build_collector
from homeward.bot.sandbox.run import Sandbox
from homeward.checks import Collected, Kind, SourceReading
from homeward.checks.facts import Item, Topology
from homeward.checks.sources.access import SourceError
from homeward.checks.sources.azure import Fabric, Plan
from homeward.checks.sources.inventory import AGAIN, FRESH, KeptInventory
from homeward.checks.subjects import Estate, Named, Part
from homeward.checks.way import Stand
from tests.checks.ready import READY_CLASSIC

assert isinstance(READY_CLASSIC.item, Item)
ITEM = READY_CLASSIC.item
WHEN = datetime(2026, 3, 7, 2, 14, tzinfo=UTC)
SOON = 5.0


def machine(name: str, vault: str = "prod", **more: object) -> Item:
    id = f"/vaults/{vault}/fabrics/f/items/{name}-guid"
    values = {"group_id": "", "group_name": "", "azure_vm_id": "", "computer_name": ""} | more
    return replace(ITEM, id=id, name=name, **values)  # type: ignore[arg-type] # fields of an item


@dataclass
class FakeVault:
    name: str = "prod"
    holds: tuple[Item, ...] = (machine("web01"),)
    planned: tuple[Plan, ...] = ()
    dead: str = ""
    broken: bool = False
    go: asyncio.Event = field(default_factory=asyncio.Event)
    readings: int = 0

    def __post_init__(self) -> None:
        self.go.set()

    async def items(self) -> tuple[Item, ...]:
        self.readings += 1
        await self.go.wait()
        if self.dead:
            raise SourceError(self.dead)
        if self.broken:
            raise KeyError("a part that nobody thought could be missing")
        return self.holds

    async def plans(self) -> tuple[Plan, ...]:
        return self.planned

    async def fabrics(self) -> tuple[Fabric, ...]:
        return ()


@dataclass
class FakeVCenter:
    dead: str = ""

    async def answers(self) -> None:
        if self.dead:
            raise SourceError(self.dead)


class World:
    """An inventory over two vaults and a vCenter, and its time."""

    def __init__(self) -> None:
        self.prod, self.test = FakeVault(), FakeVault("test", (machine("lab01", "test"),))
        self.vcenter = FakeVCenter()
        self.seconds = 0.0
        self.inventory = KeptInventory(
            (self.prod, self.test),
            {"vc01": self.vcenter},
            now=lambda: WHEN + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
        )

    async def settled(self) -> Estate:
        """What is known when everything that was begun has ended."""
        self.inventory.known()
        while tasks := [one for one in asyncio.all_tasks() if one.get_name() == "homeward inventory"]:
            await asyncio.wait(tasks)
        return self.inventory.known()

    def names(self) -> list[str]:
        return [one.name for one in self.inventory.known().named]

    def part(self, name: str) -> Part:
        return next(one for one in self.inventory.known().parts if one.name == name)


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    made = World()
    yield made
    await made.inventory.close()


async def test_the_first_reading_is_waited_for_but_not_for_ever(world: World) -> None:
    world.prod.go.clear()
    world.test.go.clear()
    unread = await world.inventory.read(0)
    assert unread.named == ()
    assert unread.read_at is None
    assert unread.unread == ("vault prod has not been read yet", "vault test has not been read yet")
    world.prod.go.set()
    world.test.go.set()
    assert (await world.inventory.read(SOON)).named


async def test_a_slow_vault_does_not_keep_the_names_of_another_from_being_known(world: World) -> None:
    world.prod.go.clear()
    estate = await world.inventory.read(SOON)
    assert [one.name for one in estate.named] == ["lab01"]
    assert estate.unread == ("vault prod has not been read yet",)


async def test_whoever_asks_at_once_is_answered_by_one_reading(world: World) -> None:
    world.prod.go.clear()
    asking = [asyncio.create_task(world.inventory.read(SOON)) for _ in range(50)]
    await asyncio.sleep(0)
    for _ in range(50):
        world.inventory.known()
        world.inventory.search("w", 5)
    world.prod.go.set()
    await asyncio.gather(*asking)
    await world.settled()
    assert world.prod.readings == 1


async def test_what_is_fresh_is_not_read_again(world: World) -> None:
    await world.settled()
    world.seconds = FRESH - 1
    await world.settled()
    assert world.prod.readings == 1


async def test_what_is_old_is_answered_at_once_and_renewed_behind_it(world: World) -> None:
    await world.settled()
    world.prod.holds = (machine("web02"),)
    world.prod.go.clear()
    world.seconds = FRESH
    assert [one.name for one in world.inventory.search("web", 5)] == ["web01"]
    assert (await world.inventory.read(SOON)).read_at == WHEN
    world.prod.go.set()
    estate = await world.settled()
    assert [one.name for one in estate.named] == ["lab01", "web02"]
    assert estate.read_at == WHEN + timedelta(seconds=FRESH)


async def test_a_dead_vault_keeps_its_names_and_is_told_as_unread(world: World) -> None:
    await world.settled()
    world.prod.dead = "vault prod did not answer within 20 s"
    world.test.holds += (machine("lab02", "test"),)
    world.seconds = FRESH
    estate = await world.settled()
    assert [one.name for one in estate.named] == ["lab01", "lab02", "web01"]
    assert estate.unread == ("vault prod did not answer within 20 s",)
    assert estate.read_at == WHEN
    assert world.part("prod") == Part("prod", "vault", "vault prod did not answer within 20 s", WHEN)
    assert world.part("test") == Part("test", "vault", "", WHEN + timedelta(seconds=FRESH))


async def test_a_fault_of_our_own_is_told_as_a_vault_that_was_not_read(world: World) -> None:
    await world.settled()
    world.prod.broken = True
    world.seconds = FRESH
    assert (await world.settled()).unread == ("vault prod: could not be read (KeyError)",)
    assert world.part("prod").read_at == WHEN
    assert world.names() == ["lab01", "web01"]


async def test_a_dead_vault_is_tried_again_soon_and_forgiven(world: World) -> None:
    world.prod.dead = "the certificate is not trusted"
    estate = await world.settled()
    assert estate.unread == ("vault prod: the certificate is not trusted",)
    world.prod.dead = ""
    world.seconds = AGAIN
    assert (await world.settled()).unread == ()
    assert world.names() == ["lab01", "web01"]


async def test_where_every_vault_is_dead_nobody_waits_after_the_first_try(world: World) -> None:
    world.prod.dead = world.test.dead = "no answer"
    await world.settled()
    world.prod.go.clear()
    world.seconds = AGAIN
    assert (await asyncio.wait_for(world.inventory.read(3600), SOON)).named == ()


async def test_a_silent_vcenter_is_told_with_when_it_last_answered(world: World) -> None:
    await world.settled()
    assert world.part("vc01") == Part("vc01", "vCenter", "", WHEN)
    world.vcenter.dead = "vc01 did not answer within 20 s"
    world.seconds = FRESH
    await world.settled()
    assert world.part("vc01") == Part("vc01", "vCenter", "vc01 did not answer within 20 s", WHEN)


async def test_closing_ends_the_reading_and_no_other_begins(world: World) -> None:
    world.prod.go.clear()
    world.inventory.known()
    await asyncio.sleep(0)
    await world.inventory.close()
    await world.inventory.close()
    world.seconds = 10 * FRESH
    assert (await world.inventory.read(3600)).unread
    assert world.prod.readings <= 1


async def test_a_detail_is_told_only_where_the_name_alone_would_not_do(world: World) -> None:
    azure = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/LAB01"
    world.prod.holds = (machine("web01"), machine("other", azure_vm_id=azure), machine(" "))
    estate = await world.settled()
    details = {one.name: bool(one.detail) for one in estate.named}
    assert details == {"web01": False, "other": False, "lab01": True, " ": True}


async def test_what_is_protected_in_another_way_does_not_seem_to_be_on_this_one(world: World) -> None:
    world.prod.holds = (machine("web01"), machine("hyper01", topology=Topology.OTHER))
    estate = await world.settled()
    assert {one.name: one.stand for one in estate.named} == {
        "web01": Stand.IN_AZURE,
        "lab01": Stand.IN_AZURE,
        "hyper01": Stand.UNKNOWN,
    }


async def test_groups_and_plans_have_names_too(world: World) -> None:
    world.prod.holds = tuple(machine(name, group_id="/g", group_name="pay-vms") for name in ("pay01", "pay02"))
    world.prod.planned = (Plan("/plans/payroll", "payroll", ((world.prod.holds[0].id,),)),)
    estate = await world.settled()
    beside = [one for one in estate.named if one.kind is not Kind.MACHINE]
    assert beside == [
        Named("pay-vms", Kind.GROUP, "g", "prod"),
        Named("payroll", Kind.PLAN, "/plans/payroll", "prod"),
    ]


async def test_hostile_names_are_kept_as_they_are(world: World) -> None:
    names = ("<!channel>", "web\u202e10", "\ud800half", "\x00", "名" * 500, "*bold*")
    world.prod.holds = tuple(machine(name) for name in names)
    estate = await world.settled()
    assert {one.name for one in estate.named} == {*names, "lab01"}
    assert [one.name for one in world.inventory.search("<!CHANNEL>", 5)] == ["<!channel>"]


def unwatched(_readings: tuple[SourceReading, ...]) -> None:
    """Nobody looks."""


async def test_everything_offered_is_what_a_check_of_it_finds(sandbox: Sandbox) -> None:
    collector = build_collector(sandbox.settings())
    inventory = collector.inventory()
    try:
        estate = await inventory.read(20)
        assert {(one.name, one.kind) for one in estate.named} >= {("web01", Kind.MACHINE), ("payroll", Kind.PLAN)}
        for one in estate.named:
            answer = await collector(one.id if one.detail else one.name, unwatched)
            assert isinstance(answer, Collected)
            assert (answer.subject.name, answer.subject.kind) == (one.name, one.kind)
    finally:
        await inventory.close()
        await collector.close()
