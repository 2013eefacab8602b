"""What approvers see: the message that asks them, what became of it, the reminder, and the two forms."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from homeward.actions.approval import Policy
from homeward.actions.plan import Checked, Found, Plan
from homeward.actions.requests import Decision, Request, Vote
from homeward.actions.states import State

from .. import ids
from ..carried import Carried
from ..escape import link, mrkdwn, person, plain, usergroup
from ..portal import Portal
from . import planned, stakes
from .blocks import (
    Message,
    Modal,
    actions,
    as_json,
    button,
    context,
    divider,
    fitted,
    listed,
    many,
    packed,
    section,
)
from .found import some, verdict
from .moments import span, spoken, when

NAME = 80
REASON = 300
REASON_LENGTH = 500
MOST_MENTIONS = 20
MOST_ATTESTATIONS = 40
"""Homeward has a handful. Beyond this none could be ticked, and so nothing could be approved."""
PARAGRAPHS = 12
"""So many of 3,000 characters stay below 250 kB, whatever is in them; Slack takes no more in a modal."""
SIZES = (100, 60, 30, 15, 6, 2, 1)
FEW = 10
"""Up to so many machines, each disk is named in the message; the form names them all."""
_UNREAD, _UNREADS = "check that could not be read", "checks that could not be read"
SIGNS = {State.AWAITING_APPROVAL: "☐", State.REJECTED: "✗", State.EXPIRED: "–", State.CANCELLED: "–", State.VOIDED: "–"}
_UNSTARTED = {State.REJECTED, State.EXPIRED, State.CANCELLED, State.VOIDED}


def approval_message(
    request: Request, *, policy: Policy, now: datetime, portal: Portal, below: Sequence[Block] = ()
) -> Message:
    """What is put to the approvers; once it is decided, the same without buttons, saying who decided and when.

    `below` stands at its end.
    """
    if request.plan is None or request.checked is None:
        return _without_plan(request)
    plan, checked, asks = request.plan, request.checked, asking(request, now)
    head = headline(request, plan)

    def blocks(size: int) -> list[Block]:
        return [
            *_meant(plan, f"{SIGNS.get(request.state, '✓')} *{head}*"),
            section(_whose(request)),
            *([section(_decided(request, now))] if not asks or request.decisions else []),
            *([section(_call(request, policy))] if asks else []),
            divider(),
            section("*What was asked for*" if request.state in _UNSTARTED else "*What runs*"),
            *(section(text) for text in _machines(plan, size, asks=asks)),
            *_checks(checked, min(size, 6), several=len(plan.items) > 1),
            *(_to_confirm(checked, request) if asks else []),
            context(_small_print(request, plan, portal)),
            *([actions(_buttons(request, plan))] if asks else []),
            *below,
        ]

    # Slack rings those whom the blocks mention; the text is what is read aloud, and rings where blocks are not shown.
    call = f" {mentions(policy)}" if asks else ""
    return Message(f"{head}. {_ending(request)}{call}", fitted(blocks, SIZES))


def asking(request: Request, now: datetime) -> bool:
    """Whether there is something to press: not when its time is over, though nobody has written that yet."""
    return request.state is State.AWAITING_APPROVAL and now < request.expires_at


def headline(request: Request, plan: Plan) -> str:
    """What is asked, or what became of it, in the reader's words."""
    what = stakes.what(plan).rstrip(".")
    match request.state:
        case State.AWAITING_APPROVAL:
            return f"Approval needed: {what[0].lower()}{what[1:]}"
        case State.REJECTED:
            return f"Rejected: {what[0].lower()}{what[1:]}"
        case State.EXPIRED:
            return f"Expired: {what[0].lower()}{what[1:]}"
        case State.CANCELLED:
            return f"Cancelled: {what[0].lower()}{what[1:]}"
        case State.VOIDED:
            return f"Void: {what[0].lower()}{what[1:]}"
        case _:
            return f"Approved: {what[0].lower()}{what[1:]}"


def _meant(plan: Plan, head: str) -> list[Block]:
    """What it means, below its headline; the gravest stands with it."""
    first, *rest = stakes.meant(plan)
    return [section(f"{head}\n{first}"), *map(section, rest)]


def _ending(request: Request) -> str:
    if request.state is State.AWAITING_APPROVAL:
        return f"It expires {spoken(request.expires_at)}."
    return "Nothing is left to decide."


def _without_plan(request: Request) -> Message:
    """There is nothing to approve: a request comes to the approvers with its plan only."""
    text = f"{mrkdwn(request.asked.subject, NAME)}: there is nothing to approve."
    return Message(text, (as_json(section(text)),))


