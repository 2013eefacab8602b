"""The form of a start: opened by a command or a button, filled in, and sent the same way as the command."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.ended import ended
from homeward.actions.ledger import LedgerError
from homeward.actions.plan import NotPrepared
from homeward.actions.preparing import Offered, Value
from homeward.actions.requests import Asked, Person, Request, Where
from homeward.actions.states import Operation
from homeward.checks.subjects import Inventory, Named, Wishes

from . import ids
from .arguments import Usage
from .aside import answering
from .carried import carried, wanted
from .deciding import RequestDesk
from .escape import plain
from .form_state import AT, CHANNEL, OPERATIONS, Form, asked_again, block_of, chosen, filled, form, view_of
from .listeners import Kind, Listener
from .picking import as_typed, named, subject
from .pressed import Body, Pressed, Submitted, pressed, submitted
from .problems import SlackRefused
from .requests import Requests
from .slack import SETTLED, Poster, Posters, Sleep
from .start_arguments import LATEST
from .starting_time import Zones, time_zone
from .supervisor import Supervisor, Tell
from .views.asked import asked_elsewhere, not_asked
from .views.blocks import Message, Modal
from .views.decided import gone_message, ledger_trouble, note
from .views.machine_form import values_form
from .views.reprotect_usage import not_set_up
from .views.start_form import TITLES, asking_message, asks_where, picking_form, reading_form, start_form, too_long_form

Offers = Callable[[Operation, str, Wishes], Awaitable[Offered | NotPrepared]]
"""What there is to choose from. Does not raise for what the outside does."""
Later = Callable[[], Awaitable[datetime | Usage]]
"""When it is to start, as somebody typed it."""
Opening = Callable[[Modal], Awaitable[str]]
"""Shows the form where nothing of it is shown yet; gives the view's id."""

ELSEWHERE = "Somebody from another workspace can't ask for this."
QUICK = 0.3
"""Seconds in which what was read lately is there: a form that changes need not say that it reads."""
REMEMBERED = 1000
"""So many forms are known by their last change, so that a late reading draws over nothing that is newer."""


