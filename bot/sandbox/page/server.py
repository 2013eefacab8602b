"""The page's server: plain HTTP on loopback, for this machine's browser alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from aiohttp import web

from ..estate.progress import settle
from ..run import Sandbox
from ..slack import MAYA, Payload
from .asked import Asked
from .bot import Bot
from .breaking import Breaking
from .doing import Doing
from .problems import Problem
from .state import fingerprint, of_estate, of_offers, of_person

HOST = "127.0.0.1"
FIRST = MAYA
"""Whose screen it is at first."""
_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
MOST_BYTES = 256 * 1024
"""Of a POST: no form of Slack's holds so much."""
LONG_POLL = 25.0
LOOK_AGAIN = 0.5
"""Seconds: Slack tells when something changed, the estate does not."""
_STATIC = (Path(__file__).parent / "static").resolve()
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page:
    """Up while its `async with` lasts, at `address`. `port` 0 is any free one; `bot` None is somebody else's."""

    def __init__(self, sandbox: Sandbox, bot: Bot | None, *, port: int = 0) -> None:
        self._sandbox = sandbox
        self._bot = bot
        self._port = port
        self._breaking = Breaking(sandbox, bot)
        self._doing = Doing(sandbox.slack, self._breaking)
        self._version = 0
        self._last: object = None
        self._ending = False
        site = web.Application(client_max_size=MOST_BYTES, middlewares=[_guarded])
        site.router.add_get("/", self._index)
        site.router.add_get("/favicon.ico", _no_icon)
        site.router.add_get("/static/{name:[a-z0-9._/-]+}", self._static)
        site.router.add_get("/api/state", self._state)
        site.router.add_get("/api/changes", self._changes)
        site.router.add_post("/api/do", self._do)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=1.0)
        self.address = ""

    async def __aenter__(self) -> Self:
        workspace = self._sandbox.slack.workspace
        for user in list(workspace.users.values()):
            if not user.is_bot and not user.deleted:
                workspace.direct(user)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self.address = f"http://{HOST}:{self._runner.addresses[0][1]}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending = True
        self._sandbox.slack.workspace.touch()
        await self._runner.cleanup()

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return self._file("index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return self._file(request.match_info["name"])

    def _file(self, name: str) -> web.StreamResponse:
        path = (_STATIC / name).resolve()
        if not path.is_relative_to(_STATIC) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path)

    async def _state(self, request: web.Request) -> web.Response:
        slack, estate = self._sandbox.slack, self._sandbox.estate
        who = self._doing.person(request.query.get("as") or FIRST.id)
        version = self._seen()
        return web.json_response(
            {
                "version": version,
                "now": slack.clock(),
                **of_person(who, slack.workspace, slack.views),
                **of_offers(estate),
                "estate": of_estate(estate, throttled=self._breaking.throttled, bot=self._bot),
            }
        )

    async def _changes(self, request: web.Request) -> web.Response:
        after = request.query.get("after", "")
        if not after.isdecimal():
            raise Problem("after is not a version.")
        newer = await self._newer_than(int(after))
        return web.json_response({"version": newer})

    async def _do(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "problem": "", **await self._doing.do(Asked(await _body(request)))})

    async def _newer_than(self, version: int) -> int:
        """The first other version (the page may know one of a sandbox that ended), or the same after a while."""
        until = asyncio.get_running_loop().time() + LONG_POLL
        while asyncio.get_running_loop().time() < until:
            try:
                await self._sandbox.slack.workspace.until(
                    lambda: self._ending or self._seen() != version, within=LOOK_AGAIN
                )
            except TimeoutError:
                continue
            break
        return self._version

    def _seen(self) -> int:
        """The version of what is to be seen now."""
        slack, estate = self._sandbox.slack, self._sandbox.estate
        settle(estate)
        behind = of_estate(estate, throttled=self._breaking.throttled, bot=self._bot)
        found = fingerprint(slack.workspace, slack.views), behind
        if found != self._last:
            self._version, self._last = self._version + 1, found
        return self._version


async def _no_icon(_request: web.Request) -> web.Response:
    return web.Response(status=204)


_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Keeps other sites out, whatever name they give to this machine, and gives every fault one sentence."""
    try:
        _of_this_machine(request)
        answer = await handler(request)
    except Problem as problem:
        errors = {"errors": problem.errors} if problem.errors else {}
        # Whoever reads gets what they asked for or a fault; what people can't do is an answer like any other.
        status = 400 if request.method == "GET" else 200
        answer = web.json_response({"ok": False, "problem": str(problem), **errors}, status=status)
    except web.HTTPException as refused:
        answer = web.json_response({"ok": False, "problem": _sentence(refused)}, status=refused.status)
    answer.headers.update(_HEADERS)
    return answer


def _of_this_machine(request: web.Request) -> None:
    name = request.headers.get("Host", "")
    if name.rpartition(":")[0] not in _LOOPBACK and name not in _LOOPBACK:
        raise web.HTTPForbidden(reason="The page is served to this machine alone, by its loopback name.")
    if request.method != "GET" and request.headers.get("Origin") != f"http://{name}":
        raise web.HTTPForbidden(reason="Only the page itself may ask for this.")


def _sentence(refused: web.HTTPException) -> str:
    return refused.reason if refused.reason.endswith(".") else f"{refused.reason}."


async def _body(request: web.Request) -> Payload:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="Only JSON is taken.")
    try:
        sent: object = json.loads(await request.read())
    except ValueError:
        raise web.HTTPBadRequest(reason="What was sent is not JSON.") from None
    if not isinstance(sent, dict):
        raise web.HTTPBadRequest(reason="What was sent is not a JSON object.")
    return cast("Payload", sent)
