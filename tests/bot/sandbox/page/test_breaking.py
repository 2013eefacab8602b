"""What can be broken behind the page, mended again, and made to pass faster."""

from datetime import UTC, datetime, timedelta

import pytest

from homeward.bot.sandbox.arm.faults import Fault, Trouble
from homeward.bot.sandbox.estate.night import FAILS_TO_RETURN, FAILS_TO_START, SPEED, night
from homeward.bot.sandbox.estate.progress import begin, percent, settle
from homeward.bot.sandbox.page.pace import set_speed
from homeward.bot.sandbox.run import Sandbox
from homeward.checks.way import Operation
from tests.bot.sandbox.page.browser import Browser


async def test_a_vm_in_azure_is_stopped_and_started(browser: Browser, sandbox: Sandbox) -> None:
    vm = sandbox.estate.vault.item("web01").azure_vm
    assert vm
    await browser.done("break", what="azure_vm", machine="web01", running=False)
    assert (vm.power, vm.agent) == ("deallocated", "Not Ready")
    await browser.done("break", what="azure_vm", machine="web01", running=True)
    assert (vm.power, vm.agent) == ("running", "Ready")


async def test_of_two_machines_of_one_name_each_can_be_stopped(browser: Browser, sandbox: Sandbox) -> None:
    await browser.done("break", what="azure_vm", machine="build01-old", running=False)
    powers = [item.azure_vm.power for item in sandbox.estate.vault.items if item.azure_vm and item.name == "build01"]
    assert powers == ["running", "deallocated"]


async def test_a_datastore_is_lost_and_found(browser: Browser) -> None:
    for accessible in (False, True):
        await browser.done("break", what="datastore", name="ds-gold-01", accessible=accessible)
        stores = {one["name"]: one["accessible"] for one in (await browser.state())["estate"]["datastores"]}
        assert stores["ds-gold-01"] is accessible


async def test_a_datastore_is_made_read_only_and_becomes_what_it_was(browser: Browser, sandbox: Sandbox) -> None:
    store = sandbox.estate.vcenter.datastore("ds-db")
    before = dict(store.mounts)
    for _ in range(2):
        await browser.done("break", what="datastore", name="ds-db", read_only=True)
        assert set(store.mounts.values()) == {"readOnly"}
    told = {one["name"]: one["read_only"] for one in (await browser.state())["estate"]["datastores"]}
    assert [name for name in told if told[name]] == ["ds-db"]
    for _ in range(2):
        await browser.done("break", what="datastore", name="ds-db", read_only=False)
        assert store.mounts == before


async def test_azure_throttles_until_it_is_told_to_stop_and_other_troubles_stay(
    browser: Browser, sandbox: Sandbox
) -> None:
    other = Fault(Trouble.SLOW, "x", None)
    sandbox.arm.faults.planned.append(other)
    for _ in range(2):
        await browser.done("break", what="throttle", on=True)
    assert (await browser.state())["estate"]["throttled"]
    assert len(sandbox.arm.faults.planned) == 2
    for _ in range(2):
        await browser.done("break", what="throttle", on=False)
    assert not (await browser.state())["estate"]["throttled"]
    assert sandbox.arm.faults.planned == [other]


async def test_the_bot_of_another_terminal_is_not_ours_to_kill(browser: Browser) -> None:
    for what in ("kill", "revive"):
        assert "--no-bot" in await browser.problem("break", what=what)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "what is missing or is not a text."),
        ({"what": "the moon"}, "There is no 'the moon' that could be broken."),
        ({"what": "azure_vm", "machine": "x", "running": True}, "There is no machine 'x'."),
        ({"what": "azure_vm", "machine": "web01"}, "running is missing or is neither true nor false."),
        ({"what": "azure_vm", "machine": "hr01", "running": True}, "hr01 has no VM in Azure."),
        ({"what": "datastore", "name": "x", "accessible": True}, "There is no datastore 'x'."),
        ({"what": "throttle", "on": "yes"}, "on is missing or is neither true nor false."),
        ({"what": "speed", "times": 0}, "times is not a number from 1 to 3600."),
        ({"what": "speed", "times": True}, "times is not a number from 1 to 3600."),
    ],
)
async def test_what_can_not_be_broken_is_told(browser: Browser, fields: dict[str, object], problem: str) -> None:
    assert await browser.problem("break", **fields) == problem


async def test_the_pace_is_set(browser: Browser) -> None:
    assert (await browser.state())["estate"]["speed"] == SPEED
    await browser.done("break", what="speed", times=600)
    assert (await browser.state())["estate"]["speed"] == 600


def test_a_reprotect_takes_half_a_minute_and_what_is_under_way_changes_its_pace_too() -> None:
    estate = night()
    estate.now = datetime(2026, 1, 1, tzinfo=UTC)
    item = estate.vault.item("web01")
    job = begin(estate, item, "job", Operation.REPROTECT, body={})
    whole = timedelta(minutes=22 / SPEED)
    assert timedelta(seconds=25) < whole < timedelta(seconds=35)

    began = job.started
    estate.now = began + timedelta(minutes=1 / SPEED)  # half of the job's two
    set_speed(estate, SPEED * 2)
    assert job.started == began
    assert job.ends == estate.now + timedelta(minutes=1 / SPEED / 2)

    estate.now = job.ends
    settle(estate)
    assert item.stage == "replicating-back"
    estate.now = job.ends + timedelta(minutes=10 / SPEED / 2)
    assert percent(estate, item) == 50
    set_speed(estate, SPEED * 4)
    assert percent(estate, item) > 50
    estate.now += timedelta(minutes=10 / SPEED / 4)
    settle(estate)
    assert item.stage == "ready-to-fail-back"


def test_what_ended_is_not_touched_by_another_pace() -> None:
    estate = night()
    estate.now = datetime(2026, 1, 1, tzinfo=UTC)
    item = estate.vault.item("web01")
    job = begin(estate, item, "job", Operation.REPROTECT, body={})
    ended = job.ends
    estate.now += timedelta(hours=1)
    settle(estate)
    set_speed(estate, 1)
    assert job.ends == ended
    assert item.stage == "ready-to-fail-back"


def test_one_machine_fails_on_its_first_way_back_and_one_on_its_first_way_home() -> None:
    vault = night().vault
    for name in (FAILS_TO_START, FAILS_TO_RETURN):
        assert [fate.end for fate in vault.item(name).fates] == ["Failed"]
