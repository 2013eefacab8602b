"""The failback command: the way home from the first check to the commit. What follows an ask is the reconciler's."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Asked, Person, Request, Where
from homeward.actions.states import Operation
from homeward.checks.subjects import Wishes

from .arguments import Asked as Check
from .arguments import Usage, bare, check_arguments, wants_help
from .deciding import RequestDesk
from .form_state import Form
from .looking import Looking
from .preflight import Preflight
from .pressed import Body, Typed, typed
from .requests import Finding, Requests, name_of, named, no_such_word, person, shown
from .slack import Poster, Posters
from .start_arguments import FAILBACK, PLAIN, Start, line, start_arguments
from .start_form import StartForm
from .starting_time import Zones, moment, time_zone
from .supervisor import Supervisor
from .views.asked import not_asked, taken_as_utc
from .views.blocks import Message
from .views.failback_usage import failback_usage
from .views.operations import words
from .views.reprotect_usage import not_set_up, wrong_channel
from .views.request_list import not_found

WORDS = ("check", "start", "points", "commit", "cancel", "status", "list")
OPERATIONS = {"start": Operation.FAILBACK, "commit": Operation.COMMIT, "cancel": Operation.CANCEL}
UTC_NAME = "UTC"
ID = re.compile(r"R-[0-9A-Z]{6}", re.IGNORECASE)
"""What only a request is called."""


class Failback:
    """`desk` is None where nothing can be started: `missing` is then what the settings lack, in a sentence.

    `channels` are those in which something may be asked for; none means any. `reprotect` is what that command is
    called, which begins and ends the way.
    """

    def __init__(
        self,
        desk: RequestDesk | None,
        *,
        preflight: Preflight,
        looking: Looking,
        zones: Zones,
        supervisor: Supervisor,
        posters: Posters,
        channels: tuple[str, ...] = (),
        missing: str = "",
        reprotect: str = "/reprotect",
        forms: StartForm | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._requests = Requests(desk, clock) if desk else None
        self._preflight = preflight
        self._looking = looking
        self._zones = zones
        self._supervisor = supervisor
        self._posters = posters
        self._channels = channels
        self._missing = missing
        self._reprotect = reprotect
        self._forms = forms
        self._clock = clock

    async def command(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """`/failback check|start|points|commit|cancel|status|list|help`"""
        said = typed(body)
        poster = self._posters(client, respond, said.team)
        todo = self._understood(said)
        if isinstance(todo, Message):
            await ack(text=todo.text, blocks=todo.blocks, response_type="ephemeral")
            return
        await ack()
        if isinstance(todo, Check):
            self._preflight.check(said, todo, Operation.FAILBACK, poster)
            return
        if isinstance(todo, Start):
            self._show_form(said, todo, poster)
            return
        work = shown(todo(poster), poster)
        self._supervisor.start(work, name="failback", tell=poster.whisper, changes=_word(said)[0] in OPERATIONS)

    def _understood(self, said: Typed) -> Message | Check | Start | Finding:
        """What to say at once, or what is to be checked or shown as a form, or the work that finds it out."""
        word, rest = _word(said)
        if wants_help(line(said.text)) or word == "help":
            return self._usage(said)
        if word not in WORDS:
            advice = f"To fail one back: {said.command} start NAME."
            return self._usage(said, no_such_word(said.command, WORDS, word, rest, advice))
        match word:
            case "check":
                check = check_arguments(rest)
                return self._which(said, word, check.why) if isinstance(check, Usage) else check
            case "points":
                name = name_of(rest)
                return partial(self._points, said, name) if name else self._which(said, word)
            case "status" if name := name_of(rest):
                return partial(self._status, said, name)
            case _ if self._desk is None or self._requests is None:
                return not_set_up(said.command, self._missing)
            case "status":
                return partial(self._requests.status, said, "")
            case "list":
                return partial(self._requests.listed, said)
            case _:
                return self._asks(self._desk, self._requests, said, word, rest)

    def _asks(
        self, desk: RequestDesk, requests: Requests, said: Typed, word: str, rest: str
    ) -> Message | Start | Finding:
        """A start, a commit or a cancel."""
        operation = OPERATIONS[word]
        if self._forms and operation is Operation.FAILBACK and not rest:
            return Start("", Wishes(), "", form=True)
        start = start_arguments(rest, FAILBACK if operation is Operation.FAILBACK else PLAIN)
        if isinstance(start, Usage):
            return self._usage(said, start.why)
        if self._forms and start.form:
            return start
        if operation is Operation.CANCEL:
            return partial(self._cancel, desk, requests, said, start)
        return self._wrong_channel(said, operation) or partial(self._ask, requests, said, operation, start)

    def _show_form(self, said: Typed, start: Start, poster: Poster) -> None:
        if self._forms is None:
            return
        place = Where(said.team, said.enterprise, said.channel)

        async def later() -> datetime | Usage:
            if start.at is None:
                raise AssertionError("asked only where a time was said")
            zone, _ = await self._zone(start, person(said), place)
            return zone if isinstance(zone, Usage) else moment(start.at, zone, self._clock())

        form = Form(
            Operation.FAILBACK,
            start.subject,
            reason=start.reason,
            point=start.point,
            place=said.channel,
            enterprise=said.enterprise,
        )
        self._forms.begin(form, said.trigger, poster, later=later if start.at else None)

    async def _ask(
        self, requests: Requests, said: Typed, operation: Operation, start: Start, poster: Poster
    ) -> Message:
        where = Where(said.team, said.enterprise, said.channel)
        asked = Asked(operation, start.subject, start.wishes, start.reason, person(said), where, start.point)
        if start.at is None:
            return await requests.asked(asked, poster)
        zone, known = await self._zone(start, asked.requester, where)
        if isinstance(zone, Usage):
            return not_asked(zone.why)
        at = moment(start.at, zone, self._clock())
        if isinstance(at, Usage):
            return not_asked(at.why)
        note = "" if known or start.at.offset is not None else taken_as_utc(f"{start.at.clock:%H:%M}")
        return await requests.asked(replace(asked, at=at, zone=zone.key), poster, note=note)

    async def _zone(self, start: Start, who: Person, where: Where) -> tuple[ZoneInfo | Usage, bool]:
        """The zone that was said, else the person's own; UTC, and False, where nobody tells one."""
        if start.zone:
            return await asyncio.to_thread(time_zone, start.zone), True
        told = await self._zones(who, where)
        own = await asyncio.to_thread(time_zone, told or UTC_NAME)
        if told and isinstance(own, ZoneInfo):
            return own, True
        return await asyncio.to_thread(time_zone, UTC_NAME), False

    async def _cancel(
        self, desk: RequestDesk, requests: Requests, said: Typed, start: Start, poster: Poster
    ) -> Message:
        """Of a request, by its id; by a machine's name, of its failback, which is an operation of its own."""
        name = start.subject
        found = await desk.find(name)
        if named(found, name):
            return await requests.cancelled(said, name, start.reason, poster)
        if ID.fullmatch(name):
            return not_found(name, said.command)
        if open_ := tuple(one for one in found if not one.state.ended):
            # The open request has the machine: what can be meant first is the end of that one.
            return requests.which(said, name, open_)
        wrong = self._wrong_channel(said, Operation.CANCEL)
        return wrong or await self._ask(requests, said, Operation.CANCEL, start, poster)

    async def _status(self, said: Typed, name: str, poster: Poster) -> Message:
        if self._desk and self._requests and (found := await self._found(self._desk, name)):
            return await self._requests.shown(said, found, poster)
        if ID.fullmatch(name) and self._desk:
            return not_found(name, said.command)
        return await self._looking.way(name, command=said.command, reprotect=self._reprotect)

    async def _found(self, desk: RequestDesk, name: str) -> tuple[Request, ...]:
        """The request of that id. Where machines stand is told even if the ledger can't be read."""
        try:
            found = await desk.find(name)
        except LedgerError:
            if ID.fullmatch(name):
                raise
            return ()
        return found if named(found, name) else ()

    async def _points(self, said: Typed, name: str, _: Poster) -> Message:
        return await self._looking.points(name, command=said.command)

    def _wrong_channel(self, said: Typed, operation: Operation) -> Message | None:
        if not self._channels or said.channel in self._channels:
            return None
        return wrong_channel(said.command, self._channels, what=f"A {words(operation).noun}")

    def _which(self, said: Typed, word: str, why: str = "") -> Message:
        return self._usage(said, why or f"Which machine, group or plan? {said.command} {word} NAME.")

    def _usage(self, said: Typed, why: str = "") -> Message:
        return failback_usage(said.command, why, reprotect=self._reprotect)


def _word(said: Typed) -> tuple[str, str]:
    """The command's first word, and the rest."""
    word, _, rest = line(said.text).partition(" ")
    return bare(word).casefold(), rest.strip()
