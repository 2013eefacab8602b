"""The configuration server, the head of the classic stack on-premises."""

from collections.abc import Iterable, Iterator

from homeward.checks.facts import Facts, known
from homeward.checks.model import CLASSIC, Sentence, Severity, rule

from . import azure_errors, pages
from .ages import HEARTBEAT_LIMIT, ago, stale
from .present import item_of, moment

AREAS = ("configuration-server",)


@rule(
    id="configuration-server-not-connected",
    title="The configuration server runs on-premises and is connected to Azure",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Start the configuration server, start its services, and let it reach Azure on port 443; "
    "if it is lost, restore it from its backup with the same IP address.",
    docs=pages.REPROTECT,
)
def configuration_server_not_connected(facts: Facts) -> Iterator[Sentence]:
    cs = known(facts.configuration_server)
    name = cs.server.name
    if stale(cs.server.last_heartbeat, facts.now, HEARTBEAT_LIMIT):
        yield f"{name}: last heartbeat {ago(cs.server.last_heartbeat, facts.now)} (limit 15 minutes)."
    if cs.service_status and cs.service_status.casefold() != "running":
        yield f"{name}: its service is {cs.service_status}, not running."
    for error in cs.server.health_errors:
        if error.critical:
            yield azure_errors.sentence(error, name)
    if cs.server.health.casefold() == "critical":
        yield f"{name}: Azure calls its health critical."
    status = known(cs.provider_status)
    if status.casefold() != "connected":
        yield f"{name}: its provider is {status or 'in an unknown state'}, not connected."
    heartbeat = moment(cs.provider_heartbeat)
    if stale(heartbeat, facts.now, HEARTBEAT_LIMIT):
        yield f"{name}: its provider was last heard {ago(heartbeat, facts.now)} (limit 15 minutes)."


@rule(
    id="configuration-server-degraded",
    title="The configuration server is in full health",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Open the configuration server in the vault and read its warnings before you start.",
    docs=pages.CONFIGURATION_SERVER,
)
def configuration_server_degraded(facts: Facts) -> Iterator[Sentence]:
    server = known(facts.configuration_server).server
    warnings = [error for error in server.health_errors if not error.critical]
    for error in warnings:
        yield azure_errors.sentence(error, server.name)
    if not warnings and server.health.casefold() == "warning":
        yield f"{server.name}: Azure warns about its health, without naming an error."


@rule(
    id="configuration-server-unknown-vm",
    title="The machine belongs to the configuration server",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Make sure that the machine is in the database of this configuration server: "
    "after a loss, restore the server from the backup that knows it.",
    docs=pages.REPROTECT,
)
def configuration_server_unknown_vm(facts: Facts) -> Iterator[Sentence]:
    """The database itself cannot be read; an item of another fabric is the only sign."""
    server = known(facts.configuration_server).server
    if item_of(facts).fabric_id.casefold() != server.id.casefold():
        yield f"{facts.machine} is protected by another configuration server than {server.name}."


@rule(
    id="configuration-server-backup",
    title="The configuration server has regular backups and would be restored with the same IP address",
    severity=Severity.ATTESTATION,
    topologies=CLASSIC,
    hint="Find the last backup of the configuration server and who can restore it with the same IP address.",
    docs=pages.REPROTECT,
)
def configuration_server_backup(_: Facts) -> Iterable[Sentence]:
    return ()
