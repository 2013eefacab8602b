"""Process servers, which carry the data of the classic stack."""

from collections.abc import Iterator

from homeward.checks.facts import Facts, Missing, ProcessServer, known
from homeward.checks.limits import HEARTBEAT_LIMIT, LOAD_CRITICAL_PERCENT, SPACE_CRITICAL_PERCENT
from homeward.checks.model import CLASSIC, NotApplicable, Sentence, Severity, rule

from . import azure_errors, pages
from .ages import late, overdue
from .present import all_of, known_first, not_in_state

AREAS = ("process-server",)

# Microsoft, "Monitor the process server"; the critical limits stand with those that a choice goes by.
LOAD_WARNING_PERCENT = 80
SPACE_WARNING_PERCENT = 30
CERTIFICATE_WARNING_DAYS = 30
"""Ours: a failback can take weeks, and renewing needs a planned moment."""


def named(facts: Facts) -> tuple[ProcessServer, ...]:
    """The chosen server alone; all of them while the choice is open. In the modernized stack they are appliances."""
    servers = known(facts.process_servers)
    wanted = known(facts.choice).process_server.casefold()
    if not wanted:
        return servers
    return tuple(each for each in servers if wanted in {each.server.name.casefold(), each.server.id.casefold()})


def usable_process_servers(facts: Facts) -> tuple[ProcessServer, ...]:
    """Those that would be used: nobody takes a silent server while another one is known to report."""
    servers = named(facts)
    if not servers:
        raise NotApplicable("There is no process server.")
    if all(_silent(each, facts) is not False for each in servers):
        return servers
    return tuple(each for each in servers if _silent(each, facts) is not True)


def _silent(each: ProcessServer, facts: Facts) -> bool | Missing:
    return late(each.server.name, each.server.last_heartbeat, facts.now, HEARTBEAT_LIMIT)


@rule(
    id="process-server-missing",
    title="There is a process server",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Set up a process server, in the Azure network of the failed-over machines when only a VPN leads back.",
    docs=pages.PROCESS_SERVER_IN_AZURE,
)
def process_server_missing(facts: Facts) -> Iterator[Sentence]:
    if not named(facts):
        wanted = known(facts.choice).process_server
        which = f"the chosen process server {wanted}" if wanted else "any process server"
        yield f"The configuration server of {facts.machine} does not list {which}."


@rule(
    id="process-server-no-heartbeat",
    title="The process server reports",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Sign in to the process server, start its services, and test with telnet and ping "
    "that it reaches the configuration server on port 443.",
    docs=pages.PROCESS_SERVER,
)
def process_server_no_heartbeat(facts: Facts) -> Iterator[Sentence]:
    yield from all_of(*(_lifeless(each, facts) for each in usable_process_servers(facts)))


def _lifeless(each: ProcessServer, facts: Facts) -> Iterator[Sentence]:
    name = each.server.name
    yield from all_of(
        overdue(f"{name}: last heartbeat", each.server.last_heartbeat, facts.now, HEARTBEAT_LIMIT),
        not_in_state(name, "service", each.service_status, "running"),
    )


@rule(
    id="process-server-unhealthy",
    title="The process server has room to work",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Relieve the process server (fewer machines, more CPU, memory or cache disk) or choose another one.",
    docs=pages.MONITOR_PROCESS_SERVER,
)
def process_server_unhealthy(facts: Facts) -> Iterator[Sentence]:
    yield from all_of(
        *(
            look
            for each in usable_process_servers(facts)
            for look in (
                azure_errors.critical(each.server.name, each.server.health_errors, health=each.server.health),
                _overloaded(each),
                _out_of_space(each),
            )
        )
    )


def _overloaded(each: ProcessServer) -> Iterator[Sentence]:
    for load, percent in known_first((("CPU", each.cpu_percent), ("memory", each.memory_used_percent))):
        if percent > LOAD_CRITICAL_PERCENT:
            yield f"{each.server.name}: {load} is at {percent:g} % (limit {LOAD_CRITICAL_PERCENT} %)."


def _out_of_space(each: ProcessServer) -> Iterator[Sentence]:
    free = known(each.space_free_percent)
    if free < SPACE_CRITICAL_PERCENT:
        yield f"{each.server.name}: {free:g} % of its cache is free (at least {SPACE_CRITICAL_PERCENT} %)."


@rule(
    id="process-server-strained",
    title="The process server has room to spare",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Watch the process server while machines replicate back, and add another one if it slows down.",
    docs=pages.MONITOR_PROCESS_SERVER,
)
def process_server_strained(facts: Facts) -> Iterator[Sentence]:
    yield from all_of(
        *(
            look
            for each in usable_process_servers(facts)
            for look in (
                azure_errors.worn(each.server.name, each.server.health_errors, each.server.health),
                _loaded(each),
                _short_of_space(each),
            )
        )
    )


def _loaded(each: ProcessServer) -> Iterator[Sentence]:
    for load, percent in known_first((("CPU", each.cpu_percent), ("memory", each.memory_used_percent))):
        if LOAD_WARNING_PERCENT < percent <= LOAD_CRITICAL_PERCENT:
            yield f"{each.server.name}: {load} is at {percent:g} % (better under {LOAD_WARNING_PERCENT} %)."


def _short_of_space(each: ProcessServer) -> Iterator[Sentence]:
    free = known(each.space_free_percent)
    if SPACE_CRITICAL_PERCENT <= free < SPACE_WARNING_PERCENT:
        yield f"{each.server.name}: {free:g} % of its cache is free (better over {SPACE_WARNING_PERCENT} %)."


@rule(
    id="process-server-certificate-expired",
    title="The process server's certificate is valid",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Renew the certificate on the configuration server, which renews it for the process server too.",
    docs=pages.CONFIGURATION_SERVER,
)
def process_server_certificate_expired(facts: Facts) -> Iterator[Sentence]:
    for name, days in known_first(
        (each.server.name, each.certificate_days_left) for each in usable_process_servers(facts)
    ):
        if days <= 0:
            yield f"{name}: its certificate has expired ({-days} days ago)."


@rule(
    id="process-server-certificate-expiring",
    title="The process server's certificate stays valid for a month",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Renew the certificate on the configuration server before the machines are home.",
    docs=pages.CONFIGURATION_SERVER,
)
def process_server_certificate_expiring(facts: Facts) -> Iterator[Sentence]:
    for name, days in known_first(
        (each.server.name, each.certificate_days_left) for each in usable_process_servers(facts)
    ):
        if 0 < days < CERTIFICATE_WARNING_DAYS:
            yield f"{name}: its certificate expires in {days} days (better {CERTIFICATE_WARNING_DAYS} or more)."


@rule(
    id="process-server-far-away",
    title="A process server stands in the Azure network of the machine",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Set up a process server in that Azure network if only a VPN leads back; with ExpressRoute leave it as it is.",
    docs=pages.PROCESS_SERVER_IN_AZURE,
)
def process_server_far_away(facts: Facts) -> Iterator[Sentence]:
    servers = usable_process_servers(facts)
    if any(each.in_azure is True for each in servers):
        return
    far = [name for name, _ in known_first((each.server.name, each.in_azure) for each in servers)]
    yield f"{', '.join(far)}: not in the Azure network of {facts.machine}."
