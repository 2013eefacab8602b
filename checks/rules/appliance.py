"""The replication appliance of the modernized stack, the agent in the Azure VM, and the log storage account."""

from collections.abc import Iterator
from datetime import timedelta

from homeward.checks.facts import ABSENT, NEVER, Facts, LogStorage, NotKnown, ReprotectAgent, known
from homeward.checks.limits import HEARTBEAT_LIMIT
from homeward.checks.model import MODERNIZED, NotApplicable, Sentence, Severity, rule

from . import azure_errors, pages
from .ages import DISCOVERY_LIMIT, ago, late, overdue
from .disk_slots import too_many_disks
from .present import agent_of, all_of, datastores_of, item_of, looked_for, moment, not_in_state, present
from .storage_moves import moved_since, storage_moves

AREAS = ("appliance", "agent", "log-storage")

REGISTRATION_WAIT = timedelta(minutes=15)
"""Microsoft: after the VM boots in Azure its agent takes up to 15 minutes to register."""


@rule(
    id="appliance-missing",
    title="There is a replication appliance with a reprotect agent",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Start the replication appliance on-premises, or deploy one and register it with this vault.",
    docs=pages.MODERNIZED,
)
def appliance_missing(facts: Facts) -> Iterator[Sentence]:
    if looked_for(facts.agent) is ABSENT:
        listed, wanted = known(facts.agents), known(facts.choice).target
        if listed and wanted:
            names = ", ".join(agent.name for agent in listed)
            yield f"The vault lists no appliance {wanted} for {facts.machine}, only {names}."
        else:
            yield f"The vault lists no appliance for {facts.machine}."


@rule(
    id="appliance-unhealthy",
    title="The replication appliance reports and is healthy",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Sign in to the appliance, start its services, mend what Azure names, or choose a healthy appliance.",
    docs=pages.MODERNIZED,
)
def appliance_unhealthy(facts: Facts) -> Iterator[Sentence]:
    agent = agent_of(facts)
    yield from all_of(
        overdue(f"{agent.name}: last heartbeat", agent.last_heartbeat, facts.now, HEARTBEAT_LIMIT),
        azure_errors.critical(agent.name, agent.health_errors, health=agent.health),
        _warned(agent),
    )


def _warned(agent: ReprotectAgent) -> Iterator[Sentence]:
    if agent.health.casefold() == "warning" and not any(error.critical for error in agent.health_errors):
        yield f"{agent.name}: Azure calls its health {agent.health}."


@rule(
    id="appliance-not-connected",
    title="The replication appliance is connected to Azure",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Start the appliance and its services, and let it reach Azure on port 443.",
    docs=pages.MODERNIZED,
)
def appliance_not_connected(facts: Facts) -> Iterator[Sentence]:
    provider = known(facts.provider)
    name = provider.name or f"the appliance of {facts.machine}"
    yield from all_of(
        not_in_state(name, "provider", provider.status, "connected"),
        overdue(f"{name}: its provider was last heard", provider.last_heartbeat, facts.now, HEARTBEAT_LIMIT),
    )


@rule(
    id="appliance-cannot-see-datastore",
    title="The replication appliance reaches the datastore",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Mount the datastore on the appliance's ESXi host, or choose an appliance that reaches it, "
    "and wait for its next discovery.",
    docs=pages.MODERNIZED,
)
def appliance_cannot_see_datastore(facts: Facts) -> Iterator[Sentence]:
    agent, chosen = agent_of(facts), known(facts.choice).datastore
    wanted = (chosen,) if chosen else tuple(datastore.name for datastore in datastores_of(facts))
    if known(late(f"{agent.name}: last discovery", agent.last_discovery, facts.now, DISCOVERY_LIMIT)):
        when = ago(moment(agent.last_discovery), facts.now)
        raise NotKnown(f"{agent.name} last looked for datastores {when} (limit 30 minutes)")
    reached = {datastore.casefold() for datastore in agent.accessible_datastores}
    for datastore in wanted:
        if datastore.casefold() not in reached:
            yield f"{agent.name} does not reach {datastore}."


@rule(
    id="appliance-other-vcenter",
    title="The replication appliance works with the machine's vCenter",
    severity=Severity.WARNING,
    topologies=MODERNIZED,
    hint="Choose an appliance of the machine's own vCenter, unless it shall return to an alternate location.",
    docs=pages.MODERNIZED,
)
def appliance_other_vcenter(facts: Facts) -> Iterator[Sentence]:
    agent = agent_of(facts)
    discovered = present(item_of(facts).discovered, "Azure has no discovered VM for it.")
    if not agent.vcenter_id or not discovered.vcenter_id:
        raise NotKnown("Azure does not tell which vCenter the appliance or the machine belongs to")
    if agent.vcenter_id.casefold() != discovered.vcenter_id.casefold():
        yield (
            f"{agent.name} works with another vCenter ({_last(agent.vcenter_id)}) than {facts.machine} "
            f"({_last(discovered.vcenter_id)}): only an alternate location is possible."
        )


