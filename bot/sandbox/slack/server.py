"""The sandbox's Slack as an HTTP server: the Web API with its tokens, scopes, rates and faults, and response_urls."""

import json
from dataclasses import dataclass, field
from typing import cast

from aiohttp import web

from .catalogue import CONNECT, CONNECTING, METHODS
from .faults import Fault, Faults
from .messages import Payload, version_of
from .methods import Methods
from .rates import Rates
from .refusals import Refused, check_message, missing_scope
from .triggers import Triggers

ENDING = ("functions.completeSuccess", "functions.completeError")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API as it came in, and the error that it was answered with ("" for none)."""

    method: str
    arguments: Payload
    error: str = ""


@dataclass(slots=True)
class Server:
    token: str
    app_token: str
    methods: Methods
    triggers: Triggers
    faults: Faults
    rates: Rates
    calls: list[Call] = field(default_factory=list[Call])

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/{method}", self.api),
            web.get("/api/{method}", self.api),
            web.post("/response/{hook}", self.respond),
        ]

    async def api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        fault = self.faults.next(name)
        if fault and not fault.error and fault.status != 200:
            return web.Response(status=fault.status, text="Service Unavailable")
        arguments: Payload = {}
        status, headers = 200, {"x-oauth-scopes": ",".join(sorted(self.methods.scopes))}
        try:
            arguments = await _arguments(request)
            if wait := self._wait(name, arguments, fault):
                status, headers["Retry-After"] = 429, str(wait)
                raise Refused("ratelimited")
            if fault and fault.error:
                raise Refused(fault.error)
            body = self._run(name, arguments, _token(request, arguments))
        except Refused as refused:
            body = refused.body
        arguments.pop("token", None)
        self.calls.append(Call(name, arguments, str(body.get("error", ""))))
        self.methods.workspace.touch()
        if fault and fault.answer_lost and request.transport:
            request.transport.abort()
        return web.json_response(body, status=status, headers=headers)

    async def respond(self, request: web.Request) -> web.Response:
        """A response_url: an answer to an interaction, without any token."""
        try:
            hook = self.triggers.use(request.match_info["hook"])
        except Refused as refused:
            return web.Response(status=404, text=refused.error)
        try:
            said = cast("Payload", json.loads(await request.text()))
            here = self.methods.workspace
            if said.get("delete_original") and hook.source:
                here.delete(hook.source)
                return web.Response(text="ok")
            check_message(
                said,
                unsupported=frozenset(self.faults.unsupported_blocks),
                allowed_mentions=self.methods.allowed_mentions,
            )
            if said.get("replace_original") and hook.source:
                hook.source = here.edit(hook.source, version_of(said))
            else:
                private = said.get("response_type", "ephemeral") != "in_channel"
                here.post(
                    hook.channel,
                    here.bot,
                    version_of(said),
                    at=self.methods.clock(),
                    # Slack looks for the thread only where it is told not to replace anything.
                    thread_ts=said.get("thread_ts") if said.get("replace_original") is False else None,
                    ephemeral_to=hook.user.id if private else None,
                )
        except Refused as refused:
            return web.json_response(refused.body, status=400)
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        return web.Response(text="ok")

    def _wait(self, name: str, arguments: Payload, fault: Fault | None) -> int:
        if fault and fault.status == 429:
            return fault.retry_after
        return self.rates.take(name, str(arguments.get("channel", "")))

    def _run(self, name: str, arguments: Payload, token: str) -> Payload:
        method, expected = (CONNECTING, self.app_token) if name == CONNECT else (METHODS.get(name), self.token)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        if not token and name != "api.test":
            raise Refused("not_authed")
        if token != expected and name != "api.test" and not self._of_a_step(name, arguments, token):
            both = (self.token, self.app_token)
            raise Refused("not_allowed_token_type" if token in both else "invalid_auth")
        provided = {"connections:write"} if name == CONNECT else self.methods.scopes
        if method.scopes and not provided & set(method.scopes):
            raise missing_scope(method.scopes[0], provided)
        return method(self.methods, arguments)

    def _of_a_step(self, name: str, arguments: Payload, token: str) -> bool:
        """A step's own token may do what the bot's may while the step runs, and end no step but its own."""
        run = self.methods.steps.by_token(token)
        if run is None or name == CONNECT:
            return False
        return run.id == arguments.get("function_execution_id") if name in ENDING else not run.ended


def _token(request: web.Request, arguments: Payload) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ") or str(arguments.get("token") or "")


async def _arguments(request: web.Request) -> Payload:
    """From the query, a form or JSON, whichever the client used."""
    found: Payload = dict(request.query)
    if request.content_type == "application/json":
        try:
            sent: object = await request.json()
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(sent, dict):
            raise Refused("json_not_object")
        found |= cast("Payload", sent)
    elif request.method == "POST":
        found |= dict(await request.post())
    return {key: value for key, value in found.items() if value is not None}
