"""A virtual machine of Azure Compute as an `AzureVm`."""

from homeward.checks.facts import AzureVm, Missing

from .wire import Wire

_POWER = "powerstate/"
NOT_REPORTING = "not reporting"
"""Our word for a running instance view without any status of the VM agent."""


def azure_vm(raw: object, *, listed: bool) -> AzureVm:
    """`listed` tells that it comes from a list with status only, which may leave the VM agent out."""
    wire = Wire(raw)
    name = wire.text("name")
    view = wire.part("properties").part("instanceView")
    codes = [status.text("code") for status in view.parts("statuses")]
    power = next((code[len(_POWER) :] for code in codes if code.casefold().startswith(_POWER)), "")
    agent = next(
        (text for status in view.part("vmAgent").parts("statuses") if (text := status.text("displayStatus"))), ""
    )
    status: str | Missing = agent
    if not agent:
        status = Missing(f"Azure's list of VMs does not tell of the agent in {name}") if listed else NOT_REPORTING
    return AzureVm(id=wire.text("id"), name=name, power=power, agent_status=status)
