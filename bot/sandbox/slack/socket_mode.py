"""Bringing things to the bot over Socket Mode: envelopes on the bot's websockets, acknowledged by id."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast

from aiohttp import WSMsgType, web

from .answers import NO_ANSWER, NOT_TAKEN, Answer, Delivery
from .messages import Payload
from .workspace import Workspace

_ANSWERABLE = {"slash_commands", "interactive"}


@dataclass(slots=True)
class SocketMode:
    """Several connections may be open; they take turns, each envelope goes to one of them."""

    workspace: Workspace
    tickets: list[str]
    app_id: str = "A0HOMEWARD"
    connections: list[web.WebSocketResponse] = field(default_factory=list[web.WebSocketResponse])
    stray_acks: list[Payload] = field(default_factory=list[Payload])
    """Acknowledgements that came too late, twice, or for nothing."""
    _waiting: dict[str, asyncio.Future[Payload]] = field(default_factory=dict[str, "asyncio.Future[Payload]"])
    _sent: int = 0

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The websocket's address works once."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=408, text="invalid ticket")
        self.tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections.append(socket)
        try:
            await socket.send_json(self._hello())
            self.workspace.touch()
            async for received in socket:
                if received.type is WSMsgType.TEXT:
                    self._received(cast("Payload", received.json()))
        finally:
            if socket in self.connections:
                self.connections.remove(socket)
            self.workspace.touch()
        return socket

    async def connected(self, count: int = 1, within: float = 5.0) -> None:
        """Wait until the bot holds so many connections."""
        await self.workspace.until(lambda: len(self.connections) >= count, within)

    async def refresh(self) -> None:
        """Ask the oldest connection to make way, as Slack does every few hours; the bot opens a new one."""
        socket = self.connections.pop(0)
        await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "sandbox"}})

    async def close(self) -> None:
        for socket in list(self.connections):
            await socket.close()

    async def deliver(self, delivery: Delivery, *, patience: float) -> Answer:
        started = time.monotonic()
        if not self.connections:
            return Answer({}, 0.0, NOT_TAKEN)
        self.connections.append(socket := self.connections.pop(0))
        self._sent += 1
        envelope = f"envelope-{self._sent}"
        acknowledged = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = acknowledged
        try:
            await socket.send_json(
                {
                    "envelope_id": envelope,
                    "type": delivery.kind,
                    "accepts_response_payload": delivery.kind in _ANSWERABLE,
                    "payload": delivery.payload,
                    **({"retry_attempt": delivery.retry, "retry_reason": delivery.reason} if delivery.retry else {}),
                }
            )
            async with asyncio.timeout(patience):
                body = await acknowledged
        except TimeoutError:
            return Answer({}, time.monotonic() - started, NO_ANSWER)
        except ConnectionError:
            return Answer({}, time.monotonic() - started, NOT_TAKEN)
        finally:
            del self._waiting[envelope]
        return Answer(body, time.monotonic() - started)

    def _received(self, ack: Payload) -> None:
        waiting = self._waiting.get(str(ack.get("envelope_id")))
        if waiting is None or waiting.done():
            self.stray_acks.append(ack)
            self.workspace.touch()
        else:
            waiting.set_result(cast("Payload", ack.get("payload") or {}))

    def _hello(self) -> Payload:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self.app_id},
            "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
        }
