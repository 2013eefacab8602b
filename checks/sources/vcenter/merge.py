"""What several vCenters answered, put together: which one holds the target, whether any holds the machine's VM."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from homeward.checks.facts import (
    ABSENT,
    NOT_ASKED,
    Absent,
    Datastore,
    Host,
    Missing,
    NotAsked,
    VCenter,
    VirtualMachine,
)
from homeward.checks.sources.access import SourceError

from .wanted import NO_TARGET, OnPremises, VmQuery, Wanted

Reading = Mapping[str, OnPremises] | SourceError
_NONE = Missing("no vCenter is configured")


def merge(readings: Mapping[str, Reading], wanted: Sequence[Wanted]) -> Mapping[str, OnPremises]:
    """By machine. `readings` are by the vCenter's name, in the order of the settings."""
    return {one.machine: _merged(readings, one) for one in wanted}


def _merged(readings: Mapping[str, Reading], wanted: Wanted) -> OnPremises:
    if not readings:
        gone: Absent | Missing = ABSENT if wanted.source.empty else _NONE
        return OnPremises(_NONE, gone, _NONE, _NONE, _NONE, _NONE if wanted.moves_since else NOT_ASKED)
    read = {name: one[wanted.machine] for name, one in readings.items() if not isinstance(one, SourceError)}
    failed = [Missing(one.reason) for one in readings.values() if isinstance(one, SourceError)]
    home, source_vm = _source(wanted.source, read, failed)
    seat, target_vm = _target(wanted.target, read, failed, home)
    if seat:
        target_host = read[seat].target_host
    else:
        target_host = target_vm if isinstance(target_vm, Missing) else Missing(f"{wanted.target} is in no vCenter")
    return OnPremises(
        vcenter=_vcenter(read, failed, seat, home),
        source_vm=source_vm,
        target_vm=target_vm,
        target_host=target_host,
        datastores=_datastores(wanted, read, failed, source_vm, target_host, seat=seat, home=home),
        moves=read[seat].moves if seat else _unseen(wanted, target_host),
    )


def _unseen(wanted: Wanted, target_host: Host | Missing) -> NotAsked | Missing:
    """Why the moves of a target that is in no vCenter are not known."""
    return target_host if wanted.moves_since and isinstance(target_host, Missing) else NOT_ASKED


def _source(
    query: VmQuery, read: Mapping[str, OnPremises], failed: Sequence[Missing]
) -> tuple[str | None, VirtualMachine | Absent | Missing]:
    """The vCenter that holds the machine's VM, and the VM."""
    if query.empty:
        return None, ABSENT
    answers = {name: one.source_vm for name, one in read.items()}
    home = _place(query, [name for name, vm in answers.items() if isinstance(vm, VirtualMachine)], answers, failed)
    if isinstance(home, str):
        return home, answers[home]
    if home is ABSENT and not query.instance_uuid:
        # It may have been given another name: that it is gone would be a guess.
        none = f"{next(iter(read))} has no" if len(read) == 1 else f"none of {', '.join(read)} has a"
        return None, Missing(f"Azure does not tell its UUID, and {none} VM named {query}")
    return None, home


def _target(
    query: VmQuery | None, read: Mapping[str, OnPremises], failed: Sequence[Missing], home: str | None
) -> tuple[str | None, VirtualMachine | Absent | Missing]:
    """The vCenter that holds the target, and its VM: which is `Missing` there if little is known of it but its host."""
    if query is None:
        return None, NO_TARGET
    answers = {name: one.target_vm for name, one in read.items()}
    seats = [name for name, vm in answers.items() if isinstance(vm, VirtualMachine)]
    seats = seats or [name for name, one in read.items() if isinstance(one.target_host, Host)]
    if query.instance_uuid and home in seats:
        seats = [home]
    seat = _place(query, seats, answers, failed)
    return (seat, answers[seat]) if isinstance(seat, str) else (None, seat)


def _place(
    query: VmQuery,
    found: Sequence[str],
    answers: Mapping[str, VirtualMachine | Absent | Missing],
    failed: Sequence[Missing],
) -> str | Absent | Missing:
    """The vCenter that holds the VM. A name is only an answer if every vCenter was read and one alone has it."""
    if found and query.instance_uuid:
        return found[0]
    if len(found) > 1:
        return Missing(f"{query} is in {' and '.join(found)}")
    unsure = [one for name, one in answers.items() if isinstance(one, Missing) and name not in found]
    answer: list[str | Missing] = [*failed, *unsure, *found]
    return answer[0] if answer else ABSENT


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
    failed: Sequence[Missing],
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
    if failed:
        return failed[0]
    if len(read) == 1:
        return next(iter(read.values())).datastores
    return Missing(f"it is not known which vCenter holds the datastore {wanted.datastore}")
