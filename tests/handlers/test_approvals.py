"""The buttons and forms of a request, called as Bolt calls them."""

import asyncio
from typing import Any

import pytest

from homeward.actions.approval import Click
from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Person, Refusal
from homeward.actions.states import State
from homeward.handlers import SlackRefused, Supervisor, ids
from homeward.handlers.approvals import Approvals
from homeward.handlers.carried import Carried

LENA = Person("T1", "U0LENA")
STRANGER = Person("T9", "U0LENA")


class Buttons:
    """The buttons and forms with their surroundings; Lena presses."""

    def __init__(self, desk: Any, poster: Any, log: Any, ack: Any) -> None:
        self.desk, self.poster, self.log, self.ack = desk, poster, log, ack
        self.slept: list[float] = []
        self.supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        self.approvals = self._made(desk)

    def _made(self, desk: Any) -> Approvals:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        return Approvals(desk, supervisor=self.supervisor, posters=self.poster, sleep=sleep, quick=0.05)

    def switched_off(self) -> None:
        self.approvals = self._made(None)

    def value(self, machine: str = "") -> str:
        request = self.desk.known[-1]
        return Carried(request.id, request.plan.digest, machine).text

    async def press(self, which: str, value: str, *, by: Person = LENA) -> None:
        body = {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": by.user_id, "team_id": by.team_id},
            "channel": {"id": "C9"},
            "container": {"message_ts": "1.0"},
            "trigger_id": "trigger",
            "actions": [{"value": value}],
        }
        await getattr(self.approvals, which)(self.ack, body, None, None)
        assert self.ack.answers[-1] == {}

    async def pressed(self, which: str, value: str, *, by: Person = LENA) -> str:
        await self.press(which, value, by=by)
        await self.supervisor.idle()
        said: str = self.poster.last if self.poster.said else ""
        return said

    async def send(
        self, which: str, form: Any, state: dict[str, Any], *, by: Person = LENA, metadata: str | None = None
    ) -> Any:
        """The acknowledgement of a form that was filled in so."""
        view = {**form.view, "id": "V1", "state": {"values": state}}
        if metadata is not None:
            view["private_metadata"] = metadata
        body = {"team": {"id": "T1"}, "user": {"id": by.user_id, "team_id": by.team_id}, "view": view}
        await getattr(self.approvals, which)(self.ack, body, None)
        await self.supervisor.idle()
        return self.ack.answers[-1]

    async def form(self, which: str) -> Any:
        await self.pressed(which, self.value())
        assert self.poster.ways[-1] == "open"
        return self.poster.said[-1].message


def all_ticked(form: Any) -> dict[str, Any]:
    return {
        block["block_id"]: {ids.ATTEST: {"type": "checkboxes", "selected_options": block["element"]["options"]}}
        for block in form.view["blocks"]
        if block["type"] == "input"
    }


def because(reason: str) -> dict[str, Any]:
    return {ids.REASON: {ids.REASON: {"type": "plain_text_input", "value": reason}}}


@pytest.fixture
def buttons(requests_desk: Any, poster: Any, log: Any, ack: Any) -> Buttons:
    return Buttons(requests_desk, poster, log, ack)


# --- opening the forms ---


@pytest.mark.parametrize(("which", "callback"), [("approve", ids.APPROVE_VIEW), ("reject", ids.REJECT_VIEW)])
async def test_a_button_opens_its_form_with_what_the_ledger_says(buttons: Buttons, which: str, callback: str) -> None:
    buttons.desk.request()
    form = await buttons.form(which)
    assert form.view["callback_id"] == callback
    assert form.view["private_metadata"] == buttons.value()
    assert buttons.poster.said[-1].where == "trigger"
    assert buttons.desk.told == []


@pytest.mark.parametrize("which", ["approve", "reject"])
async def test_a_slow_ledger_does_not_cost_the_trigger(buttons: Buttons, which: str) -> None:
    buttons.desk.request()
    buttons.desk.slow = asyncio.Event()
    await buttons.press(which, buttons.value())
    await buttons.poster.until(1)
    assert (buttons.poster.ways, buttons.poster.last) == (["open"], "Reading R-7K2M9Q…")
    buttons.desk.slow.set()
    await buttons.supervisor.idle()
    assert buttons.poster.ways == ["open", "view"]
    assert buttons.poster.said[-1].message.view["private_metadata"] == buttons.value()


