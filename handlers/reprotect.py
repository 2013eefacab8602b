"""The reprotect command: ask for one, see how it stands, cancel it. What follows an ask is the reconciler's."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Asked, Person, Refusal, Request, Where
from homeward.actions.states import Operation

from .arguments import NAME_LIMIT, Usage, bare, wants_help
from .deciding import RequestDesk
from .pressed import Body, Typed, typed
from .slack import Poster, Posters
from .start_arguments import REASON_LIMIT, line, nearest, start_arguments
from .supervisor import Supervisor
from .views.blocks import Message
from .views.decided import asked_message, cancelled_message, ledger_trouble, refusal_message
from .views.reprotect_usage import not_set_up, reprotect_usage, wrong_channel
from .views.request_list import MOST_IN_FULL, list_message, none_open, not_found, status_message, which

Finding = Callable[[Poster], Coroutine[object, object, Message]]
"""Finds out what to say; the poster tells addresses."""

MOST_LINKS = 10
LINKING = 2.0
"""Seconds that addresses may take: the list is worth more than they are."""
WORDS = ("start", "status", "list", "cancel")


class Reprotect:
    """`desk` is None where nothing can be started: `missing` is then what the settings lack, in a sentence.

    `channels` are those in which a start may be asked for; none means any.
    """

    def __init__(
        self,
        desk: RequestDesk | None,
        *,
        supervisor: Supervisor,
        posters: Posters,
        channels: tuple[str, ...] = (),
        missing: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._supervisor = supervisor
        self._posters = posters
        self._channels = channels
        self._missing = missing
        self._clock = clock

    async def command(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """`/reprotect start|status|list|cancel|help`"""
        said = typed(body)
        poster = self._posters(client, respond, said.team)
        todo = self._understood(said)
        if isinstance(todo, Message):
            await ack(text=todo.text, blocks=todo.blocks, response_type="ephemeral")
            return
        await ack()
        self._supervisor.start(_shown(todo(poster), poster), name="reprotect", tell=poster.whisper, changes=True)

    def _understood(self, said: Typed) -> Message | Finding:
        """What to say at once, or the work that finds it out."""
        text = line(said.text)
        word, _, rest = text.partition(" ")
        word, rest = bare(word).casefold(), rest.strip()
        if wants_help(text) or word == "help":
            return reprotect_usage(said.command)
        if word not in WORDS:
            return reprotect_usage(said.command, _no_such_word(said.command, word, rest))
        if self._desk is None:
            return not_set_up(said.command, self._missing)
        match word:
            case "start":
                return self._start(self._desk, said, rest)
            case "status":
                return partial(self._status, self._desk, said, name_of(rest))
            case "cancel":
                request, _, reason = rest.partition(" ")
                return self._cancel(self._desk, said, name_of(request), reason.strip(" \"'"))
            case _:
                return partial(self._list, self._desk, said)

    def _start(self, desk: RequestDesk, said: Typed, rest: str) -> Message | Finding:
        start = start_arguments(rest)
        if isinstance(start, Usage):
            return reprotect_usage(said.command, start.why)
        if self._channels and said.channel not in self._channels:
            return wrong_channel(said.command, self._channels)
        where = Where(said.team, said.enterprise, said.channel)
        asked = Asked(Operation.REPROTECT, start.subject, start.wishes, start.reason, _person(said), where)
        return partial(self._asked, desk, asked)

    async def _asked(self, desk: RequestDesk, asked: Asked, _: Poster) -> Message:
        return asked_message(await desk.ask(asked))

    async def _list(self, desk: RequestDesk, said: Typed, poster: Poster) -> Message:
        found = await desk.open_requests()
        links = await _links(found, desk, poster)
        return list_message(found, now=self._clock(), command=said.command, links=links)

    async def _status(self, desk: RequestDesk, said: Typed, name: str, poster: Poster) -> Message:
        if name:
            found = await desk.find(name)
        else:
            found = tuple(one for one in await desk.open_requests() if _here(one.asked.where, said))
        if not found:
            return not_found(name, said.command) if name else none_open(said.command)
        links = await _links(found[:MOST_IN_FULL], desk, poster)
        return status_message(found, now=self._clock(), command=said.command, links=links)

    def _cancel(self, desk: RequestDesk, said: Typed, name: str, reason: str) -> Message | Finding:
        if not name:
            return reprotect_usage(said.command, f"Which request? {said.command} cancel R-… and, if you like, why.")
        if len(reason) > REASON_LIMIT:
            return reprotect_usage(said.command, f"The reason is too long: at most {REASON_LIMIT} characters.")
        return partial(self._cancelled, desk, said, name, reason)

    async def _cancelled(self, desk: RequestDesk, said: Typed, name: str, reason: str, _: Poster) -> Message:
        found = await desk.find(name)
        if not found:
            return not_found(name, said.command)
        # A machine's name is too little for an end: it may be part of several requests, the wanted one not the newest.
        if not (len(found) == 1 and found[0].id.casefold().endswith(name.casefold())):
            return which(name, found, now=self._clock(), command=f"{said.command} cancel")
        answer = await desk.cancel(found[0].id, _person(said), reason)
        return refusal_message(answer) if isinstance(answer, Refusal) else cancelled_message(answer)


def _no_such_word(command: str, word: str, rest: str) -> str:
    """Nobody can tell a machine's name from a word that we do not know, so none is put after `start`."""
    if near := nearest(word, (*WORDS, "help")):
        return f"Did you mean {command} {f'{near} {rest}'.strip()[:200]}?"
    first = f"the first word is {', '.join(WORDS)} or help"
    return f"There is no {command} {word[:60]}: {first}. To bring one home: {command} start NAME."


async def _shown(finding: Coroutine[object, object, Message], poster: Poster) -> None:
    try:
        message = await finding
    except LedgerError as error:
        message = ledger_trouble(error)
    await poster.whisper(message)


async def _links(found: Sequence[Request], desk: RequestDesk, poster: Poster) -> dict[str, str]:
    """The addresses of the cards of the first few, as far as Slack tells them at once."""

    async def link(request: Request) -> str:
        card = await desk.card(request.id)
        return await poster.link(card.channel, card.ts) if card else ""

    try:
        async with asyncio.timeout(LINKING):
            told = await asyncio.gather(*map(link, found[:MOST_LINKS]), return_exceptions=True)
    except TimeoutError:
        return {}
    return {request.id: one for request, one in zip(found, told, strict=False) if isinstance(one, str)}


def _here(where: Where, said: Typed) -> bool:
    return (where.team_id, where.channel) == (said.team, said.channel)


def _person(said: Typed) -> Person:
    return Person(said.team, said.user)


def name_of(text: str) -> str:
    """A name as it is looked up: without its quotes."""
    name = " ".join(bare(text.strip(" \"'")).split())
    return name[:NAME_LIMIT]
