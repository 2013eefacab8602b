"""What people are told without having asked: in person, the reminder, the daily line."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from homeward.actions.requests import Request
from homeward.actions.states import State
from homeward.handlers import ids
from homeward.handlers.views.approval import approval_message
from homeward.handlers.views.blocks import Message
from homeward.handlers.views.notices import daily_message, direct_message, direct_reminder


@pytest.fixture
def direct(requests: Any) -> Any:
    def show(request: Request) -> Message:
        return direct_message(
            request, policy=replace(requests.policy, channel="C1"), now=requests.now, portal=requests.portal
        )

    return show


def test_in_person_it_is_the_approval_message_with_a_reason_and_a_way_out(
    requests: Any, direct: Any, refused: Any, words: Any
) -> None:
    for state in State:
        request = requests.request(state)
        message = direct(request)
        assert refused(message) == []
        put = approval_message(
            request, policy=replace(requests.policy, channel="C1"), now=requests.now, portal=requests.portal
        )
        assert message.text == put.text
        assert message.blocks[: len(put.blocks)] == put.blocks
        assert "You get this in person because you may approve it and are not in <#C1>." in words(message)
        assert message.blocks[-1]["elements"][0]["action_id"] == ids.QUIET


def test_a_plan_of_a_hundred_machines_fits_in_person_too(requests: Any, direct: Any, refused: Any) -> None:
    request = requests.request(State.AWAITING_APPROVAL)
    one = request.plan.items[0]
    many = tuple(replace(one, machine=f"{'web' * 20}{n:03}") for n in range(100))
    message = direct(replace(request, plan=replace(request.plan, items=many)))
    assert refused(message) == []
    assert message.blocks[-1]["elements"][0]["action_id"] == ids.QUIET


def test_the_reminder_rings_the_person_and_nobody_else(requests: Any, refused: Any, words: Any) -> None:
    message = direct_reminder(
        requests.request(State.AWAITING_APPROVAL), user="U0LEAD", now=requests.now + timedelta(minutes=30)
    )
    assert refused(message) == []
    assert message.text.startswith("<@U0LEAD> Still waiting for approval: ")
    assert "(in 30 min)" in message.text
    assert "<@U0LEAD>: *still waiting* for 1 approval." in words(message)
    assert "subteam" not in str(message)


def test_foreign_names_are_harmless_in_the_daily_line(hostile: Any, refused: Any) -> None:
    for text in hostile:
        assert refused(daily_message([text] * 30, [text] * 9)) == []
        assert refused(daily_message([], [text])) == []
