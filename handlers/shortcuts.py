"""What people choose from a message's menu: its errors explained, and the machine that it names checked."""

import asyncio
from collections.abc import Callable

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.states import Operation
from homeward.checks.catalogue import Answer
from homeward.checks.subjects import Inventory, Named
from homeward.checks.way import Stand

from . import ids
from .card import Card
from .carried import Wanted
from .explaining import explained
from .listeners import Kind, Listener
from .mentioned import mentioned
from .picking import named, subject
from .preflight import Preflight
from .pressed import Body, Pointed, pointed, submitted
from .said import said
from .slack import Poster, Posters
from .supervisor import Supervisor
from .views.explained import Beside, beside, chosen, explained_message, which_modal


class Shortcuts:
    """Both work in threads, where commands can't be typed. `command` is what the errors' command is called."""

    def __init__(
        self,
        search: Callable[[str], Answer],
        inventory: Inventory,
        preflight: Preflight,
        *,
        supervisor: Supervisor,
        posters: Posters,
        command: str,
    ) -> None:
        self._search = search
        self._inventory = inventory
        self._preflight = preflight
        self._supervisor = supervisor
        self._posters = posters
        self._command = command

    def listeners(self) -> tuple[Listener, ...]:
        return (
            Listener(Kind.SHORTCUT, ids.EXPLAIN, self.explain),
            Listener(Kind.SHORTCUT, ids.CHECK_MESSAGE, self.check),
            Listener(Kind.VIEW, ids.MESSAGE_VIEW, self.checked),
        )

    async def explain(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """Explains the errors of the message to the person alone, who may share it in the message's thread."""
        await ack()
        point = pointed(body)
        poster = self._posters(client, respond, point.team, point.thread)
        self._supervisor.start(self._explain(point, poster), name="explain", tell=poster.whisper)

    async def check(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """Opens the form that asks which of the names in the message to check."""
        await ack()
        point = pointed(body)
        poster = self._posters(client, respond, point.team, point.thread)
        self._supervisor.start(self._ask(point, poster), name="check a message", tell=poster.whisper)

    async def checked(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """That form, sent: the report goes into the message's thread."""
        form = submitted(body)
        place = beside(form.metadata)
        one = named(chosen(form.state), self._inventory)
        if place is None or one is None:
            await ack(response_action="errors", errors={ids.SUBJECT: "This is no longer known: choose it again."})
            return
        await ack()
        # A form has no way to answer the person where they were; that of the shortcut lasts for half an hour.
        respond = AsyncRespond(response_url=place.answer or None, proxy=client.proxy, ssl=client.ssl)
        poster = self._posters(client, respond, form.team, place.thread)
        card = Card(poster, place.channel, thread=place.thread)
        self._preflight.show(Wanted(_leads_on(one), subject(one)), card, poster, form)

    async def _explain(self, point: Pointed, poster: Poster) -> None:
        # Some 40,000 letters take a while, during which others want their answers too.
        found = await asyncio.to_thread(lambda: explained(said(point.message), self._search))
        message = explained_message(found, command=self._command, thread=point.thread or point.ts)
        await poster.whisper(message)

    async def _ask(self, point: Pointed, poster: Poster) -> None:
        known = self._inventory.known().named
        found = await asyncio.to_thread(lambda: mentioned(said(point.message), known))
        place = Beside(point.channel, point.thread or point.ts, point.answer)
        await poster.open_view(point.trigger, which_modal(found, place))


def _leads_on(one: Named) -> Operation:
    """What it is checked for: a machine that is ready to fail back is past its reprotect."""
    return Operation.FAILBACK if one.stand is Stand.READY else Operation.REPROTECT
