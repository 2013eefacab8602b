"""Which call starts an operation on a machine, and with what body; `azure` makes it."""

from enum import Enum

from azure.mgmt.recoveryservicessiterecovery.models import (
    InMageAzureV2ReprotectInput,
    InMageRcmFailbackPlannedFailoverProviderInput,
    InMageRcmFailbackReprotectInput,
    InMageRcmReprotectInput,
    InMageReprotectInput,
    InMageUnplannedFailoverInput,
    PlannedFailoverInput,
    PlannedFailoverInputProperties,
    ReverseReplicationInput,
    ReverseReplicationInputProperties,
    ReverseReplicationProviderSpecificInput,
    UnplannedFailoverInput,
    UnplannedFailoverInputProperties,
)

from homeward.checks.facts import Topology

from .plan import PlannedItem
from .states import Operation


class Bodiless(Enum):
    """Calls that carry nothing."""

    COMMIT = "commit"
    CANCEL = "cancel"


StartCall = ReverseReplicationInput | PlannedFailoverInput | UnplannedFailoverInput | Bodiless
"""The body tells the call: each has its own."""

HOME, TO_AZURE = "RecoveryToPrimary", "PrimaryToRecovery"
LEAVE_THE_SOURCE = "NotRequired"
"""What Azure is to do on the source's side: the documented default; others are documented for Hyper-V only."""
_MODERNIZED_POINTS = {"CrashConsistent", "ApplicationConsistent"}
_CLASSIC_POINTS = {"LatestTime", "LatestTag"}
_CHOSEN = "Custom"


def start_call(operation: Operation, planned: PlannedItem) -> StartCall | None:
    """None where the plan's values fit no call."""
    if planned.topology is Topology.OTHER:
        return None
    modernized = planned.topology is Topology.MODERNIZED
    match operation:
        case Operation.REPROTECT:
            return _reprotect(HOME, _modernized_home(planned) if modernized else _classic_home(planned))
        case Operation.FAILBACK:
            return _planned_failover(planned) if modernized else _unplanned_failover(planned)
        case Operation.COMMIT:
            return Bodiless.COMMIT
        case Operation.CANCEL:
            return Bodiless.CANCEL if modernized else None
        case Operation.TO_AZURE:
            return _reprotect(TO_AZURE, _modernized_to_azure(planned) if modernized else _classic_to_azure(planned))


def _reprotect(
    direction: str, details: ReverseReplicationProviderSpecificInput | None
) -> ReverseReplicationInput | None:
    if details is None:
        return None
    return ReverseReplicationInput(
        properties=ReverseReplicationInputProperties(failover_direction=direction, provider_specific_details=details)
    )


def _modernized_home(planned: PlannedItem) -> InMageRcmReprotectInput | None:
    if planned.excluded:
        return None
    return InMageRcmReprotectInput(
        reprotect_agent_id=planned.target_id,
        datastore_name=planned.datastore,
        log_storage_account_id=planned.log_storage_id,
        policy_id=planned.policy_id or None,
    )


def _classic_home(planned: PlannedItem) -> InMageReprotectInput:
    return InMageReprotectInput(
        master_target_id=planned.target_id,
        process_server_id=planned.process_server_id,
        retention_drive=planned.retention,
        profile_id=planned.policy_id,
        datastore_name=planned.datastore or None,
        disks_to_include=_disks(planned),
    )


def _modernized_to_azure(planned: PlannedItem) -> InMageRcmFailbackReprotectInput | None:
    if planned.excluded:
        return None
    return InMageRcmFailbackReprotectInput(process_server_id=planned.process_server_id, policy_id=planned.policy_id)


def _classic_to_azure(planned: PlannedItem) -> InMageAzureV2ReprotectInput:
    return InMageAzureV2ReprotectInput(
        process_server_id=planned.process_server_id or None,
        policy_id=planned.policy_id or None,
        log_storage_account_id=planned.log_storage_id or None,
        disks_to_include=_disks(planned),
    )


def _disks(planned: PlannedItem) -> list[str] | None:
    """Those that come, told only where one stays behind."""
    out = {disk.id for disk in planned.excluded}
    return [disk.id for disk in planned.disks if disk.id not in out] if out else None


def _planned_failover(planned: PlannedItem) -> PlannedFailoverInput | None:
    if planned.point not in _MODERNIZED_POINTS or planned.point_id:
        return None
    details = InMageRcmFailbackPlannedFailoverProviderInput(recovery_point_type=planned.point)
    return PlannedFailoverInput(
        properties=PlannedFailoverInputProperties(failover_direction=HOME, provider_specific_details=details)
    )


def _unplanned_failover(planned: PlannedItem) -> UnplannedFailoverInput | None:
    # An id beside "latest" is ignored by Azure, so that another point would come than the plan seems to say.
    fits = bool(planned.point_id) if planned.point == _CHOSEN else planned.point in _CLASSIC_POINTS
    if not fits or (planned.point_id and planned.point != _CHOSEN):
        return None
    details = InMageUnplannedFailoverInput(
        recovery_point_type=planned.point, recovery_point_id=planned.point_id or None
    )
    return UnplannedFailoverInput(
        properties=UnplannedFailoverInputProperties(
            failover_direction=HOME, source_site_operations=LEAVE_THE_SOURCE, provider_specific_details=details
        )
    )
