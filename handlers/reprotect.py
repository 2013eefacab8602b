"""The reprotect command: ask for one, see how it stands, cancel it. What follows an ask is the reconciler's."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.requests import Asked, Where
from homeward.actions.states import Operation
from homeward.checks.subjects import Wishes

from .arguments import Usage, bare, wants_help
from .deciding import RequestDesk
from .form_state import Form
from .pressed import Body, Typed, typed
from .requests import Finding, Requests, name_of, no_such_word, person, shown
from .slack import Poster, Posters
from .start_arguments import REASON_LIMIT, Start, line, start_arguments
from .start_form import StartForm
from .supervisor import Supervisor
from .views.blocks import Message
from .views.reprotect_usage import not_set_up, reprotect_usage, wrong_channel

WORDS = ("start", "status", "list", "cancel")


class Reprotect:
    """`desk` is None where nothing can be started: `missing` is then what the settings lack, in a sentence.

    `channels` are those in which a start may be asked for; none means any.
    """

    def __init__(
        self,
        desk: RequestDesk | None,
        *,
        supervisor: Supervisor,
        posters: Posters,
        channels: tuple[str, ...] = (),
        missing: str = "",
        forms: StartForm | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._requests = Requests(desk, clock) if desk else None
        self._supervisor = supervisor
        self._posters = posters
        self._channels = channels
        self._missing = missing
        self._forms = forms

    async def command(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        """`/reprotect start|status|list|cancel|help`"""
        said = typed(body)
        poster = self._posters(client, respond, said.team)
        todo = self._understood(said)
        if isinstance(todo, Message):
            await ack(text=todo.text, blocks=todo.blocks, response_type="ephemeral")
            return
        await ack()
        if isinstance(todo, Start):
            self._show_form(said, todo, poster)
            return
        self._supervisor.start(shown(todo(poster), poster), name="reprotect", tell=poster.whisper, changes=True)

    def _understood(self, said: Typed) -> Message | Start | Finding:
        """What to say at once, or what is to be shown as a form, or the work that finds it out."""
        text = line(said.text)
        word, _, rest = text.partition(" ")
        word, rest = bare(word).casefold(), rest.strip()
        if wants_help(text) or word == "help":
            return reprotect_usage(said.command)
        if word not in WORDS:
            advice = f"To bring one home: {said.command} start NAME."
            return reprotect_usage(said.command, no_such_word(said.command, WORDS, word, rest, advice))
        if self._requests is None:
            return not_set_up(said.command, self._missing)
        match word:
            case "start":
                return self._start(self._requests, said, rest)
            case "status":
                return partial(self._requests.status, said, name_of(rest))
            case "cancel":
                request, _, reason = rest.partition(" ")
                return self._cancel(self._requests, said, name_of(request), reason.strip(" \"'"))
            case _:
                return partial(self._requests.listed, said)

    def _start(self, requests: Requests, said: Typed, rest: str) -> Message | Start | Finding:
        if self._forms and not rest:
            return Start("", Wishes(), "", form=True)
        start = start_arguments(rest)
        if isinstance(start, Usage):
            return reprotect_usage(said.command, start.why)
        if self._forms and start.form:
            return start
        if self._channels and said.channel not in self._channels:
            return wrong_channel(said.command, self._channels)
        operation = _operation(start)
        where = Where(said.team, said.enterprise, said.channel)
        return partial(requests.asked, Asked(operation, start.subject, start.wishes, start.reason, person(said), where))

    def _show_form(self, said: Typed, start: Start, poster: Poster) -> None:
        if self._forms:
            form = Form(
                _operation(start),
                start.subject,
                wishes=start.wishes,
                reason=start.reason,
                place=said.channel,
                enterprise=said.enterprise,
            )
            self._forms.begin(form, said.trigger, poster)

    def _cancel(self, requests: Requests, said: Typed, name: str, reason: str) -> Message | Finding:
        if not name:
            return reprotect_usage(said.command, f"Which request? {said.command} cancel R-… and, if you like, why.")
        if len(reason) > REASON_LIMIT:
            return reprotect_usage(said.command, f"The reason is too long: at most {REASON_LIMIT} characters.")
        return partial(requests.cancelled, said, name, reason)


def _operation(start: Start) -> Operation:
    return Operation.TO_AZURE if start.to_azure else Operation.REPROTECT
