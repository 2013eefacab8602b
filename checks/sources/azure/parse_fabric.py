"""A fabric's on-premises servers: configuration and process servers, master targets, the appliance's agents."""

from collections.abc import Sequence
from dataclasses import dataclass

from homeward.checks.facts import (
    ABSENT,
    Absent,
    ConfigurationServer,
    HealthError,
    MasterTarget,
    Missing,
    Moment,
    ProcessServer,
    Provider,
    ReprotectAgent,
    RetentionVolume,
    ServerHealth,
    Topology,
    VaultDatastore,
)

from .parse_health import health_errors
from .parse_item import fabric_of, instance_uuid, os_of
from .wire import Wire

_GIB = 1024**3
_TOPOLOGIES = {"vmware": Topology.CLASSIC, "inmagercm": Topology.MODERNIZED}


@dataclass(frozen=True, slots=True)
class Fabric:
    """A site of the vault: a configuration server with its helpers (classic), or an appliance (modernized)."""

    id: str
    name: str
    topology: Topology
    configuration_server: ConfigurationServer | Absent
    process_servers: tuple[ProcessServer, ...]
    master_targets: tuple[MasterTarget, ...]
    agents: tuple[ReprotectAgent, ...]
    health: str
    health_errors: tuple[HealthError, ...]
    providers: tuple[Provider, ...] | Missing
    """Its control channels, those in trouble first: one for each configuration server or appliance."""


def provider(raw: object) -> Provider:
    wire = Wire(raw)
    told = wire.part("properties")
    name = told.text("machineName", "friendlyName")
    return Provider(
        status=told.text("connectionStatus"),
        last_heartbeat=_reported(told, "lastHeartBeat", f"the provider of {name}" if name else "a provider"),
        name=name,
        id=wire.text("id"),
    )


def fabric(raw: object, providers: Sequence[Provider] | Missing) -> Fabric:
    wire = Wire(raw)
    told = wire.part("properties")
    details = told.part("customDetails")
    topology = _TOPOLOGIES.get(details.text("instanceType").casefold(), Topology.OTHER)
    classic = topology is Topology.CLASSIC
    servers = details.parts("processServers")
    if not isinstance(providers, Missing):
        here = (one for one in providers if fabric_of(one.id).casefold() == wire.text("id").casefold())
        providers = tuple(sorted(here, key=lambda one: one.status.casefold() == "connected"))
    return Fabric(
        id=wire.text("id"),
        name=told.text("friendlyName") or wire.text("name"),
        topology=topology,
        configuration_server=_configuration_server(wire, told, details, providers) if classic else ABSENT,
        process_servers=tuple(_process_server(one) if classic else _appliance_process_server(one) for one in servers),
        master_targets=tuple(_master_target(one) for one in details.parts("masterTargetServers")),
        agents=tuple(_agent(one) for one in details.parts("reprotectAgents")),
        health=told.text("health"),
        health_errors=health_errors(told, "healthErrorDetails"),
        providers=providers,
    )


def has_details(raw: object) -> bool:
    """Whether the servers are told at all: a list may give fabrics in short."""
    details = Wire(raw).part("properties").part("customDetails")
    return details.text("instanceType").casefold() not in _TOPOLOGIES or details.told("processServers")


def _configuration_server(
    wire: Wire, told: Wire, details: Wire, providers: Sequence[Provider] | Missing
) -> ConfigurationServer:
    name = details.text("hostName") or told.text("friendlyName") or wire.text("name")
    status: str | Missing
    heartbeat: Moment | Missing
    if isinstance(providers, Missing):
        status = heartbeat = providers
    else:
        # One is usual; of several, the one in trouble speaks.
        nobody = Missing(f"the vault lists no provider for {name}")
        untold = Missing(f"Azure does not tell whether the provider of {name} is connected")
        status = (providers[0].status or untold) if providers else nobody
        heartbeat = providers[0].last_heartbeat if providers else nobody
    return ConfigurationServer(
        server=ServerHealth(
            name=name,
            id=wire.text("id"),
            ip_address=details.text("ipAddress"),
            version=details.text("agentVersion") or details.part("agentVersionDetails").text("version"),
            last_heartbeat=_reported(details, "lastHeartbeat", name),
            health=told.text("health"),
            health_errors=health_errors(told, "healthErrorDetails"),
        ),
        service_status=details.text("csServiceStatus"),
        provider_status=status,
        provider_heartbeat=heartbeat,
    )


def _reported(wire: Wire, field: str, name: str) -> Moment | Missing:
    """When it last reported. A sentinel date is never; no date at all is not known."""
    moment = wire.moment(field)
    return Missing(f"Azure does not tell when {name} last reported") if moment is None else moment


