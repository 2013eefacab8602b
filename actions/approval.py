"""Who may decide what: pure functions from a request, a person and a moment to a change, or the reason why not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from .requests import (
    Change,
    Decision,
    EventKind,
    Happened,
    Person,
    Progress,
    Refusal,
    Request,
    RequestItem,
    Vote,
    Where,
)
from .states import ItemState, State


@dataclass(frozen=True, slots=True)
class Policy:
    """Who approves an operation: the users and the members of the user groups, `quorum` of them, in `channel`."""

    channel: str
    users: tuple[str, ...]
    usergroups: tuple[str, ...]
    quorum: int
    expires_after: timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    """What Slack says of a person now. `member`: listed, or in one of the policy's groups."""

    person: Person
    member: bool
    deleted: bool = False
    guest: bool = False
    stranger: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Unasked:
    """Slack could not be asked about a person: nobody may act on that."""

    why: str


class Standings(Protocol):
    """Asks Slack anew (or a moment ago). Does not raise for what the outside does."""

    async def __call__(self, person: Person, policy: Policy, where: Where) -> Standing | Unasked:
        """`where` is the request's: its workspace (and organisation) is the one that is asked."""
        ...


@dataclass(frozen=True, slots=True)
class Click:
    """A decision as it arrived: who, and what the button carried. `attested` are the rules that were ticked."""

    person: Person
    request_id: str
    digest: str
    attested: tuple[str, ...] = ()


def may_decide(request: Request, person: Person, standing: Standing | Unasked, now: datetime) -> Refusal | None:
    """Why the person could not decide about it now, as far as a vote itself is not asked; None where they could."""
    digest = request.plan.digest if request.plan is not None else ""
    return _may_vote(request, Click(person, request.id, digest), standing, now)


def approve(request: Request, click: Click, standing: Standing | Unasked, now: datetime) -> Change | Refusal:
    """One vote; the last one that is needed approves the request."""
    refusal = _may_vote(request, click, standing, now)
    if refusal is not None:
        return refusal
    wanted = request.checked.attestations if request.checked is not None else ()
    missing = [found.title for found in wanted if found.rule not in click.attested]
    if missing:
        return Refusal("attestations_missing", f"Each of these has to be confirmed: {'; '.join(missing)}.")
    attested = tuple(found.rule for found in wanted)
    votes = len(request.approvals) + 1
    data = {"votes": votes, "quorum": request.quorum, "attested": list(attested)}
    change = Change(
        due_at=request.due_at,
        decision=Decision(click.person, Vote.APPROVE, now, click.digest, attested=attested),
        events=(Happened(EventKind.APPROVED_BY, data=data, actor=click.person),),
    )
    if votes < request.quorum:
        return change
    events = (*change.events, Happened(EventKind.APPROVED), *_scheduled(request, now))
    return replace(change, due_at=now, state=State.APPROVED, events=events)


def _scheduled(request: Request, now: datetime) -> tuple[Happened, ...]:
    """Told with the vote that approves it, and so once: from now on it waits for its time."""
    at = request.plan.not_before if request.plan is not None else None
    if request.plan is None or at is None or at <= now:
        return ()
    return (Happened(EventKind.SCHEDULED, data={"at": at.isoformat(), "zone": request.plan.zone}),)


def reject(
    request: Request, click: Click, reason: str, standing: Standing | Unasked, now: datetime
) -> Change | Refusal:
    """One is enough to end it."""
    refusal = _may_vote(request, click, standing, now)
    if refusal is not None:
        return refusal
    if not reason.strip():
        return Refusal("reason_missing", "A rejection needs a reason.")
    return Change(
        due_at=now,
        state=State.REJECTED,
        why=reason.strip(),
        decision=Decision(click.person, Vote.REJECT, now, click.digest, reason=reason.strip()),
        events=(Happened(EventKind.REJECTED, data={"reason": reason.strip()}, actor=click.person),),
    )


def cancel(
    request: Request, person: Person, reason: str, standing: Standing | Unasked, now: datetime
) -> Change | Refusal:
    """Before anything runs it ends the request; then it means "start nothing more", and what runs is followed."""
    refusal = _may_stop(request, person, standing)
    if refusal is not None:
        return refusal
    if request.state.ended:
        return Refusal("over", f"{request.id} has ended already: there is nothing to cancel.")
    if request.stopping:
        return Refusal("stopping", f"{request.id} is being stopped already: nothing more is started.")
    data: dict[str, object] = {"reason": reason.strip()}
    if request.state not in {State.RUNNING, State.NEEDS_ATTENTION}:
        cancelled = Happened(EventKind.CANCELLED, data=data, actor=person)
        return Change(now, State.CANCELLED, why=reason.strip() or "It was cancelled.", events=(cancelled,))
    why = "it was cancelled before it was started"
    waiting = [item for item in request.items if item.state is ItemState.PENDING]
    data["running"] = [item.machine for item in request.items if not item.state.ended and item not in waiting]
    return Change(
        due_at=now,
        stopping=True,
        items=tuple(replace(item, state=ItemState.SKIPPED, ended_at=now, why=why) for item in waiting),
        events=(
            Happened(EventKind.STOPPING, data=data, actor=person),
            *(Happened(EventKind.SKIPPED, item.machine, {"why": why}) for item in waiting),
        ),
    )


