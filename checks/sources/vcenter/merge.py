"""What several vCenters answered, put together: which one holds the target, whether any holds the machine's VM."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from homeward.checks.facts import ABSENT, Absent, Datastore, Missing, VCenter, VirtualMachine
from homeward.checks.sources.access import SourceError

from .wanted import NO_TARGET, OnPremises, Wanted

Reading = Mapping[str, OnPremises] | SourceError
_NONE = Missing("no vCenter is configured")


def merge(readings: Mapping[str, Reading], wanted: Sequence[Wanted]) -> Mapping[str, OnPremises]:
    """By machine. `readings` are by the vCenter's name, in the order of the settings."""
    return {one.machine: _merged(readings, one) for one in wanted}


def _merged(readings: Mapping[str, Reading], wanted: Wanted) -> OnPremises:
    read = {name: one[wanted.machine] for name, one in readings.items() if not isinstance(one, SourceError)}
    failed = [Missing(one.reason) for one in readings.values() if isinstance(one, SourceError)]
    homes = [name for name, one in read.items() if isinstance(one.source_vm, VirtualMachine)]
    seats = [name for name, one in read.items() if isinstance(one.target_vm, VirtualMachine)]
    home = next(iter(homes), None)
    seat = home if home in seats else next(iter(seats), None)
    if not readings:
        gone: Absent | Missing = ABSENT if wanted.source.empty else _NONE
        return OnPremises(_NONE, gone, _NONE, _NONE, _NONE)

    source_vm = read[home].source_vm if home else _not_found([one.source_vm for one in read.values()], failed)
    if wanted.source.empty:
        source_vm = ABSENT
    if seat:
        target_vm, target_host = read[seat].target_vm, read[seat].target_host
    else:
        target_vm = _not_found([one.target_vm for one in read.values()], failed) if wanted.target else NO_TARGET
        target_host = target_vm if isinstance(target_vm, Missing) else Missing(f"{wanted.target} is in no vCenter")
    return OnPremises(
        vcenter=_vcenter(read, failed, seat, home),
        source_vm=source_vm,
        target_vm=target_vm,
        target_host=target_host,
        datastores=_datastores(wanted, read, source_vm, target_host, seat=seat, home=home),
    )


def _not_found(answers: Sequence[VirtualMachine | Absent | Missing], failed: Sequence[Missing]) -> Absent | Missing:
    """Absent only if every vCenter was read and none has it."""
    unsure = [one for one in answers if isinstance(one, Missing)]
    return next(iter([*failed, *unsure]), ABSENT)


def _vcenter(
    read: Mapping[str, OnPremises], failed: Sequence[Missing], seat: str | None, home: str | None
) -> VCenter | Missing:
    """The target's; without one the VM's, or the only one there is."""
    if seat or home:
        return read[seat or home or ""].vcenter
    if failed:
        return failed[0]
    if len(read) == 1:
        return next(iter(read.values())).vcenter
    return Missing("it is not known which vCenter manages the target")


def _datastores(
    wanted: Wanted,
    read: Mapping[str, OnPremises],
    source_vm: VirtualMachine | Absent | Missing,
    target_host: object,
    *,
    seat: str | None,
    home: str | None,
) -> tuple[Datastore, ...] | Missing:
    if isinstance(source_vm, Missing):
        return source_vm
    if home:
        found = read[home].datastores
        if isinstance(found, Missing) or home == seat:
            return found
        unseen = Missing(f"{wanted.target} is in another vCenter ({seat})") if seat else target_host
        if not isinstance(unseen, Missing):
            raise AssertionError("a target without a vCenter has no host")
        return tuple(
            replace(one, on_target_host=unseen, cluster=ABSENT if one.cluster is ABSENT else unseen) for one in found
        )
    if not wanted.datastore:
        return ()
    if seat:
        return read[seat].datastores
    if len(read) == 1:
        return next(iter(read.values())).datastores
    return Missing(f"it is not known which vCenter holds the datastore {wanted.datastore}")
