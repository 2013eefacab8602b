"""The sandbox's vCenter and, where it is built, vcsim; both behind certificates that the real pyVmomi verifies."""

# mypy: disallow-untyped-calls=False
# (pyVmomi's stub adapters have no annotations)

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
import trustme
from pyVmomi import vim, vmodl
from pyVmomi.SoapAdapter import SoapStubAdapter

from homeward.bot.sandbox.estate import Estate, company
from homeward.bot.sandbox.vcenter import SandboxVCenter

API = "vim.version.v8_0_3_0"
ROOT = Path(__file__).parents[4]

PropertyCollector = vmodl.query.PropertyCollector

Found = dict[str, dict[str, Any]]
"""Property values by path, by the object's name."""


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def client_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType] # trustme also takes pyOpenSSL's context, which is not installed
    return context


@pytest.fixture
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] # trustme also takes pyOpenSSL's context, which is not installed
    return context


@pytest.fixture
def estate() -> Estate:
    return company()


@pytest.fixture
async def vcenter(estate: Estate, server_context: ssl.SSLContext) -> AsyncIterator[SandboxVCenter]:
    async with SandboxVCenter(estate, server_context) as serving:
        yield serving


Connect = Callable[[str, int], SoapStubAdapter]


@pytest.fixture
def connect(client_context: ssl.SSLContext) -> Iterator[Connect]:
    """Makes clients; their calls block, so tests make them through `asyncio.to_thread`."""
    made: list[SoapStubAdapter] = []

    def stub(host: str, port: int) -> SoapStubAdapter:
        made.append(
            SoapStubAdapter(host=host, port=port, version=API, sslContext=client_context, httpConnectionTimeout=5)
        )
        return made[-1]

    yield stub
    for one in made:
        one.DropConnections()


@pytest.fixture
def stub(connect: Connect, vcenter: SandboxVCenter) -> SoapStubAdapter:
    return connect(vcenter.host, vcenter.port)


@pytest.fixture
def service(stub: SoapStubAdapter) -> vim.ServiceInstance:
    return vim.ServiceInstance("ServiceInstance", stub)


@pytest.fixture
async def content(service: vim.ServiceInstance, estate: Estate) -> vim.ServiceInstanceContent:
    """Of a client that has logged in."""

    def log_in() -> vim.ServiceInstanceContent:
        content = service.RetrieveContent()
        assert content.sessionManager
        content.sessionManager.Login(estate.vcenter.username, estate.vcenter.password, None)
        return content

    return await asyncio.to_thread(log_in)


@pytest.fixture
def vcsim(authority: trustme.CA, connect: Connect, tmp_path: Path) -> Iterator[vim.ServiceInstance]:
    """VMware's simulator."""
    binary = Path(os.environ.get("HOMEWARD_VCSIM") or ROOT / ".ci" / "cache" / "vcsim")
    if not binary.exists():
        pytest.skip("vcsim is not built: .ci/build-vcsim .ci/cache/vcsim")
    with _running(binary, authority, tmp_path) as (host, port):
        yield vim.ServiceInstance("ServiceInstance", connect(host, port))


@contextmanager
def _running(binary: Path, authority: trustme.CA, folder: Path) -> Generator[tuple[str, int]]:
    certificate = authority.issue_cert("127.0.0.1")
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(one.bytes() for one in certificate.cert_chain_pems))
    key.write_bytes(certificate.private_key_pem.bytes())
    command = [str(binary), "-cert", str(chain), "-key", str(key)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603 - our own binary and files
        assert process.stdout
        host, _, port = process.stdout.readline().strip().rpartition(":")
        yield host, int(port)
        process.terminate()


SmallRead = Callable[[vim.ServiceInstanceContent], Found]


@pytest.fixture
def small_read() -> SmallRead:
    """A read that every peer must answer: each VM with its devices, its power and its host."""
    paths = ["name", "config.instanceUuid", "config.hardware.device", "runtime.powerState", "runtime.host"]

    def read(content: vim.ServiceInstanceContent) -> Found:
        assert content.viewManager
        view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
        seen = PropertyCollector.TraversalSpec(type=vim.view.ContainerView, path="view")
        spec = PropertyCollector.FilterSpec(
            objectSet=[PropertyCollector.ObjectSpec(obj=view, skip=True, selectSet=[seen])],
            propSet=[PropertyCollector.PropertySpec(type=vim.VirtualMachine, pathSet=paths)],
        )
        result: Any = content.propertyCollector.RetrievePropertiesEx([spec], PropertyCollector.RetrieveOptions())
        values = ({one.name: one.val for one in found.propSet} for found in result.objects)
        return {value["name"]: value for value in values}

    return read
