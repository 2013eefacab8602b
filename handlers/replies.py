"""The thread below the report of several machines: a reply for each that needs something, changed by a later check."""

import asyncio
from dataclasses import dataclass, field

from .problems import SlackRefused
from .recent import Place, Shown
from .slack import Poster, Sleep
from .supervisor import Supervisor
from .views.blocks import Message
from .views.group import reply_messages, settled_messages

PACE = 1.0
"""Slack lets an app post about once a second in a channel."""


@dataclass(slots=True)
class _Thread:
    """Who writes below a message: one at a time, and only for the report that the message shows.

    `ts` is the thread: the message's own, or the one that it is a reply in, since threads have one level.
    """

    shown: Shown
    ts: str
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Replies:
    """Posts the replies in the background, so that the report never waits for them."""

    def __init__(self, supervisor: Supervisor, *, sleep: Sleep = asyncio.sleep) -> None:
        self._supervisor = supervisor
        self._sleep = sleep
        self._threads: dict[Place, _Thread] = {}

    def start(self, shown: Shown, poster: Poster, place: Place, *, thread: str) -> None:
        """Writes the thread of a report; whoever still writes that of an earlier one ends with the reply on its way."""

        async def tell(message: Message) -> None:
            await poster.post(place.channel, message, thread=thread)

        writing = self._threads.setdefault(place, _Thread(shown, thread))
        writing.shown = shown
        self._supervisor.start(self._write(writing, shown, poster, place), name="replies", tell=tell)

    async def _write(self, thread: _Thread, shown: Shown, poster: Poster, place: Place) -> None:
        try:
            # Not cancelled but waited for: a reply on its way must be known, or it would stay beside the new one.
            async with thread.turn:
                for number, (machine, message) in enumerate(_messages(shown).items()):
                    if number:
                        await self._sleep(PACE)
                    if thread.shown is not shown:
                        return
                    await self._reply(shown, machine, message, poster, place.channel, thread.ts)
        finally:
            if thread.shown is shown:
                del self._threads[place]

    async def _reply(self, shown: Shown, machine: str, message: Message, poster: Poster, channel: str, ts: str) -> None:
        known = shown.replies.get(machine)
        if known is not None:
            try:
                await poster.update(channel, known, message, insist=True)
                return
            except SlackRefused:
                shown.replies.pop(machine)
        shown.replies[machine] = await poster.post(channel, message, thread=ts)


def _messages(shown: Shown) -> dict[str, Message]:
    """What the thread shall say by machine, replies of earlier reports included."""
    wanted = reply_messages(shown.report) if len(shown.report.machines) > 1 else {}
    return {**wanted, **settled_messages([machine for machine in shown.replies if machine not in wanted], shown.report)}
