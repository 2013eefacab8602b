"""The values of a start: which each operation's call carries, and what there is of each for a machine."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeVar

from homeward.actions.states import Operation
from homeward.checks import offers
from homeward.checks.facts import Absent, Choice, Facts, Item, MasterTarget, Missing, ReprotectAgent, Topology
from homeward.checks.offers import Offer

T = TypeVar("T")


class Value(Enum):
    """The values of a start, by the options that set them."""

    TARGET = "target"
    PROCESS_SERVER = "process-server"
    DATASTORE = "datastore"
    RETENTION = "retention"
    LOG_STORAGE = "log-storage"
    POLICY = "policy"
    EXCLUDE_DISK = "exclude-disk"


_WORDS = {
    Value.TARGET: "target",
    Value.PROCESS_SERVER: "process server",
    Value.DATASTORE: "datastore",
    Value.RETENTION: "retention volume",
    Value.LOG_STORAGE: "log storage account",
    Value.POLICY: "failback policy",
    Value.EXCLUDE_DISK: "disk",
}
_TO_AZURE = frozenset({Value.PROCESS_SERVER, Value.POLICY})

_TAKEN: Mapping[Operation, Mapping[Topology, frozenset[Value]]] = {
    Operation.REPROTECT: {
        Topology.CLASSIC: frozenset(Value) - {Value.LOG_STORAGE},
        Topology.MODERNIZED: frozenset(Value) - {Value.PROCESS_SERVER, Value.RETENTION},
    },
    Operation.TO_AZURE: {Topology.CLASSIC: _TO_AZURE, Topology.MODERNIZED: _TO_AZURE},
}
_REQUIRED: Mapping[Operation, Mapping[Topology, tuple[Value, ...]]] = {
    Operation.REPROTECT: {
        Topology.CLASSIC: (Value.TARGET, Value.PROCESS_SERVER, Value.DATASTORE, Value.RETENTION, Value.POLICY),
        Topology.MODERNIZED: (Value.TARGET, Value.DATASTORE, Value.LOG_STORAGE),
    },
    Operation.TO_AZURE: {
        # All of InMageAzureV2ReprotectInput may be left out, but the process server that served the way back may
        # stand in Azure: which one is to send to Azure has to be said. Without a policy it keeps the one it had.
        Topology.CLASSIC: (Value.PROCESS_SERVER,),
        Topology.MODERNIZED: (Value.PROCESS_SERVER, Value.POLICY),
    },
}


def word(operation: Operation, value: Value) -> str:
    """What people call the value."""
    return "replication policy" if (operation, value) == (Operation.TO_AZURE, Value.POLICY) else _WORDS[value]


def taken(operation: Operation, stack: Topology) -> frozenset[Value]:
    """The values that may be wished for a machine of the stack: those that its start call carries (SDK:
    InMageReprotectInput, InMageRcmReprotectInput, InMageRcmFailbackReprotectInput, InMageAzureV2ReprotectInput), and of
    a reprotect excluded disks, of which none fits in the modernized stack."""
    return _TAKEN.get(operation, {}).get(stack, frozenset())


def takes(operation: Operation, value: Value) -> bool:
    """Whether the operation takes such a value for any machine."""
    return any(value in values for values in _TAKEN.get(operation, {}).values())


def required(operation: Operation, stack: Topology) -> tuple[Value, ...]:
    """Those that the call must carry."""
    return _REQUIRED.get(operation, {}).get(stack, ())


def accounts_of(machines: Iterable[Facts], said: Iterable[str] = ()) -> tuple[str, ...]:
    """The log storage accounts that are known: those that the machines use already, and those that were named."""
    chosen = (facts.choice.log_storage for facts in machines if isinstance(facts.choice, Choice))
    return tuple(offer.value for offer in offers.log_storages((id for id in chosen if "/" in id), said))


def offered(
    operation: Operation, facts: Facts, item: Item, value: Value, accounts: tuple[str, ...]
) -> tuple[Offer, ...] | Missing:
    """All that the machine could be given for the value, fit or not; missing where it could not be read."""
    reason = why_unread(facts, value)
    return Missing(reason) if reason else there_is(operation, facts, item, value, accounts)


def chosen(facts: Facts) -> MasterTarget | ReprotectAgent | Absent | Missing:
    return facts.target if facts.topology is Topology.CLASSIC else facts.agent


def why_unread(facts: Facts, value: Value) -> str:
    """Why what there is of a value could not be read, "" if it was."""
    fact: object = None
    match value:
        case Value.TARGET:
            fact = facts.master_targets if facts.topology is Topology.CLASSIC else facts.agents
        case Value.PROCESS_SERVER:
            fact = facts.process_servers
        case Value.DATASTORE | Value.RETENTION:
            fact = chosen(facts)
        case Value.POLICY:
            fact = facts.policies
        case Value.EXCLUDE_DISK if isinstance(facts.item, Item):
            fact = facts.item.disks
        case _:
            pass
    return fact.reason if isinstance(fact, Missing) else ""


def there_is(
    operation: Operation, facts: Facts, item: Item, value: Value, accounts: tuple[str, ...] = ()
) -> tuple[Offer, ...]:
    match value:
        case Value.TARGET if facts.topology is Topology.CLASSIC:
            return offers.master_targets(item, read(facts.master_targets))
        case Value.TARGET:
            return offers.reprotect_agents(read(facts.agents))
        case Value.PROCESS_SERVER:
            return offers.process_servers(read(facts.process_servers))
        case Value.DATASTORE:
            return offers.datastores(chosen(facts))
        case Value.RETENTION:
            return offers.retention_volumes(chosen(facts))
        case Value.LOG_STORAGE:
            return offers.log_storages(accounts, ())
        case Value.POLICY:
            return offers.policies(item, read(facts.policies), to_azure=operation is Operation.TO_AZURE)
        case Value.EXCLUDE_DISK:
            return offers.disks(item)


def read(values: tuple[T, ...] | Missing) -> tuple[T, ...]:
    return () if isinstance(values, Missing) else values
