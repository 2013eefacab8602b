"""Finding machines, and what accounts may do in the sandbox's vCenter; its licences; its refusal to change anything."""

# mypy: disallow-untyped-calls=False
# (pyVmomi's constructors have no annotations)

import asyncio
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from homeward.bot.sandbox.estate import Estate
from homeward.bot.sandbox.vcenter import SandboxVCenter

Content = vim.ServiceInstanceContent

WEB01 = "42130000-0000-0000-0000-00000000000b"


async def search(content: Content, method: str, *arguments: object) -> Any:
    return await asyncio.to_thread(getattr(content.searchIndex, method), None, *arguments)


async def name_of(ref: Any) -> str:
    return await asyncio.to_thread(lambda: str(ref.name))


async def granted(content: Content, account: str, *asked: str) -> dict[str, bool]:
    manager = content.authorizationManager
    assert manager
    entities: list[Any] = [content.rootFolder]
    answers: Any = await asyncio.to_thread(manager.HasUserPrivilegeOnEntities, entities, account, list(asked))
    assert [answer.entity for answer in answers] == entities
    return {one.privId: one.isGranted for one in answers[0].privAvailability}


async def test_a_machine_is_found_by_its_bios_uuid(content: Content) -> None:
    assert await name_of(await search(content, "FindByUuid", WEB01, True, False)) == "web01"
    assert await search(content, "FindByUuid", WEB01, True, True) is None, "that is not its instance UUID"
    assert await search(content, "FindByUuid", WEB01, False, False) is None, "it is no host"


async def test_a_cloned_uuid_finds_both(content: Content, estate: Estate) -> None:
    estate.vcenter.vm("web02").bios_uuid = WEB01.upper()
    found = await search(content, "FindAllByUuid", WEB01, True, False)
    assert [await name_of(one) for one in found] == ["web01", "web02"]


async def test_a_machine_is_found_by_its_name_in_dns_and_by_address(content: Content) -> None:
    by_dns = await search(content, "FindByDnsName", "APPLIANCE01.corp.example", True)
    assert await name_of(by_dns) == "appliance01"
    assert await search(content, "FindByIp", "10.20.0.11", True) == by_dns
    assert await search(content, "FindByIp", "10.20.0.99", True) is None


async def test_the_account_of_site_recovery_holds_all_but_what_it_lacks(content: Content, estate: Estate) -> None:
    estate.vcenter.missing_privileges = ["Datastore.AllocateSpace"]
    asked = ("Datastore.AllocateSpace", "Datastore.Browse", "VirtualMachine.Config.AddNewDisk")
    assert await granted(content, "vsphere.local\\ASR", *asked) == {
        "Datastore.AllocateSpace": False,
        "Datastore.Browse": True,
        "VirtualMachine.Config.AddNewDisk": True,
    }


async def test_other_accounts_may_only_read(content: Content) -> None:
    asked = ("System.Read", "Datastore.AllocateSpace")
    expected = {"System.Read": True, "Datastore.AllocateSpace": False}
    assert await granted(content, "homeward@vsphere.local", *asked) == expected
    manager, sessions = content.authorizationManager, content.sessionManager
    assert manager
    assert sessions
    session: Any = await asyncio.to_thread(lambda: sessions.currentSession)
    own: Any = await asyncio.to_thread(manager.HasPrivilegeOnEntities, [content.rootFolder], session.key, list(asked))
    assert {one.privId: one.isGranted for one in own[0].privAvailability} == expected


async def test_privileges_are_asked_by_ids_that_the_vcenter_knows(content: Content) -> None:
    manager = content.authorizationManager
    assert manager
    known = [one.privId for one in await asyncio.to_thread(lambda: manager.privilegeList)]
    assert all((await granted(content, "VSPHERE.LOCAL\\asr", *known)).values())
    with pytest.raises(vmodl.fault.InvalidArgument):
        await granted(content, "VSPHERE.LOCAL\\asr", "Datastore.AlocateSpace")


async def test_licences_tell_their_features(content: Content, estate: Estate) -> None:
    estate.vcenter.licence_features = ["vsphereapi"]
    manager = content.licenseManager
    assert manager
    licences: Any = await asyncio.to_thread(lambda: manager.licenses)
    features = {one.editionKey: [prop.value.key for prop in one.properties] for one in licences}
    assert features == {"esx.enterprisePlus.cpuPackage": ["vsphereapi"], "vc.standard.instance": []}


async def test_nothing_can_be_changed(content: Content, vcenter: SandboxVCenter) -> None:
    web01 = await search(content, "FindByUuid", WEB01, True, False)
    with pytest.raises(vmodl.fault.NotSupported):
        await asyncio.to_thread(web01.PowerOnVM_Task)
    assert vcenter.calls[-1] == "PowerOnVM_Task"
