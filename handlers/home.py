"""The App Home: drawn when it is opened, and the search, the check and the answers that begin there."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.states import Operation
from homeward.checks.catalogue import Answer
from homeward.checks.report import Report, Verdict
from homeward.checks.subjects import Inventory, Named
from homeward.checks.way import NEXT

from . import ids
from .aside import answering
from .carried import Wanted
from .home_drawing import Viewer
from .home_keeper import HomeKeeper
from .listeners import Kind, Listener
from .picking import named, search_element, subject
from .pressed import Body, Pressed, Submitted, opened, pressed, submitted
from .problems import SlackRefused
from .slack import SETTLED, Poster, Posters, Sleep
from .supervisor import Supervisor
from .views.blocks import Message
from .views.check_form import TITLE, answer_modal, reading_modal, told_modal, which_modal
from .views.error_modal import error_modal
from .views.errors import answer_message
from .views.explained import chosen

QUESTION = 500
GONE = "This name is not known any more: pick it again."
CLOSED = "not_found"
"""Slack's word for a form that is not there any more: whoever closed it wants no answer."""
STEPS = (Operation.REPROTECT, Operation.TO_AZURE, Operation.FAILBACK)
"""Those that have a form to start them."""


class Checks(Protocol):
    """`Preflight`, as far as it is used here."""

    async def answer(self, subject: Wanted, user: str) -> tuple[Message, Report | None]: ...


class Home:
    """`opens` is False where the Home is not ours: then only what others compose of it is answered.

    `starts` tells whether anything can be asked for; `errors` is what the errors command is called.
    """

    def __init__(
        self,
        keeper: HomeKeeper,
        checks: Checks,
        inventory: Inventory,
        search: Callable[[str], Answer],
        *,
        supervisor: Supervisor,
        posters: Posters,
        opens: bool = True,
        starts: bool = True,
        errors: str = "/failback-errors",
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._keeper = keeper
        self._checks = checks
        self._inventory = inventory
        self._search = search
        self._supervisor = supervisor
        self._posters = posters
        self._opens = opens
        self._starts = starts
        self._errors = errors
        self._sleep = sleep
        self.opening = Listener(Kind.EVENT, "app_home_opened", self.opened, yields=True)

    def listeners(self) -> tuple[Listener, ...]:
        return (
            *((self.opening,) if self._opens else ()),
            Listener(Kind.ACTION, ids.HOME_ERRORS, self.errors),
            Listener(Kind.ACTION, ids.CHECK_FORM, self.check),
            Listener(Kind.VIEW, ids.CHECK_VIEW, self.checked),
        )

    def give_way(self) -> None:
        """The host has a Home of its own: nothing of it is drawn over."""
        self._opens = False

    async def redraw(self, press: Pressed, client: AsyncWebClient) -> None:
        """Shows somebody what they changed in their Home themselves."""
        if self._opens:
            viewer = Viewer(press.team, press.user, press.enterprise)
            await self._keeper.opened(viewer, self._posters(client, None, press.team))

    async def opened(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Somebody looks at the app; Slack tells it for each of its tabs."""
        await ack()
        told = opened(body)
        if not told.user or told.tab not in ("home", ""):
            return
        viewer, poster = Viewer(told.team, told.user, told.enterprise), self._posters(client, None, told.team)
        self._supervisor.start(self._keeper.opened(viewer, poster), name="home", tell=_nobody)

    async def errors(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """A question about an error, and Enter: the catalogue's answer over the Home."""
        await ack()
        press = pressed(body)
        question = press.value.strip()[:QUESTION]
        if not question:
            return
        poster = self._posters(client, respond, press.team, press.thread)
        tell = answering(poster, press, "Site Recovery errors")
        self._supervisor.start(self._answer(question, poster, press), name="error", tell=tell)

    async def check(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "Check a machine…": the form that asks which."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        self._supervisor.start(self._ask(poster, press), name="check form", tell=answering(poster, press, TITLE))

    async def checked(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """That form: it is read, and the answer takes the form's place."""
        form = submitted(body)
        picked = named(chosen(form.state), self._inventory)
        if picked is None:
            await ack(response_action="errors", errors={ids.SUBJECT: GONE})
            return
        await ack(response_action="update", view=reading_modal(picked.name).view)
        poster = self._posters(client, None, form.team)

        async def tell(message: Message) -> None:
            try:
                await poster.update_view(form.view_id, told_modal(message))
            except SlackRefused:
                # The form was closed meanwhile.
                await poster.post(form.user, message)

        self._supervisor.start(self._check(picked, form, poster), name="check", tell=tell)

    async def _answer(self, question: str, poster: Poster, press: Pressed) -> None:
        answer = answer_message(self._search(question), command=self._errors)
        await poster.open_view(press.trigger, error_modal(answer))

    async def _ask(self, poster: Poster, press: Pressed) -> None:
        await poster.open_view(press.trigger, which_modal(search_element("Type a part of its name")))

    async def _check(self, picked: Named, form: Submitted, poster: Poster) -> None:
        operation = NEXT.get(picked.stand, Operation.REPROTECT) if picked.stand else Operation.REPROTECT
        wanted = Wanted(operation, subject(picked))
        await self._sleep(SETTLED)
        message, report = await self._checks.answer(wanted, form.user)
        offered = self._starts and operation in STEPS and report is not None and report.verdict is not Verdict.BLOCKED
        try:
            await poster.update_view(
                form.view_id, answer_modal(message, operation if offered else None, wanted.subject)
            )
        except SlackRefused as refused:
            if refused.error != CLOSED:
                raise


async def _nobody(_: Message) -> None:
    """Who opens their Home is told nothing beside it; the log has it."""