class StartForm:
    """`desk` is None where nothing can be started: `missing` is then what the settings lack, in a sentence.

    `channels` are those in which a start may be asked for; none means any. It keeps nothing of a form: that stands in
    the view, so another replica goes on with it.
    """

    def __init__(
        self,
        desk: RequestDesk | None,
        *,
        offers: Offers,
        inventory: Inventory,
        zones: Zones,
        supervisor: Supervisor,
        posters: Posters,
        channels: tuple[str, ...] = (),
        missing: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = asyncio.sleep,
        quick: float = QUICK,
    ) -> None:
        self._desk = desk
        self._requests = Requests(desk, clock) if desk else None
        self._offers = offers
        self._inventory = inventory
        self._zones = zones
        self._supervisor = supervisor
        self._posters = posters
        self._channels = channels
        self._missing = missing
        self._clock = clock
        self._sleep = sleep
        self._quick = quick
        self._turns: OrderedDict[str, object] = OrderedDict()

    def listeners(self) -> tuple[Listener, ...]:
        target = f"{ids.FORM_VALUE}.{Value.TARGET.value}"
        return (
            Listener(Kind.ACTION, ids.FORM, self.open, numbered=True),
            Listener(Kind.ACTION, ids.SUBJECT, self.pick),
            Listener(Kind.ACTION, target, self.target),
            Listener(Kind.ACTION, ids.FORM_MACHINE, self.machine),
            Listener(Kind.ACTION, ids.FORM_PAGE, self.page, numbered=True),
            Listener(Kind.VIEW, ids.MACHINE_VIEW, self.values),
            Listener(Kind.VIEW, ids.FORM_VIEW, self.send),
        )

    # --- how it is opened ---

    def begin(self, start: Form, trigger: str, poster: Poster, *, later: Later | None = None) -> None:
        """Opens the form for a command, which is acknowledged already."""
        opening = _over(trigger, poster)
        work = self._open(start, opening, poster, poster.whisper, later)
        self._supervisor.start(work, name="form", tell=poster.whisper)

    async def open(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """A button: of a request's card, of a check, of the App Home."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        tell = answering(poster, press, "Start")
        self._supervisor.start(self._pressed(press, poster, tell), name="form", tell=tell)

    async def _pressed(self, press: Pressed, poster: Poster, tell: Tell) -> None:
        held, before = wanted(press.value, unnamed=True), carried(press.value)
        if press.elsewhere:
            # Nothing could come of it, and what the estate holds is not for them to read.
            await tell(not_asked(ELSEWHERE))
            return
        if held and held.operation in OPERATIONS:
            start: Form | Message = Form(held.operation, held.subject)
        else:
            start = gone_message() if held or before is None else await self._again(before.request_id)
        if isinstance(start, Message):
            await tell(start)
            return
        start = replace(start, place=press.channel, enterprise=press.enterprise)
        opening = _within(press.view_id, poster) if press.modal else _over(press.trigger, poster)
        await self._open(start, opening, poster, tell)

    async def _again(self, request_id: str) -> Form | Message:
        """With what a request asked for, as far as there is such a thing."""
        try:
            request = await self._request(request_id)
        except LedgerError as error:
            return ledger_trouble(error)
        if request is None or request.asked.operation not in OPERATIONS:
            return gone_message()
        return asked_again(request, self._clock())

    async def _request(self, id: str) -> Request | None:
        found = await self._desk.find(id) if self._desk else ()
        return next((one for one in found if one.id == id), None)

    async def _open(
        self, start: Form, opening: Opening, poster: Poster, tell: Tell, later: Later | None = None
    ) -> None:
        if self._requests is None:
            await tell(not_set_up("This bot", self._missing))
            return
        if not start.subject:
            await opening(picking_form(start))
            return
        # The trigger lives for three seconds, and reading may take longer.
        view_id = await opening(reading_form(start))
        self._draws(poster, view_id, start, later=later, reading=True)

    # --- how it is changed ---

    async def pick(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Another subject: nothing that was chosen for the one before is meant for it."""

        def change(held: Form) -> Form:
            one = named(chosen(body), self._inventory)
            if one is None:
                return held
            label = plain(one.name, 150)
            return replace(
                held, subject=subject(one), label=label, wishes=Wishes(), point="", page=0, machine="", alone=False
            )

        await self._changes(ack, body, client, change)

    async def target(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Another target: it reaches other datastores, and has other volumes."""
        await self._changes(ack, body, client, lambda held: held)

    async def machine(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """The values of one machine of several, or of all, in place of the list."""
        name = pressed(body).value
        await self._changes(ack, body, client, lambda held: replace(held, machine=name))

    async def page(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Another page of the list, or back to it: then what was changed of a machine's values is not kept."""
        said = pressed(body).value
        page = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0
        before = form(pressed(body).metadata)
        if before and before.machine:
            await self._changes(ack, body, client, lambda _: replace(before, machine="", page=page))
        else:
            await self._changes(ack, body, client, lambda held: replace(held, page=page))

    async def values(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """A machine's values were sent: they are kept, and the list is shown again."""
        sent = submitted(body)
        held = form(sent.metadata)
        if held is None:
            await ack(response_action="update", view=note("Values", gone_message()).view)
            return
        changed = replace(filled(held, view_of(body)), machine="")
        await ack(response_action="update", view=(too_long_form if changed.too_long else reading_form)(changed).view)
        if not changed.too_long:
            poster = self._posters(client, None, sent.team)
            self._draws(poster, sent.view_id, changed, after=SETTLED)

    async def _changes(self, ack: AsyncAck, body: Body, client: AsyncWebClient, change: Callable[[Form], Form]) -> None:
        await ack()
        press, view = pressed(body), view_of(body)
        held = form(press.metadata)
        if held is None or view.get("callback_id") not in (ids.FORM_VIEW, ids.MACHINE_VIEW):
            return  # the search in another form, which is read when that one is sent
        self._draws(self._posters(client, None, press.team), press.view_id, change(filled(held, view)))

    def _draws(
        self,
        poster: Poster,
        view_id: str,
        held: Form,
        *,
        after: float = 0.0,
        later: Later | None = None,
        reading: bool = False,
    ) -> None:
        """Reads, and shows the form; what goes wrong is said in it. `reading`: it says already that it reads."""
        turn = self._turn(view_id)

        async def work() -> None:
            if after:
                await self._sleep(after)
            drawing = asyncio.create_task(self._begun(held, later))
            try:
                done, _ = await asyncio.wait({drawing}, timeout=None if reading else self._quick)
                if not done:
                    await self._update(poster, view_id, turn, reading_form(held))
                await self._update(poster, view_id, turn, await drawing)
            finally:
                await ended((drawing,))

        async def tell(message: Message) -> None:
            await self._update(poster, view_id, turn, note(TITLES[held.operation], message))

        self._supervisor.start(work(), name="form", tell=tell)

    def _turn(self, view_id: str) -> object:
        """Of this change of the form: what was begun before it is drawn no more."""
        turn = self._turns[view_id] = object()
        self._turns.move_to_end(view_id)
        while len(self._turns) > REMEMBERED:
            self._turns.popitem(last=False)
        return turn

    async def _update(self, poster: Poster, view_id: str, turn: object, modal: Modal) -> None:
        if self._turns.get(view_id) is turn:
            await poster.update_view(view_id, modal)

    async def _begun(self, held: Form, later: Later | None) -> Modal:
        """With its time, where that was said in words and somebody's zone has to be asked for."""
        at = await later() if later else None
        if isinstance(at, Usage):
            return picking_form(held, self._named(held), problem=at.why)
        return await self._drawn(replace(held, at=int(at.timestamp())) if at else held)

    async def _drawn(self, held: Form) -> Modal:
        if held.too_long:
            return too_long_form(held)
        if not held.subject:
            return picking_form(held)
        there = await self._offers(held.operation, held.subject, held.wishes)
        if isinstance(there, NotPrepared):
            return picking_form(held, self._named(held), problem=there.why)
        held = replace(held, label=plain(there.subject.name, 150), alone=len(there.machines) == 1)
        if held.too_long:
            return too_long_form(held)
        if held.machine:
            return values_form(held, there)
        return start_form(held, there, self._named(held), channels=self._channels)

    def _named(self, held: Form) -> Named:
        """What was picked, as the search field shows it."""
        known = self._inventory.known().named
        return next((one for one in known if subject(one) == held.subject), as_typed(held.named))

    # --- how it is sent ---

    async def send(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """The whole form: from here on it goes as the command does."""
        sent, view = submitted(body), view_of(body)
        before = form(sent.metadata)
        if before is None or self._requests is None:
            await ack(response_action="update", view=note("Start", gone_message()).view)
            return
        held = filled(before, view)
        if errors := self._wrong(held, view):
            await ack(response_action="errors", errors=errors)
            return
        title = TITLES[held.operation]
        await ack(response_action="update", view=note(title, asking_message(held.named)).view)
        self._turn(sent.view_id)
        poster = self._posters(client, None, sent.team)

        async def tell(message: Message) -> None:
            await self._sleep(SETTLED)
            try:
                await poster.update_view(sent.view_id, note(title, message))
            except SlackRefused:
                # The form was closed meanwhile.
                await poster.post(sent.user, message)

        work = _told(self._asked(self._requests, sent, held, poster), tell)
        self._supervisor.start(work, name="start", tell=tell, changes=True)

    def _wrong(self, held: Form, view: object) -> dict[str, str]:
        """What has to be said otherwise, by its block."""
        errors: dict[str, str] = {}
        if asks_where(held, self._channels):
            if not held.channel or held.channel.startswith("D"):
                errors[block_of(view, CHANNEL)] = "Choose the channel in which everybody follows it."
            elif self._channels and held.channel not in self._channels:
                errors[block_of(view, CHANNEL)] = "It is asked for in other channels only: those that are named below."
        if held.at is not None and held.at <= self._clock().timestamp():
            errors[block_of(view, AT)] = "This time is over. Choose a later one, or none."
        errors.pop("", None)
        return errors

    async def _asked(self, requests: Requests, sent: Submitted, held: Form, poster: Poster) -> Message:
        if sent.elsewhere or sent.home not in ("", sent.team):
            return not_asked(ELSEWHERE)
        channel = held.channel if asks_where(held, self._channels) else held.place
        if not held.subject or not channel:
            return gone_message()
        if self._channels and channel not in self._channels:
            # A form that was opened before the settings were changed has no field to say it beside.
            return asked_elsewhere(self._channels)
        asked = Asked(
            held.operation,
            held.subject,
            held.wishes,
            held.reason,
            Person(sent.home or sent.team, sent.user),
            Where(sent.team, held.enterprise, channel),
            "" if held.point == LATEST else held.point,
        )
        if held.at is None:
            return await requests.asked(asked, poster)
        at = datetime.fromtimestamp(held.at, UTC)
        told = await self._zones(asked.requester, asked.where)
        zone = await asyncio.to_thread(time_zone, told) if told else None
        # Slack's field gives a moment; the zone is only the one that it is told in.
        return await requests.asked(
            replace(asked, at=at, zone=zone.key if isinstance(zone, ZoneInfo) else "UTC"), poster
        )


def _over(trigger: str, poster: Poster) -> Opening:
    return lambda modal: poster.open_view(trigger, modal)


def _within(view_id: str, poster: Poster) -> Opening:
    """In place of the form that the button stood in: what is opened over a form may never be seen."""

    async def opening(modal: Modal) -> str:
        await poster.update_view(view_id, modal)
        return view_id

    return opening


async def _told(finding: Coroutine[object, object, Message], tell: Callable[[Message], Awaitable[None]]) -> None:
    try:
        message = await finding
    except LedgerError as error:
        message = ledger_trouble(error)
    await tell(message)
