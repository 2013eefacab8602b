"""The calls that start something: what Azure takes, and what it refuses.

The envelopes and the fields are recorded or of the SDK's models; the codes and words of the refusals are inferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from homeward.checks.way import Operation

from ..estate.progress import begin, running
from .items import find_item
from .points import chosen_point
from .posted import BACK, TO_AZURE, check_fields, direction_and_details, part, wrong
from .refusals import Refusal
from .reprotect_inputs import check_reprotect
from .stages import at_home, stage_of

if TYPE_CHECKING:
    from ..estate.model import ProtectedItem
    from .routing import Call
    from .wire import Body

_SOURCE_SITE = {"Required", "NotRequired"}


@dataclass(frozen=True, slots=True)
class Started:
    """The call is taken; the answer is empty, its headers name the job."""

    job: str


def reprotect(call: Call) -> Started:
    item = find_item(call)
    direction, details = direction_and_details(call, BACK, TO_AZURE)
    _check_free(call, item, "SwitchProtection")
    if direction != (TO_AZURE if at_home(item) else BACK):
        raise wrong("failoverDirection", direction)
    check_reprotect(call, item, direction, details)
    if direction == BACK:
        item.datastore = str(details.get("datastoreName") or "")
    return _start(call, item, Operation.REPROTECT if direction == BACK else Operation.TO_AZURE)


def planned_failover(call: Call) -> Started:
    """The failback of the modernized stack."""
    item = find_item(call)
    _, details = direction_and_details(call, BACK)
    _check_free(call, item, "PlannedFailover")
    _check_instance(details, "InMageRcmFailback")
    kinds = {"ApplicationConsistent", "CrashConsistent"}
    check_fields(details, ("recoveryPointType",), {"recoveryPointType": kinds})
    return _fail_back(call, item, details)


def unplanned_failover(call: Call) -> Started:
    """The failback of the classic stack; a failover to Azure is not played."""
    item = find_item(call)
    _, details = direction_and_details(call, BACK)
    _check_free(call, item, "UnplannedFailover")
    check_fields(part(call.body or {}, "properties"), (), {"sourceSiteOperations": _SOURCE_SITE})
    _check_instance(details, "InMage")
    custom = details.get("recoveryPointType") == "Custom"
    kinds = {"LatestTime", "LatestTag", "Custom"}
    required = ("recoveryPointType", *(["recoveryPointId"] if custom else []))
    check_fields(details, required, {"recoveryPointType": kinds})
    return _fail_back(call, item, details)


def failover_commit(call: Call) -> Started:
    item = find_item(call)
    _check_free(call, item, "Commit")
    if not at_home(item):
        # Of a failover to Azure: nobody needs it here, a reprotect commits by itself.
        raise _not_allowed(item, "Commit")
    return _start(call, item, Operation.COMMIT)


def failover_cancel(call: Call) -> Started:
    item = find_item(call)
    _check_free(call, item, "CancelFailover")
    return _start(call, item, Operation.CANCEL)


def _fail_back(call: Call, item: ProtectedItem, details: Body) -> Started:
    point = chosen_point(call, item, str(details["recoveryPointType"]), str(details.get("recoveryPointId") or ""))
    started = _start(call, item, Operation.FAILBACK)
    item.point = point
    return started


def _start(call: Call, item: ProtectedItem, operation: Operation) -> Started:
    return Started(begin(call.estate, item, str(uuid4()), operation, body=call.body or {}).name)


def _check_free(call: Call, item: ProtectedItem, operation: str) -> None:
    if running(call.estate, item):
        raise Refusal(409, "Conflict", f"Another job is in progress on the protected item '{item.name}'.")
    if operation not in stage_of(item).operations:
        raise _not_allowed(item, operation)


def _not_allowed(item: ProtectedItem, operation: str) -> Refusal:
    message = f"The operation '{operation}' is not allowed on '{item.name}' in its present state."
    return Refusal(400, "OperationNotAllowed", message)


def _check_instance(details: Body, instance: str) -> None:
    if details.get("instanceType") != instance:
        raise wrong("instanceType", details.get("instanceType"))