def _last(arm_id: str) -> str:
    return arm_id.rstrip("/").rsplit("/", 1)[-1]


@rule(
    id="appliance-too-many-disks",
    title="The appliance's VM has room for the disks to come",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Choose or deploy another appliance, or bring fewer machines home at a time.",
    docs=pages.MODERNIZED,
)
def appliance_too_many_disks(facts: Facts) -> Iterator[Sentence]:
    yield from too_many_disks(facts)


@rule(
    id="appliance-storage-vmotion",
    title="Storage DRS leaves the appliance alone",
    severity=Severity.WARNING,
    topologies=MODERNIZED,
    hint="Set the appliance's VM to manual or disabled in the datastore cluster's Storage DRS, "
    "and move none of its disks until the machines are home.",
    docs=pages.MODERNIZED,
)
def appliance_storage_vmotion(facts: Facts) -> Iterator[Sentence]:
    yield from storage_moves(facts)


@rule(
    id="appliance-moved",
    title="The disks of the appliance's VM stay where they were at the reprotect",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Do not fail back, since the machine's disks would not be found: leave it in Azure and let Microsoft's "
    "support say how they are attached to the appliance again.",
    docs=pages.MODERNIZED,
)
def appliance_moved(facts: Facts) -> Iterator[Sentence]:
    yield from moved_since(facts)


@rule(
    id="agent-not-registered",
    title="The agent in the Azure VM has registered after the failover",
    severity=Severity.WARNING,
    topologies=MODERNIZED,
    hint="Look for a health error about the registration, let the VM reach the appliance and Azure on port 443, "
    "and register the agent by hand if it does not do so itself.",
    docs=pages.MODERNIZED,
)
def agent_not_registered(facts: Facts) -> Iterator[Sentence]:
    """A warning only: it was seen to be false in a reprotect that succeeded."""
    item = item_of(facts)
    if known(item.agent_registered):
        return
    failover = moment(item.last_failover)
    if failover is not NEVER and facts.now - failover <= REGISTRATION_WAIT:
        raise NotKnown(f"registration takes up to 15 minutes after a failover, and it began {ago(failover, facts.now)}")
    yield f"{facts.machine}: its agent has not registered since the failover ({ago(failover, facts.now)})."


@rule(
    id="log-storage-missing",
    title="The log storage account exists",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Choose another log storage account in the Azure region of the VM.",
    docs=pages.LOG_STORAGE,
)
def log_storage_missing(facts: Facts) -> Iterator[Sentence]:
    if looked_for(facts.log_storage) is ABSENT:
        account = _last(known(facts.choice).log_storage or item_of(facts).log_storage_id)
        yield f"The log storage account {account} of {facts.machine} does not exist any more: choose another one."


def _log_storage(facts: Facts) -> LogStorage:
    return present(facts.log_storage, "The log storage account does not exist.")


@rule(
    id="log-storage-region",
    title="The log storage account is in the VM's region",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Choose a log storage account in the Azure region of the VM.",
    docs=pages.LOG_STORAGE,
)
def log_storage_region(facts: Facts) -> Iterator[Sentence]:
    account, item = _log_storage(facts), item_of(facts)
    if not item.region or not account.region:
        raise NotKnown("Azure does not tell the region of the VM or of the log storage account")
    if _region(account.region) != _region(item.region):
        yield f"{_last(account.id)} is in {account.region}, {facts.machine} in {item.region}."


def _region(text: str) -> str:
    return text.replace(" ", "").casefold()


@rule(
    id="log-storage-roles",
    title="The vault's identity has its roles on the log storage account",
    severity=Severity.BLOCKER,
    topologies=MODERNIZED,
    hint="Assign the missing roles on the storage account to the vault's managed identity, wait some minutes.",
    docs=pages.LOG_STORAGE,
)
def log_storage_roles(facts: Facts) -> Iterator[Sentence]:
    """Microsoft: Contributor, and Storage Blob Data Contributor (standard) or Owner (premium); wider roles do too."""
    account = _log_storage(facts)
    if not account.vault_has_identity:
        raise NotApplicable("The vault has no managed identity, so it uses the account's keys.")
    held = set(known(account.vault_roles))
    data = (
        {"Storage Blob Data Owner"} if account.premium else {"Storage Blob Data Contributor", "Storage Blob Data Owner"}
    )
    for enough in ({"Contributor", "Owner"}, data):
        if not enough & held:
            yield f"The vault's identity lacks the role {min(enough)} on {_last(account.id)}."
