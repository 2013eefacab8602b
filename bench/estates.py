"""The sandbox's company grown large."""

from homeward.bot.sandbox.estate import Estate, company
from homeward.bot.sandbox.estate.model import AzureVm, EsxiHost, ProtectedItem, RecoveryPlan, VirtualMachine

VMS_PER_HOST = 25
PLAN = "everything"
_NUMBERED_FROM = 1000


def with_vms(count: int) -> Estate:
    """The company with so many VMs in vCenter in all, on hosts that each carry a plausible number."""
    estate = company()
    more = max(0, count - len(estate.vcenter.vms))
    _add_vms(estate, [f"vm{number:04d}" for number in range(more)])
    return estate


def with_plan(machines: int) -> Estate:
    """The company with a plan of so many classic Windows machines, each with its own VM on-premises."""
    estate = with_machines(machines)
    estate.vault.plans.append(RecoveryPlan(PLAN, [_names(machines)]))
    return estate


def with_machines(count: int) -> Estate:
    """The same without the plan."""
    estate = company()
    names = _names(count)
    _add_vms(estate, names)
    estate.vault.items += [
        ProtectedItem(
            name,
            _NUMBERED_FROM + index,
            topology="classic",
            os="Windows",
            os_version="Windows Server 2019",
            source_vm=name,
            azure_vm=AzureVm(name),
        )
        for index, name in enumerate(names)
    ]
    return estate


def _names(count: int) -> list[str]:
    return [f"vm{number:04d}" for number in range(count)]


def _add_vms(estate: Estate, names: list[str]) -> None:
    vcenter = estate.vcenter
    for index, name in enumerate(names):
        host = f"esx{100 + index // VMS_PER_HOST}"
        if index % VMS_PER_HOST == 0:
            vcenter.hosts.append(EsxiHost(host))
            for datastore in vcenter.datastores:
                datastore.mounts[host] = "readWrite"
        store = f"ds-gold-0{1 + index % 2}"
        vcenter.vms.append(VirtualMachine(name, _NUMBERED_FROM + index, host, store))