def _whose(request: Request) -> str:
    asked = f"{person(request.asked.requester.user_id)} asks for {planned.asked_for(request)}"
    if reason := request.asked.reason.strip():
        return f"{asked}: “{mrkdwn(reason, REASON)}”"
    return f"{asked}, without saying why."


def _call(request: Request, policy: Policy) -> str:
    """Rings those who may decide, and says how many it takes and until when."""
    given, needed = len(request.approvals), request.quorum
    still = f"{needed - given} more" if given else str(needed)
    verb = "has" if needed - given == 1 else "have"
    return (
        f"{mentions(policy)}: {still} of you {verb} to approve; the one who asks can't. "
        f"It expires {when(request.expires_at)}."
    )


def mentions(policy: Policy) -> str:
    """Those who may approve, from the settings alone, so that they are rung."""
    rung = [*(usergroup(group) for group in policy.usergroups), *(person(user) for user in policy.users)]
    if not rung:
        return "Nobody is named in the settings who may approve"
    return listed(rung, MOST_MENTIONS)


def _decided(request: Request, now: datetime) -> str:
    lines = [_decision(decision, request) for decision in request.decisions[:10]]
    if len(request.decisions) > 10:
        lines.append(f"and {len(request.decisions) - 10} more")
    match request.state:
        case State.EXPIRED:
            lines.append(f"It expired {when(request.ended_at or request.expires_at)}: nothing was started.")
        case State.AWAITING_APPROVAL if len(request.approvals) < request.quorum:
            lines += [f"Its time was over {when(request.expires_at)}."] if now >= request.expires_at else []
        case State.CANCELLED | State.VOIDED:
            ended = f" {when(request.ended_at)}" if request.ended_at else ""
            why = f". {mrkdwn(request.why, 600)}" if request.why.strip() else "."
            why = f": {mrkdwn(told, 600)}" if (told := planned.why_cancelled(request)) else why
            lines.append(f"It was {'cancelled' if request.state is State.CANCELLED else 'voided'}{ended}{why}")
        case _:
            pass
    return "\n".join(lines) or "Nobody had to decide."


def _decision(decision: Decision, request: Request) -> str:
    who = person(decision.person.user_id)
    if decision.vote is Vote.REJECT:
        reason = f": “{mrkdwn(decision.reason, REASON)}”" if decision.reason.strip() else ""
        return f"✗ rejected by {who} {when(decision.at)}{reason}"
    number = request.approvals.index(decision) + 1
    confirmed = f", {many(len(decision.attested), 'point')} confirmed" if decision.attested else ""
    return f"✓ approved by {who} ({number} of {request.quorum}) {when(decision.at)}{confirmed}"


def _machines(plan: Plan, most: int, *, asks: bool) -> list[str]:
    lines = planned.machine_lines(plan, most, disks=len(plan.items) <= FEW)
    if len(plan.items) > most:
        left = many(len(plan.items) - most, "more machine")
        lines.append(f"and {left}: “Approve” shows each of them before you confirm." if asks else f"and {left}")
    return packed(lines)


def _checks(checked: Checked, size: int, *, several: bool) -> list[Block]:
    told = f"*Checks*  {verdict(checked)} · {checked.passed} passed · {when(checked.at)}"
    unread = (*checked.unread_blockers, *checked.unread_warnings)
    return [
        divider(),
        section(told),
        *some("✗", checked.blockers, size, "blocker", whose=several),
        *some("? Could not be read:", unread, size, _UNREAD, _UNREADS, hints=False, whose=several),
        *some("!", checked.warnings, size, "warning", whose=several),
    ]


def _to_confirm(checked: Checked, request: Request) -> list[Block]:
    if not checked.attestations:
        return []
    lines = ["*Whoever approves confirms*, because no API can tell:"]
    lines += [f"☐ {mrkdwn(found.title, 200)}" for found in checked.attestations[:MOST_ATTESTATIONS]]
    return [section(text) for text in packed(lines)]


def _small_print(request: Request, plan: Plan, portal: Portal) -> str:
    url = portal.vault(plan.vault)
    vault = link(url, f"vault {plan.vault}") if url else f"vault {mrkdwn(plan.vault, NAME)}"
    parts = [f"`{mrkdwn(request.id, NAME)}`", planned.subject(plan), vault, f"asked {when(request.created_at)}"]
    return " · ".join(parts)


def _buttons(request: Request, plan: Plan) -> list[ButtonElement]:
    value = Carried(request.id, plan.digest).text
    return [button("Approve…", ids.APPROVE, value, primary=True), button("Reject…", ids.REJECT, value)]


