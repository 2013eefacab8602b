"""The thread below a request's card: one reply for each thing that happened, a log that a manager can follow."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block

from homeward.actions.plan import Found
from homeward.actions.requests import AzureError, Event, EventKind, Request
from homeward.checks.findings import FOLLOWING
from homeward.checks.report import Verdict

from ..escape import link, mrkdwn, person
from ..portal import Portal
from .again import start_line
from .arrived import arrived
from .azure_errors import catalogue, codes, errors_of
from .azure_errors import words as azure_words
from .blocks import Message, box, fitted, listed, many, section
from .headlines import subject
from .moments import agreed_when, when
from .operations import command_of, words
from .summary import MOST_NAMES, NAME, summary

WHY = 600
FEW = 10
"""A plan of more machines has its percents on the card alone: a thread takes one reply a second."""
SIZES = (4, 2, 1)


def reply(
    event: Event,
    request: Request,
    *,
    portal: Portal,
    command: str = "/reprotect",
    failback: str = "/failback",
    errors: str = "/failback-errors",
) -> Message | None:
    """What one event says to people; None where it says nothing. It depends on nothing that changes later.

    `command`, `failback` and `errors` are what the commands are called in this workspace.
    """
    tell = _WORDS.get(event.happened.kind)
    command = command_of(request.asked.operation, reprotect=command, failback=failback)
    return tell(_Told(event, request, portal, command, errors)) if tell else None


class _Told:
    """One event, with what its words are made from."""

    def __init__(self, event: Event, request: Request, portal: Portal, command: str, errors: str) -> None:
        self.event, self.request, self.portal, self.command, self.errors = event, request, portal, command, errors
        self.data: Mapping[str, object] = event.happened.data
        self.said = words(request.asked.operation)
        # Which step of the way it is about, where its thread is that of another request.
        self.step = f"*{self.said.noun}*: " if request.asked.where.thread else ""

    @property
    def machine(self) -> str:
        return mrkdwn(self.event.happened.machine, NAME) if self.event.happened.machine else subject(self.request)

    @property
    def actor(self) -> str:
        who = self.event.happened.actor
        return person(who.user_id) if who else "Homeward"

    @property
    def requester(self) -> str:
        return person(self.request.asked.requester.user_id)

    def text(self, key: str, limit: int = WHY) -> str:
        """A text of the event, escaped, without the full stop that our own sentence sets; "" where it has none."""
        value = self.data.get(key)
        return mrkdwn(str(value), limit).rstrip(".") if value is not None and str(value).strip() else ""

    def number(self, key: str) -> int | None:
        value = self.data.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def names(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key)
        if isinstance(value, str):
            return (value,) if value else ()
        return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # JSON

    def instant(self, key: str) -> datetime | None:
        value = self.data.get(key)
        try:
            read = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None
        return read if read and read.tzinfo else None

    def moment(self, key: str) -> str:
        at = self.instant(key)
        return when(at) if at else ""

    @property
    def job(self) -> str:
        """Where to find its job: by its name, on the vault's page."""
        name = self.text("job", NAME)
        vault = self.request.plan.vault if self.request.plan else ""
        page = self.portal.vault(vault)
        where = link(page, f"vault {vault}, Site Recovery jobs") if page else ""
        return f" (job `{name}`{' in ' + where if where else ''})" if name else ""

    @property
    def again(self) -> list[Block]:
        """The command that asks for the same once more."""
        line = start_line(self.command, self.request.asked, now=self.event.at)
        return [section("To ask again:"), box(line)] if line else []


def _line(text: str, *more: Block) -> Message:
    return Message(text, fitted(lambda _: [section(text), *more], SIZES))


def _with_errors(text: str, tell: Callable[[int], Sequence[Block]]) -> Message:
    return Message(text, fitted(lambda size: [section(text), *tell(size)], SIZES))


