"""The errors command, answered in its acknowledgement, and the buttons of its answers."""

import json
from collections.abc import Callable
from functools import lru_cache

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.checks.catalogue import Answer, Entry

from .arguments import unescaped, wants_help
from .aside import answering
from .card import Card
from .pressed import Body, Pressed, pressed
from .problems import NotHere
from .slack import Poster, Posters
from .supervisor import Supervisor
from .views.error_modal import error_modal
from .views.errors import answer_message, entry_message, meant, not_known, shared_message
from .views.trouble import notice
from .views.usage import errors_usage

REMEMBERED = 512


class Errors:
    """Looks into the catalogue: `search` for what somebody typed, `lookup` for a code of ours."""

    def __init__(
        self,
        search: Callable[[str], Answer],
        lookup: Callable[[str], Entry | None],
        *,
        supervisor: Supervisor,
        posters: Posters,
    ) -> None:
        self._search = search
        self._lookup = lookup
        self._supervisor = supervisor
        self._posters = posters
        # The catalogue never changes while the bot runs, so neither does an answer.
        self._answer = lru_cache(maxsize=REMEMBERED)(self._answered)

    async def command(self, ack: AsyncAck, body: Body) -> None:
        """`/failback-errors <code or words>`"""
        # A text of JSON is a whole acknowledgement to Bolt: the same question costs no second search, view or dump.
        await ack(self._answer(str(body.get("command", "")), str(body.get("text", ""))))

    async def show(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """The name of an entry that was offered: the answer becomes this entry."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        tell = answering(poster, press, "Site Recovery errors")
        self._supervisor.start(self._show(poster, press), name="entry", tell=tell)

    async def share(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "Share in channel" and "Share in the thread": the same for everybody."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, meant(press.value).thread or press.thread)
        self._supervisor.start(self._share(poster, press), name="share", tell=poster.whisper)

    async def _show(self, poster: Poster, press: Pressed) -> None:
        wanted = meant(press.value)
        entry = self._lookup(wanted.codes[0]) if wanted.codes else None
        answer = entry_message(entry, thread=wanted.thread) if entry else notice(not_known([press.value]))
        if press.view_id and not press.channel:
            await poster.update_view(press.view_id, error_modal(answer))
            return
        await Card(poster, press.channel, ts=press.ts, thread=press.thread, private=press.private).finish(answer)

    async def _share(self, poster: Poster, press: Pressed) -> None:
        wanted = meant(press.value)
        entries = [entry for entry in map(self._lookup, wanted.codes) if entry]
        if not entries:
            await poster.whisper(notice(not_known([press.value])))
            return
        message = shared_message(entries, shared_by=press.user)
        try:
            await poster.post(press.channel, message, thread=wanted.thread)
        except NotHere:
            # The person is in the channel: their own answer may be shown to it, even where the bot is not.
            await poster.whisper(message, to_channel=True)

    def _answered(self, command: str, text: str) -> str:
        question = unescaped(text)
        if wants_help(question):
            message = errors_usage(command)
        else:
            message = answer_message(self._search(question), command=command)
        return json.dumps({"response_type": "ephemeral", "text": message.text, "blocks": message.blocks})
