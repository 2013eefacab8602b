"""The calls that change something in Azure: one POST each, and what is known of it afterwards. There are no others."""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from azure.core.exceptions import AzureError as SdkError
from azure.core.exceptions import HttpResponseError, ServiceRequestTimeoutError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient
from azure.mgmt.recoveryservicessiterecovery.models import PlannedFailoverInput, ReverseReplicationInput

from homeward.checks.sources.access import SourceError, VaultAddress
from homeward.checks.sources.azure import AzureConnection
from homeward.checks.sources.azure.errors import explain, refused

from .item_ids import item_path
from .plan import PlannedItem
from .ports import Accepted, NotSent, Refused, Unanswered
from .start_calls import Bodiless, StartCall, start_call
from .states import Operation

CONNECT_SECONDS = 5
"""Short, so that little time passes between the last look at the claim and the request."""
LONGEST_WORDS = 600
TOO_LATE = "Homeward was held up, and its right to make this one call had run out"
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CALL = "homeward_call"
"""The SDK hands on what it does not know to the policies."""


class TooLate(SdkError):
    """The claim was too old when the request could have been sent."""


class OneCall:
    """A start call on its way: whether it was let out, and what came back."""

    def __init__(self, still: Callable[[], bool]) -> None:
        self.still = still
        self.sent = False
        self.status = 0
        self.headers: Mapping[str, str] = {}


class LastWord(AsyncHTTPPolicy[Any, Any]):
    """Stands right before the transport: asks whether the call may still be made, and keeps the answer's headers.

    They are kept here and not by the SDK's hook so that they are known even where the answer's body breaks off.
    """

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        given = request.context.options.pop(_CALL, None) or request.context.get(_CALL)
        if not isinstance(given, OneCall):
            return await self.next.send(request)
        request.context[_CALL] = given
        # A refused sign-in (401) may bring the request here again; for anything else it has had its one chance.
        if given.sent and given.status != 401:
            raise SdkError("the call was sent already")
        if not given.still():
            raise TooLate(TOO_LATE)
        given.sent = True
        response = await self.next.send(request)
        given.status = response.http_response.status_code
        given.headers = response.http_response.headers
        return response


class Starter:
    """Starts operations in one vault. The connection's requests must end with `LastWord`."""

    def __init__(self, connection: AzureConnection, address: VaultAddress, *, answer_seconds: float) -> None:
        self._connection = connection
        self._address = address
        self._answer_seconds = answer_seconds

    async def start(
        self, operation: Operation, planned: PlannedItem, item_id: str, *, still: Callable[[], bool]
    ) -> Accepted | Refused | Unanswered | NotSent:
        """See `SiteRecovery.start`."""
        path = item_path(item_id)
        given = start_call(operation, planned)
        if path is None or given is None:
            return Refused("", f"Homeward cannot ask Azure for this with {planned.machine}: nothing was sent")
        call = OneCall(still)
        try:
            async with asyncio.timeout(CONNECT_SECONDS + self._answer_seconds):
                client = await self._connection.site_recovery(self._address.subscription_id)
                await self._post(client, path, given, call)
        except Exception as error:  # noqa: BLE001 - whatever it is, the request may be on its way
            return self._without_answer(call, error)
        return _accepted(call)

    async def _post(
        self, client: SiteRecoveryManagementClient, path: tuple[str, str, str], given: StartCall, call: OneCall
    ) -> None:
        items = client.replication_protected_items
        where = (self._address.resource_group, self._address.vault, *path)
        once: dict[str, Any] = {
            "polling": False,
            "retry_total": 0,
            "connection_timeout": CONNECT_SECONDS,
            "read_timeout": self._answer_seconds,
            _CALL: call,
        }
        if given is Bodiless.COMMIT:
            await items.begin_failover_commit(*where, **once)
        elif given is Bodiless.CANCEL:
            await items.begin_failover_cancel(*where, **once)
        elif isinstance(given, ReverseReplicationInput):
            await items.begin_reprotect(*where, given, **once)
        elif isinstance(given, PlannedFailoverInput):
            await items.begin_planned_failover(*where, given, **once)
        else:
            await items.begin_unplanned_failover(*where, given, **once)

    def _without_answer(self, call: OneCall, error: Exception) -> Accepted | Refused | Unanswered | NotSent:
        """Whatever went wrong, it is told apart by how far the request had come."""
        if 200 <= call.status < 300:
            return _accepted(call)  # only the answer's empty body could not be read
        if isinstance(error, TooLate):
            return NotSent(TOO_LATE)
        why = self._words(error)
        if not call.sent or _no_connection(error):
            return NotSent(why)
        if 400 <= call.status < 500 and call.status != 408:
            code, said = refused(error, longest=LONGEST_WORDS) if isinstance(error, HttpResponseError) else ("", "")
            return Refused(code or str(call.status), said or why, conflict=call.status == 409)
        return Unanswered(why)

    def _words(self, error: Exception) -> str:
        if isinstance(error, SourceError):
            return error.reason
        asked = f"vault {self._address.name}"
        return explain(error, asked=asked, host=self._connection.host, timeout=self._answer_seconds).reason


def _accepted(call: OneCall) -> Accepted | Unanswered:
    job = job_named(call.headers)
    return Accepted(job) if job else Unanswered("Azure took the call but named no job")


def job_named(headers: Mapping[str, str]) -> str:
    """The name of the job that an accepted call made: the GUID that ends the addresses to ask for its outcome."""
    names = {name.casefold(): value for name, value in headers.items()}
    request_id = names.get("x-ms-request-id", "")
    # By itself that is any request's own GUID; only where it is the id of a job it names one.
    job_id = request_id if "/replicationjobs/" in request_id.casefold() else ""
    for address in (names.get("azure-asyncoperation", ""), names.get("location", ""), job_id):
        tail = urlsplit(address).path.rstrip("/").rpartition("/")[2]
        if _GUID.fullmatch(tail):
            return tail
    return ""


def _no_connection(error: BaseException) -> bool:
    """Whether the request certainly never left: there was no connection to send it over."""
    inner = getattr(error, "inner_exception", None)
    return isinstance(error, ServiceRequestTimeoutError) or isinstance(inner, aiohttp.ClientConnectorError)
