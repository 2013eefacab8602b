"""The event history of the sandbox's vCenter: what a filter lets through."""

# mypy: disallow-untyped-calls=False
# (pyVmomi's constructors have no annotations)

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from pyVmomi import vim

from homeward.bot.sandbox.estate import Estate
from homeward.bot.sandbox.vcenter import SandboxVCenter

Content = vim.ServiceInstanceContent
Filter: Any = vim.event.EventFilterSpec
HOUR = timedelta(hours=1)


async def events(content: Content, **asked: Any) -> list[Any]:
    manager: Any = content.eventManager
    found: list[Any] = await asyncio.to_thread(manager.QueryEvents, Filter(**asked))
    return found


@pytest.fixture
def now(estate: Estate) -> datetime:
    now = estate.clock().replace(microsecond=0)
    appliance = estate.vcenter.vm("appliance01")
    appliance.moves = [(now - 3 * HOUR, "ds-db"), (now - HOUR, appliance.datastore)]
    estate.vcenter.vm("web01").moves = [(now - 2 * HOUR, "ds-db")]
    return now


async def test_a_move_tells_whence_and_whither(content: Content, now: datetime) -> None:
    (event,) = await events(content, eventTypeId=["VmRelocatedEvent"], time=Filter.ByTime(endTime=now - 3 * HOUR))
    assert type(event).__name__ == "vim.event.VmRelocatedEvent"
    assert (event.vm.name, event.sourceDatastore.name, event.ds.name) == ("appliance01", "ds-db", "ds-gold-01")
    assert event.createdTime == now - 3 * HOUR


async def test_the_newest_come_first_and_no_more_than_asked_for(content: Content, now: datetime) -> None:
    every = await events(content)
    assert [event.createdTime for event in every] == [now - HOUR, now - 2 * HOUR, now - 3 * HOUR]
    assert [event.createdTime for event in await events(content, maxCount=1)] == [now - HOUR]


async def test_a_filter_keeps_to_its_machine_its_time_and_its_kinds(
    content: Content, now: datetime, estate: Estate
) -> None:
    uuid = estate.vcenter.vm("web01").uuid
    web01 = await asyncio.to_thread(lambda: content.searchIndex.FindByUuid(None, uuid, True, False))  # type: ignore[union-attr] # there is one
    own = Filter.ByEntity(entity=web01, recursion="self")
    assert [event.vm.name for event in await events(content, entity=own)] == ["web01"]
    assert not await events(content, entity=own, time=Filter.ByTime(beginTime=now - HOUR))
    assert len(await events(content, eventTypeId=["VmMigratedEvent"])) == 1
    assert not await events(content, eventTypeId=["VmPoweredOnEvent"])


async def test_an_account_may_be_kept_from_events(content: Content, vcenter: SandboxVCenter) -> None:
    vcenter.faults.no_events = True
    with pytest.raises(vim.fault.NoPermission):
        await events(content)
