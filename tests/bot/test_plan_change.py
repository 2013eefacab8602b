"""Between the question and the start something changes: nothing is posted to Azure, and the thread says what."""

from collections.abc import Callable

import pytest

from homeward.bot.sandbox.estate.reprotects import Fate
from homeward.bot.sandbox.estate.shop import add_shop
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import LENA
from tests.bot.story import WITHIN, story


def _datastore_lost(sandbox: Sandbox) -> None:
    for appliance in sandbox.estate.vault.appliances:
        appliance.accessible_datastores.remove("ds-gold-01")


def _datastore_read_only(sandbox: Sandbox) -> None:
    store = sandbox.estate.vcenter.datastore("ds-gold-01")
    store.mounts.update(dict.fromkeys(store.mounts, "readOnly"))


def _vm_deleted(sandbox: Sandbox) -> None:
    machine = sandbox.estate.vault.item("web01").azure_vm
    assert machine
    machine.exists = False


def _item_removed(sandbox: Sandbox) -> None:
    sandbox.estate.vault.items.remove(sandbox.estate.vault.item("web01"))


def _vm_on_premises_deleted(sandbox: Sandbox) -> None:
    sandbox.estate.vcenter.vms.remove(sandbox.estate.vcenter.vm("web01"))


def _vm_stopped(sandbox: Sandbox) -> None:
    machine = sandbox.estate.vault.item("web01").azure_vm
    assert machine
    machine.power = "deallocated"


def _runs_elsewhere(sandbox: Sandbox) -> None:
    sandbox.estate.vault.item("web01").fates.append(Fate(end="InProgress"))
    sandbox.arm.start_elsewhere("web01")


def _done_elsewhere(sandbox: Sandbox) -> None:
    sandbox.estate.vault.item("web01").fates.append(Fate(job_minutes=0))
    sandbox.arm.start_elsewhere("web01")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_datastore_lost, "appliance01 does not reach ds-gold-01."),
        (_datastore_read_only, "ds-gold-01 is read-only on the ESXi host of appliance01."),
        (_vm_deleted, "Azure has no VM for web01: it was deleted"),
        (_item_removed, "web01 has no protected item: "),
        (_vm_on_premises_deleted, "web01 is not as approved: it would return to an alternate location"),
        (_vm_stopped, "web01 is not running (deallocated)."),
        (_done_elsewhere, "web01 cannot be reprotected in its state"),
        (_runs_elsewhere, 'web01: the job "SwitchReplicationGroupProtection" has not ended'),
    ],
)
async def test_what_changed_since_it_was_put_forward_voids_it_with_the_reason(
    sandbox: Sandbox, change: Callable[[Sandbox], None], said: str
) -> None:
    async with story(sandbox) as told:
        await told.asks("web01 Rotterdam is back")
        change(sandbox)
        await told.approves()
        assert said in await told.thread_says("void, and nothing was started")
    assert not [sent for sent in sandbox.arm.requests if sent.method == "POST"]
    assert any(f"approved by <@{LENA.id}>" in text for text in told.replies())
    await told.audited()


async def test_a_group_of_which_one_machine_changed_is_void_as_a_whole(sandbox: Sandbox) -> None:
    add_shop(sandbox.estate)
    async with story(sandbox) as told:
        await told.asks("shop")
        machine = sandbox.estate.vault.item("shop-web02").azure_vm
        assert machine
        machine.exists = False
        await told.approves()
        assert "Azure has no VM for shop-web02" in await told.thread_says("void, and nothing was started")
        await told.card_says("Void, nothing was started: ")
    assert told.started == []


async def test_once_the_first_stage_runs_a_machine_that_changed_is_left_out_and_the_others_come_home(
    sandbox: Sandbox,
) -> None:
    add_shop(sandbox.estate)
    # Its job takes five seconds: the next stage is checked when it has ended.
    sandbox.estate.vault.item("shop-db01").fates.append(Fate(job_minutes=10, replication_minutes=4))
    sandbox.estate.speed = 120
    async with story(sandbox) as told:
        await told.asks("shop")
        await told.approves()
        await sandbox.arm.until(lambda: bool(sandbox.arm.starts), WITHIN)
        machine = sandbox.estate.vault.item("shop-web02").azure_vm
        assert machine
        machine.exists = False
        sandbox.estate.speed = 2400
        assert "Azure has no VM for shop-web02" in await told.thread_says("*shop-web02*: not started")
        await told.thread_says("2 of 3 machines protected")
    assert told.started == ["shop-db01", "shop-web01"]


async def test_a_job_that_begins_elsewhere_in_the_moment_of_the_start_is_adopted(sandbox: Sandbox) -> None:
    sandbox.estate.speed = 60
    sandbox.arm.faults.slow(1.0, method="POST")
    async with story(sandbox) as told:
        await told.asks("web01")
        await told.approves()
        await sandbox.arm.until(lambda: sandbox.arm.requests[-1].method == "POST", WITHIN)
        sandbox.estate.vault.item("web01").fates.append(Fate(replication_minutes=1))
        job = sandbox.arm.start_elsewhere("web01")
        assert job in await told.thread_says("its job was found and is followed")
        await told.thread_says("it is protected and may fail back")
    assert told.started == []
