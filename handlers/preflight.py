"""The check command and the buttons of its answers: read, judge, show."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.states import Operation
from homeward.checks.model import Rule
from homeward.checks.report import Report, report
from homeward.checks.subjects import Answer, Choices, Collect, Collected, NoMatch, SourceReading

from .arguments import Asked, Usage, check_arguments
from .card import Card
from .carried import Wanted, queried, query
from .pressed import Body, Pressed, Typed, pressed, typed
from .recent import Place, Recent, Shown
from .replies import Replies
from .slack import Poster, Posters, Sleep
from .supervisor import Supervisor
from .views.blocks import Message
from .views.checks import Behind, behind, checks_modal, notice_modal
from .views.choices import choices_message, no_match_message
from .views.group import group_message
from .views.progress import progress_message
from .views.raw import raw_messages
from .views.report import report_message
from .views.trouble import already
from .views.usage import check_usage

PACE = 3.0
"""Seconds between two updates of a message while a check runs."""
AT_ONCE = 8
_PAGE = re.compile(r"[0-9]{1,4}")


class Asker(Protocol):
    """Who asked, however they did."""

    @property
    def team(self) -> str: ...

    @property
    def user(self) -> str: ...


class Preflight:
    """Checks what people ask about. `rules` are those of each operation; at most `at_once` checks read at a time."""

    def __init__(
        self,
        collect: Collect,
        rules: Mapping[Operation, tuple[Rule, ...]],
        *,
        supervisor: Supervisor,
        posters: Posters,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        pace: float = PACE,
        at_once: int = AT_ONCE,
    ) -> None:
        self._collect = collect
        self._rules = rules
        self._supervisor = supervisor
        self._posters = posters
        self._clock = clock
        self._pace = pace
        self._room = asyncio.Semaphore(at_once)
        self._recent = Recent()
        self._replies = Replies(supervisor, sleep=sleep)
        self._busy: set[Place] = set()

    async def command(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """`/reprotect-check <name> [--json]`"""
        said = typed(body)
        asked = check_arguments(said.text)
        if isinstance(asked, Usage):
            usage = check_usage(said.command, asked.why)
            await ack(text=usage.text, blocks=usage.blocks, response_type="ephemeral")
            return
        await ack()
        self.check(said, asked, Operation.REPROTECT, self._posters(client, respond, said.team))

    def check(self, said: Typed, asked: Asked, operation: Operation, poster: Poster) -> None:
        """Begins the check that somebody typed a command for, which is acknowledged already."""
        self.show(Wanted(operation, asked.name), Card(poster, said.channel), poster, said, as_json=asked.as_json)

    def show(self, subject: Wanted, card: Card, poster: Poster, by: Asker, *, as_json: bool = False) -> None:
        """Begins a check whose card stands where somebody asked for it."""
        work = self._check(subject, card, poster, by.team, by.user, as_json=as_json)
        self._supervisor.start(work, name="check", tell=card.finish)

    async def again(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "Run again" and "Check this one": the message of the button becomes the new answer."""
        await ack()
        press = pressed(body)
        place = Place(press.team, press.channel, press.ts)
        poster = self._posters(client, respond, press.team, press.thread)
        if place in self._busy:
            self._supervisor.start(poster.whisper(already()), name="already", tell=poster.whisper)
            return
        self._busy.add(place)
        card = Card(poster, press.channel, ts=press.ts, thread=press.thread, private=press.private)
        work = self._check_again(press, card, poster, place)
        self._supervisor.start(work, name="check again", tell=card.finish)

    async def all_checks(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """ "All checks": every outcome of the message's report in a modal."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, respond, press.team, press.thread)
        work = self._open_checks(poster, press)
        self._supervisor.start(work, name="all checks", tell=poster.whisper)

    async def page(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Turns the page of that modal."""
        await ack()
        press = pressed(body)
        poster = self._posters(client, None, press.team)

        async def tell(message: Message) -> None:
            await poster.update_view(press.view_id, notice_modal(message.text))

        self._supervisor.start(self._turn(poster, press), name="page of checks", tell=tell)

    async def answer(self, subject: Wanted, user: str) -> tuple[Message, Report | None]:
        """The same for one person in a form, where nothing of it is kept; the report, where there is one."""
        found, seconds = await self._collected(subject, lambda _: None)
        match found:
            case Choices():
                return choices_message(found, asked_by=user), None
            case NoMatch():
                return no_match_message(found, asked_by=user, operation=subject.operation), None
            case Collected():
                judged = report(found, self._rules[subject.operation], subject.operation)
                return _message(judged, subject, seconds, user, threaded=False), judged

    async def _check_again(self, press: Pressed, card: Card, poster: Poster, place: Place) -> None:
        try:
            subject = queried(press.value)
            await self._check(subject, card, poster, press.team, press.user, as_json=False, again=True)
        finally:
            self._busy.discard(place)

    async def _check(
        self, subject: Wanted, card: Card, poster: Poster, team: str, user: str, *, as_json: bool, again: bool = False
    ) -> None:
        answer, seconds = await self._watched(subject, card, user, again=again)
        match answer:
            case Choices():
                await card.finish(choices_message(_for(subject.operation, answer), asked_by=user))
            case NoMatch():
                await card.finish(no_match_message(answer, asked_by=user, operation=subject.operation))
            case Collected():
                judged = report(answer, self._rules[subject.operation], subject.operation)
                if as_json:
                    await self._show_raw(judged, card, poster, user)
                else:
                    await self._show(judged, subject, seconds, card, poster, team, user)

    async def _watched(self, subject: Wanted, card: Card, user: str, *, again: bool) -> tuple[Answer, float]:
        """Collects, and shows meanwhile how the sources stand."""
        readings: tuple[SourceReading, ...] = ()

        def watch(now: tuple[SourceReading, ...]) -> None:
            nonlocal readings
            readings = now

        def progress() -> Message:
            return progress_message(subject.subject, readings, asked_by=user, again=again)

        collecting = asyncio.create_task(self._collected(subject, watch))
        try:
            await asyncio.sleep(0)  # one turn, so that the first message can name the sources
            shown = readings
            await card.begin(progress())
            while not (await asyncio.wait({collecting}, timeout=self._pace))[0]:
                if readings != shown:
                    shown = readings
                    await card.show(progress())
            return collecting.result()
        finally:
            collecting.cancel()
            # Takes its failure too: where the message broke first, nobody else asks for it.
            await asyncio.gather(collecting, return_exceptions=True)

    async def _collected(
        self, subject: Wanted, watch: Callable[[tuple[SourceReading, ...]], None]
    ) -> tuple[Answer, float]:
        async with self._room:
            started = self._clock()
            answer = await self._collect(subject.subject, watch, subject.operation)
            return answer, self._clock() - started

    async def _show(
        self, judged: Report, subject: Wanted, seconds: float, card: Card, poster: Poster, team: str, user: str
    ) -> None:
        await card.finish(_message(judged, subject, seconds, user, threaded=not card.private))
        if card.private or not card.ts:
            return
        place = Place(team, card.channel, card.ts)
        before = self._recent.at(place)
        shown = Shown(judged, seconds, before.replies if before else {})
        self._recent.keep(place, shown)
        self._replies.start(shown, poster, place, thread=card.thread or card.ts)

    async def _show_raw(self, judged: Report, card: Card, poster: Poster, user: str) -> None:
        head, parts = raw_messages(judged, asked_by=user)
        await card.finish(head)
        for part in parts:
            if card.private:
                await poster.whisper(part)
            else:
                await poster.post(card.channel, part, thread=card.thread or card.ts)

    async def _open_checks(self, poster: Poster, press: Pressed) -> None:
        # The trigger lives for three seconds: the modal opens first and is filled when the report is there.
        where = Behind(press.value, press.channel, press.ts)
        shown = self._recent.at(Place(press.team, press.channel, press.ts))
        if shown is not None:
            await poster.open_view(press.trigger, checks_modal(shown.checks, where, 0))
            return
        view_id = await poster.open_view(
            press.trigger, notice_modal("This report is no longer at hand: checking again…")
        )
        await self._show_checks(poster, view_id, press.team, where, 0)

    async def _turn(self, poster: Poster, press: Pressed) -> None:
        page = int(press.value) if _PAGE.fullmatch(press.value) else 0
        await self._show_checks(poster, press.view_id, press.team, behind(press.metadata), page)

    async def _show_checks(self, poster: Poster, view_id: str, team: str, where: Behind, page: int) -> None:
        place = Place(team, where.channel, where.ts)
        shown = self._recent.at(place)
        if shown is None and not where.query:
            await poster.update_view(view_id, notice_modal("This report is no longer at hand: run the check again."))
            return
        if shown is None:
            subject = queried(where.query)
            answer, seconds = await self._collected(subject, lambda _: None)
            if not isinstance(answer, Collected):
                await poster.update_view(view_id, notice_modal("The name no longer tells one subject: check it again."))
                return
            shown = Shown(report(answer, self._rules[subject.operation], subject.operation), seconds)
            self._recent.keep(place, shown)
        await poster.update_view(view_id, checks_modal(shown.checks, where, page))


def _message(judged: Report, subject: Wanted, seconds: float, user: str, *, threaded: bool) -> Message:
    value = query(subject.operation, subject.subject)
    if len(judged.machines) <= 1:
        return report_message(judged, query=value, seconds=seconds, asked_by=user)
    return group_message(judged, query=value, seconds=seconds, asked_by=user, threaded=threaded)


def _for(operation: Operation, choices: Choices) -> Choices:
    """The same, chosen for a check of the operation: an id is said by a button alone."""
    return replace(choices, candidates=tuple(replace(one, id=query(operation, one.id)) for one in choices.candidates))