def approve_modal(request: Request) -> Modal:
    """The confirmation: what runs, machine by machine, and a box to tick for each attestation."""
    plan, checked = request.plan, request.checked
    if plan is None or checked is None:
        return _form(request, ids.APPROVE_VIEW, "Approve", "", [section("There is nothing to approve.")])
    blocks: list[Block] = [
        *_meant(plan, f"*{stakes.what(plan)}*"),
        section(_whose(request)),
        section(f"*Checks*  {verdict(checked)}"),
    ]
    asked = checked.attestations[:MOST_ATTESTATIONS]
    blocks += [
        _attestation(found, f"{ids.ATTEST}.{place}" if len(asked) > 1 else ids.ATTEST)
        for place, found in enumerate(asked)
    ]
    blocks += [divider(), section("*What runs*")]
    paragraphs = packed(planned.machine_lines(plan, len(plan.items), disks=True))
    blocks += [section(paragraph) for paragraph in paragraphs[:PARAGRAPHS]]
    if len(paragraphs) > PARAGRAPHS:
        left = sum(paragraph.count("\n") + 1 for paragraph in paragraphs[PARAGRAPHS:])
        blocks.append(
            section(f"and {many(left, 'more machine')}, too many for one screen. Ask for smaller plans if in doubt.")
        )
    return _form(request, ids.APPROVE_VIEW, "Approve", "Approve", blocks)


def _attestation(found: Found, name: str) -> Block:
    """One box, alone in its block: so Slack itself does not let it go unticked."""
    box = Option(text=PlainTextObject(text="I have made sure of it", emoji=False), value=plain(found.rule, 150))
    return InputBlock(
        block_id=name,
        label=PlainTextObject(text=plain(found.title, 1000), emoji=False),
        element=CheckboxesElement(action_id=name, options=[box]),
        hint=PlainTextObject(text=plain(found.hint, 1000), emoji=False) if found.hint.strip() else None,
    )


def reject_modal(request: Request) -> Modal:
    """Asks for a reason, which everybody in the thread reads."""
    what = stakes.what(request.plan) if request.plan else mrkdwn(request.asked.subject, NAME)
    blocks = [
        section(f"*{what}*\nIt is not started, and {person(request.asked.requester.user_id)} reads your reason."),
        InputBlock(
            block_id=ids.REASON,
            label=PlainTextObject(text="Why not?", emoji=False),
            element=PlainTextInputElement(action_id=ids.REASON, multiline=True, min_length=1, max_length=REASON_LENGTH),
        ),
    ]
    return _form(request, ids.REJECT_VIEW, "Reject", "Reject", blocks)


def _form(request: Request, callback: str, title: str, submit: str, blocks: Sequence[Block]) -> Modal:
    digest = request.plan.digest if request.plan else ""
    view = View(
        type="modal",
        callback_id=callback,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=submit) if submit else None,
        close=PlainTextObject(text="Not now"),
        private_metadata=Carried(request.id, digest).text,
        blocks=list(blocks),
    )
    return Modal(as_json(view))


def ticked(state: object) -> frozenset[str]:
    """The rules whose attestation was ticked, from a submitted view's state; never raises."""
    return frozenset(
        value
        for element in _elements(state)
        for option in _list(element.get("selected_options"))
        if isinstance(value := _dict(option).get("value"), str)
    )


def reason_of(state: object) -> str:
    """The reason that was typed, "" if there is none."""
    typed = [value for element in _elements(state) if isinstance(value := element.get("value"), str)]
    return typed[0].strip()[:REASON_LENGTH] if typed else ""


def _elements(state: object) -> Iterator[Mapping[str, object]]:
    for block in _dict(_dict(state).get("values")).values():
        yield from (_dict(element) for element in _dict(block).values())


def _dict(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return cast("list[object]", value) if isinstance(value, list) else ()


def reminder_message(request: Request, *, policy: Policy, now: datetime) -> Message:
    """Rings the approvers once more, in the thread below what they were asked."""
    what = stakes.what(request.plan) if request.plan else mrkdwn(request.asked.subject, NAME)
    left = span(now, request.expires_at)
    head = f"Still waiting for approval: {what} It expires {spoken(request.expires_at)} (in {left})."
    told = (
        f"{mentions(policy)}: *still waiting* for {many(request.quorum - len(request.approvals), 'approval')}. {what} "
        f"It expires {when(request.expires_at)} (in {left}); then nothing is started."
    )
    return Message(f"{head} {mentions(policy)}", (as_json(section(told)),))