def _warnings(one: "_Told", text: str, warnings: Sequence[AzureError]) -> Message:
    """Warnings in Azure's words; of the catalogue only what each code is."""
    return _with_errors(
        text,
        lambda size: [
            *azure_words(warnings, size, sign="!"),
            *catalogue(codes(warnings[:size]), 2 * size, command=one.errors, brief=True),
        ],
    )


def _blocked(one: _Told) -> Message:
    """With the blockers themselves; what only follows from them would send the reader to the wrong place."""
    blockers = one.request.checked.blockers if one.request.checked else ()
    causes = dict.fromkeys(_first(found) for found in blockers if found.hint != FOLLOWING)
    found = [f"✗ {mrkdwn(each, 200)}" for each in causes]
    left = [f"and {len(found) - MOST_NAMES} more"] if len(found) > MOST_NAMES else []
    why = _sentence(one.text("why"))
    head = f"{one.step}✗ {one.requester}: nothing was started. {why} The card above tells what to do."
    return _line("\n".join([head, *found[:MOST_NAMES], *left]))


def _first(found: Found) -> str:
    """A blocker in its own words."""
    return next(iter(found.details), "") or f"Not so: {found.title}"


def _put_forward(one: _Told) -> Message:
    verdict = {
        Verdict.READY.value: "checked, ready",
        Verdict.UNKNOWN.value: "checked, not everything could be read",
    }.get(str(one.data.get("verdict")), "checked")
    quorum = one.number("quorum") or one.request.quorum
    until = one.moment("expires_at") or when(one.request.expires_at)
    return _line(f"{one.step}{verdict} · the approvers are asked now: {many(quorum, 'approval')} needed, until {until}")


def _approved_by(one: _Told) -> Message:
    votes, quorum = one.number("votes"), one.number("quorum") or one.request.quorum
    count = f" ({votes} of {quorum})" if votes else ""
    attested = one.names("attested")
    checked = one.request.checked
    titles = {found.rule: found.title for found in checked.attestations} if checked else {}
    confirmed = [f"☑ confirmed: {mrkdwn(titles.get(rule, rule), 200)}" for rule in attested[:10]]
    if len(attested) > 10:
        confirmed.append(f"and {len(attested) - 10} more")
    return _line("\n".join([f"{one.step}✓ approved by {one.actor}{count}", *confirmed]))


def _rejected(one: _Told) -> Message:
    reason = f": “{one.text('reason')}”" if one.text("reason") else ""
    return _line(f"{one.step}✗ rejected by {one.actor}{reason}. Nothing was started, {one.requester}.")


def _reminded(one: _Told) -> Message:
    until = one.moment("expires_at") or when(one.request.expires_at)
    return _line(f"{one.step}the approvers were reminded; it expires {until}")


def _expired(one: _Told) -> Message:
    return _line(f"{one.step}– expired: nobody decided in time, and nothing was started, {one.requester}.", *one.again)


def _cancelled(one: _Told) -> Message:
    by = f" by {one.actor}" if one.event.happened.actor else ""
    return _line(f"{one.step}– cancelled{by}: nothing was started")


def _stopping(one: _Told) -> Message:
    running = one.names("running")
    ending = f" The jobs of {_listed(running)} go on to their end in Azure." if running else ""
    return _line(f"{one.step}! {one.actor} stopped it: nothing more is started.{ending}")


def _voided(one: _Told) -> Message:
    why = _sentence(one.text("why") or "What would run is not what was approved")
    return _line(f"{one.step}– void, and nothing was started, {one.requester}: {why}", *one.again)


def _rechecked(one: _Told) -> Message:
    verdict = str(one.data.get("verdict"))
    told = {Verdict.READY.value: "still ready", Verdict.UNKNOWN.value: "nothing new that could block it"}
    return _line(f"{one.step}checks repeated, {told.get(verdict, 'blocked now')}")


def _recheck_unread(one: _Told) -> Message:
    why = f": {one.text('why')}" if one.text("why") else ""
    return _line(f"? the checks before the start could not be read{why}. Nothing is started; they are tried again.")


