"""What people are told without having asked, and the switch for it: messages in person, and the daily line."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from homeward.actions.approval import Policy
from homeward.actions.requests import Request

from .. import ids
from ..escape import mrkdwn, person
from ..portal import Portal
from . import stakes
from .approval import NAME, approval_message
from .blocks import Json, Message, actions, built, button, context, listed, many, section
from .moments import span, spoken, when

FIRST = 8
"""So many machines are named in the daily line."""
OFF, ON = "off", "on"
"""What a button of `ids.QUIET` carries: what direct messages shall be."""


def direct_message(request: Request, *, policy: Policy, now: datetime, portal: Portal) -> Message:
    """The approval message for one person, with the reason why they have it."""
    why = f"You get this in person because you may approve it and are not in {_channel(policy.channel)}."
    return approval_message(request, policy=policy, now=now, portal=portal, below=(context(why), actions([_off()])))


def direct_reminder(request: Request, *, user: str, now: datetime) -> Message:
    """Rings somebody who was asked in person and has not voted yet, below what they were asked."""
    what = stakes.what(request.plan) if request.plan else mrkdwn(request.asked.subject, NAME)
    left = span(now, request.expires_at)
    text = f"{person(user)} Still waiting for approval: {what} It expires {spoken(request.expires_at)} (in {left})."
    told = (
        f"{person(user)}: *still waiting* for {many(request.quorum - len(request.approvals), 'approval')}. {what} "
        f"It expires {when(request.expires_at)} (in {left}); then nothing is started."
    )
    return Message(text, built(section(told)))


def quiet_message(*, quiet: bool, offers: bool = True) -> Message:
    """What direct messages are from now on, and how to have it otherwise; `offers`: by a button below."""
    if quiet:
        text = (
            "Direct messages are off: you are asked in the approvers' channel alone, if you are in it. "
            f"You can turn them on again {'here or in' if offers else 'in'} my Home tab."
        )
    else:
        text = "Direct messages are on: you are asked in person where you may approve and are not in the channel."
    return Message(text, built(section(text), *([actions([_on() if quiet else _off()])] if offers else [])))


def notices_blocks(quiet: bool) -> list[Json]:
    """For the App Home: whether this person gets direct messages, and the button to have it otherwise."""
    if quiet:
        return list(built(section("*Direct messages* are off: nobody asks you in person.", _on())))
    told = "*Direct messages* are on: you are asked in person where you may approve and are not in the channel."
    return list(built(section(told, _off())))


def daily_message(names: Sequence[str], unread: Sequence[str]) -> Message:
    """The machines that are in Azure; of vaults that could not be read nothing is claimed."""
    lines: list[str] = []
    if names:
        verb = "is" if len(names) == 1 else "are"
        first = listed([f"*{mrkdwn(name, NAME)}*" for name in names], FIRST)
        lines.append(f"{many(len(names), 'machine')} {verb} in Azure and could come home: {first}.")
    if unread:
        lines.append(f"Could not be read: {'; '.join(mrkdwn(why, 200) for why in unread[:5])}.")
        lines.append("What is in there is not counted." if names else "Which machines are in Azure is not known.")
    text = " ".join(lines)
    blocks: list[Block] = [section(text)]
    if names:
        blocks.append(context("By their state alone: whether one is ready, a check tells."))
        blocks.append(actions([button("Check a machine…", ids.CHECK_FORM, "daily")]))
    return Message(text.replace("*", ""), built(*blocks))


def _channel(channel: str) -> str:
    return f"<#{channel}>" if channel.isalnum() else "the approvers' channel"


def _off() -> ButtonElement:
    return button("No direct messages", ids.QUIET, OFF)


def _on() -> ButtonElement:
    return button("Turn direct messages on", ids.QUIET, ON)
