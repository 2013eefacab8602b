"""Requests to one person: the list of what is open, and how single ones stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from slack_sdk.models.blocks import Block

from homeward.actions.requests import Request, RequestItem, Vote
from homeward.actions.states import ItemState, Operation, State

from ..escape import link, mrkdwn, person
from .blocks import Message, context, fitted, listed, many, packed, section
from .headlines import headline
from .moments import when
from .operations import words

NAME = 80
SIZES = (20, 10, 5, 2, 1)
MOST_IN_FULL = 3
NO_LINKS: Mapping[str, str] = MappingProxyType({})
WORDS: Mapping[ItemState, str] = {
    ItemState.PENDING: "not started yet",
    ItemState.CLAIMED: "its start is being sent",
    ItemState.SUBMITTED: "its job runs",
    ItemState.JOB_SUCCEEDED: "its job is done, replication begins",
    ItemState.REPLICATING: "replicating",
    ItemState.DONE: "protected",
    ItemState.FAILED: "failed",
    ItemState.UNKNOWN: "nobody can tell what became of its start",
    ItemState.SKIPPED: "not started",
}


def list_message(
    requests: Sequence[Request], *, now: datetime, command: str, links: Mapping[str, str] = NO_LINKS
) -> Message:
    """Everything that is open, newest first; `links` are the addresses of the cards that stand in a channel."""
    if not requests:
        text = "No request is open."
        return Message(text, fitted(lambda _: [section(text)], (1,)))
    head = f"{many(len(requests), 'request is', 'requests are')} open"

    def blocks(size: int) -> list[Block]:
        left = len(requests) - size
        return [
            section(f"*{head}*"),
            *(
                section(f"{_named(request, links)} · {headline(request, now)}\n{_asked(request)}")
                for request in requests[:size]
            ),
            *([context(f"and {left} older.")] if left > 0 else []),
            context(f"`{mrkdwn(command, 40)} status R-…` shows one of them."),
        ]

    return Message(head, fitted(blocks, SIZES))


def status_message(
    requests: Sequence[Request], *, now: datetime, command: str, links: Mapping[str, str] = NO_LINKS
) -> Message:
    """How these stand: the first few in full, the rest by name. There is at least one."""
    first = requests[0]
    head = f"{first.id}: {headline(first, now)}"
    full, rest = requests[:MOST_IN_FULL], requests[MOST_IN_FULL:]

    def blocks(size: int) -> list[Block]:
        found: list[Block] = []
        for request in full:
            why = [mrkdwn(request.why, 400)] if request.why else []
            lines = [f"{_named(request, links)} · {headline(request, now)}", *why, _asked(request), *_votes(request)]
            found += [section("\n".join(lines)), *map(section, packed(_machines(request, size)))]
        if rest:
            found.append(
                context(f"and {listed([request.id for request in rest], 8)}: `{mrkdwn(command, 40)} status R-…`")
            )
        return found

    return Message(head, fitted(blocks, (100, *SIZES)))


def none_open(command: str) -> Message:
    """Nothing in this channel is open."""
    text = f"No request of this channel is open. `{mrkdwn(command, 40)} list` shows those of all channels."
    return Message(text, fitted(lambda _: [section(text)], (1,)))


def not_found(said: str, command: str) -> Message:
    """Nothing has that id or machine."""
    text = (
        f"There is no request {mrkdwn(said, NAME)}, and none with a machine, group or plan of that name. "
        f"`{mrkdwn(command, 40)} list` shows what is open."
    )
    return Message(text, fitted(lambda _: [section(text)], (1,)))


def which(said: str, requests: Sequence[Request], *, now: datetime, command: str) -> Message:
    """A machine was named where a request is needed: one word more settles it. What has ended can't be meant, unless
    all have."""
    requests = [request for request in requests if not request.state.ended] or requests
    head = f"Which request? {mrkdwn(said, NAME)} is part of {listed([request.id for request in requests], 8)}."
    lines = [f"• `{mrkdwn(command, 40)} {request.id}` {headline(request, now)}" for request in requests[:8]]
    return Message(head, fitted(lambda _: [section("\n".join([head, *lines]))], (1,)))


def _named(request: Request, links: Mapping[str, str]) -> str:
    address = links.get(request.id, "")
    return f"*{link(address, request.id)}*" if address else f"*{request.id}*"


def _asked(request: Request) -> str:
    asked = request.asked
    reason = f": “{mrkdwn(asked.reason, 200)}”" if asked.reason else ""
    until = f" · expires {when(request.expires_at)}" if request.state is State.AWAITING_APPROVAL else ""
    return (
        f"asked by {person(asked.requester.user_id)} {when(request.created_at)} in {_channel(request)}{reason}{until}"
    )


def _channel(request: Request) -> str:
    channel = request.asked.where.channel
    return f"<#{channel}>" if channel.isascii() and channel.isalnum() and channel[:1] in ("C", "G") else "private"


def _votes(request: Request) -> list[str]:
    if request.state is State.CHECKING or not (request.decisions or request.state is State.AWAITING_APPROVAL):
        return []
    told = [
        f"{'approved' if one.vote is Vote.APPROVE else 'rejected'} by {person(one.person.user_id)} {when(one.at)}"
        for one in request.decisions[:8]
    ]
    count = f"{len(request.approvals)} of {many(request.quorum, 'approval')}"
    return [" · ".join([count, *told])]


def _machines(request: Request, most: int) -> list[str]:
    operation = request.asked.operation
    lines = [_machine(item, operation, over=request.state.ended) for item in request.items[:most]]
    left = len(request.items) - most
    return [*lines, *([f"and {many(left, 'more machine')}."] if left > 0 else [])]


def _told(state: ItemState, operation: Operation) -> str:
    """Where a machine is, in a clause; of those words that stand above, three are a reprotect's only."""
    said = words(operation)
    own = {ItemState.JOB_SUCCEEDED: said.job_done, ItemState.REPLICATING: said.passing, ItemState.DONE: said.standing}
    return WORDS[state] if operation is Operation.REPROTECT else own.get(state, WORDS[state])


def _machine(item: RequestItem, operation: Operation, *, over: bool) -> str:
    percent = f" {item.progress.percent} %" if item.progress.percent is not None and not item.state.ended else ""
    why = f": {mrkdwn(item.why, 200)}" if item.why else ""
    told = _told(ItemState.SKIPPED if over and item.state is ItemState.PENDING else item.state, operation)
    return f"• {mrkdwn(item.machine, NAME)}: {told}{percent}{why}"
