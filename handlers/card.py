"""One message that shows one thing as it changes, in the channel, or privately where the bot cannot speak."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from .problems import NotHere, SlackRefused
from .slack import Poster
from .views.blocks import Message, built, context
from .views.trouble import INVITE

LAST_POST = 5.0
"""Seconds that a stop waits for a first message on its way."""


class Card:
    """Begun once, changed as often as wanted, and finished once.

    `ts` is the message to change, "" for a new one, which goes into the `thread`, or the channel where that is "".
    `private` is a message that only one person sees, which can be replaced by the answer to the interaction alone.
    """

    def __init__(self, poster: Poster, channel: str, *, ts: str = "", thread: str = "", private: bool = False) -> None:
        self._poster = poster
        self.channel = channel
        self.ts = ts
        self.thread = thread
        self._private = private
        self._replace = private
        self._note = ""

    @property
    def private(self) -> bool:
        return self._private

    async def begin(self, message: Message) -> None:
        """Shows it at once. Where the bot may not speak, the person alone sees it, and reads how to invite the bot."""
        if self._private:
            return
        try:
            if self.ts:
                await self._poster.update(self.channel, self.ts, message, insist=False)
            else:
                self.ts = await self._posted(message)
        except NotHere:
            self._private, self._note = True, INVITE
            with suppress(SlackRefused):
                await self._poster.whisper(self._noted(message))
        except SlackRefused:
            # Slack may be slow or down for a moment: the result is what matters, and `finish` finds a way.
            return

    async def _posted(self, message: Message) -> str:
        """Posts it; cancelled meanwhile, it still learns the place, or the last word would stand beside it."""
        posting = asyncio.create_task(self._poster.post(self.channel, message, thread=self.thread))
        try:
            return await asyncio.shield(posting)
        except asyncio.CancelledError:
            await asyncio.wait({posting}, timeout=LAST_POST)
            if posting.done() and not posting.cancelled() and not posting.exception():
                self.ts = posting.result()
            else:
                posting.cancel()
            raise

    async def show(self, message: Message) -> None:
        """Shows how it stands; one that Slack does not take is not missed."""
        if self._private or not self.ts:
            return
        try:
            await self._poster.update(self.channel, self.ts, message, insist=False)
        except SlackRefused:
            return

    async def finish(self, message: Message) -> None:
        """Shows the last word: in place, else as a new message, else to the person alone. Raises if none worked."""
        if not self._private:
            try:
                if self.ts:
                    try:
                        await self._poster.update(self.channel, self.ts, message, insist=True)
                    except NotHere:
                        raise
                    except SlackRefused:
                        self.ts = await self._poster.post(self.channel, message, thread=self.thread)
                else:
                    self.ts = await self._poster.post(self.channel, message, thread=self.thread)
                return
            except NotHere:
                self._private, self._note = True, INVITE
            except SlackRefused:
                self._private = True
        await self._poster.whisper(self._noted(message), replace=self._replace)

    def _noted(self, message: Message) -> Message:
        if not self._note:
            return message
        note = built(context(self._note))
        blocks, spare = message.blocks[:49], message.plainer[:49]
        return replace(message, blocks=(*note, *blocks), plainer=(*note, *spare) if spare else ())