def _server(wire: Wire, heartbeat: str) -> ServerHealth:
    name = wire.text("friendlyName", "name", "id")
    return ServerHealth(
        name=name,
        id=wire.text("id"),
        ip_address=wire.text("ipAddress") or ", ".join(wire.texts("ipAddresses")),
        version=wire.text("agentVersion", "version") or wire.part("agentVersionDetails").text("version"),
        last_heartbeat=_reported(wire, heartbeat, name),
        health=wire.text("health"),
        health_errors=health_errors(wire, "healthErrors", "validationErrors"),
    )


def _process_server(wire: Wire) -> ProcessServer:
    server = _server(wire, "lastHeartbeat")
    memory_free = _percent(wire, "availableMemoryInBytes", "totalMemoryInBytes", server.name)
    days = wire.integer("sslCertExpiryRemainingDays")
    return ProcessServer(
        server=server,
        service_status=wire.text("psServiceStatus"),
        cpu_percent=_told(wire.number("cpuLoad"), "the processor load", server.name),
        memory_used_percent=memory_free if isinstance(memory_free, Missing) else 100 - memory_free,
        space_free_percent=_percent(wire, "availableSpaceInBytes", "totalSpaceInBytes", server.name),
        certificate_days_left=Missing(f"Azure does not tell when the certificate of {server.name} ends")
        if days is None
        else days,
        in_azure=_not_looked_up(server.name),
    )


def _appliance_process_server(wire: Wire) -> ProcessServer:
    server = _server(wire, "lastHeartbeatUtc")
    return ProcessServer(
        server=server,
        service_status="",
        cpu_percent=_told(wire.number("processorUsagePercentage"), "the processor load", server.name),
        memory_used_percent=_told(wire.number("memoryUsagePercentage"), "the memory in use", server.name),
        space_free_percent=_told(wire.number("freeSpacePercentage"), "the free space", server.name),
        certificate_days_left=Missing(f"Azure does not tell when the certificate of {server.name} ends"),
        in_azure=_not_looked_up(server.name),
    )


def _not_looked_up(name: str) -> Missing:
    return Missing(f"it was not looked up where {name} stands")


def _told(value: float | None, what: str, name: str) -> float | Missing:
    return Missing(f"Azure does not tell {what} of {name}") if value is None else value


def _percent(wire: Wire, part: str, whole: str, name: str) -> float | Missing:
    some, full = wire.number(part), wire.number(whole)
    if some is None or not full:
        return Missing(f"Azure does not tell {part.removesuffix('InBytes')} of {name}")
    return 100 * some / full


def _master_target(wire: Wire) -> MasterTarget:
    server = _server(wire, "lastHeartbeat")
    version = wire.part("agentVersionDetails")
    expires = wire.moment("agentExpiryDate") or version.moment("expiryDate")
    return MasterTarget(
        server=server,
        os=os_of(wire.text("osType"), Missing(f"Azure does not tell the operating system of {server.name}")),
        os_version=wire.text("osVersion"),
        version_status=wire.text("versionStatus") or version.text("status"),
        expires=Missing(f"Azure does not tell when the version of {server.name} expires")
        if expires is None
        else expires,
        retention_volumes=tuple(_retention_volume(one, server.name) for one in wire.parts("retentionVolumes")),
        datastores=tuple(
            VaultDatastore(
                name=one.text("symbolicName", "uuid"),
                type=one.text("type"),
                capacity_bytes=int((one.number("capacity") or 0) * _GIB),
                free_bytes=int((one.number("freeSpace") or 0) * _GIB),
            )
            for one in wire.parts("dataStores")
        ),
        disk_count=Missing(f"Azure does not tell how many disks {server.name} has")
        if (disks := wire.integer("diskCount")) is None
        else disks,
    )


def _retention_volume(wire: Wire, server: str) -> RetentionVolume:
    name = wire.text("volumeName")
    capacity, free = wire.integer("capacityInBytes"), wire.integer("freeSpaceInBytes")
    threshold = wire.number("thresholdPercentage")
    untold = Missing(f"Azure does not tell the size and free space of the retention volume {name} of {server}")
    return RetentionVolume(
        name=name,
        capacity_bytes=untold if capacity is None else capacity,
        free_bytes=untold if free is None else free,
        threshold_percent=ABSENT if threshold is None else threshold,
    )


def _agent(wire: Wire) -> ReprotectAgent:
    name = wire.text("name", "fqdn", "id")
    discovery = wire.moment("lastDiscoveryInUtc")
    return ReprotectAgent(
        id=wire.text("id"),
        name=name,
        fqdn=wire.text("fqdn"),
        health=wire.text("health"),
        health_errors=health_errors(wire, "healthErrors"),
        last_heartbeat=_reported(wire, "lastHeartbeatUtc", name),
        accessible_datastores=wire.texts("accessibleDatastores"),
        vcenter_id=wire.text("vcenterId"),
        last_discovery=Missing(f"Azure does not tell when {name} last looked at its vCenter")
        if discovery is None
        else discovery,
        vsphere_id=instance_uuid(wire.text("fabricObjectId")),
    )
