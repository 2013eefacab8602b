"""Logging in to the sandbox's vCenter, and what becomes of a session."""

# mypy: disallow-untyped-calls=False
# (pyVmomi's stub adapters have no annotations)

import asyncio
import ssl
from datetime import timedelta
from typing import Any

import pytest
import trustme
from pyVim import connect
from pyVmomi import vim, vmodl
from pyVmomi.SoapAdapter import SoapStubAdapter

from homeward.bot.sandbox.estate import Estate
from homeward.bot.sandbox.vcenter import SandboxVCenter


def log_in(service: vim.ServiceInstance, user: str, password: str) -> vim.UserSession:
    manager = service.RetrieveContent().sessionManager
    assert manager
    return manager.Login(user, password, None)


async def test_the_right_password_opens_a_session(service: vim.ServiceInstance, vcenter: SandboxVCenter) -> None:
    session = await asyncio.to_thread(log_in, service, "homeward@vsphere.local", "sandbox")
    assert session.userName == "homeward@vsphere.local"
    assert vcenter.open_sessions == 1
    assert vcenter.calls == ["RetrieveServiceContent", "Login"]


@pytest.mark.parametrize(("user", "password"), [("homeward@vsphere.local", "wrong"), ("nobody", "sandbox"), ("", "")])
async def test_a_wrong_login_is_refused(
    service: vim.ServiceInstance, vcenter: SandboxVCenter, user: str, password: str
) -> None:
    with pytest.raises(vim.fault.InvalidLogin):
        await asyncio.to_thread(log_in, service, user, password)
    assert vcenter.open_sessions == 0


async def test_a_refused_login_can_be_staged(service: vim.ServiceInstance, vcenter: SandboxVCenter) -> None:
    vcenter.faults.refuse_login = True
    with pytest.raises(vim.fault.InvalidLogin, match="incorrect user name or password"):
        await asyncio.to_thread(log_in, service, "homeward@vsphere.local", "sandbox")


async def test_nothing_but_the_content_is_shown_before_login(service: vim.ServiceInstance) -> None:
    content = await asyncio.to_thread(service.RetrieveContent)
    assert content.about.apiType == "VirtualCenter"
    with pytest.raises(vim.fault.NotAuthenticated):
        await asyncio.to_thread(service.CurrentTime)
    with pytest.raises(vim.fault.NotAuthenticated):
        await asyncio.to_thread(lambda: content.rootFolder.name)


async def test_logging_out_ends_the_session(
    content: vim.ServiceInstanceContent, service: vim.ServiceInstance, vcenter: SandboxVCenter
) -> None:
    assert content.sessionManager
    await asyncio.to_thread(content.sessionManager.Logout)
    assert vcenter.open_sessions == 0
    with pytest.raises(vim.fault.NotAuthenticated):
        await asyncio.to_thread(service.CurrentTime)


async def test_an_expired_session_is_not_authenticated(
    content: vim.ServiceInstanceContent, service: vim.ServiceInstance, vcenter: SandboxVCenter
) -> None:
    vcenter.expire_sessions()
    with pytest.raises(vim.fault.NotAuthenticated, match="The session is not authenticated"):
        await asyncio.to_thread(service.CurrentTime)


async def test_half_an_hour_of_idleness_ends_a_session(
    content: vim.ServiceInstanceContent, service: vim.ServiceInstance, estate: Estate
) -> None:
    estate.now = estate.clock() + timedelta(minutes=29)
    assert await asyncio.to_thread(service.CurrentTime) == estate.now
    estate.now += timedelta(minutes=31)
    with pytest.raises(vim.fault.NotAuthenticated):
        await asyncio.to_thread(service.CurrentTime)


async def test_views_end_with_their_session(
    content: vim.ServiceInstanceContent, service: vim.ServiceInstance, vcenter: SandboxVCenter
) -> None:
    views = content.viewManager
    assert views
    view = await asyncio.to_thread(views.CreateContainerView, content.rootFolder, [vim.HostSystem], True)
    assert len(await asyncio.to_thread(lambda: view.view)) == 3
    vcenter.expire_sessions()
    await asyncio.to_thread(log_in, service, "homeward@vsphere.local", "sandbox")
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        await asyncio.to_thread(lambda: view.view)


async def test_a_session_oriented_stub_logs_in_again_by_itself(stub: SoapStubAdapter, vcenter: SandboxVCenter) -> None:
    oriented: Any = connect.VimSessionOrientedStub
    login = oriented.makeUserLoginMethod("homeward@vsphere.local", "sandbox")
    renewing = oriented(stub, login, retryDelay=0, retryCount=2)
    service = vim.ServiceInstance("ServiceInstance", renewing)
    await asyncio.to_thread(service.CurrentTime)
    vcenter.expire_sessions()
    await asyncio.to_thread(service.CurrentTime)
    assert vcenter.calls.count("Login") == 2
    assert vcenter.open_sessions == 1


async def test_smart_connect_finds_a_version_it_can_speak(
    vcenter: SandboxVCenter, client_context: ssl.SSLContext
) -> None:
    def version() -> str:
        connected: Any = connect.SmartConnect(  # pyright: ignore[reportUnknownMemberType] # pyVim is not typed
            host=vcenter.host,
            port=vcenter.port,
            user="homeward@vsphere.local",
            pwd="sandbox",
            sslContext=client_context,
        )
        connect.Disconnect(connected)  # pyright: ignore[reportUnknownMemberType] # the same
        return str(connected._stub.version)

    assert await asyncio.to_thread(version) == "vim.version.v8_0_3_0"
    assert vcenter.open_sessions == 0


async def test_a_certificate_of_another_authority_is_not_trusted(vcenter: SandboxVCenter) -> None:
    context = ssl.create_default_context()
    trustme.CA().configure_trust(context)  # pyright: ignore[reportUnknownMemberType] # trustme also takes pyOpenSSL's context, which is not installed
    stub = SoapStubAdapter(host=vcenter.host, port=vcenter.port, version="vim.version.v8_0_3_0", sslContext=context)
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(vim.ServiceInstance("ServiceInstance", stub).RetrieveContent)
    assert vcenter.calls == []
