"""The vCenter on loopback: HTTPS on the running loop, for clients that call from threads."""

import asyncio
import re
from typing import TYPE_CHECKING

from aiohttp import web
from pyVmomi import vmodl

from ..estate.progress import settle
from . import wire
from .faults import Faults
from .inventory import Inventory
from .methods import Desk, answer
from .moids import Moids
from .objects import Objects
from .schema import data
from .services import service_objects
from .sessions import Sessions

if TYPE_CHECKING:
    import ssl
    from types import TracebackType
    from typing import Self

    from ..estate.model import Estate

_HOST = "127.0.0.1"
_LARGEST_REQUEST = 16 * 1024**2
_COOKIE = "vmware_soap_session"
_COOKIE_VALUE = re.compile(_COOKIE + r'="?([^";]+)')
_VERSIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><namespaces version="1.0">'
    "<namespace><name>urn:vim25</name><version>8.0.3.0</version></namespace></namespaces>"
)


class SandboxVCenter:
    """The vSphere API of one estate, while the context is open. `calls` are the methods called, in order."""

    def __init__(self, estate: "Estate", ssl_context: "ssl.SSLContext", *, port: int = 0) -> None:
        self.host = _HOST
        self.port = port
        self.faults = Faults()
        self.calls: list[str] = []
        self._estate = estate
        self._ssl = ssl_context
        self._moids = Moids()
        self._sessions = Sessions(estate)
        self._runner: web.AppRunner | None = None
        self._stopping = asyncio.Event()

    async def __aenter__(self) -> "Self":
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        await self.stop_listening()

    async def listen(self) -> None:
        """Starts, or starts again on the same port."""
        self._stopping.clear()
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_post("/sdk", self._post)
        app.router.add_post("/sdk/vimService", self._post)
        app.router.add_get("/sdk/vimServiceVersions.xml", self._versions)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, ssl_context=self._ssl)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop_listening(self) -> None:
        """Gone, with its open connections; sessions outlive it, as those of a vCenter that the network hides."""
        self._stopping.set()
        if self._runner is None:
            return
        # Clients that block hold connections open without reading: TLS would wait long for their goodbye.
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport is not None:
                connection.transport.abort()
        await self._runner.cleanup()
        self._runner = None

    def expire_sessions(self) -> None:
        self._sessions.close_all()

    @property
    def open_sessions(self) -> int:
        return len(self._sessions)

    async def _versions(self, _: web.Request) -> web.Response:
        return web.Response(text=_VERSIONS, content_type="text/xml")

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        response = self._respond(body, request)
        unheard = bool(self.faults.silent_on) and self.calls[-1:] == [self.faults.silent_on]
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        if self.faults.silent or unheard:
            await self._stopping.wait()
        if self.faults.status:
            return web.Response(status=self.faults.status, text="Service unavailable")
        if self.faults.garbage:
            return web.Response(body=self.faults.garbage, content_type="text/xml")
        if self.faults.half_body:
            return await _half(request, response)
        return response

    def _respond(self, body: bytes, request: web.Request) -> web.Response:
        action = request.headers.get("SOAPAction", "")
        version = wire.version_of(action)
        if version is None:
            return _soap(wire.unsupported_version(action), status=500)
        try:
            call = wire.read_call(body, version)
        except wire.NotSoap as error:
            return _soap(wire.write_fault(data(vmodl.fault.InvalidRequest, msg=str(error)), version), status=500)
        self.calls.append(call.method)
        settle(self._estate)
        found = _COOKIE_VALUE.search(request.headers.get("Cookie", ""))
        session = self._sessions.use(found[1]) if found else None
        inventory = Inventory(self._estate, self._moids)
        objects = Objects(inventory, service_objects(inventory, session))
        desk = Desk(self._estate, objects, self._sessions, session, self.faults)
        try:
            response = _soap(wire.write_answer(call, answer(desk, call)), status=200)
        except vmodl.MethodFault as fault:
            return _soap(wire.write_fault(fault, version), status=500)
        if desk.logged_in:
            response.headers["Set-Cookie"] = f'{_COOKIE}="{desk.logged_in.key}"; Path=/; HttpOnly; Secure'
        return response


def _soap(body: bytes, *, status: int) -> web.Response:
    return web.Response(body=body, status=status, content_type="text/xml", charset="utf-8")


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    body = whole.body
    if not isinstance(body, bytes):
        raise AssertionError("SOAP answers are bytes")
    half = web.StreamResponse(status=whole.status, headers=whole.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half
