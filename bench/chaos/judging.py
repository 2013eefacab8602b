"""What must be true afterwards, from the ledger, from Azure's side and from what stands in Slack. Pure functions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from homeward.actions.requests import Event, EventKind, Request
from homeward.actions.states import ItemState, State
from homeward.bot.sandbox.arm.server import Start
from homeward.bot.sandbox.slack import Message

from .people import key_of

Tells = Callable[[Event, Request], bool]
"""Whether the thread has words for an event."""
CARD, APPROVAL = "card", "approval"


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the ledger's claims."""

    request: str
    machine: str
    attempt: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """`messages` are the bot's that everybody sees, of all channels, each channel's in order."""

    requests: Sequence[Request]
    events: Mapping[str, Sequence[Event]]
    claims: Sequence[Claim]
    starts: Sequence[Start]
    messages: Sequence[Message]
    approvals: str
    """The approvers' channel."""


def unfinished(evidence: Evidence, tells: Tells) -> Iterator[str]:
    """What time alone may mend."""
    for request in evidence.requests:
        if not request.state.ended and request.state is not State.NEEDS_ATTENTION:
            doing = ", ".join(f"{item.machine} {item.state.value}" for item in request.items)
            yield f"{request.id} ({request.asked.subject}) has not ended: it is {request.state.value} ({doing})"
    there = Counter(key_of(message) for message in evidence.messages)
    for request in evidence.requests:
        for key in _expected(request, evidence.events[request.id], tells):
            if not there[request.id, key]:
                yield f"{request.id}: {_named(key, evidence.events[request.id])} is missing in Slack"


def wrong(evidence: Evidence, tells: Tells) -> Iterator[str]:
    """What nothing can mend."""
    yield from _starts(evidence)
    for request in evidence.requests:
        yield from _states(request)
        yield from _votes(request)
        yield from _messages(request, evidence, tells)
    known = {request.id for request in evidence.requests}
    for message in evidence.messages:
        if key_of(message)[0] not in known:
            yield f"a message that belongs to no request stands in {message.channel}: {message.text[:100]}"


def _starts(evidence: Evidence) -> Iterator[str]:
    """Each start that Azure took belongs to the last claim of its machine before it, and none shares it."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in sorted(evidence.claims, key=lambda one: one.at):
        claims[claim.machine].append(claim)
    taken: Counter[Claim] = Counter()
    for start in evidence.starts:
        before = [claim for claim in claims[start.machine] if claim.at <= start.at]
        if not before:
            yield f"{start.machine} was started at {start.at} without any claim"
        else:
            taken[before[-1]] += 1
    for claim, count in taken.items():
        if count > 1:
            yield f"{claim.machine} was started {count} times for attempt {claim.attempt} of {claim.request}"


def _states(request: Request) -> Iterator[str]:
    """A request that ended left nothing going on, and none that succeeded left a machine behind."""
    if request.state.ended and any(i.state.in_flight for i in request.items):
        yield f"{request.id} is {request.state.value}, but a start of it is in flight"
    if request.state is State.SUCCEEDED and any(i.state is not ItemState.DONE for i in request.items):
        yield f"{request.id} succeeded, but not every machine is done"


def _votes(request: Request) -> Iterator[str]:
    voters = [decision.person for decision in request.decisions]
    if request.asked.requester in voters:
        yield f"{request.id} was decided by who asked"
    if len(set(voters)) < len(voters):
        yield f"{request.id} has two votes of one person"
    if request.items and any(i.claimed_at for i in request.items) and len(request.approvals) < request.quorum:
        yield f"{request.id} was started with {len(request.approvals)} approvals of {request.quorum}"


def _messages(request: Request, evidence: Evidence, tells: Tells) -> Iterator[str]:
    events = evidence.events[request.id]
    mine = [message for message in evidence.messages if key_of(message)[0] == request.id]
    wanted = _expected(request, events, tells)
    for key, count in Counter(key_of(message)[1] for message in mine).items():
        if count > 1:
            yield f"{request.id}: {_named(key, events)} stands in Slack {count} times"
        elif key not in wanted and key != APPROVAL:
            yield f"{request.id}: {key} stands in Slack, and nothing was to be said"
    card = next((message for message in mine if key_of(message)[1] == CARD), None)
    thread: list[int] = []
    for message in mine:
        key = key_of(message)[1]
        root = request.asked.where.thread
        where: tuple[str, str | None] = (request.asked.where.channel, root or None)
        if key == APPROVAL:
            where = (evidence.approvals, None)
        if key.startswith("event:"):
            where = (request.asked.where.channel, root or (card.ts if card else ""))
            thread.append(int(key.removeprefix("event:")))
        if (message.channel, message.thread_ts) != where:
            yield f"{request.id}: {_named(key, events)} stands at the wrong place"
    if thread != sorted(thread):
        yield f"{request.id}: the replies stand in the order {thread}"


def _expected(request: Request, events: Sequence[Event], tells: Tells) -> set[str]:
    """The keys that must stand in Slack."""
    decided = {CARD, APPROVAL} if request.decisions else {CARD}
    return decided | {f"event:{event.seq}" for event in events if tells(event, request)}


def _named(key: str, events: Sequence[Event]) -> str:
    kinds: dict[str, EventKind] = {f"event:{event.seq}": event.happened.kind for event in events}
    return f"the reply {key} ({kinds[key].value})" if key in kinds else f"the {key}"
