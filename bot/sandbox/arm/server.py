"""The sandbox's Azure Resource Manager on loopback, over TLS, answering from the estate as it is at each request."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import web

from homeward.checks.way import Operation

from ..estate import progress
from . import items, jobs
from .faults import Fault, Faults, Trouble
from .lag import Lag
from .names import Names
from .posted import read_body
from .refusals import Refusal, no_api_version, no_resource, not_authenticated
from .routes import ROUTES
from .routing import Listing, open_call
from .starting import Started

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime
    from typing import Self

    from ..estate import Estate

SKIP = "$skipToken"
VERSION = "?api-version=2025-08-01"
LATE = (jobs.list_jobs, items.list_items)
"""Lists that may lag behind."""


class Received(NamedTuple):
    """A request that arrived, whatever became of it."""

    method: str
    path: str
    query: dict[str, str]
    client_request_id: str
    at: float = 0.0
    """On the loop's clock."""


class Start(NamedTuple):
    """A start call that was taken: by the item's name in its id, with the body that was posted."""

    at: datetime
    machine: str
    item: str
    job: str
    body: dict[str, object]
    operation: Operation


class SandboxArm:
    """Serves while its `async with` lasts; `page_size` is what the lists are cut into."""

    def __init__(
        self, estate: Estate, ssl_context: ssl.SSLContext, *, token: str, page_size: int = 100, port: int = 0
    ) -> None:
        self.estate = estate
        self.page_size = page_size
        self.faults = Faults()
        self.requests: list[Received] = []
        self.unexpected: list[str] = []
        """Requests that no route knows: a reader asked for what Azure was not thought to be asked."""
        self._arrived = asyncio.Event()
        self.endpoint = ""
        self._ssl_context = ssl_context
        self._token = token
        self._lag = Lag(estate)
        self._port = port
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        # A silent answer must end with its client, and the last ones with the server.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._ssl_context)
        await site.start()
        _, port = self._runner.addresses[0]
        self.endpoint = f"https://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def starts(self) -> list[Start]:
        """Every start call that was taken, the oldest first; not those from elsewhere."""
        taken = [job for job in self.estate.vault.jobs if job.body is not None]
        return [Start(job.started, job.machine, job.item, job.name, job.body or {}, job.operation) for job in taken]

    def per_minute(self, method: str = "GET") -> list[int]:
        """How many requests arrived in each minute since the first."""
        times = [one.at for one in self.requests if one.method == method]
        counts = [0] * (int((times[-1] - times[0]) // 60) + 1 if times else 0)
        for at in times:
            counts[int((at - times[0]) // 60)] += 1
        return counts

    def start_elsewhere(self, machine: str, operation: Operation = Operation.REPROTECT) -> str:
        """Somebody starts something in the portal; the job's name."""
        return progress.begin(self.estate, self.estate.vault.item(machine), str(uuid4()), operation, body=None).name

    def cancel_elsewhere(self, machine: str) -> None:
        """Somebody cancels the machine's job in the portal."""
        job = self.estate.vault.item(machine).job
        if job and job.runs(self.estate.clock()):
            job.cancelled = self.estate.clock()

    def lists_lag(self, seconds: float) -> None:
        """From now on the lists of jobs and items show what was so many seconds of the estate's clock ago."""
        self._lag.begin(seconds)

    async def until(self, predicate: Callable[[], bool], within: float = 5.0) -> None:
        """Waits until the predicate is true, which is asked again after every request that arrives."""
        async with asyncio.timeout(within):
            while not predicate():
                await self._arrived.wait()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        client_request_id = request.headers.get("x-ms-client-request-id", "")
        at = asyncio.get_running_loop().time()
        self.requests.append(Received(request.method, request.path, dict(request.query), client_request_id, at))
        arrived, self._arrived = self._arrived, asyncio.Event()
        arrived.set()
        content = await request.read()
        progress.settle(self.estate)
        self._lag.note()
        fault = self.faults.next(request.path, request.method)
        if fault and fault.accepted:
            self._answer(request, content)
        if fault:
            troubled = await self._troubled(request, fault, content)
            if troubled is not None:
                return troubled
        return self._answer(request, content)

    def _answer(self, request: web.Request, content: bytes, *, nameless: bool = False) -> web.Response:
        try:
            self._check(request)
            answer = self._body(request, content)
            return self._accepted(answer, nameless=nameless) if isinstance(answer, Started) else _json(200, answer)
        except Refusal as refusal:
            return _json(refusal.status, refusal.body, refusal.headers)

    def _accepted(self, started: Started, *, nameless: bool) -> web.Response:
        """As recorded: empty, with the job's name in several headers."""
        vault = Names(self.estate).vault
        named = {
            "Azure-AsyncOperation": f"{self.endpoint}{vault}/replicationOperationStatus/{started.job}{VERSION}",
            "Location": f"{self.endpoint}{vault}/operationresults/{started.job}{VERSION}",
            "x-ms-request-id": f"{vault}/replicationJobs/{started.job}",
        }
        headers = {"Retry-After": "30", "x-ms-ratelimit-remaining-subscription-writes": "199"}
        return web.Response(status=202, headers=headers if nameless else {**headers, **named})

    def _check(self, request: web.Request) -> None:
        authorization = request.headers.get("Authorization", "")
        if not authorization:
            raise not_authenticated("AuthenticationFailed", "Authentication failed: no Authorization header.")
        if authorization != f"Bearer {self._token}":
            raise not_authenticated("InvalidAuthenticationToken", "The access token is invalid.")
        if not any(name.casefold() == "api-version" and value for name, value in request.query.items()):
            raise no_api_version()

    def _body(self, request: web.Request, content: bytes) -> dict[str, object] | Started:
        for one in ROUTES:
            found = one.pattern.fullmatch(request.path) if one.method == request.method else None
            if found:
                estate = self._lag.behind() if one.answer in LATE else self.estate
                body = read_body(content) if request.method == "POST" else None
                answer = one.answer(open_call(found, estate, request.query, body))
                return self._page(request, answer) if isinstance(answer, Listing) else answer
        self.unexpected.append(f"{request.method} {request.path_qs}")
        raise no_resource("path", request.path)

    def _page(self, request: web.Request, listing: Listing) -> dict[str, object]:
        skip = next((value for name, value in request.query.items() if name.casefold() in _SKIPS), "0")
        if not skip.isdecimal():
            raise Refusal(400, "InvalidSkipToken", f"The skip token {skip!r} is not valid.")

        def link(start: int) -> str:
            kept = {name: value for name, value in request.query.items() if name.casefold() not in _SKIPS}
            return f"{self.endpoint}{request.path}?{urlencode({**kept, SKIP: str(start)})}"

        return listing.page(int(skip), self.page_size, link)

    async def _troubled(self, request: web.Request, fault: Fault, content: bytes) -> web.StreamResponse | None:
        """The spoiled answer; None when the right one is to follow."""
        match fault.trouble:
            case Trouble.REFUSAL:
                return self._refused(fault)
            case Trouble.GARBAGE:
                return web.Response(text='{"value": [{"id": oops', content_type="application/json")
            case Trouble.SLOW:
                await asyncio.sleep(fault.seconds)
                return None
            case Trouble.SILENCE:
                await asyncio.Event().wait()
            case Trouble.HALF_A_BODY:
                return await self._half(request, content)
            case Trouble.NAMELESS:
                return self._answer(request, content, nameless=True)
            case Trouble.DROP:
                pass
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _refused(self, fault: Fault) -> web.Response:
        if fault.status == 401:
            refusal = not_authenticated(fault.code, "The access token expired.")
        else:
            refusal = Refusal(fault.status, fault.code, f"Planned by the sandbox: {fault.code}.")
        headers = dict(refusal.headers)
        if fault.retry_after is not None:
            headers["Retry-After"] = str(fault.retry_after)
        return _json(refusal.status, refusal.body, headers)

    async def _half(self, request: web.Request, sent: bytes) -> web.StreamResponse:
        whole = self._answer(request, sent).body
        content = whole if isinstance(whole, bytes) else b""
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(content))})
        await response.prepare(request)
        await response.write(content[: len(content) // 2])
        if request.transport is not None:
            request.transport.close()
        return response


_SKIPS = {"$skiptoken", "skiptoken"}


def _json(status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> web.Response:
    own = {
        "x-ms-request-id": str(uuid4()),
        "x-ms-ratelimit-remaining-subscription-reads": "249",
    }
    return web.Response(
        status=status,
        body=json.dumps(body, separators=(",", ":")).encode(),
        content_type="application/json",
        charset="utf-8",
        headers={**own, **(headers or {})},
    )