async def test_a_slow_ledger_that_has_nothing_to_decide_says_so_in_the_form(buttons: Buttons) -> None:
    buttons.desk.request(State.RUNNING)
    buttons.desk.slow = asyncio.Event()
    await buttons.press("approve", buttons.value())
    await buttons.poster.until(1)
    buttons.desk.slow.set()
    await buttons.supervisor.idle()
    assert buttons.poster.ways == ["open", "view"]
    assert "does not wait for a decision" in buttons.poster.last


@pytest.mark.parametrize(
    "state", [state for state in State if state is not State.AWAITING_APPROVAL], ids=lambda state: state.value
)
async def test_what_is_not_waiting_opens_no_form(buttons: Buttons, state: State) -> None:
    buttons.desk.request(state)
    assert "R-7K2M9Q does not wait for a decision" in await buttons.pressed("approve", buttons.value())
    assert buttons.poster.ways == ["whisper"]


async def test_a_stale_button_opens_no_form(buttons: Buttons) -> None:
    buttons.desk.request()
    said = await buttons.pressed("approve", Carried("R-7K2M9Q", "0" * 64).text)
    assert "is not the one this button was made for" in said
    assert buttons.poster.ways == ["whisper"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "{}",
        "[]",
        '["R-7K2M9Q"]',
        '["R-7K2M9Q",1]',
        '["../x",""]',
        "[" * 5_000,
        '["R-7K2M9Q","' + "z" * 64 + '"]',
    ],
)
@pytest.mark.parametrize("which", ["approve", "reject", "cancel", "retry", "go_on"])
async def test_a_value_that_is_not_ours_changes_nothing(buttons: Buttons, which: str, value: str) -> None:
    buttons.desk.request()
    assert "nothing was done" in await buttons.pressed(which, value)
    assert buttons.desk.told == []
    assert buttons.log.lines == []


async def test_a_request_that_is_gone_is_told(buttons: Buttons) -> None:
    assert "There is no request R-GONE00 any more" in await buttons.pressed(
        "approve", Carried("R-GONE00", "0" * 64).text
    )


async def test_a_ledger_in_trouble_opens_no_form(buttons: Buttons) -> None:
    buttons.desk.request()
    buttons.desk.error = LedgerError("The ledger's database does not answer.")
    assert "does not answer" in await buttons.pressed("approve", buttons.value())
    assert buttons.poster.ways == ["whisper"]


async def test_where_acting_was_switched_off_old_buttons_say_so(buttons: Buttons) -> None:
    buttons.desk.request()
    value = buttons.value()
    buttons.switched_off()
    for which in ("approve", "reject", "cancel", "retry", "go_on"):
        assert "nothing was done" in await buttons.pressed(which, value)


# --- sending the forms ---


async def test_an_approval_carries_who_what_and_each_attestation(buttons: Buttons) -> None:
    request = buttons.desk.request()
    form = await buttons.form("approve")
    answer = await buttons.send("approved", form, all_ticked(form))
    assert buttons.desk.told == [("approve", Click(LENA, request.id, request.plan.digest, ("network-path",)))]
    assert answer["response_action"] == "update"
    assert buttons.poster.ways[-1] == "view"
    assert buttons.poster.last.startswith("Your approval of R-7K2M9Q counts")


async def test_the_verdict_comes_after_the_acknowledgement_has_settled(buttons: Buttons) -> None:
    buttons.desk.request()
    form = await buttons.form("approve")
    await buttons.send("approved", form, all_ticked(form))
    assert len(buttons.slept) == 1
    assert 0 < buttons.slept[0] < 1


async def test_an_attestation_left_open_is_asked_for_and_nothing_is_judged(buttons: Buttons) -> None:
    buttons.desk.request()
    form = await buttons.form("approve")
    answer = await buttons.send("approved", form, {})
    (block,) = [block for block in form.view["blocks"] if block["type"] == "input"]
    assert answer == {"response_action": "errors", "errors": {block["block_id"]: "This must be ticked to approve."}}
    assert buttons.desk.told == []


async def test_a_form_whose_boxes_were_cut_out_is_judged_with_what_it_ticks(buttons: Buttons) -> None:
    buttons.desk.request()
    form = await buttons.form("approve")
    form.view["blocks"] = []
    await buttons.send("approved", form, {})
    ((_, click),) = buttons.desk.told
    assert click.attested == ()


async def test_a_refusal_stands_in_the_form_and_nowhere_else(buttons: Buttons) -> None:
    buttons.desk.request()
    buttons.desk.refusal = Refusal("requester", "You asked for this yourself: somebody else has to approve it.")
    form = await buttons.form("approve")
    await buttons.send("approved", form, all_ticked(form))
    assert buttons.poster.last == "You asked for this yourself: somebody else has to approve it."
    assert buttons.poster.ways == ["open", "view"]