def _submitted(one: _Told) -> Message:
    attempt = one.number("attempt") or 1
    again = f" again (attempt {attempt})" if attempt > 1 else ""
    return _line(f"*{one.machine}*: {one.said.noun} started{again}{one.job}")


def _adopted(one: _Told) -> Message:
    why = f": {one.text('why')}" if one.text("why") else ""
    return _line(f"*{one.machine}*: its job was found and is followed{one.job}{why}")


def _refused(one: _Told) -> Message:
    code, why = one.text("code", NAME), one.text("why")
    head = (
        f"✗ *{one.machine}*: Azure refused to start it, nothing runs. {_sentence(': '.join(filter(None, [code, why])))}"
    )
    wanted = [str(one.data["code"])] if one.data.get("code") else []
    return _with_errors(head, lambda size: [section(_now_what(one)), *catalogue(wanted, size, command=one.errors)])


def _no_answer(one: _Told) -> Message:
    why = f" ({one.text('why')})" if one.text("why") else ""
    return _line(
        f"? *{one.machine}*: Azure did not answer the start call{why}. It is not sent a second time: "
        "Homeward looks whether the job runs."
    )


def _unknown(one: _Told) -> Message:
    why = f" {_sentence(one.text('why'))}" if one.text("why") else ""
    vault = one.request.plan.vault if one.request.plan else ""
    page = one.portal.vault(vault)
    jobs = f"the Site Recovery jobs of {link(page, f'vault {vault}') if page else mrkdwn(f'vault {vault}', NAME)}"
    return _line(
        f"? *{one.machine}*: nobody can tell what became of its start.{why}\n"
        f"Look at {jobs}. If a job of it runs, it is found and followed; “Try again” on the card looks at once.\n"
        "If none runs, “Try again” starts it once more, where Azure allows it."
    )


def _warned(one: _Told) -> Message:
    errors = errors_of(one.data)
    head = f"! *{one.machine}*: {many(len(errors), 'warning') if errors else 'a warning'} of Azure, it goes on"
    return _warnings(one, head, errors)


def _job_succeeded(one: _Told) -> Message:
    warnings = errors_of(one.data, "warnings")
    with_ = f", with {many(len(warnings), 'warning')}" if warnings else ""
    head = f"*{one.machine}*: the job ended well{with_}. {one.said.job_ended}"
    return _warnings(one, head, warnings)


def _replicating(one: _Told) -> Message:
    percent = one.number("percent")
    return _line(f"*{one.machine}*: {one.said.passing} began{f', {percent} %' if percent is not None else ''}")


def _progress(one: _Told) -> Message | None:
    percent = one.number("percent")
    if percent is None or len(one.request.items) > FEW:
        return None
    return _line(f"*{one.machine}*: {one.said.passing} {percent} %")


def _scheduled(one: _Told) -> Message:
    at = one.instant("at")
    starts = f"starts {agreed_when(at, str(one.data.get('zone') or ''))}" if at else "starts at its time"
    return _line(
        f"approved; {starts}. Its checks are repeated then, and it can be cancelled until then: the card above has the "
        "button."
    )


def _at_home(one: _Told) -> Message:
    plan, machine = one.request.plan, one.event.happened.machine
    linux = plan is not None and any(item.linux for item in plan.items if item.machine == machine)
    return _line(arrived(machine, one.data, linux=linux))


def _done(one: _Told) -> Message:
    return _line(f"✓ *{one.machine}*: {one.said.done}")


def _item_failed(one: _Told) -> Message:
    errors = errors_of(one.data)
    why = f": {_sentence(one.text('why'))}" if one.text("why") else "."
    return _with_errors(
        f"✗ *{one.machine}* failed{why}",
        lambda size: [
            *azure_words(errors, size, sign="✗"),
            section(_now_what(one)),
            *catalogue(codes(errors[:size]), 2 * size, command=one.errors),
        ],
    )


