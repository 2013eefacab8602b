"""The configuration server, the head of the classic stack on-premises.

Whether the machine is in its database can't be read; the only sign is a machine whose server the vault has no longer.
"""

from collections.abc import Iterable, Iterator

from homeward.checks.facts import ABSENT, Facts
from homeward.checks.limits import HEARTBEAT_LIMIT
from homeward.checks.model import CLASSIC, Sentence, Severity, rule

from . import azure_errors, pages
from .ages import overdue
from .present import all_of, configuration_server_of, looked_for, not_in_state

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
    cs = configuration_server_of(facts)
    name = cs.server.name
    yield from all_of(
        overdue(f"{name}: last heartbeat", cs.server.last_heartbeat, facts.now, HEARTBEAT_LIMIT),
        not_in_state(name, "service", cs.service_status, "running"),
        azure_errors.critical(name, cs.server.health_errors, health=cs.server.health),
        not_in_state(name, "provider", cs.provider_status, "connected"),
        overdue(f"{name}: its provider was last heard", cs.provider_heartbeat, facts.now, HEARTBEAT_LIMIT),
    )


@rule(
    id="configuration-server-degraded",
    title="The configuration server is in full health",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Open the configuration server in the vault and read its warnings before you start.",
    docs=pages.CONFIGURATION_SERVER,
)
def configuration_server_degraded(facts: Facts) -> Iterator[Sentence]:
    server = configuration_server_of(facts).server
    yield from azure_errors.worn(server.name, server.health_errors, server.health)


@rule(
    id="configuration-server-unknown-vm",
    title="The vault has the configuration server that the machine belongs to",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Look in the vault for the machine's configuration server; if it is lost, restore it from the backup "
    "that knows the machine, with the same IP address.",
    docs=pages.REPROTECT,
)
def configuration_server_unknown_vm(facts: Facts) -> Iterator[Sentence]:
    if looked_for(facts.configuration_server) is ABSENT:
        yield f"{facts.machine} belongs to a configuration server that the vault does not list (any more)."


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
