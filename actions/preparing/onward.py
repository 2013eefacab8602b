"""One machine's place in the plan of an operation that follows its reprotect, made from its facts."""

from homeward.actions.plan import PlannedItem
from homeward.actions.states import Operation
from homeward.checks.facts import AzureVm, Choice, Facts, Item, Os, ReplicationGroup, Topology, VirtualMachine
from homeward.checks.names import fold, last_segment

from .planned import only
from .points import Point
from .values import Value, read, there_is


def onward(operation: Operation, facts: Facts, item: Item, choice: Choice, stage: int, point: Point) -> PlannedItem:
    """The machine as it would run. What the start call does not carry is there for people, where it is known."""
    vm, group = facts.source_vm, facts.group
    there = vm.name if isinstance(vm, VirtualMachine) else ""
    home = operation is not Operation.TO_AZURE
    server, server_id = ("", "") if home else _sends(facts, item, choice)
    # An appliance is many servers in one.
    sender = (server, server_id) if item.topology is Topology.MODERNIZED else ("", "")
    target, target_id = _brings(facts, item) if home else sender
    policy = None if home else only(choice.policy, there_is(operation, facts, item, Value.POLICY))
    failback = operation is Operation.FAILBACK
    return PlannedItem(
        machine=facts.machine,
        item_id=item.id,
        topology=item.topology,
        stage=stage,
        group=group.name if isinstance(group, ReplicationGroup) else "",
        target=target,
        target_id=target_id,
        process_server=server,
        process_server_id=server_id,
        policy=policy.shown if policy else "",
        policy_id=policy.value if policy else "",
        source_vm=there,
        original_location=failback and there != "",
        point=point.kind,
        point_id=point.id,
        point_at=point.at,
        linux=failback and item.os is Os.LINUX,
        azure_vm=_azure_vm(facts, item) if home else "",
    )


def _azure_vm(facts: Facts, item: Item) -> str:
    """Site Recovery does not tell it of a classic machine on its way back: then by what was found, if anything was."""
    told = last_segment(item.azure_vm_id)
    return told or (facts.azure_vm.name if isinstance(facts.azure_vm, AzureVm) else "")


def _brings(facts: Facts, item: Item) -> tuple[str, str]:
    """The name and id of the master target or appliance that brought it, as far as Azure tells."""
    if not item.target_id:
        return "", ""
    there = [(one.server.name, one.server.id) for one in read(facts.master_targets)]
    there += [(one.name, one.id) for one in read(facts.agents)]
    return next(((name, id) for name, id in there if fold(id) == fold(item.target_id)), ("", ""))


def _sends(facts: Facts, item: Item, choice: Choice) -> tuple[str, str]:
    """The name and id of the process server, in the modernized stack that of the appliance, that sends it to Azure."""
    found = only(choice.process_server, there_is(Operation.TO_AZURE, facts, item, Value.PROCESS_SERVER))
    ids = [one.server.id for one in read(facts.process_servers) if found and one.server.name == found.value]
    return (found.shown, ids[0]) if found else ("", "")
