"""How a fabric's servers are, in a clause each: for an overview, where the rules judge for one machine."""

from collections.abc import Iterator
from datetime import datetime

from homeward.checks.facts import NEVER, ConfigurationServer, HealthError, Missing, Moment, ServerHealth, Topology
from homeward.checks.limits import HEARTBEAT_LIMIT
from homeward.checks.subjects import Part

from .azure import Fabric

CONFIGURATION_SERVER = "configuration server"
PROCESS_SERVER = "process server"
MASTER_TARGET = "master target"
APPLIANCE = "replication appliance"
_CONNECTED = "connected"


def parts_of(fabric: Fabric, read_at: datetime) -> tuple[Part, ...]:
    """Each server once, with the worst of what is wrong with it: what runs on an appliance is the appliance's."""
    troubles: dict[tuple[str, str], list[str]] = {}
    for name, kind, clauses in _servers(fabric, read_at):
        troubles.setdefault((name, kind), []).extend(clauses)
    return tuple(Part(name, kind, next(iter(clauses), ""), read_at) for (name, kind), clauses in troubles.items())


def _servers(fabric: Fabric, now: datetime) -> Iterator[tuple[str, str, Iterator[str]]]:
    process_servers = [each.server for each in fabric.process_servers]
    if fabric.topology is Topology.MODERNIZED:
        for agent in fabric.agents:
            yield agent.name, APPLIANCE, _wrong(agent.last_heartbeat, agent.health, agent.health_errors, now)
        for server in process_servers:
            yield server.name, APPLIANCE, _of(server, now)
        if isinstance(fabric.providers, Missing):
            for agent in fabric.agents:
                yield agent.name, APPLIANCE, _reached(fabric.providers)
            return
        for provider in fabric.providers:
            yield provider.name, APPLIANCE, _reached(provider.status)
        return
    if isinstance(fabric.configuration_server, ConfigurationServer):
        own = fabric.configuration_server
        yield own.server.name, CONFIGURATION_SERVER, _of(own.server, now)
        yield own.server.name, CONFIGURATION_SERVER, _reached(own.provider_status)
    for server in process_servers:
        yield server.name, PROCESS_SERVER, _of(server, now)
    for target in fabric.master_targets:
        yield target.server.name, MASTER_TARGET, _of(target.server, now)


def _of(server: ServerHealth, now: datetime) -> Iterator[str]:
    return _wrong(server.last_heartbeat, server.health, server.health_errors, now)


def _wrong(heartbeat: Moment | Missing, health: str, errors: tuple[HealthError, ...], now: datetime) -> Iterator[str]:
    """What is wrong, worst first. No ages: the clause of what has not changed must not change."""
    if heartbeat is NEVER:
        yield "it has never reported"
    elif isinstance(heartbeat, Missing):
        yield heartbeat.reason
    elif now - heartbeat > HEARTBEAT_LIMIT:
        yield f"it has not reported since {heartbeat:%Y-%m-%d %H:%M} UTC"
    grave = health.casefold() == "critical"
    for error in sorted(errors, key=lambda error: not error.critical):
        if error.message:
            yield f"Azure {'reports' if error.critical or grave else 'warns'}: {error.message.rstrip('.')}"
    if health.casefold() in {"critical", "warning"}:
        yield f"Azure calls its health {health.casefold()}"


def _reached(status: str | Missing) -> Iterator[str]:
    if isinstance(status, Missing):
        yield f"whether the vault reaches it is not known: {status.reason}"
    elif not status:
        yield "Azure does not tell whether the vault reaches it"
    elif status.casefold() != _CONNECTED:
        yield f"the vault does not reach it: {status}"
