"""Which privileges Site Recovery's account lacks, asked of the sandbox's vCenter."""

from collections.abc import Callable
from typing import Any

import pytest
from pyVmomi import vim

from homeward.bot.sandbox.estate.model import Estate
from homeward.bot.sandbox.vcenter import SandboxVCenter
from homeward.checks.facts import Missing, VCenter
from homeward.checks.sources.access import VCenterAccess
from homeward.checks.sources.vcenter import VCenterReader, Wanted
from homeward.checks.sources.vcenter.privileges import MODERNIZED_ONLY, NEEDED, Privileges

Want = Callable[..., Wanted]


async def missing(reader: VCenterReader, wanted: Wanted) -> tuple[str, ...] | Missing:
    vcenter = (await reader.read([wanted]))[wanted.machine].vcenter
    assert isinstance(vcenter, VCenter)
    return vcenter.missing_privileges


async def test_an_account_with_all_privileges_lacks_none(reader: VCenterReader, want: Want) -> None:
    assert await missing(reader, want("web01")) == ()


@pytest.mark.parametrize(
    "privilege", ["Datastore.AllocateSpace", "VirtualMachine.Config.AddNewDisk", "VirtualMachine.State.CreateSnapshot"]
)
async def test_what_is_lacking_is_named(reader: VCenterReader, estate: Estate, want: Want, privilege: str) -> None:
    estate.vcenter.missing_privileges = [privilege]
    assert await missing(reader, want("web01")) == (privilege,)


async def test_making_snapshots_is_only_needed_in_the_modernized_topology(
    reader: VCenterReader, estate: Estate, want: Want
) -> None:
    estate.vcenter.missing_privileges = [*MODERNIZED_ONLY, "Task.Create"]
    assert await missing(reader, want("web01", modernized=False)) == ("Task.Create",)


async def test_every_privilege_asked_about_exists(reader: VCenterReader, estate: Estate, want: Want) -> None:
    needed = {*NEEDED, *MODERNIZED_ONLY}
    estate.vcenter.missing_privileges = sorted(needed)
    lacking = await missing(reader, want("web01"))
    assert isinstance(lacking, tuple)
    assert set(lacking) == needed


async def test_all_granted_is_believed_for_one_minute(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want, clock: Any
) -> None:
    await missing(reader, want("web01"))
    clock.now += 59
    vcenter.calls.clear()
    await missing(reader, want("web01"))
    assert "HasUserPrivilegeOnEntities" not in vcenter.calls
    clock.now += 2
    await missing(reader, want("web01"))
    assert "HasUserPrivilegeOnEntities" in vcenter.calls


async def test_what_was_granted_is_forgotten_on_demand(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want, clock: Any
) -> None:
    await missing(reader, want("web01"))
    reader.forget()
    vcenter.calls.clear()
    clock.now += 1
    await missing(reader, want("web01"))
    assert "HasUserPrivilegeOnEntities" in vcenter.calls
    vcenter.calls.clear()
    await missing(reader, want("web01"))
    assert "HasUserPrivilegeOnEntities" not in vcenter.calls


async def test_what_is_lacking_is_asked_anew_each_time(reader: VCenterReader, estate: Estate, want: Want) -> None:
    estate.vcenter.missing_privileges = ["Task.Create"]
    await missing(reader, want("web01"))
    estate.vcenter.missing_privileges = []
    assert await missing(reader, want("web01")) == ()


async def test_without_a_configured_account_nothing_is_known(readers: Any, want: Want) -> None:
    reader: VCenterReader = readers(asr_account="")
    assert await missing(reader, want("web01")) == Missing("no asr_account is configured for vCenter vc01")


async def test_an_account_that_vcenter_does_not_know_lacks_everything(readers: Any, want: Want) -> None:
    reader: VCenterReader = readers(asr_account="NOWHERE\\nobody")
    lacking = await missing(reader, want("web01"))
    assert isinstance(lacking, tuple)
    assert set(NEEDED) < set(lacking)


class Refusing:
    """A session whose authorization manager answers with what is given: a fault to raise, or an answer."""

    def __init__(self, answer: object) -> None:
        self._answer = answer
        self.content = self
        self.authorizationManager = self

    def HasUserPrivilegeOnEntities(self, *_: object) -> object:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def ask(self, method: Callable[..., object], *args: object) -> object:
        return method(*args)


def asked_of(session: Any, access: VCenterAccess) -> object:
    return Privileges(access, lambda: 0.0).missing(session, ["datacenter"], ["Task.Create"])["datacenter"]


def test_a_refusal_to_tell_privileges_is_missing(access: VCenterAccess) -> None:
    refusal: Any = vim.fault.UserNotFound
    lacking = asked_of(Refusing(refusal(msg="no such user")), access)
    assert lacking == Missing("vc01 does not tell the privileges of VSPHERE.LOCAL\\asr (UserNotFound: no such user)")


def test_an_empty_answer_about_privileges_is_missing(access: VCenterAccess) -> None:
    assert asked_of(Refusing(None), access) == Missing("vc01 does not tell the privileges of VSPHERE.LOCAL\\asr")


def test_an_ended_session_is_not_taken_for_an_answer(access: VCenterAccess) -> None:
    ended: Any = vim.fault.NotAuthenticated
    with pytest.raises(vim.fault.NotAuthenticated):
        asked_of(Refusing(ended()), access)


async def test_an_unreadable_list_of_privileges_is_missing(
    reader: VCenterReader, vcenter: SandboxVCenter, want: Want
) -> None:
    vcenter.faults.no_permission_paths.add("privilegeList")
    assert await missing(reader, want("web01")) == Missing("vc01 does not tell which privileges it has")


async def test_without_a_target_the_whole_inventory_is_asked_about(
    reader: VCenterReader, estate: Estate, want: Want
) -> None:
    estate.vcenter.missing_privileges = ["Task.Create"]
    assert await missing(reader, want("web01", "")) == ("Task.Create",)
