"""The App Home of one person: what waits for their decision, what runs, what they asked for, and the estate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from slack_sdk.models.blocks import Block, HeaderBlock, InputBlock, PlainTextInputElement, PlainTextObject

from homeward.actions.requests import Person, Refusal, Request
from homeward.actions.states import Operation, State
from homeward.checks.subjects import Estate, Part

from .. import ids
from ..carried import Carried, Wanted
from ..escape import link, mrkdwn, person
from .blocks import VALUE, Json, Modal, actions, built, button, context, many, packed, section
from .headlines import headline
from .moments import agreed_when, when
from .planned import later
from .request_card import stop_button

NAME = 80
MOST_TO_DECIDE = 8
MOST_RUNNING = 8
MOST_ASKED = 6
MOST_ENDED = 6
MOST_PARTS = 40
MOST_UNREAD = 5
QUESTION = 500
RUNNING = frozenset({State.APPROVED, State.RUNNING, State.NEEDS_ATTENTION})
NO_LINKS: Mapping[str, str] = MappingProxyType({})
_SIGNS = {State.SUCCEEDED: "✓", State.FAILED: "✗", State.BLOCKED: "✗", State.REJECTED: "✗"}


@dataclass(frozen=True, slots=True)
class Sorted:
    """The requests of one person's Home, each once. `refusals`: of those to decide, why the person can't, by id."""

    viewer: Person
    at: datetime
    decide: tuple[Request, ...] = ()
    running: tuple[Request, ...] = ()
    asked: tuple[Request, ...] = ()
    ended: tuple[Request, ...] = ()
    refusals: Mapping[str, Refusal] = field(default_factory=dict[str, Refusal])
    beyond: int = 0
    """How many more are open than were read."""

    @property
    def left(self) -> int:
        """How many of what is open have no line."""
        cut = ((self.decide, MOST_TO_DECIDE), (self.running, MOST_RUNNING), (self.asked, MOST_ASKED))
        return self.beyond + sum(max(0, len(found) - most) for found, most in cut)

    @property
    def shown(self) -> tuple[Request, ...]:
        """Those that have a line, whose addresses are worth asking for."""
        return (
            *self.decide[:MOST_TO_DECIDE],
            *self.running[:MOST_RUNNING],
            *self.asked[:MOST_ASKED],
            *self.ended[:MOST_ENDED],
        )


def to_decide(found: Sequence[Request], viewer: Person) -> list[Request]:
    """Those that somebody else asked for and that wait for a decision."""
    return [one for one in found if one.state is State.AWAITING_APPROVAL and one.plan and one.asked.requester != viewer]


def sorted_for(
    viewer: Person,
    found: Sequence[Request],
    ended: Sequence[Request],
    may: Mapping[str, Refusal | None],
    *,
    at: datetime,
    beyond: int = 0,
) -> Sorted:
    """Where each request stands on the person's Home. Whom `may` does not name may not decide."""
    awaiting = to_decide(found, viewer)
    refusals = {one.id: refusal for one in awaiting if (refusal := may.get(one.id, _UNASKED)) is not None}
    return Sorted(
        viewer,
        at,
        decide=tuple(sorted(awaiting, key=lambda one: (one.id in refusals, one.expires_at))),
        running=tuple(sorted((one for one in found if one.state in RUNNING), key=_needs_nobody)),
        asked=tuple(one for one in found if one.asked.requester == viewer and one.state not in RUNNING),
        ended=tuple(ended),
        refusals=refusals,
        beyond=beyond,
    )


_UNASKED = Refusal("unasked", "Nobody was asked whether you may decide.")


def _needs_nobody(request: Request) -> bool:
    return request.state is not State.NEEDS_ATTENTION


def home_view(blocks: Sequence[Json]) -> Modal:
    """The blocks as `views.publish` takes them."""
    return Modal({"type": "home", "blocks": list(blocks)})


def home_blocks(
    requests: Sorted | str,
    estate: Estate,
    *,
    links: Mapping[str, str] = NO_LINKS,
    command: str = "/reprotect",
    starts: bool = True,
    notices: Sequence[Json] = (),
) -> tuple[Json, ...]:
    """All of it. `requests` may be a sentence, why there are none to show; `links` are the addresses of their cards.

    `starts` tells that something can be asked for; `notices` is the one block about direct messages.
    """
    blocks: list[Block] = [_errors(), _begin(starts=starts)]
    if isinstance(requests, str):
        blocks.append(section(requests))
    else:
        blocks += [
            *_to_decide(requests, links),
            *_section("Runs now", requests.running, MOST_RUNNING, requests, links, "Nothing runs."),
            *_section("You asked for", requests.asked, MOST_ASKED, requests, links, "Nothing of yours waits."),
            *_section("Ended lately", requests.ended, MOST_ENDED, requests, links, "Nothing ended yet."),
        ]
        if requests.left:
            more = f"{many(requests.left, 'more request is', 'more requests are')} open"
            blocks.append(context(f"{more}: `{mrkdwn(command, 40)} list` shows the newest of all."))
    return (*built(*blocks, *_estate(estate)), *notices)