def _now_what(one: _Told) -> str:
    """What can be done about a machine that failed."""
    steps = ["*What can be done now*", "1. Mend the cause: what Azure says above, and the catalogue below, tell how."]
    if len(one.request.items) > 1:
        steps.append(
            "2. While the request is open its card has “Try again” (for somebody who may approve and did not ask), and "
            "“Go on without it” where others wait."
        )
        steps.append("3. Afterwards ask for this machine again, alone.")
    else:
        steps.append("2. Ask again for this machine.")
    steps.append(one.said.failed)
    return "\n".join(steps)


def _waits(one: _Told) -> Message:
    names = one.names("waiting")
    wait = "waits" if len(names) == 1 else "wait"
    return _line(
        f"! {one.requester}: {_listed(names)} {wait} for *{one.machine}*, which did not come through. The card above "
        "has the buttons; other groups go on."
    )


def _skipped(one: _Told) -> Message:
    why = f": {one.text('why')}" if one.text("why") else ""
    return _line(f"– *{one.machine}*: not started{why}")


def _retry(one: _Told) -> Message:
    attempt = one.number("attempt")
    return _line(f"*{one.machine}*: {one.actor} has it tried again{f' (attempt {attempt})' if attempt else ''}")


def _given_up(one: _Told) -> Message:
    return _line(f"*{one.machine}*: {one.actor} lets the others go on without it")


def _needs_attention(one: _Told) -> Message:
    why = _sentence(one.text("why") or f"{_listed(one.names('machines')) or subject(one.request)} needs a decision")
    return _line(f"! {one.requester}: {why} Nothing more happens before that; the card above has the buttons.")


def _resumed(_: _Told) -> Message:
    return _line("it goes on")


def _summary(one: _Told) -> Message:
    return summary(one.request, at=one.event.at)


def _listed(names: Sequence[str]) -> str:
    return listed([mrkdwn(name, NAME) for name in names], MOST_NAMES)


def _sentence(text: str) -> str:
    """With a full stop, unless it ends already."""
    return text if not text or text[-1] in ".!?…" else f"{text}."


_WORDS: Mapping[EventKind, Callable[[_Told], Message | None]] = {
    EventKind.BLOCKED: _blocked,
    EventKind.PUT_FORWARD: _put_forward,
    EventKind.APPROVED_BY: _approved_by,
    EventKind.REJECTED: _rejected,
    EventKind.REMINDED: _reminded,
    EventKind.EXPIRED: _expired,
    EventKind.CANCELLED: _cancelled,
    EventKind.STOPPING: _stopping,
    EventKind.VOIDED: _voided,
    EventKind.RECHECKED: _rechecked,
    EventKind.RECHECK_UNREAD: _recheck_unread,
    EventKind.SUBMITTED: _submitted,
    EventKind.ADOPTED: _adopted,
    EventKind.REFUSED: _refused,
    EventKind.NO_ANSWER: _no_answer,
    EventKind.UNKNOWN: _unknown,
    EventKind.WARNED: _warned,
    EventKind.JOB_SUCCEEDED: _job_succeeded,
    EventKind.REPLICATING: _replicating,
    EventKind.PROGRESS: _progress,
    EventKind.SCHEDULED: _scheduled,
    EventKind.AT_HOME: _at_home,
    EventKind.DONE: _done,
    EventKind.ITEM_FAILED: _item_failed,
    EventKind.WAITS: _waits,
    EventKind.SKIPPED: _skipped,
    EventKind.RETRY: _retry,
    EventKind.GIVEN_UP: _given_up,
    EventKind.NEEDS_ATTENTION: _needs_attention,
    EventKind.RESUMED: _resumed,
    EventKind.SUCCEEDED: _summary,
    EventKind.FAILED: _summary,
}
"""Events that are not here say nothing: the card tells of them, or another event does."""
