"""Facts that Azure Compute tells of the failed-over virtual machine."""

from dataclasses import dataclass

from .unknown import Missing


@dataclass(frozen=True, slots=True)
class AzureVm:
    """`power` is Azure's code without its prefix: running, stopped, deallocated, starting, ... ("" if not told).

    `agent_status` is the VM agent's display status ("Ready").
    """

    id: str
    name: str
    power: str
    agent_status: str | Missing


@dataclass(frozen=True, slots=True)
class GuestProbe:
    """What a run-command inside the Azure VM found (opt-in, off by default)."""

    mobility_service_running: bool
    mobility_service_automatic: bool
    reaches_443: bool
    reaches_9443: bool
