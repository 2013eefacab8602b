"""The sandbox's Slack as one thing: start it, point a bot at it, do what people do, look at what they see."""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from homeward.bot.scopes import SCOPES

from . import elements, outcomes, payloads, picking
from .answers import ACK_TIMEOUT, Ack, Answer, Delivery
from .delivery import SignedHttp, Transport
from .faults import Faults
from .messages import Message, Payload, version_of
from .methods import Methods
from .offers import Offers
from .people import MAYA, SLACKBOT, Channel, User
from .rates import Rates
from .server import Call, Server
from .socket_mode import SocketMode
from .steps import StepRun, Steps
from .triggers import Triggers
from .views import Shown, Views
from .workspace import Workspace

TOKEN = "xoxb-sandbox"  # noqa: S105 - opens nothing but the sandbox
APP_TOKEN = "xapp-sandbox"  # noqa: S105 - opens nothing but the sandbox
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - opens nothing but the sandbox
MOST_RETRIES = 3
SHORTEST_QUERY = 3
"""What has to be typed before Slack asks, where a select doesn't say."""


class SandboxSlack:
    """Slack on loopback. With a `request_url` it delivers by HTTP, without one by Socket Mode.

    `clock` is the time of everything that Slack dates or lets expire, its signatures included; only the
    patience for an acknowledgement (`ack_timeout`) is real time.
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        ssl_context: ssl.SSLContext | None = None,
        *,
        token: str = TOKEN,
        signing_secret: str = SIGNING_SECRET,
        app_token: str = APP_TOKEN,
        clock: Callable[[], float] = time.time,
        port: int = 0,
    ) -> None:
        self.workspace = workspace or Workspace()
        self.token, self.signing_secret, self.app_token = token, signing_secret, app_token
        self.clock = clock
        self.ack_timeout = ACK_TIMEOUT
        self.request_url: str | None = None
        self.faults = Faults()
        self.rates = Rates(clock)
        self.views = Views()
        self.acks: list[Ack] = []
        """Everything that was delivered, in order, with what came of it."""
        self._offers = Offers()
        self._steps = Steps()
        self._triggers = Triggers(clock)
        self._methods = Methods(
            self.workspace,
            self.views,
            self._triggers,
            self.faults,
            clock,
            set(SCOPES),
            self._steps,
            socket_url=self._socket_url,
        )
        self._server = Server(token, app_token, self._methods, self._triggers, self.faults, self.rates)
        self.socket = SocketMode(self.workspace, self._methods.tickets)
        self._ssl = ssl_context
        self._port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._session: aiohttp.ClientSession | None = None
        self._events = 0

    # Up and down

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([*self._server.routes(), web.get("/link", self.socket.connect)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        self._session = aiohttp.ClientSession()
        await self.up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    async def up(self) -> None:
        """Answer again, at the same address."""
        if self._runner and not self._site:
            self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._ssl, reuse_address=True)
            await self._site.start()
            self._port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Refuse connections until `up`."""
        if self._site:
            await self._site.stop()
            self._site = None
        await self.socket.close()

    @property
    def port(self) -> int:
        return self._port

    @property
    def base_url(self) -> str:
        """For AsyncWebClient(base_url=...)."""
        return f"{'https' if self._ssl else 'http'}://127.0.0.1:{self._port}/api/"

    @property
    def mode(self) -> str:
        return "http" if self.request_url else "socket"

    @property
    def scopes(self) -> set[str]:
        """What the bot's token may do; take one away to see missing_scope."""
        return self._methods.scopes

    @property
    def allowed_mentions(self) -> set[str]:
        """The user groups, by id, that messages may ring: add the approvers'. All others are refused."""
        return self._methods.allowed_mentions

    @property
    def calls(self) -> list[Call]:
        """The Web API calls so far."""
        return self._server.calls

    # What people do

    async def command(
        self, who: User | str, where: Channel | str, name: str, text: str = "", *, escape: bool = True
    ) -> Ack:
        """Type a slash command; `escape` is the manifest's should_escape."""
        user, place = self.workspace.user(who), self.workspace.channel(where)
        typed = payloads.escaped(text, self.workspace) if escape else text
        payload = payloads.command(self.workspace, user, place, name, typed)
        payload["response_url"] = self._response_url(place, user)
        ack = await self._deliver("slash_commands", payload, user)
        if ack.problem:
            notice = {"text": f'{name} failed with the error "{ack.problem}"'}
            self.workspace.post(place, SLACKBOT, version_of(notice), at=self.clock(), ephemeral_to=user.id)
        elif ack.body:
            ack = outcomes.answered(self._methods, ack, user, place)
        return self._kept(ack)

    def say(self, who: User | str, where: Channel | str, text: str, thread: str | None = None) -> Message:
        """Write a message, or a reply below the message with the time `thread`."""
        user, place = self.workspace.user(who), self.workspace.channel(where)
        if user.id not in place.members:
            raise LookupError(f"{user.name} is not in #{place.name}")
        if thread and self.workspace.message(place, thread) is None:
            raise LookupError(f"#{place.name} has no thread {thread}")
        said = version_of({"text": payloads.escaped(text, self.workspace)})
        return self.workspace.post(place, user, said, at=self.clock(), thread_ts=thread)

    async def click(
        self,
        who: User | str,
        where: Message | Shown,
        action_id: str,
        *,
        value: object = None,
        option: Payload | None = None,
        state: elements.Filled | None = None,
        block_id: str = "",
    ) -> Ack:
        """Press a button of a message or view as it was when last looked at; `value` picks one button or option.

        `option` is what a list offered, `value` also what is entered; `state` is what was filled in meanwhile.
        """
        user = self.workspace.user(who)
        surface, blocks, before = self._surface(where)
        action = elements.pressed(
            blocks,
            action_id,
            value if option is None else option,
            at=self.clock(),
            block_id=block_id,
            offered=self._offers.last(user, surface),
        )
        held = elements.state(blocks, state or {}, before, self._offers.ever(user, surface))
        held = elements.after(held, action)
        picking.check(self.workspace, user, blocks, held)
        payload: Payload = {
            "type": "block_actions",
            **payloads.people_part(self.workspace, user),
            "state": {"values": held},
            "actions": [action],
        }
        if isinstance(where, Shown):
            self.views.fill(where, held)
            payload |= payloads.view_place(where, self.workspace.team_id, held)
        else:
            payload |= self._on_message(where, user)
        return self._kept(await self._deliver("interactive", payload, user))

    async def suggest(
        self, who: User | str, where: Message | Shown, action_id: str, text: str, *, block_id: str = ""
    ) -> Payload:
        """Open an external select and type: the `options` or `option_groups` that come, else `Refused` is raised."""
        user = self.workspace.user(who)
        surface, blocks, before = self._surface(where)
        block, select = elements.element(blocks, action_id, block_id)
        if len(text) < select.get("min_query_length", SHORTEST_QUERY):
            return {"options": []}
        payload: Payload = {
            "type": "block_suggestion",
            **payloads.people_part(self.workspace, user),
            "action_id": action_id,
            "block_id": block["block_id"],
            "value": text,
        }
        if isinstance(where, Shown):
            held = elements.state(blocks, {}, before)
            payload |= payloads.view_place(where, self.workspace.team_id, held)
        else:
            payload |= payloads.message_place(where, self.workspace.channel(where.channel))
        ack = self._kept(outcomes.suggested(await self._offered("interactive", payload)))
        if ack.problem:
            raise outcomes.refusal(ack)
        self._offers.keep(user, surface, (block["block_id"], action_id), ack.body)
        return ack.body

    async def shortcut(self, who: User | str, message: Message, callback_id: str) -> Ack:
        """Choose a message shortcut from a message's menu."""
        user = self.workspace.user(who)
        payload: Payload = {
            "type": "message_action",
            "callback_id": callback_id,
            "message_ts": message.ts,
            **payloads.people_part(self.workspace, user),
            **self._on_message(message, user),
        }
        return self._kept(await self._deliver("interactive", payload, user))

    def trigger(self, who: User | str) -> str:
        """A trigger_id out of an interaction of somebody's."""
        return self._triggers.give(self.workspace.user(who))

    async def submit(self, who: User | str, filled: Mapping[str, object] | None = None) -> Ack:
        """Send the form on somebody's screen, with these elements (by action_id) filled in."""
        user = self.workspace.user(who)
        shown = self.views.top(user)
        if shown is None:
            raise LookupError(f"{user.name} has no view open")
        values = elements.state(shown.view["blocks"], filled or {}, shown.filled, self._offers.ever(user, shown.id))
        elements.required(shown.view["blocks"], values)
        picking.check(self.workspace, user, shown.view["blocks"], values)
        self.views.fill(shown, values)
        payload: Payload = {
            "type": "view_submission",
            **payloads.people_part(self.workspace, user),
            "view": shown.wire(self.workspace.team_id, values),
            "response_urls": [],
        }
        ack = await self._deliver("interactive", payload, user)
        if not ack.problem:
            ack = outcomes.submitted(self._methods, ack, shown, user)
        return self._kept(ack)

    async def close(self, who: User | str, *, whole_stack: bool = False) -> Ack | None:
        """Close the form on somebody's screen (or all that lie below it too): told only where the view asks for it."""
        user = self.workspace.user(who)
        shown = self.views.top(user)
        if shown is None:
            raise LookupError(f"{user.name} has no view open")
        cleared = whole_stack or bool(shown.view.get("clear_on_close"))
        self.views.close(shown, whole_stack=cleared)
        self.workspace.touch()
        if not shown.view.get("notify_on_close"):
            return None
        payload: Payload = {
            "type": "view_closed",
            **payloads.people_part(self.workspace, user),
            "view": shown.wire(self.workspace.team_id),
            "is_cleared": cleared,
        }
        return self._kept(await self._offered("interactive", payload))

    async def open_home(self, who: User | str) -> Ack:
        """Open the App Home."""
        user = self.workspace.user(who)
        return await self.event(payloads.home_opened(self.workspace, user, self.views.home(user), self.clock()))

    async def step(self, callback_id: str, inputs: Mapping[str, object], who: User | str = MAYA) -> StepRun:
        """Let a workflow that somebody started come to a step of the app's; wait for `ended` to see what came of it."""
        run = self._steps.start(callback_id, dict(inputs), self.workspace.user(who))
        run.problem = (await self.event(payloads.function_executed(run, self.clock()))).problem
        return run

    async def event(self, event: Payload) -> Ack:
        """Something that happened; offered again (at once, at most three times) until it is acknowledged."""
        self._events += 1
        payload = payloads.event_callback(self.workspace, event, self._events, self.clock())
        delivery = Delivery("events_api", payload)
        answer = await self._transport().deliver(delivery, patience=self.ack_timeout)
        while answer.problem and not answer.no_retry and delivery.retry < MOST_RETRIES:
            reason = "http_timeout" if answer.status is None else "http_error"
            delivery = replace(delivery, retry=delivery.retry + 1, reason=reason)
            answer = await self._transport().deliver(delivery, patience=self.ack_timeout)
        return self._kept(_ack(delivery, answer, attempts=delivery.retry + 1))

    async def again(self, ack: Ack) -> Ack:
        """Deliver the very same thing once more: a replay, or Slack not having seen the acknowledgement."""
        delivery = ack.delivery
        if delivery.kind == "events_api":
            delivery = replace(delivery, retry=delivery.retry + 1, reason="http_timeout")
        return self._kept(_ack(delivery, await self._transport().deliver(delivery, patience=self.ack_timeout)))

    # What comes of it

    async def _deliver(self, kind: str, payload: Payload, user: User) -> Ack:
        payload["trigger_id"] = self._triggers.give(user)
        ack = await self._offered(kind, payload)
        if ack.ok and payload.get("type") in ("block_actions", "message_action") and ack.body:
            # Slack ignores it; whoever answers so believes that somebody reads it.
            return replace(ack, problem="unexpected_body")
        return ack

    async def _offered(self, kind: str, payload: Payload) -> Ack:
        """Delivered once; it entitles to nothing."""
        delivery = Delivery(kind, payload)
        return _ack(delivery, await self._transport().deliver(delivery, patience=self.ack_timeout))

    def _transport(self) -> Transport:
        if not self.request_url:
            return self.socket
        if not self._session:
            raise RuntimeError("the sandbox's Slack is not running")
        return SignedHttp(self._session, self.request_url, self.signing_secret, self.clock)

    def _surface(self, where: Message | Shown) -> tuple[str, list[Payload], Payload]:
        """What names it, what stands in it, and what was filled in before."""
        if isinstance(where, Shown):
            return where.id, list(where.view["blocks"]), self.views.now(where).filled
        return where.ts, list(where.blocks), {}

    def _on_message(self, message: Message, user: User) -> Payload:
        place = self.workspace.channel(message.channel)
        carried = payloads.message_place(message, place)
        return carried | {"response_url": self._response_url(place, user, message)}

    def _response_url(self, place: Channel, user: User, source: Message | None = None) -> str:
        return f"{self.base_url.removesuffix('api/')}response/{self._triggers.hook(place, user, source)}"

    def _socket_url(self, ticket: str) -> str:
        return f"{'wss' if self._ssl else 'ws'}://127.0.0.1:{self._port}/link?ticket={ticket}"

    def _kept(self, ack: Ack) -> Ack:
        self.acks.append(ack)
        self.workspace.touch()
        return ack


def _ack(delivery: Delivery, answer: Answer, *, attempts: int = 1) -> Ack:
    trigger = str(delivery.payload.get("trigger_id", ""))
    return Ack(
        delivery, answer.status, answer.body, answer.elapsed, answer.problem, attempts=attempts, trigger_id=trigger
    )
