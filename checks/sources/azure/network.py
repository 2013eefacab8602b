"""Whether a process server stands in the virtual network that the machines failed over into."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from homeward.checks.facts import Missing, ProcessServer
from homeward.checks.sources.access import Limits, SourceError

from .connection import AzureConnection
from .ids import resource
from .shared import Clock, Shared
from .wire import Wire

VNET = "Microsoft.Network/virtualNetworks"
API = "2024-05-01"

Prefixes = tuple[IPv4Network | IPv6Network, ...]


class Networks:
    """Virtual networks by id, each read once for `limits.list_ttl` seconds."""

    def __init__(self, connection: AzureConnection, *, limits: Limits, clock: Clock) -> None:
        self._connection = connection
        self._ttl = limits.list_ttl
        self._clock = clock
        self._prefixes: dict[str, Shared[Prefixes]] = {}

    async def place(self, servers: Sequence[ProcessServer], vnet_id: str) -> tuple[ProcessServer, ...]:
        """The servers with `in_azure` told: whether their address lies in the network. May raise `SourceError`."""
        vnet = resource(vnet_id, VNET)
        if vnet is None:
            return unplaced(servers, f"{vnet_id} is not the id of a virtual network")
        prefixes = await self._read(vnet_id, vnet.name)
        return tuple(replace(server, in_azure=_within(server, prefixes)) for server in servers)

    async def _read(self, vnet_id: str, name: str) -> Prefixes:
        async def read() -> Prefixes:
            async with self._connection.asking(f"the virtual network {name}"):
                body = await self._connection.get(vnet_id, API)
            space = Wire(body).part("properties").part("addressSpace").texts("addressPrefixes")
            try:
                prefixes = tuple(ip_network(prefix, strict=False) for prefix in space)
            except ValueError:
                prefixes = ()
            if not prefixes:
                raise SourceError(f"Azure does not tell the addresses of the virtual network {name}")
            return prefixes

        key = vnet_id.casefold()
        if key not in self._prefixes:
            self._prefixes[key] = Shared(read, ttl=self._ttl, clock=self._clock, start=self._connection.start)
        return await self._prefixes[key].get()


def unplaced(servers: Sequence[ProcessServer], reason: str) -> tuple[ProcessServer, ...]:
    """The servers where it is not known whether they are in Azure."""
    return tuple(replace(server, in_azure=Missing(reason)) for server in servers)


def _within(process_server: ProcessServer, prefixes: Prefixes) -> bool | Missing:
    server = process_server.server
    try:
        addresses = [ip_address(text.strip()) for text in server.ip_address.split(",")]
    except ValueError:
        return Missing(f"Azure does not tell the address of {server.name}")
    return any(address in prefix for address in addresses for prefix in prefixes)
