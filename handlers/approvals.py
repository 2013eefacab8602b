"""The buttons and forms of a request: they carry its id and its plan's digest, and the desk judges the rest."""

import asyncio
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.approval import Click
from homeward.actions.ended import ended
from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Person, Refusal, Request
from homeward.actions.states import State

from . import ids
from .aside import answering
from .carried import Carried, carried
from .deciding import RequestDesk
from .pressed import Body, Pressed, Submitted, pressed, submitted
from .problems import SlackRefused
from .slack import SETTLED, Poster, Posters, Sleep
from .start_arguments import readable
from .supervisor import Supervisor, Tell
from .views.approval import approve_modal, reason_of, reject_modal, ticked
from .views.blocks import Message, Modal
from .views.decided import (
    approved_message,
    cancelled_message,
    gone_message,
    judging_message,
    ledger_trouble,
    no_longer_message,
    note,
    opening_message,
    own_message,
    refusal_message,
    rejected_message,
    retried_message,
    stale_message,
    without_message,
)

QUICK = 1.0
"""Seconds that a first read may take before a form opens: its trigger lives for three."""

Decide = Callable[[RequestDesk, Carried, Person], Awaitable[Message]]


class Approvals:
    """`desk` is None where nothing can be started: then no button of a request is ours any more."""

    def __init__(
        self,
        desk: RequestDesk | None,
        *,
        supervisor: Supervisor,
        posters: Posters,
        sleep: Sleep = asyncio.sleep,
        quick: float = QUICK,
    ) -> None:
        self._desk = desk
        self._supervisor = supervisor
        self._posters = posters
        self._sleep = sleep
        self._quick = quick

    # --- buttons ---

    async def approve(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "Approve": opens the form with the attestations."""
        await self._opens(ack, body, client, respond, "Approve", approve_modal)

    async def reject(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "Reject": opens the form that asks for the reason."""
        await self._opens(ack, body, client, respond, "Reject", reject_modal)

    async def cancel(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "Cancel" and "End here", which Slack asked to confirm."""
        await self._decides(ack, body, client, respond, _cancel)

    async def retry(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "Try again" of one machine."""
        await self._decides(ack, body, client, respond, _retry)

    async def go_on(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "Go on without it"."""
        await self._decides(ack, body, client, respond, _go_on)

    # --- forms ---

    async def approved(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """The form of an approval: each attestation must be ticked."""
        form = submitted(body)
        attested = ticked(form.state)
        if left := [block for block, values in form.boxes.items() if not values <= attested]:
            await ack(response_action="errors", errors=dict.fromkeys(left, "This must be ticked to approve."))
            return

        async def decide(desk: RequestDesk, held: Carried, by: Person) -> Message:
            answer = await desk.approve(Click(by, held.request_id, held.digest, tuple(sorted(attested))))
            return refusal_message(answer) if isinstance(answer, Refusal) else approved_message(answer)

        await self._takes(ack, form, client, "Approve", decide)

    async def rejected(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """The form of a rejection: the reason must be there."""
        form = submitted(body)
        reason = readable(reason_of(form.state))
        if not reason:
            await ack(response_action="errors", errors={ids.REASON: "Say why: it stands in the request's thread."})
            return

        async def decide(desk: RequestDesk, held: Carried, by: Person) -> Message:
            answer = await desk.reject(Click(by, held.request_id, held.digest, ()), reason)
            return refusal_message(answer) if isinstance(answer, Refusal) else rejected_message(answer)

        await self._takes(ack, form, client, "Reject", decide)

    # --- what they share ---

    async def _opens(
        self,
        ack: AsyncAck,
        body: Body,
        client: AsyncWebClient,
        respond: AsyncRespond,
        title: str,
        fill: Callable[[Request], Modal],
    ) -> None:
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        tell = answering(poster, press, title)
        self._supervisor.start(self._open(poster, press, title, fill, tell), name=title, tell=tell)

    async def _open(
        self, poster: Poster, press: Pressed, title: str, fill: Callable[[Request], Modal], tell: Tell
    ) -> None:
        held = carried(press.value)
        if held is None or self._desk is None:
            await tell(gone_message())
            return
        reading = asyncio.create_task(_read(self._desk, held))
        try:
            done, _ = await asyncio.wait({reading}, timeout=self._quick)
            if not done:
                # The trigger won't wait for a slow ledger.
                view_id = await poster.open_view(press.trigger, note(title, opening_message(held.request_id)))
                found = await reading
                filled = note(title, found) if isinstance(found, Message) else fill(found)
                await poster.update_view(view_id, filled)
            elif isinstance(found := reading.result(), Message):
                await tell(found)
            elif Person(press.home, press.user) == found.asked.requester:
                # The desk would say so too, but after a form that was filled in for nothing.
                await tell(own_message(found))
            else:
                await poster.open_view(press.trigger, fill(found))
        finally:
            await ended((reading,))

    async def _decides(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond, decide: Decide
    ) -> None:
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        tell = answering(poster, press, "Decision")
        work = self._decide(press.value, Person(press.home, press.user), decide, tell)
        self._supervisor.start(work, name="decision", tell=tell, changes=True)

    async def _takes(self, ack: AsyncAck, form: Submitted, client: AsyncWebClient, title: str, decide: Decide) -> None:
        await ack(response_action="update", view=note(title, judging_message()).view)
        poster = self._posters(client, None, form.team)

        async def tell(message: Message) -> None:
            await self._sleep(SETTLED)
            try:
                await poster.update_view(form.view_id, note(title, message))
            except SlackRefused:
                # The form was closed meanwhile.
                await poster.post(form.user, message)

        work = self._decide(form.metadata, Person(form.home, form.user), decide, tell)
        self._supervisor.start(work, name=title, tell=tell, changes=True)

    async def _decide(self, value: str, by: Person, decide: Decide, tell: Tell) -> None:
        held = carried(value)
        if held is None or self._desk is None:
            await tell(gone_message())
            return
        try:
            message = await decide(self._desk, held, by)
        except LedgerError as error:
            message = ledger_trouble(error)
        await tell(message)


async def _read(desk: RequestDesk, held: Carried) -> Request | Message:
    """The request that a form shall be about; words where there is nothing to decide. The desk judges it once more."""
    try:
        found = next((one for one in await desk.find(held.request_id) if one.id == held.request_id), None)
    except LedgerError as error:
        return ledger_trouble(error)
    if found is None or found.state is not State.AWAITING_APPROVAL or found.plan is None:
        return no_longer_message(held.request_id, found)
    return stale_message(found) if found.plan.digest != held.digest else found


async def _cancel(desk: RequestDesk, held: Carried, by: Person) -> Message:
    answer = await desk.cancel(held.request_id, by)
    return refusal_message(answer) if isinstance(answer, Refusal) else cancelled_message(answer)


async def _retry(desk: RequestDesk, held: Carried, by: Person) -> Message:
    answer = await desk.retry(held.request_id, held.machine, by)
    return refusal_message(answer) if isinstance(answer, Refusal) else retried_message(answer, held.machine)


async def _go_on(desk: RequestDesk, held: Carried, by: Person) -> Message:
    answer = await desk.go_on_without(held.request_id, held.machine, by)
    return refusal_message(answer) if isinstance(answer, Refusal) else without_message(answer, held.machine)
