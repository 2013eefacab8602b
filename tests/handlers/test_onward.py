"""The buttons that ask for the next step, called as Bolt calls them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from homeward.actions.ledger import LedgerError
from homeward.actions.requests import Asked, Person, Request, Where
from homeward.actions.states import ItemState, Operation, State
from homeward.checks.subjects import Wishes
from homeward.handlers import Onward, Supervisor
from homeward.handlers.carried import Carried, Wanted

HERE = Where("T1", "", "C1")
LENA = Person("T1", "U0LENA")
NEXT = {
    Operation.REPROTECT: Operation.FAILBACK,
    Operation.FAILBACK: Operation.COMMIT,
    Operation.COMMIT: Operation.TO_AZURE,
    Operation.CANCEL: Operation.FAILBACK,
}


class Buttons:
    """The buttons with their surroundings."""

    def __init__(self, desk: Any, poster: Any, log: Any, ack: Any, **more: Any) -> None:
        self.desk, self.poster, self.log, self.ack = desk, poster, log, ack
        self.supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        self.onward = Onward(desk, supervisor=self.supervisor, posters=poster, **more)

    async def press(self, value: str, *, ask: bool = False, home: str = "T1", channel: str = "C1") -> str:
        """What the person reads."""
        body = {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": "U0LENA", "team_id": home},
            "channel": {"id": channel},
            "actions": [{"action_id": "a", "value": value}],
        }
        listener = self.onward.ask if ask else self.onward.next
        await listener(self.ack, body, None, None)  # type: ignore[arg-type] # the poster is a fake
        await self.supervisor.idle()
        assert self.ack.answers[-1] == {}
        said: str = self.poster.last
        return said

    def ended(self, operation: Operation = Operation.REPROTECT, *states: ItemState, **more: Any) -> Request:
        """A request of web02, or of web1, web2, ... of which each machine came to a state."""
        request: Request = self.desk.request(State.SUCCEEDED, **more)
        (item,) = request.items
        items = [
            replace(item, place=n, planned=replace(item.planned, machine=f"web{n + 1}"), state=state)
            for n, state in enumerate(states)
        ] or [replace(item, state=ItemState.DONE)]
        subject = "payroll" if states else "web02"
        asked = replace(request.asked, operation=operation, subject=subject)
        self.desk.known[-1] = made = replace(request, asked=asked, items=tuple(items))
        return made


@pytest.fixture
def buttons(requests_desk: Any, poster: Any, log: Any, ack: Any) -> Buttons:
    return Buttons(requests_desk, poster, log, ack)


@pytest.mark.parametrize(("before", "after"), NEXT.items())
async def test_the_next_step_is_asked_for_by_who_pressed(buttons: Buttons, before: Operation, after: Operation) -> None:
    buttons.ended(before)
    said = await buttons.press(Carried("R-7K2M9Q").text)
    asked = Asked(after, "web02", Wishes(), "", LENA, HERE)
    assert buttons.desk.told == [("ask", asked, "R-7K2M9Q")]
    assert said.startswith("Asked: R-7K2M9Q.")


async def test_it_is_asked_for_where_the_request_was_and_outside_its_thread(buttons: Buttons) -> None:
    request = buttons.ended()
    where = replace(HERE, thread="1.0", enterprise_id="E1")
    buttons.desk.known[-1] = replace(request, asked=replace(request.asked, where=where))
    await buttons.press(Carried("R-7K2M9Q").text, channel="D0LENA")
    ((_, asked, _),) = buttons.desk.told
    assert asked.where == Where("T1", "E1", "C1")


async def test_all_that_came_through_are_asked_for_under_their_name(buttons: Buttons) -> None:
    buttons.ended(Operation.FAILBACK, ItemState.DONE, ItemState.DONE)
    await buttons.press(Carried("R-7K2M9Q").text)
    assert buttons.desk.told[0][1].subject == "payroll"


async def test_one_that_came_through_is_asked_for_by_its_own(buttons: Buttons) -> None:
    buttons.ended(Operation.FAILBACK, ItemState.FAILED, ItemState.DONE, ItemState.SKIPPED)
    await buttons.press(Carried("R-7K2M9Q").text)
    assert buttons.desk.told[0][1].subject == "web2"


async def test_of_some_that_came_through_the_named_one_is_asked_for(buttons: Buttons) -> None:
    buttons.ended(Operation.FAILBACK, ItemState.DONE, ItemState.DONE, ItemState.FAILED)
    await buttons.press(Carried("R-7K2M9Q", machine="web1").text)
    assert buttons.desk.told[0][1].subject == "web1"


async def test_of_some_that_came_through_one_has_to_be_named(buttons: Buttons) -> None:
    buttons.ended(Operation.FAILBACK, ItemState.DONE, ItemState.DONE, ItemState.FAILED)
    said = await buttons.press(Carried("R-7K2M9Q").text)
    assert said.startswith("Not every machine came through, so ask for those that did: web1, web2.")
    assert "`/failback commit web1`" in said
    assert buttons.desk.told == []
    buttons.ended(Operation.COMMIT, ItemState.DONE, ItemState.DONE, ItemState.FAILED, id="R-AAAAAA")
    assert "`/reprotect start web2 --to azure`" in await buttons.press(Carried("R-AAAAAA").text)


async def test_what_has_not_ended_has_no_next_step(buttons: Buttons) -> None:
    buttons.desk.request(State.RUNNING)
    assert "R-7K2M9Q has not ended yet" in await buttons.press(Carried("R-7K2M9Q").text)
    assert buttons.desk.told == []


@pytest.mark.parametrize("operation", list(Operation))
async def test_what_did_not_come_through_leads_nowhere(buttons: Buttons, operation: Operation) -> None:
    buttons.ended(operation, ItemState.FAILED, ItemState.SKIPPED)
    assert "there is no next step to ask for" in await buttons.press(Carried("R-7K2M9Q").text)
    assert buttons.desk.told == []


async def test_the_way_ends_with_the_protection_to_azure(buttons: Buttons) -> None:
    buttons.ended(Operation.TO_AZURE)
    assert "its way ends there" in await buttons.press(Carried("R-7K2M9Q").text)


@pytest.mark.parametrize("value", [Carried("R-N0TH1N").text, "", "web02", '["failback","web02"]'])
async def test_a_button_of_nothing_asks_for_nothing(buttons: Buttons, value: str) -> None:
    buttons.ended()
    said = await buttons.press(value)
    assert "There is no such request any more" in said or "can't be read any more" in said
    assert buttons.desk.told == []


async def test_a_second_press_while_it_is_open_says_so(buttons: Buttons) -> None:
    former = buttons.ended()
    asked = replace(former.asked, operation=Operation.FAILBACK)
    since = former.created_at + timedelta(minutes=1)
    buttons.desk.request(State.CHECKING, "R-AAAAAA", asked=asked, items=(), plan=None, created_at=since)
    said = await buttons.press(Carried("R-7K2M9Q").text)
    assert said == ("R-AAAAAA is open for it already (checking), so nothing more was asked. Look at its card.")
    assert buttons.desk.told == []


async def test_a_machine_within_another_open_request_is_not_asked_for_twice(buttons: Buttons) -> None:
    former = buttons.ended()
    asked = replace(former.asked, subject="payroll")
    since = former.created_at + timedelta(minutes=1)
    buttons.desk.request(State.RUNNING, "R-AAAAAA", asked=asked, items=former.items, created_at=since)
    assert "R-AAAAAA is open for it already (running)" in await buttons.press(Carried("R-7K2M9Q").text)


async def test_a_button_of_long_ago_says_where_the_way_went_on(buttons: Buttons) -> None:
    former = buttons.ended()
    later = buttons.ended(Operation.FAILBACK, id="R-AAAAAA", created_at=former.created_at + timedelta(hours=1))
    assert later.state is State.SUCCEEDED
    said = await buttons.press(Carried("R-7K2M9Q").text)
    assert said.startswith("The way of these machines went on after R-7K2M9Q, in R-AAAAAA")
    assert buttons.desk.told == []


@pytest.mark.parametrize("state", [State.REJECTED, State.EXPIRED, State.CANCELLED, State.BLOCKED, State.FAILED])
async def test_what_was_asked_for_and_came_to_nothing_may_be_asked_for_again(buttons: Buttons, state: State) -> None:
    former = buttons.ended()
    asked = replace(former.asked, operation=Operation.FAILBACK)
    buttons.desk.request(state, "R-AAAAAA", asked=asked, created_at=former.created_at + timedelta(hours=1))
    await buttons.press(Carried("R-7K2M9Q").text)
    assert [told[0] for told in buttons.desk.told] == ["ask"]


# --- without a request before it ---


async def test_what_a_status_names_is_asked_for_by_who_pressed(buttons: Buttons) -> None:
    said = await buttons.press(Wanted(Operation.COMMIT, "web02").text, ask=True)
    assert buttons.desk.told == [("ask", Asked(Operation.COMMIT, "web02", Wishes(), "", LENA, HERE))]
    assert said.startswith("Asked: R-7K2M9Q.")


async def test_it_is_not_asked_for_twice(buttons: Buttons) -> None:
    value = Wanted(Operation.COMMIT, "WEB02").text
    await buttons.press(value, ask=True)
    assert "is open for it already" in await buttons.press(value, ask=True)
    assert len(buttons.desk.told) == 1


@pytest.mark.parametrize("value", ["", '["failover","web02"]', '["failback",""]', '["failback",7]', "web02"])
async def test_a_button_that_is_not_ours_asks_for_nothing(buttons: Buttons, value: str) -> None:
    assert "can't be read any more" in await buttons.press(value, ask=True)
    assert buttons.desk.told == []


# --- who and where ---


@pytest.mark.parametrize("ask", [True, False])
async def test_somebody_from_another_company_asks_for_nothing(buttons: Buttons, ask: bool) -> None:
    buttons.ended()
    value = Wanted(Operation.FAILBACK, "web02").text if ask else Carried("R-7K2M9Q").text
    assert "another workspace" in await buttons.press(value, ask=ask, home="T2")
    assert buttons.desk.told == []


async def test_the_channels_for_asking_are_kept(requests_desk: Any, poster: Any, log: Any, ack: Any) -> None:
    buttons = Buttons(requests_desk, poster, log, ack, channels=("C1",))
    said = await buttons.press(Wanted(Operation.FAILBACK, "web02").text, ask=True, channel="C3")
    assert said == "This is asked for in <#C1>, so that the right people see it: ask there."
    assert requests_desk.told == []


@pytest.mark.parametrize("ask", [True, False])
async def test_a_ledger_in_trouble_is_told_in_its_own_sentence(buttons: Buttons, ask: bool) -> None:
    buttons.desk.error = LedgerError("The ledger's disk is full.")
    value = Wanted(Operation.FAILBACK, "web02").text if ask else Carried("R-7K2M9Q").text
    assert await buttons.press(value, ask=ask) == "That was not done: The ledger's disk is full."
    assert buttons.log.lines == []


@pytest.mark.parametrize("ask", [True, False])
async def test_where_nothing_can_be_started_no_button_is_ours(poster: Any, log: Any, ack: Any, ask: bool) -> None:
    buttons = Buttons(None, poster, log, ack)
    value = Wanted(Operation.FAILBACK, "web02").text if ask else Carried("R-7K2M9Q").text
    assert "can't be read any more" in await buttons.press(value, ask=ask)


async def test_hostile_values_ring_nobody(buttons: Buttons, hostile: Any) -> None:
    for name in hostile:
        await buttons.press(Wanted(Operation.FAILBACK, name).text, ask=True)
        await buttons.press(Carried("R-7K2M9Q", machine=name).text)
        buttons.ended(Operation.REPROTECT, ItemState.DONE, ItemState.DONE, ItemState.FAILED)
        request = buttons.desk.known[-1]
        items = tuple(
            replace(one, planned=replace(one.planned, machine=f"{name[:300]}{one.place}")) for one in request.items
        )
        buttons.desk.known[:] = [replace(request, items=items)]
        await buttons.press(Carried("R-7K2M9Q").text)
    assert buttons.log.lines == []