async def test_a_person_of_another_workspace_is_judged_as_that_person(buttons: Buttons) -> None:
    buttons.desk.request()
    form = await buttons.form("approve")
    await buttons.send("approved", form, all_ticked(form), by=STRANGER)
    ((_, click),) = buttons.desk.told
    assert click.person == STRANGER


async def test_a_form_that_was_closed_is_answered_in_a_direct_message(buttons: Buttons) -> None:
    buttons.desk.request()
    form = await buttons.form("approve")
    buttons.poster.refuse["view"] = [SlackRefused("views.update", "not_found")]
    await buttons.send("approved", form, all_ticked(form))
    assert (buttons.poster.ways[-1], buttons.poster.said[-1].where) == ("post", "U0LENA")


async def test_a_forged_form_is_told_that_it_says_nothing(buttons: Buttons) -> None:
    buttons.desk.request()
    form = await buttons.form("approve")
    await buttons.send("approved", form, all_ticked(form), metadata='{"request": "R-7K2M9Q"}')
    assert buttons.desk.told == []
    assert "nothing was done" in buttons.poster.last


async def test_a_form_for_another_request_is_put_to_the_desk_with_the_digest_it_carries(buttons: Buttons) -> None:
    other = buttons.desk.request(id="R-OTHER1")
    buttons.desk.request()
    form = await buttons.form("approve")
    await buttons.send("approved", form, all_ticked(form), metadata=Carried(other.id, "0" * 64).text)
    ((_, click),) = buttons.desk.told
    assert (click.request_id, click.digest) == ("R-OTHER1", "0" * 64)


async def test_a_rejection_needs_a_reason(buttons: Buttons) -> None:
    request = buttons.desk.request()
    form = await buttons.form("reject")
    for empty in ("", "   ", "\x00\n"):
        answer = await buttons.send("rejected", form, because(empty))
        assert answer["response_action"] == "errors"
        assert set(answer["errors"]) == {ids.REASON}
    assert buttons.desk.told == []
    await buttons.send("rejected", form, because("Not before\nthe audit."))
    assert buttons.desk.told == [("reject", Click(LENA, request.id, request.plan.digest, ()), "Not before the audit.")]
    assert "You rejected R-7K2M9Q" in buttons.poster.last


# --- buttons without a form ---


@pytest.mark.parametrize(
    ("which", "told", "said"),
    [
        ("cancel", ("cancel", "R-7K2M9Q", LENA, ""), "R-7K2M9Q is stopping"),
        ("retry", ("retry", "R-7K2M9Q", "web02", LENA), "web02 of R-7K2M9Q is tried again"),
        ("go_on", ("go on", "R-7K2M9Q", "web02", LENA), "R-7K2M9Q goes on without web02"),
    ],
)
async def test_a_decision_is_put_to_the_desk_and_answered_in_private(
    buttons: Buttons, which: str, told: tuple[Any, ...], said: str
) -> None:
    buttons.desk.request(State.NEEDS_ATTENTION)
    assert said in await buttons.pressed(which, buttons.value("web02"))
    assert buttons.desk.told == [told]
    assert buttons.poster.ways == ["whisper"]


@pytest.mark.parametrize("which", ["cancel", "retry", "go_on"])
async def test_a_refused_decision_says_why(buttons: Buttons, which: str) -> None:
    buttons.desk.request(State.NEEDS_ATTENTION)
    buttons.desk.refusal = Refusal("not_approver", "Only an approver may decide <this>.")
    assert await buttons.pressed(which, buttons.value("web02")) == "Only an approver may decide &lt;this&gt;."


@pytest.mark.parametrize("which", ["cancel", "retry", "go_on"])
async def test_a_decision_that_could_not_be_written_says_so(buttons: Buttons, which: str) -> None:
    buttons.desk.request(State.NEEDS_ATTENTION)
    buttons.desk.error = LedgerError("The ledger's disk is full.")
    assert await buttons.pressed(which, buttons.value("web02")) == "That was not done: The ledger's disk is full."


async def test_a_fault_of_ours_is_an_apology_and_no_failure_of_the_button(buttons: Buttons) -> None:
    buttons.desk.request()
    form = await buttons.form("approve")
    buttons.desk.error = RuntimeError("boom")
    await buttons.send("approved", form, all_ticked(form))
    assert "`a1b2`" in buttons.poster.last
    assert "It may have been done or not" in buttons.poster.last
