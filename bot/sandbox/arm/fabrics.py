"""The vault's fabrics, one for each stack that has servers, with their containers and providers and vCenters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .classic_fabric import classic_details
from .modernized_fabric import modernized_details
from .refusals import no_resource
from .routing import Listing
from .wire import LAST_DAY, STALE_MINUTES, guid, host_id, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .names import Names
    from .routing import Call
    from .wire import Body

KIND = "Microsoft.RecoveryServices/vaults/replicationFabrics"


def list_fabrics(call: Call) -> Listing:
    return Listing(partial(_fabric, call.names, topology) for topology in _topologies(call))


def get_fabric(call: Call) -> Body:
    for topology in _topologies(call):
        if call.is_named("fabric", call.names.fabric_name(topology)):
            return _fabric(call.names, topology)
    raise no_resource(KIND, call.parts["fabric"])


def _topologies(call: Call) -> Iterator[str]:
    if call.estate.vault.configuration_server:
        yield "classic"
    if call.estate.vault.appliances:
        yield "modernized"


def _fabric(names: Names, topology: str) -> Body:
    vault = names.estate.vault
    server = vault.configuration_server
    classic = topology == "classic"
    silent = [server.silent_minutes] if classic and server else [one.silent_minutes for one in vault.appliances]
    no_key: Body = {"kekState": "None", "kekCertThumbprint": None}
    return {
        "id": names.fabric(topology),
        "name": names.fabric_name(topology),
        "type": KIND,
        "properties": {
            "friendlyName": names.fabric_friendly_name(topology),
            "encryptionDetails": no_key,
            "rolloverEncryptionDetails": no_key,
            "internalIdentifier": names.fabric_guid(topology),
            "bcdrState": "Valid",
            "customDetails": (
                classic_details(names.estate, server) if classic and server else modernized_details(names)
            ),
            "healthErrorDetails": [],
            "health": "Critical" if max(silent) > STALE_MINUTES else "Normal",
        },
    }


def list_containers(call: Call) -> Listing:
    return Listing(partial(_container, call.names, topology) for topology in _topologies(call))


def _container(names: Names, topology: str) -> Body:
    count = sum(1 for item in names.estate.vault.items if item.topology == topology)
    return {
        "id": names.container(topology),
        "name": names.container_name(topology),
        "type": f"{KIND}/replicationProtectionContainers",
        "properties": {
            "fabricFriendlyName": names.fabric_friendly_name(topology),
            "friendlyName": names.container_name(topology),
            "fabricType": "VMware" if topology == "classic" else "InMageRcmFabric",
            "protectedItemCount": count,
            "pairingStatus": "Paired",
            "role": "Primary",
            "fabricSpecificDetails": {"instanceType": "VMware" if topology == "classic" else "InMageRcm"},
        },
    }


def list_providers(call: Call) -> Listing:
    names, vault = call.names, call.estate.vault
    renderers: list[Callable[[], Body]] = []
    server = vault.configuration_server
    if server:
        renderers.append(
            partial(
                _provider, names, "classic", server.name, status=server.provider_status, silent=server.silent_minutes
            )
        )
    for one in vault.appliances:
        status = one.provider_status if one.silent_minutes <= STALE_MINUTES else "Disconnected"
        renderers.append(partial(_provider, names, "modernized", one.name, status=status, silent=one.silent_minutes))
    return Listing(renderers)


def _provider(names: Names, topology: str, machine: str, *, status: str, silent: int) -> Body:
    return {
        "id": names.provider(topology, machine),
        "name": names.provider_name(topology, machine),
        "type": f"{KIND}/replicationRecoveryServicesProviders",
        "properties": {
            "fabricType": "VMware" if topology == "classic" else "InMageRcmFabric",
            "friendlyName": machine,
            "providerVersion": "5.24.1230.3",
            "serverVersion": "9.62.7172.1",
            "providerVersionState": "Latest",
            "providerVersionExpiryDate": LAST_DAY,
            "fabricFriendlyName": names.fabric_friendly_name(topology),
            "lastHeartBeat": moment(names.estate.ago(silent)),
            "connectionStatus": status,
            "protectedItemCount": sum(1 for item in names.estate.vault.items if item.topology == topology),
            "allowedScenarios": ["Refresh"] if status == "Connected" else None,
            "healthErrorDetails": [],
            "draIdentifier": names.provider_name(topology, machine),
            "machineId": guid("machine", machine),
            "machineName": machine,
            "biosId": guid("bios", machine).upper(),
        },
    }


def list_vcenters(call: Call) -> Listing:
    """Only the classic stack registers its vCenter in the vault; the appliance keeps its own."""
    return Listing([partial(_vcenter, call.names)] if call.estate.vault.configuration_server else [])


def _vcenter(names: Names) -> Body:
    estate = names.estate
    server = estate.vault.configuration_server
    name = estate.vcenter.name
    return {
        "id": f"{names.fabric('classic')}/replicationvCenters/{name}",
        "name": name,
        "type": f"{KIND}/replicationvCenters",
        "properties": {
            "friendlyName": name,
            "internalId": guid("vcenter", name),
            "lastHeartbeat": moment(estate.ago(server.silent_minutes if server else 0)),
            "discoveryStatus": "Completed",
            "processServerId": host_id(server.name) if server else "",
            "ipAddress": name,
            "infrastructureId": guid("vcenter", name),
            "port": "443",
            "runAsAccountId": "1",
            "fabricArmResourceName": names.fabric_name("classic"),
            "healthErrors": None,
        },
    }
