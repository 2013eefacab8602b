"""The sandbox's Azure Resource Manager on loopback, over TLS, answering from the estate as it is at each request."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import web

from .faults import Fault, Faults, Trouble
from .refusals import Refusal, no_api_version, no_resource, not_authenticated
from .routes import ROUTES
from .routing import Listing, open_call

if TYPE_CHECKING:
    import ssl
    from typing import Self

    from ..estate import Estate

SKIP = "$skipToken"


class Received(NamedTuple):
    """A request that arrived, whatever became of it."""

    method: str
    path: str
    query: dict[str, str]
    client_request_id: str


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
        self.endpoint = ""
        self._ssl_context = ssl_context
        self._token = token
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

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        client_request_id = request.headers.get("x-ms-client-request-id", "")
        self.requests.append(Received(request.method, request.path, dict(request.query), client_request_id))
        fault = self.faults.next(request.path)
        if fault:
            troubled = await self._troubled(request, fault)
            if troubled is not None:
                return troubled
        return self._answer(request)

    def _answer(self, request: web.Request) -> web.Response:
        try:
            self._check(request)
            return _json(200, self._body(request))
        except Refusal as refusal:
            return _json(refusal.status, refusal.body, refusal.headers)

    def _check(self, request: web.Request) -> None:
        authorization = request.headers.get("Authorization", "")
        if not authorization:
            raise not_authenticated("AuthenticationFailed", "Authentication failed: no Authorization header.")
        if authorization != f"Bearer {self._token}":
            raise not_authenticated("InvalidAuthenticationToken", "The access token is invalid.")
        if not any(name.casefold() == "api-version" and value for name, value in request.query.items()):
            raise no_api_version()

    def _body(self, request: web.Request) -> dict[str, object]:
        for one in ROUTES:
            found = one.pattern.fullmatch(request.path) if one.method == request.method else None
            if found:
                answer = one.answer(open_call(found, self.estate, request.query))
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

    async def _troubled(self, request: web.Request, fault: Fault) -> web.StreamResponse | None:
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
                return await self._half(request)
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

    async def _half(self, request: web.Request) -> web.StreamResponse:
        whole = self._answer(request).body
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
