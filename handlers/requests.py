"""What commands and buttons share: asking for a request, the list of them, how one stands, and its end."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime

from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Asked, Person, Refusal, Request, Where

from .arguments import NAME_LIMIT, bare
from .deciding import RequestDesk
from .pressed import Typed
from .problems import SlackRefused
from .slack import Poster
from .start_arguments import nearest
from .views.asked import asked_there
from .views.blocks import Message
from .views.decided import cancelled_message, ledger_trouble, refusal_message
from .views.request_list import MOST_IN_FULL, list_message, none_open, not_found, status_message, which

Finding = Callable[[Poster], Coroutine[object, object, Message]]
"""Finds out what to say; the poster tells addresses."""

MOST_LINKS = 10
LINKING = 2.0
"""Seconds that addresses may take: the list is worth more than they are."""


class Requests:
    """The desk, as everybody who types or presses something meets it."""

    def __init__(self, desk: RequestDesk, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._clock = clock

    async def asked(self, asked: Asked, poster: Poster, *, follows: str = "", note: str = "") -> Message:
        """Asks; `note` is what has to be said beside it."""
        answer = await self._desk.ask(asked, follows)
        if isinstance(answer, Refusal):
            return refusal_message(answer)
        where = answer.asked.where
        address = await _address(poster, where.channel, where.thread) if where.thread else ""
        return asked_there(answer, address, note=note)

    async def listed(self, said: Typed, poster: Poster) -> Message:
        """Everything that is open."""
        found = await self._desk.open_requests()
        links = await self._links(found, poster)
        return list_message(found, now=self._clock(), command=said.command, links=links)

    async def status(self, said: Typed, name: str, poster: Poster) -> Message:
        """How those of a name stand, or what is open in this channel."""
        if name:
            found = await self._desk.find(name)
        else:
            found = tuple(one for one in await self._desk.open_requests() if _here(one.asked.where, said))
        if not found:
            return not_found(name, said.command) if name else none_open(said.command)
        return await self.shown(said, found, poster)

    async def shown(self, said: Typed, found: Sequence[Request], poster: Poster) -> Message:
        """How these stand."""
        links = await self._links(found[:MOST_IN_FULL], poster)
        return status_message(found, now=self._clock(), command=said.command, links=links)

    async def cancelled(self, said: Typed, name: str, reason: str, _: Poster) -> Message:
        """Ends the request of that id."""
        found = await self._desk.find(name)
        if not found:
            return not_found(name, said.command)
        # A machine's name is too little for an end: it may be part of several requests, the wanted one not the newest.
        if (request := named(found, name)) is None:
            return self.which(said, name, found)
        answer = await self._desk.cancel(request.id, person(said), reason)
        return refusal_message(answer) if isinstance(answer, Refusal) else cancelled_message(answer)

    def which(self, said: Typed, name: str, found: Sequence[Request]) -> Message:
        return which(name, found, now=self._clock(), command=f"{said.command} cancel")

    async def _links(self, found: Sequence[Request], poster: Poster) -> dict[str, str]:
        """The addresses of the cards of the first few, as far as Slack tells them at once."""

        async def link(request: Request) -> str:
            card = await self._desk.card(request.id)
            return await poster.link(card.channel, card.ts) if card else ""

        try:
            async with asyncio.timeout(LINKING):
                told = await asyncio.gather(*map(link, found[:MOST_LINKS]), return_exceptions=True)
        except TimeoutError:
            return {}
        return {request.id: one for request, one in zip(found, told, strict=False) if isinstance(one, str)}


async def shown(finding: Coroutine[object, object, Message], poster: Poster) -> None:
    """Answers the person alone, also where the ledger could not be read."""
    try:
        message = await finding
    except LedgerError as error:
        message = ledger_trouble(error)
    await poster.whisper(message)


def named(found: Sequence[Request], name: str) -> Request | None:
    """The request, if it was named by its id and not by a machine's name."""
    return found[0] if len(found) == 1 and found[0].id.casefold().endswith(name.casefold()) else None


def person(said: Typed) -> Person:
    return Person(said.team, said.user)


def name_of(text: str) -> str:
    """A name as it is looked up: without its quotes."""
    name = " ".join(bare(text.strip(" \"'")).split())
    return name[:NAME_LIMIT]


def no_such_word(command: str, words: Sequence[str], word: str, rest: str, advice: str) -> str:
    """Nobody can tell a machine's name from a word that we do not know, so none is put after `start`."""
    if near := nearest(word, (*words, "help")):
        return f"Did you mean {command} {f'{near} {rest}'.strip()[:200]}?"
    first = f"the first word is {', '.join(words)} or help"
    return f"There is no {command} {word[:60]}: {first}. {advice}"


async def _address(poster: Poster, channel: str, ts: str) -> str:
    """Where a message is, "" if Slack does not tell it at once."""
    try:
        async with asyncio.timeout(LINKING):
            return await poster.link(channel, ts)
    except (SlackRefused, TimeoutError):
        return ""


def _here(where: Where, said: Typed) -> bool:
    return (where.team_id, where.channel) == (said.team, said.channel)