def retry(
    request: Request, machine: str, person: Person, standing: Standing | Unasked, now: datetime
) -> Change | Refusal:
    """A further attempt for a machine that did not come through. It starts something: it is an approval of its own."""
    refusal = _is_approver(request, person, standing)
    if refusal is not None:
        return refusal
    item = _undecided(request, machine)
    if isinstance(item, Refusal):
        return item
    again = replace(
        item,
        state=ItemState.PENDING,
        attempt=item.attempt + 1,
        adopted=False,
        given_up=False,
        submitted_at=None,
        ended_at=None,
        why="",
        progress=Progress(),
        errors=(),
        arrived_at=None,
        at_home=None,
    )
    return _goes_on(request, again, Happened(EventKind.RETRY, machine, {"attempt": again.attempt}, person), now)


def go_on_without(
    request: Request, machine: str, person: Person, standing: Standing | Unasked, now: datetime
) -> Change | Refusal:
    """The machines that wait for one that did not come through go on."""
    refusal = _may_stop(request, person, standing)
    if refusal is not None:
        return refusal
    item = _undecided(request, machine)
    if isinstance(item, Refusal):
        return item
    if item.given_up:
        return Refusal("decided_already", f"It was decided already to go on without {machine}.")
    told = Happened(EventKind.GIVEN_UP, machine, actor=person)
    return _goes_on(request, replace(item, given_up=True), told, now)


def _goes_on(request: Request, item: RequestItem, told: Happened, now: datetime) -> Change:
    if request.state is not State.NEEDS_ATTENTION:
        return Change(now, items=(item,), events=(told,))
    return Change(now, State.RUNNING, why="", items=(item,), events=(told, Happened(EventKind.RESUMED)))


def _undecided(request: Request, machine: str) -> RequestItem | Refusal:
    """The machine, if there is something to decide about it."""
    item = next((each for each in request.items if each.machine == machine), None)
    if item is None:
        return Refusal("wrong_request", f"{request.id} has no machine {machine}.")
    if request.state not in {State.RUNNING, State.NEEDS_ATTENTION}:
        return Refusal("over", f"{request.id} is {request.state.value}: there is nothing to decide about its machines.")
    if request.stopping:
        return Refusal("stopping", f"{request.id} is being stopped: nothing more is started.")
    if item.state not in {ItemState.FAILED, ItemState.UNKNOWN}:
        return Refusal("not_failed", f"{machine} is {item.state.value}: there is nothing to decide about it.")
    return item


def _may_vote(request: Request, click: Click, standing: Standing | Unasked, now: datetime) -> Refusal | None:
    """First what the ledger says of the request, then who it is."""
    if click.request_id != request.id:
        return Refusal("wrong_request", "This button belongs to another request.")
    refusal = _is_approver(request, click.person, standing)
    if refusal is not None:
        return refusal
    if any(decision.person == click.person for decision in request.decisions):
        return Refusal("voted_already", f"You have decided about {request.id} already.")
    if request.state is not State.AWAITING_APPROVAL:
        return Refusal("not_awaiting", f"{request.id} is {request.state.value}: there is nothing to approve any more.")
    if now >= request.expires_at:
        return Refusal("expired", f"{request.id} has expired. It has to be asked for again.")
    if request.plan is None or click.digest != request.plan.digest:
        return Refusal("stale_digest", f"This is not the plan that {request.id} would run: look at its message again.")
    return None


def _is_approver(request: Request, person: Person, standing: Standing | Unasked) -> Refusal | None:
    """Whether the person may have something started: an approver, as Slack knows them now, but not who asked."""
    for reason in (_stands, _not_who_asked, _member):
        refusal = reason(request, person, standing)
        if refusal is not None:
            return refusal
    return None


def _may_stop(request: Request, person: Person, standing: Standing | Unasked) -> Refusal | None:
    """Whether the person may have less started: who asked, even where Slack can't be asked, or an approver."""
    if person == request.asked.requester:
        return None
    for reason in (_stands, _member):
        refusal = reason(request, person, standing)
        if refusal is not None:
            return refusal
    return None


_Reason = Callable[[Request, Person, Standing | Unasked], Refusal | None]


def _stands(request: Request, person: Person, standing: Standing | Unasked) -> Refusal | None:
    if person.team_id != request.asked.where.team_id:
        return Refusal("stranger", f"{request.id} belongs to another workspace.")
    if isinstance(standing, Unasked):
        return Refusal("unasked", f"Slack could not be asked who you are ({standing.why}). Try again in a minute.")
    if standing.person != person:
        return Refusal("unasked", "Slack answered about somebody else. Try again in a minute.")
    if standing.deleted:
        return Refusal("deactivated", "A deactivated account can't decide.")
    if standing.bot:
        return Refusal("bot", "A bot can't decide: a person has to.")
    if standing.stranger:
        return Refusal("stranger", "Somebody from another organisation can't decide.")
    if standing.guest:
        return Refusal("guest", "A guest can't decide.")
    return None


def _member(_: Request, __: Person, standing: Standing | Unasked) -> Refusal | None:
    if isinstance(standing, Unasked) or not standing.member:
        return Refusal("not_approver", "You are not one of the approvers.")
    return None


def _not_who_asked(request: Request, person: Person, _: Standing | Unasked) -> Refusal | None:
    if person == request.asked.requester:
        return Refusal("requester", f"You asked for {request.id}: somebody else has to decide.")
    return None
