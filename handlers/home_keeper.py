"""Keeping App Homes true: those that were opened lately are drawn again when something changed, at Slack's pace."""

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass, field

from homeward.actions.ended import ended

from .home_drawing import UNREAD, HomeDrawing, Viewer
from .pacing import Monotonic, Pace
from .people import Clients
from .problems import SlackRefused
from .slack import Poster, Posters, Sleep
from .supervisor import Log, clean, where
from .views.blocks import Json
from .views.home import home_view
from .web_api import SHORT

EVERY = 5.0
"""Seconds between two looks at the ledger."""
LATELY = 3600.0
"""Seconds for which an opened Home is kept; opening it again begins anew."""
MOST = 200
TURN = 0.6
"""Seconds between two homes of a workspace: Slack takes 100 in a minute."""
AT_ONCE = 20
REST = 30.0
"""Seconds after a failure that may be short."""


@dataclass(slots=True)
class _Kept:
    until: float
    version: int = UNREAD
    """What it was last drawn from."""
    digest: str = ""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class HomeKeeper:
    """Each process keeps the Homes that were opened through it. It works only while there are any."""

    def __init__(
        self,
        drawing: HomeDrawing,
        clients: Clients,
        posters: Posters,
        *,
        log: Log,
        monotonic: Monotonic = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._drawing = drawing
        self._clients = clients
        self._posters = posters
        self._log = log
        self._monotonic = monotonic
        self._sleep = sleep
        self._pace = Pace(monotonic, every=TURN, at_once=AT_ONCE)
        self._viewers: dict[Viewer, _Kept] = {}
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def opened(self, viewer: Viewer, poster: Poster) -> None:
        """Draws the Home, and keeps it true from now on. Raises `SlackRefused`."""
        kept = self._viewers.pop(viewer, None) or _Kept(0.0)
        kept.until = self._monotonic() + LATELY
        while len(self._viewers) >= MOST:
            del self._viewers[next(iter(self._viewers))]
        self._viewers[viewer] = kept
        if not self._closed and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run(), name="homeward homes")
        await self._draw(viewer, kept, poster, await self._drawing.look(anew=True), opened=True)

    async def blocks(self, viewer: Viewer) -> tuple[Json, ...]:
        """What the Home shows now, for a host that shows it itself; nothing of it is kept."""
        await self._drawing.look(anew=True)
        try:
            poster = self._posters(await self._clients(viewer.team, viewer.enterprise), None, viewer.team)
        except SlackRefused:
            poster = None
        return await self._drawing.blocks(viewer, poster)

    async def close(self) -> None:
        """Keeps none any more. Safe to call twice."""
        self._closed = True
        self._viewers.clear()
        if self._task is not None:
            await ended((self._task,))

    async def _run(self) -> None:
        wait = EVERY
        while self._viewers:
            await self._sleep(wait)
            try:
                wait = await self._round()
            except Exception as error:  # noqa: BLE001 # the edge of a task: nobody above would hear of it
                self._log.error("homeward.homes", error=type(error).__name__, said=clean(error), at=where(error))
                wait = REST

    async def _round(self) -> float:
        """One look, and those whose turn it is; the seconds until the next."""
        now = self._monotonic()
        for viewer in [viewer for viewer, kept in self._viewers.items() if kept.until <= now]:
            del self._viewers[viewer]
        version = await self._drawing.look() if self._viewers else UNREAD
        if version == UNREAD:
            return EVERY
        wait = EVERY
        for viewer, kept in list(self._viewers.items()):
            if kept.version == version:
                continue
            if turn := self._pace.wait(viewer.team, viewer.user):
                wait = min(wait, turn)
                continue
            try:
                poster = self._posters(await self._clients(viewer.team, viewer.enterprise), None, viewer.team)
                await self._draw(viewer, kept, poster, version)
            except SlackRefused as refused:
                self._refused(viewer, refused)
        return wait

    def _refused(self, viewer: Viewer, refused: SlackRefused) -> None:
        if refused.retry_after or refused.error in SHORT:
            self._pace.hold(viewer.team, refused.retry_after or REST)
            return
        # The person left, or the app's Home was switched off: it is drawn when it is opened again.
        self._log.error("homeward.home", user=viewer.user, said=clean(refused))
        self._viewers.pop(viewer, None)

    async def _draw(self, viewer: Viewer, kept: _Kept, poster: Poster, version: int, *, opened: bool = False) -> None:
        """`opened` shows it also where nothing changed: Slack, or another replica, may show something else."""
        async with kept.turn:
            if not opened and kept.version == version:
                return
            blocks = await self._drawing.blocks(viewer, poster)
            digest = hashlib.sha256(json.dumps(blocks).encode()).hexdigest()
            if opened or digest != kept.digest:
                await poster.publish(viewer.user, home_view(blocks), insist=opened)
                kept.digest = digest
            kept.version = version
