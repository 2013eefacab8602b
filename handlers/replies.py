"""The thread below the report of several machines: a reply for each that needs something, changed by a later check."""

import asyncio

from .problems import SlackRefused
from .recent import Shown
from .slack import Poster, Sleep
from .supervisor import Supervisor
from .views.blocks import Message
from .views.group import reply_messages, settled_messages

PACE = 1.0
"""Slack lets an app post about once a second in a channel."""


class Replies:
    """Posts the replies in the background, so that the report never waits for them."""

    def __init__(self, supervisor: Supervisor, *, sleep: Sleep = asyncio.sleep) -> None:
        self._supervisor = supervisor
        self._sleep = sleep

    def start(self, shown: Shown, poster: Poster, channel: str, ts: str) -> None:
        async def tell(message: Message) -> None:
            await poster.post(channel, message, thread=ts)

        self._supervisor.start(self._write(shown, poster, channel, ts), name="replies", tell=tell)

    async def _write(self, shown: Shown, poster: Poster, channel: str, ts: str) -> None:
        wanted = reply_messages(shown.report)
        settled = [machine for machine in shown.replies if machine not in wanted]
        messages = {**wanted, **settled_messages(settled, shown.report)}
        for place, (machine, message) in enumerate(messages.items()):
            if place:
                await self._sleep(PACE)
            await self._reply(shown, machine, message, poster, channel, ts)

    async def _reply(self, shown: Shown, machine: str, message: Message, poster: Poster, channel: str, ts: str) -> None:
        known = shown.replies.get(machine)
        if known is not None:
            try:
                await poster.update(channel, known, message, insist=True)
                return
            except SlackRefused:
                shown.replies.pop(machine)
        shown.replies[machine] = await poster.post(channel, message, thread=ts)