def _errors() -> Block:
    return InputBlock(
        block_id=ids.HOME_ERRORS,
        dispatch_action=True,
        optional=True,
        label=PlainTextObject(text="What does an error mean?"),
        element=PlainTextInputElement(
            action_id=ids.HOME_ERRORS,
            placeholder=PlainTextObject(text="78093 or a few words, then Enter"),
            max_length=QUESTION,
        ),
    )


def _begin(*, starts: bool) -> Block:
    asked = [
        button("Bring home…", f"{ids.FORM}.0", Wanted(Operation.REPROTECT, "").text),
        button("Fail back…", f"{ids.FORM}.1", Wanted(Operation.FAILBACK, "").text),
    ]
    return actions([button("Check a machine…", ids.CHECK_FORM, "home", primary=True), *(asked if starts else [])])


def _head(title: str) -> Block:
    return HeaderBlock(text=PlainTextObject(text=title, emoji=False))


def _to_decide(requests: Sorted, links: Mapping[str, str]) -> list[Block]:
    able = [one for one in requests.decide if one.id not in requests.refusals]
    head = _head("Waits for your decision" if able or not requests.decide else "Waits for a decision")
    if not requests.decide:
        return [head, context("Nothing waits for your decision.")]
    blocks = [head]
    for place, one in enumerate(requests.decide[:MOST_TO_DECIDE]):
        blocks.append(section(_line(one, requests.at, links)))
        if one.id not in requests.refusals and (pressed := _decisions(one, place)):
            blocks.append(pressed)
    if len(requests.decide) > MOST_TO_DECIDE:
        blocks.append(context(f"and {len(requests.decide) - MOST_TO_DECIDE} more."))
    if whys := dict.fromkeys(requests.refusals[one.id].why for one in requests.decide if one.id in requests.refusals):
        told = list(whys)[:3]
        blocks.append(
            context(f"Without buttons is what you may not decide. {' '.join(mrkdwn(why, 300) for why in told)}")
        )
    return blocks


def _decisions(request: Request, place: int) -> Block | None:
    value = Carried(request.id, request.plan.digest if request.plan else "").text
    if len(value) > VALUE:
        return None
    return actions(
        [
            button("Approve…", f"{ids.APPROVE}.{place}", value, primary=True),
            button("Reject…", f"{ids.REJECT}.{place}", value),
        ]
    )


def _section(
    title: str,
    found: Sequence[Request],
    most: int,
    requests: Sorted,
    links: Mapping[str, str],
    nothing: str,
) -> list[Block]:
    blocks = [_head(title)]
    if not found:
        return [*blocks, context(nothing)]
    for place, one in enumerate(found[:most]):
        own = one.asked.requester == requests.viewer
        blocks.append(section(_line(one, requests.at, links), stop_button(one, place) if own else None))
    if len(found) > most:
        blocks.append(context(f"and {len(found) - most} more."))
    return blocks


def _line(request: Request, at: datetime, links: Mapping[str, str]) -> str:
    """What it is and how it stands, with the way to its card."""
    asked = request.asked
    address = links.get(request.id, "")
    named = f"*{link(address, request.id)}*" if address else f"*{mrkdwn(request.id, NAME)}*"
    sign = f"{_SIGNS[request.state]} " if request.state in _SIGNS else ""
    parts = [f"asked by {person(asked.requester.user_id)} {when(request.created_at)}"]
    if asked.reason.strip():
        parts.append(f"“{mrkdwn(asked.reason, 200)}”")
    if request.state is State.AWAITING_APPROVAL:
        parts.append(f"{len(request.approvals)} of {many(request.quorum, 'approval')}")
        parts.append(f"expires {when(request.expires_at)}")
    if not request.state.ended and (starts := later(request)):
        parts.append(f"starts {agreed_when(*starts)}")
    if request.ended_at:
        parts.append(f"ended {when(request.ended_at)}")
    if request.state is State.NEEDS_ATTENTION:
        parts.append("it is decided on its card")
    return f"{sign}{named} · {headline(request, at)}\n{' · '.join(parts)}"


def _estate(estate: Estate) -> list[Block]:
    head = _head("The estate")
    if not estate.parts and estate.read_at is None:
        unread = [f"! {mrkdwn(why, 300)}" for why in estate.unread[:MOST_UNREAD]]
        return [head, *map(section, packed(unread)), context("Nothing of it was read yet: it is being read now.")]
    # What is wrong comes first, and is never cut for what is well.
    parts = sorted(estate.parts, key=lambda part: not part.trouble)
    lines = [_part(part) for part in parts[:MOST_PARTS]]
    if len(parts) > MOST_PARTS:
        lines.append(f"and {many(len(parts) - MOST_PARTS, 'more part')}")
    lines += [f"! {mrkdwn(why, 300)}" for why in estate.unread[:MOST_UNREAD]]
    if len(estate.unread) > MOST_UNREAD:
        lines.append(f"and {len(estate.unread) - MOST_UNREAD} more could not be read")
    return [head, *map(section, packed(lines))]


def _part(part: Part) -> str:
    read = f"read {when(part.read_at)}" if part.read_at else "never read"
    named = f"{mrkdwn(part.kind, NAME)} *{mrkdwn(part.name, NAME)}*"
    if part.trouble:
        return f"! {named}: {mrkdwn(part.trouble, 200)} · {read}"
    return f"{'✓' if part.read_at else '?'} {named} · {read}"
