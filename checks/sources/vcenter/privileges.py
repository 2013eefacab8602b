"""Which privileges the account that Site Recovery uses lacks on a data center."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pyVmomi import vim, vmodl

from homeward.checks.facts import Missing
from homeward.checks.sources.access import VCenterAccess

from .faults import fault_name
from .session import Session

NEEDED = (
    "Datastore.AllocateSpace",
    "Datastore.Browse",
    "Datastore.DeleteFile",
    "Datastore.FileManagement",
    "Datastore.UpdateVirtualMachineFiles",
    "Network.Assign",
    "Resource.AssignVMToPool",
    "Resource.ColdMigrate",
    "Resource.HotMigrate",
    "Task.Create",
    "Task.Update",
    "VirtualMachine.Interact.AnswerQuestion",
    "VirtualMachine.Interact.DeviceConnection",
    "VirtualMachine.Interact.PowerOff",
    "VirtualMachine.Interact.PowerOn",
    "VirtualMachine.Interact.SetCDMedia",
    "VirtualMachine.Interact.SetFloppyMedia",
    "VirtualMachine.Interact.ToolsInstall",
    "VirtualMachine.Inventory.Create",
    "VirtualMachine.Inventory.Register",
    "VirtualMachine.Inventory.Unregister",
    "VirtualMachine.Provisioning.GetVmFiles",
    "VirtualMachine.Provisioning.PutVmFiles",
    "VirtualMachine.State.RemoveSnapshot",
)
CONFIGURATION = "VirtualMachine.Config."
"""All privileges of this group are needed; which there are depends on the vCenter's version."""

MODERNIZED_ONLY = frozenset({"VirtualMachine.State.CreateSnapshot", "VirtualMachine.State.RevertToSnapshot"})

GRANTED_FOR = 60.0
"""Seconds for which a complete set of privileges is believed: long enough for a check and "Run again" after it, short
enough that one taken away is not hidden for long. Anything missing is asked anew each time."""


class Privileges:
    """Asks vCenter, which decides with all groups, roles and propagation; the answer "all" is kept for a while."""

    def __init__(self, access: VCenterAccess, clock: Callable[[], float]) -> None:
        self._access = access
        self._clock = clock
        self._granted: dict[Any, float] = {}
        self._forgotten = float("-inf")

    def forget(self) -> None:
        """Believes nothing that was asked before now, not even by somebody who has no answer yet."""
        self._forgotten = self._clock()

    def missing(
        self, session: Session, entities: Sequence[Any], known: Sequence[str]
    ) -> Mapping[Any, tuple[str, ...] | Missing]:
        """By entity; `known` are the privileges that this vCenter has."""
        name, account = self._access.name, self._access.asr_account
        if not account:
            return dict.fromkeys(entities, Missing(f"no asr_account is configured for vCenter {name}"))
        wanted = [one for one in known if one in NEEDED or one in MODERNIZED_ONLY or one.startswith(CONFIGURATION)]
        if not wanted:
            return dict.fromkeys(entities, Missing(f"{name} does not tell which privileges it has"))
        now = self._clock()
        answer: dict[Any, tuple[str, ...] | Missing] = {}
        for entity in entities:
            asked = self._granted.get(entity, float("-inf"))
            if asked > self._forgotten and now - asked < GRANTED_FOR:
                answer[entity] = ()
        open_ = [entity for entity in entities if entity not in answer]
        if open_:
            try:
                answer |= self._ask(session, open_, wanted)
            except vim.fault.NotAuthenticated:
                raise
            except vmodl.MethodFault as fault:
                reason = f"{name} does not tell the privileges of {account} ({fault_name(fault)})"
                answer |= dict.fromkeys(open_, Missing(reason))
        self._granted |= {entity: now for entity in open_ if answer[entity] == ()}
        return answer

    def _ask(
        self, session: Session, entities: Sequence[Any], wanted: Sequence[str]
    ) -> Mapping[Any, tuple[str, ...] | Missing]:
        name, account = self._access.name, self._access.asr_account
        manager = session.content.authorizationManager
        told: Any = session.ask(manager.HasUserPrivilegeOnEntities, list(entities), account, list(wanted))
        answers: list[Any] = list(told or ())
        granted = {one.entity: {str(each.privId) for each in one.privAvailability if each.isGranted} for one in answers}
        return {
            entity: tuple(one for one in wanted if one not in granted[entity])
            if entity in granted
            else Missing(f"{name} does not tell the privileges of {account}")
            for entity in entities
        }
