"""What a machine in the making lacks for its start: values that are open, and why others could not be read."""

from dataclasses import dataclass

from homeward.actions.plan import OpenValue, PlannedItem
from homeward.actions.states import Operation
from homeward.checks import offers
from homeward.checks.facts import Facts, Item

from .values import Value, required, there_is, why_unread


@dataclass(frozen=True, slots=True)
class Lacking:
    """Required values that a machine has not: those that are open, and why others could not be read."""

    open: tuple[OpenValue, ...]
    unread: tuple[str, ...]


def lacking(operation: Operation, facts: Facts, item: Item, made: PlannedItem, accounts: tuple[str, ...]) -> Lacking:
    """The values required for the operation that the machine has not, with what there is to choose from."""
    open_: list[OpenValue] = []
    unread: list[str] = []
    for value in required(operation, item.topology):
        if held(made, value):
            continue
        if reason := why_unread(facts, value):
            unread.append(reason)
        else:
            there = offers.fitting(there_is(operation, facts, item, value, accounts))
            open_.append(OpenValue(facts.machine, value.value, tuple(offer.shown for offer in there)))
    return Lacking(tuple(open_), tuple(dict.fromkeys(unread)))


def held(made: PlannedItem, value: Value) -> bool:
    """Whether the machine has the value."""
    values = {
        Value.TARGET: made.target_id,
        Value.PROCESS_SERVER: made.process_server_id,
        Value.DATASTORE: made.datastore,
        Value.RETENTION: made.retention,
        Value.LOG_STORAGE: made.log_storage_id,
        Value.POLICY: made.policy_id,
    }
    return bool(values[value])
