"""The App Home: what stands where for whom, within the limits of a view, with nothing foreign in it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from homeward.actions.requests import Person, Refusal
from homeward.actions.states import Operation, State
from homeward.checks.subjects import Estate, Part
from homeward.handlers import ids
from homeward.handlers.views.home import home_blocks, home_view, sorted_for, to_decide

ADDRESS = "https://rotterdam.slack.com/archives/C1/p1"
NOT_ASKED = Refusal("not_approver", "You are not one of the approvers.")


def _estate(now: Any) -> Estate:
    return Estate(
        parts=(
            Part("prod-dr", "vault", "", now),
            Part("appliance01", "replication appliance", "it has not reported for 2 h", now),
            Part("vc01", "vCenter", "", None),
        ),
        read_at=now,
        unread=("vault old-dr did not answer",),
    )


def _for(viewer: Person, found: Any, ended: Any, now: Any, *, refusal: Refusal | None = None) -> Any:
    may = {one.id: refusal for one in to_decide(found, viewer)}
    return sorted_for(viewer, found, ended, may, at=now)


def _found(requests: Any) -> tuple[Any, Any]:
    awaiting = requests.request(State.AWAITING_APPROVAL, id="R-AAAAAA")
    found = (
        awaiting,
        replace(requests.running(), id="R-BBBBBB"),
        replace(requests.attention(), id="R-CCCCCC"),
        requests.of(Operation.FAILBACK, State.APPROVED, id="R-DDDDDD"),
    )
    over = requests.request(State.SUCCEEDED, id="R-EEEEEE", ended_at=requests.now)
    return found, (over, requests.request(State.REJECTED, id="R-FFFFFF", ended_at=requests.now))


def _texts(view: Any) -> list[str]:
    return [
        block.get("text", {}).get("text", "") or block["elements"][0].get("text", "")
        for block in view.view["blocks"]
        if block["type"] in ("header", "section", "context")
    ]


def _buttons(view: Any) -> list[tuple[str, str]]:
    pressed = [e for b in view.view["blocks"] for e in [*b.get("elements", []), b.get("accessory", {})]]
    return [(e["text"]["text"], e["action_id"]) for e in pressed if e.get("type") == "button"]


def test_the_home_of_an_approver_is_readable(requests: Any, screen: Any, refused: Any) -> None:
    found, ended = _found(requests)
    seen = _for(requests.lead, found, ended, requests.now)
    shown = home_view(home_blocks(seen, _estate(requests.now), links={"R-AAAAAA": ADDRESS}))
    assert refused(shown) == []
    assert ("Approve…", f"{ids.APPROVE}.0") in _buttons(shown)
    assert ("Reject…", f"{ids.REJECT}.0") in _buttons(shown)
    assert f"<{ADDRESS}|R-AAAAAA>" in "\n".join(_texts(shown))
    assert shown.view == screen


def test_the_home_of_who_asked_is_readable(requests: Any, screen: Any, refused: Any) -> None:
    found, ended = _found(requests)
    shown = home_view(home_blocks(_for(requests.maya, found, ended, requests.now), _estate(requests.now)))
    assert refused(shown) == []
    labels = [label for label, _ in _buttons(shown)]
    assert labels == [
        "Check a machine…",
        "Bring home…",
        "Fail back…",
        "End here",
        "Start nothing more",
        "Cancel",
        "Cancel",
    ]
    assert "Nothing waits for your decision." in _texts(shown)
    assert shown.view == screen


def test_an_empty_home_is_readable(requests: Any, screen: Any, refused: Any) -> None:
    shown = home_view(home_blocks(_for(requests.lead, (), (), requests.now), Estate()))
    assert refused(shown) == []
    assert shown.view == screen


def test_who_may_not_decide_sees_no_buttons_and_why(requests: Any, refused: Any) -> None:
    found, ended = _found(requests)
    shown = home_view(home_blocks(_for(requests.lead, found, ended, requests.now, refusal=NOT_ASKED), Estate()))
    assert refused(shown) == []
    assert not [action for _, action in _buttons(shown) if action.startswith((ids.APPROVE, ids.REJECT))]
    assert "Waits for a decision" in _texts(shown)
    assert any("You are not one of the approvers." in text for text in _texts(shown))


def test_of_whom_nobody_was_asked_nothing_can_be_pressed(requests: Any) -> None:
    found, _ = _found(requests)
    seen = sorted_for(requests.lead, found, (), {}, at=requests.now)
    assert seen.refusals.keys() == {"R-AAAAAA"}


def test_each_open_request_stands_in_one_place(requests: Any) -> None:
    found, ended = _found(requests)
    for viewer in (requests.maya, requests.lead):
        seen = _for(viewer, found, ended, requests.now)
        assert sorted(one.id for one in (*seen.decide, *seen.running, *seen.asked)) == sorted(one.id for one in found)


def test_what_can_be_pressed_comes_first_and_the_soonest_to_expire(requests: Any) -> None:
    early, late, refused_ = (requests.request(State.AWAITING_APPROVAL, id=f"R-{name * 6}") for name in "ABC")
    early = replace(early, expires_at=requests.now + timedelta(minutes=1))
    refused_ = replace(refused_, expires_at=requests.now)
    may = {early.id: None, late.id: None, refused_.id: NOT_ASKED}
    seen = sorted_for(requests.lead, (late, refused_, early), (), may, at=requests.now)
    assert [one.id for one in seen.decide] == [early.id, late.id, refused_.id]


def test_of_a_broken_ledger_and_without_approvers_the_rest_is_shown(requests: Any, refused: Any) -> None:
    shown = home_view(home_blocks("The requests could not be read.", _estate(requests.now), starts=False))
    assert refused(shown) == []
    assert [label for label, _ in _buttons(shown)] == ["Check a machine…"]
    assert "The estate" in _texts(shown)


@pytest.mark.parametrize("as_who", ["lead", "maya"])
def test_five_hundred_open_requests_fit(requests: Any, refused: Any, as_who: str) -> None:
    long, states = "w" * 500, (State.AWAITING_APPROVAL, State.RUNNING, State.CHECKING, State.NEEDS_ATTENTION)
    found = [requests.request(states[n % 4], id=f"R-{n:06}", why=long) for n in range(500)]
    found = [replace(one, asked=replace(one.asked, reason=long)) for one in found]
    ended = [requests.request(State.FAILED, id=f"R-E{n:05}", ended_at=requests.now) for n in range(20)]
    parts = tuple(Part(f"{long}{n}", long, long if n % 2 else "", requests.now) for n in range(200))
    seen = _for(getattr(requests, as_who), found, ended, requests.now)
    notice: dict[str, object] = {"type": "section", "text": {"type": "mrkdwn", "text": "notices"}}
    shown = home_view(home_blocks(seen, Estate((), parts, requests.now, (long,) * 50), notices=[notice]))
    assert refused(shown) == []
    blocks: Any = shown.view["blocks"]
    assert len(blocks) <= 60
    assert blocks[-1] == notice
    assert any("more requests are open" in text for text in _texts(shown))


def test_hostile_names_are_harmless(requests: Any, hostile: Any, refused: Any) -> None:
    for name in hostile:
        found = [replace(requests.poisoned(one, name), id=one.id) for one in _found(requests)[0]]
        for viewer in (requests.lead, Person(name, name)):
            seen = sorted_for(viewer, found, found, {}, at=requests.now)
            why = Refusal(name, name)
            seen = replace(seen, refusals=dict.fromkeys(seen.refusals, why))
            part = Part(name, name, name, requests.now)
            links = {one.id: name for one in found}
            blocks = home_blocks(
                seen, Estate((), (part,), requests.now, (name,)), links=links, command=name, starts=True
            )
            assert refused(home_view(blocks)) == [], name
