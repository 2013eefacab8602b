"""The sandbox's vCenter over TLS, and readers of it."""

import os
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any, Protocol

import pytest
import trustme

from homeward.bot.sandbox.estate import company
from homeward.bot.sandbox.estate.model import Estate
from homeward.bot.sandbox.vcenter import SandboxVCenter
from homeward.checks.sources.access import Limits, VCenterAccess
from homeward.checks.sources.vcenter import VCenterReader, VmQuery, Wanted


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Readers(Protocol):
    """Makes readers of the sandbox's vCenter; keywords change where and how it is reached."""

    def __call__(self, *, timeout: float = 5.0, **changes: str | int) -> VCenterReader: ...


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vcenter") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def served_by(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate: Any = authority.issue_cert(*names)  # Any: it also takes pyOpenSSL's context, which is not there
    certificate.configure_cert(context)
    return context


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    return served_by(authority, "127.0.0.1", "localhost")


@pytest.fixture
def estate() -> Estate:
    return company()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def vcenter(estate: Estate, server_tls: ssl.SSLContext) -> AsyncIterator[SandboxVCenter]:
    async with SandboxVCenter(estate, server_tls) as server:
        yield server


@pytest.fixture
def access(vcenter: SandboxVCenter, estate: Estate, ca_file: Path) -> VCenterAccess:
    return VCenterAccess(
        name="vc01",
        host=vcenter.host,
        port=vcenter.port,
        username=estate.vcenter.username,
        password=estate.vcenter.password,
        ca_file=str(ca_file),
        asr_account=estate.vcenter.asr_account,
    )


@pytest.fixture
async def readers(access: VCenterAccess, clock: Clock) -> AsyncIterator[Readers]:
    made: list[VCenterReader] = []

    def make(*, timeout: float = 5.0, **changes: str | int) -> VCenterReader:
        changed = replace(access, **changes)  # type: ignore[arg-type] # the fields' types, which replace cannot tell
        made.append(VCenterReader(changed, limits=Limits(collect_timeout=timeout), clock=clock))
        return made[-1]

    yield make
    for reader in made:
        await reader.close()


@pytest.fixture
def reader(readers: Readers) -> VCenterReader:
    return readers()


Want = Callable[..., Wanted]


@pytest.fixture
def want(estate: Estate) -> Want:
    """What a check of one machine asks: its VM by instance UUID, the target's by name."""

    def make(machine: str, target: str = "appliance01", *, datastore: str = "", modernized: bool = True) -> Wanted:
        uuid = next((vm.instance_uuid for vm in estate.vcenter.vms if vm.name == machine), "")
        query = VmQuery(instance_uuid=uuid) if uuid else VmQuery(name=machine)
        return Wanted(machine, query, VmQuery(name=target) if target else None, datastore, modernized=modernized)

    return make


@pytest.fixture
def impostor_tls() -> ssl.SSLContext:
    """The right name, from an authority that nobody trusts."""
    return served_by(trustme.CA(), "127.0.0.1")


@pytest.fixture
def other_name_tls(authority: trustme.CA) -> ssl.SSLContext:
    """The trusted authority, another host's name."""
    return served_by(authority, "elsewhere.example")


@pytest.fixture
def vcsim(authority: trustme.CA, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """VMware's own simulator: where it listens; it takes user and pass.

    One host, since it tells of a datastore's mount on the last host only.
    """
    binary = Path(os.environ.get("HOMEWARD_VCSIM") or Path(__file__).parents[4] / ".ci" / "cache" / "vcsim")
    if not binary.exists():
        pytest.skip("vcsim is not built: .ci/build-vcsim .ci/cache/vcsim")
    certificate = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(one.bytes() for one in certificate.cert_chain_pems))
    key.write_bytes(certificate.private_key_pem.bytes())
    command = [str(binary), "-cert", str(chain), "-key", str(key), "-hosts", "1", "-standalone-hosts", "0"]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603 - our own binary and files
        assert process.stdout
        host, _, port = process.stdout.readline().strip().rpartition(":")
        yield host, int(port)
        process.terminate()
