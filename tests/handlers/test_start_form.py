"""The form of a start, opened, changed and sent as Bolt calls it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from homeward.actions.ledger import LedgerError
from homeward.actions.plan import NotPrepared, Obstacle
from homeward.actions.preparing import ForMachine, ForValue, Offered, Points, Possible, Value
from homeward.actions.requests import Asked, Person, Where
from homeward.actions.states import Operation, State
from homeward.checks.facts import Topology
from homeward.checks.subjects import Estate, Kind, Named, Subject, Wish, Wishes
from homeward.handlers import SlackRefused, Supervisor, ids
from homeward.handlers.carried import Carried, Wanted
from homeward.handlers.failback import Failback
from homeward.handlers.form_state import AT, CHANNEL, Form, form
from homeward.handlers.looking import Looking
from homeward.handlers.preflight import Preflight
from homeward.handlers.reprotect import Reprotect
from homeward.handlers.start_form import StartForm
from homeward.handlers.views.blocks import Modal

NOW = datetime(2026, 3, 7, 2, 30, tzinfo=UTC)
SOON = int(datetime(2026, 3, 7, 22, 0, tzinfo=UTC).timestamp())
MAYA = Person("T1", "U0MAYA")
DATASTORE = f"{ids.FORM_VALUE}.datastore"
HELD = Form(Operation.REPROTECT, "web01", place="C1", alone=True)
WEB01 = Named("web01", Kind.MACHINE, "/item/web01", "prod-dr")


class Known:
    """An inventory of one machine."""

    def known(self) -> Estate:
        return Estate((WEB01,))

    async def read(self, within: float) -> Estate:
        del within
        return self.known()

    def search(self, text: str, most: int) -> tuple[Named, ...]:
        del text, most
        return (WEB01,)


class House:
    """The form with its surroundings."""

    def __init__(self, desk: Any, poster: Any, log: Any, ack: Any, **more: Any) -> None:
        self.desk, self.poster, self.ack = desk, poster, ack
        self.supervisor = Supervisor(log=log, new_id=lambda: "a1b2")
        self.asked: list[tuple[Operation, str, Wishes]] = []
        self.slow: asyncio.Event | None = None
        self.answer: Offered | NotPrepared = offered("web01")
        self.zone = "Europe/Berlin"
        every: dict[str, Any] = {"supervisor": self.supervisor, "posters": poster, "clock": lambda: NOW, **more}
        self.forms = StartForm(
            desk, offers=self.offers, inventory=Known(), zones=self.zones, sleep=self.sleep, quick=0.02, **every
        )
        self.reprotect = Reprotect(desk, forms=self.forms, **every)
        preflight = Preflight(self.collect, {}, supervisor=self.supervisor, posters=poster)
        looking = Looking(self.collect, desk, lambda: NOW)
        self.failback = Failback(
            desk, preflight=preflight, looking=looking, zones=self.zones, forms=self.forms, **every
        )

    async def collect(self, name: str, watch: Any, operation: Any = None) -> Any:
        raise AssertionError("nothing is collected here")

    async def sleep(self, _: float) -> None:
        await asyncio.sleep(0)

    async def zones(self, who: Person, where: Where) -> str:
        assert (who, where.team_id) == (MAYA, "T1")
        return self.zone

    async def offers(self, operation: Operation, subject: str, wishes: Wishes) -> Offered | NotPrepared:
        self.asked.append((operation, subject, wishes))
        if self.slow:
            await self.slow.wait()
        return self.answer

    async def type(self, text: str, channel: str = "C1", command: str = "/reprotect") -> None:
        body = {"command": command, "text": text, "team_id": "T1", "user_id": "U0MAYA", "channel_id": channel}
        command_of = self.reprotect.command if command == "/reprotect" else self.failback.command
        await command_of(self.ack, {**body, "trigger_id": "t1"}, None, None)  # type: ignore[arg-type] # the poster is a fake
        await self.supervisor.idle()

    async def press(self, value: str, channel: str = "C1", *, home: str = "T1", view: str = "") -> None:
        body: dict[str, Any] = {
            "team": {"id": "T1"},
            "user": {"id": "U0MAYA", "team_id": home},
            "trigger_id": "t1",
            "actions": [{"action_id": ids.FORM, "value": value}],
        }
        body |= {"channel": {"id": channel}} if channel else {}
        body |= {"view": {"id": "V7", "type": view}} if view else {}
        await self.forms.open(self.ack, body, None, None)  # type: ignore[arg-type] # the poster is a fake
        await self.supervisor.idle()

    async def act(self, held: Form, listener: Any, action: dict[str, Any], callback: str = ids.FORM_VIEW) -> None:
        await listener(self.ack, {**self.body(held, callback=callback), "actions": [action]}, None)
        await self.supervisor.idle()

    async def send(self, held: Form, **filled: Any) -> None:
        await self.forms.send(self.ack, self.body(held, **filled), None)  # type: ignore[arg-type] # the poster is a fake
        await self.supervisor.idle()

    def body(self, held: Form, *, callback: str = ids.FORM_VIEW, home: str = "T1", **filled: Any) -> dict[str, Any]:
        state = {ids.REASON: {"value": "the site is back"}, **filled}
        names = [{"type": "input", "block_id": f"b.{name}", "element": {"action_id": name}} for name in state]
        values = {f"b.{name}": {name: element} for name, element in state.items()}
        view = {
            "id": "V1",
            "callback_id": callback,
            "private_metadata": held.text,
            "blocks": names,
            "state": {"values": values},
        }
        return {"team": {"id": "T1"}, "user": {"id": "U0MAYA", "team_id": home}, "view": view}

    @property
    def shown(self) -> Form | None:
        """What the form on the screen carries."""
        return form(str(self.poster.said[-1].message.view.get("private_metadata", "")))


def offered(*names: str, operation: Operation = Operation.REPROTECT) -> Offered:
    gold = Possible("ds-gold-01", "ds-gold-01")
    values = (ForValue(Value.DATASTORE, "datastore", (gold,), (gold, Possible("ds2", "ds2")), required=True),)
    machines = tuple(ForMachine(name, Topology.MODERNIZED, values) for name in names)
    points = Points() if operation is Operation.FAILBACK else None
    return Offered(Subject(names[0], Kind.MACHINE, "prod-dr"), operation, machines, points)


@pytest.fixture
def make(requests_desk: Any, poster: Any, log: Any, ack: Any) -> Any:
    def made(**more: Any) -> House:
        return House(requests_desk, poster, log, ack, **more)

    return made


@pytest.fixture
def house(make: Any) -> House:
    made: House = make()
    return made


async def test_a_start_without_a_name_opens_the_form_to_pick_one(house: House) -> None:
    await house.type("start")
    assert house.ack.answers == [{}]
    assert house.poster.ways == ["open"]
    assert house.shown == Form(Operation.REPROTECT, place="C1")
    assert house.asked == []


async def test_a_start_as_a_form_has_all_filled_in_that_was_typed(house: House) -> None:
    await house.type("start web01 --form --datastore ds2 --to azure it is over")
    assert house.poster.ways == ["open", "view"]  # at once, since a trigger lives for three seconds only
    wishes = Wishes(datastore=(Wish("ds2"),))
    assert house.asked == [(Operation.TO_AZURE, "web01", wishes)]
    assert house.shown == replace(HELD, operation=Operation.TO_AZURE, wishes=wishes, reason="it is over")
    assert house.desk.told == []


async def test_a_failback_as_a_form_has_its_time_filled_in(house: House) -> None:
    house.answer = offered("web01", operation=Operation.FAILBACK)
    await house.type("start web01 --form --at 23:00 --point app-consistent", command="/failback")
    assert house.shown is not None
    assert (house.shown.at, house.shown.point) == (SOON, "app-consistent")
    await house.type("start", command="/failback")
    assert house.shown == Form(Operation.FAILBACK, place="C1")
    await house.type('start web01 --form --at "2020-01-01 10:00"', command="/failback")
    assert "is not within the next" in house.poster.last or "is over" in house.poster.last


async def test_what_is_not_found_is_said_in_the_form_which_asks_again(house: House) -> None:
    house.answer = NotPrepared(Obstacle.NOT_FOUND, "No machine is called wbe01.")
    await house.type("start wbe01 --form")
    assert "No machine is called wbe01." in house.poster.last
    assert "submit" not in house.poster.said[-1].message.view


async def test_where_nothing_can_be_started_no_form_opens(make: Any) -> None:
    house: House = make(missing="No approvers are configured.")
    house.forms = StartForm(
        None,
        offers=house.offers,
        inventory=Known(),
        zones=house.zones,
        supervisor=house.supervisor,
        posters=house.poster,
        missing="No approvers are configured.",
    )
    await house.press(Wanted(Operation.REPROTECT, "web01").text)
    assert house.poster.ways == ["whisper"]
    assert "No approvers are configured." in house.poster.last


async def test_what_breaks_while_it_reads_is_said_in_the_form(house: House) -> None:
    house.answer = None  # type: ignore[assignment] # what no reading gives
    await house.type("start web01 --form")
    last = house.poster.said[-1].message
    assert isinstance(last, Modal)
    assert "Reading" not in str(last.view["blocks"])
    assert "Nothing was changed" in str(last.view["blocks"])


async def test_a_button_opens_it_for_what_it_names_or_for_anything(house: House) -> None:
    await house.press(Wanted(Operation.FAILBACK, "").text, channel="")
    assert house.shown == Form(Operation.FAILBACK)
    await house.press(Wanted(Operation.REPROTECT, "web01").text)
    assert house.shown == HELD
    for broken in ("", "web01", Wanted(Operation.COMMIT, "web01").text, Carried("R-NONE").text):
        await house.press(broken)
        assert house.poster.ways[-1] == "whisper"


async def test_a_button_in_a_form_changes_that_form_instead_of_opening_another_over_it(house: House) -> None:
    await house.press(Wanted(Operation.REPROTECT, "web01").text, channel="", view="modal")
    assert house.poster.ways == ["view", "view"]
    assert {said.where for said in house.poster.said} == {"V7"}
    await house.press("broken", channel="", view="modal")
    assert house.poster.ways == ["view"] * 3
    await house.press(Wanted(Operation.REPROTECT, "web01").text, channel="", view="home")
    assert house.poster.ways[3:] == ["open", "view"]


async def test_somebody_from_another_workspace_reads_nothing_of_the_estate(house: House) -> None:
    await house.press(Wanted(Operation.REPROTECT, "web01").text, home="T9")
    assert house.poster.ways == ["whisper"]
    assert "another workspace" in house.poster.last
    assert house.asked == []


async def test_the_button_of_a_request_fills_in_what_was_asked(house: House) -> None:
    request = house.desk.request(State.BLOCKED)
    await house.press(Carried(request.id).text)
    assert house.asked == [(Operation.REPROTECT, "web02", Wishes())]
    assert house.shown is not None
    assert house.shown.reason == "the site is back"
    house.desk.error = LedgerError("The ledger does not answer.")
    await house.press(Carried(request.id).text)
    assert "The ledger does not answer." in house.poster.last


async def test_another_subject_ends_what_was_chosen_for_the_one_before(house: House) -> None:
    before = replace(HELD, subject="db01", wishes=Wishes(datastore=(Wish("ds2"),)), page=3)
    await house.act(before, house.forms.pick, {"action_id": ids.SUBJECT, "selected_option": {"value": "n:web01"}})
    assert house.asked == [(Operation.REPROTECT, "web01", Wishes())]
    assert house.shown == replace(HELD, reason="the site is back")


async def test_the_search_of_another_form_is_not_ours(house: House) -> None:
    action = {"action_id": ids.SUBJECT, "selected_option": {"value": "n:web01"}}
    await house.act(HELD, house.forms.pick, action, callback=ids.CHECK_VIEW)
    assert house.ack.answers == [{}]
    assert house.poster.ways == []


async def test_a_slow_reading_is_told_and_holds_nothing_that_could_be_sent(house: House) -> None:
    house.slow = asyncio.Event()
    body = {**house.body(HELD), "actions": [{"action_id": f"{ids.FORM_VALUE}.target"}]}
    await house.forms.target(house.ack, body, None)  # type: ignore[arg-type] # the poster is a fake
    await house.poster.until(1)
    assert "submit" not in house.poster.said[0].message.view
    house.slow.set()
    await house.supervisor.idle()
    assert "submit" in house.poster.said[-1].message.view


async def test_a_machines_values_are_kept_in_the_list_and_its_reason_too(house: House) -> None:
    house.answer = offered("web01", "db01")
    held = Form(Operation.REPROTECT, "payroll", place="C1")
    await house.act(held, house.forms.machine, {"action_id": ids.FORM_MACHINE, "value": "db01"})
    assert house.shown is not None
    assert house.shown.machine == "db01"
    changing = replace(house.shown, reason="the site is back")
    filled = {DATASTORE: {"selected_option": {"value": "ds2"}}}
    await house.forms.values(house.ack, house.body(changing, **filled), None)  # type: ignore[arg-type] # the poster is a fake
    await house.supervisor.idle()
    assert house.ack.answers[-1]["response_action"] == "update"
    assert house.shown is not None
    assert (house.shown.machine, house.shown.reason) == ("", "the site is back")
    assert house.shown.wishes == Wishes(datastore=(Wish("ds2", "db01"),))


async def test_more_changes_than_a_form_carries_are_told_in_a_sentence(house: House) -> None:
    many = tuple(Wish("a datastore of a long name", f"machine-{n:03}") for n in range(60))
    held = Form(Operation.REPROTECT, "payroll", wishes=Wishes(datastore=many), machine="db01")
    filled = {DATASTORE: {"selected_option": {"value": "d" * 140}}, ids.REASON: {"value": "w" * 500}}
    await house.forms.values(house.ack, house.body(held, **filled), None)  # type: ignore[arg-type] # the poster is a fake
    assert "than a form can carry" in str(house.ack.answers[-1])
    assert house.poster.ways == []


async def test_what_is_sent_is_asked_as_the_command_asks(house: House) -> None:
    await house.send(HELD, **{DATASTORE: {"selected_option": {"value": "ds2"}}})
    wishes = Wishes(datastore=(Wish("ds2"),))
    asked = Asked(Operation.REPROTECT, "web01", wishes, "the site is back", MAYA, Where("T1", "", "C1"))
    assert house.desk.told == [("ask", asked)]
    assert house.ack.answers[-1]["response_action"] == "update"
    assert "The checks run now" in house.poster.last
    assert house.poster.ways == ["view"]


async def test_a_time_is_a_moment_told_in_the_persons_own_zone(house: House) -> None:
    held = replace(HELD, operation=Operation.FAILBACK)
    await house.send(held, **{AT: {"selected_date_time": SOON}})
    ((_, asked),) = house.desk.told
    assert (int(asked.at.timestamp()), asked.zone) == (SOON, "Europe/Berlin")
    house.zone = ""
    await house.send(held, **{AT: {"selected_date_time": SOON}})
    assert house.desk.told[-1][1].zone == "UTC"
    await house.send(held, **{AT: {"selected_date_time": 1_000_000_000}})
    assert "This time is over" in str(house.ack.answers[-1]["errors"][f"b.{AT}"])
    assert len(house.desk.told) == 2


@pytest.mark.parametrize("place", ["", "D0MAYA", "C9"])
async def test_elsewhere_than_in_a_channel_it_may_be_asked_in_it_asks_for_one(make: Any, place: str) -> None:
    house: House = make(channels=("C1",))
    held = replace(HELD, place=place)
    for wrong in (None, "D0MAYA", "C9"):
        await house.send(held, **{CHANNEL: {"selected_conversation": wrong}})
        assert list(house.ack.answers[-1]["errors"]) == [f"b.{CHANNEL}"]
    assert house.desk.told == []
    await house.send(held, **{CHANNEL: {"selected_conversation": "C1"}})
    assert house.desk.told[0][1].where == Where("T1", "", "C1")


async def test_a_form_of_before_the_channels_were_named_asks_for_nothing_elsewhere(make: Any) -> None:
    house: House = make(channels=("C1",))
    body = house.body(replace(HELD, place="C9", channel="C9"))
    await house.forms.send(house.ack, body, None)  # type: ignore[arg-type] # the poster is a fake
    await house.supervisor.idle()
    assert "<#C1>" in house.poster.last
    assert house.desk.told == []


@pytest.mark.parametrize(("installed", "enterprise"), [("T1", None), ("E1", None), ("E1", {"id": "E9"})])
async def test_a_form_that_another_company_has_open_is_known_by_where_the_app_is_installed(
    house: House, installed: str, enterprise: object
) -> None:
    body = house.body(HELD, home="T9")
    # What Slack says of a form that was opened in a shared channel.
    body |= {"team": {"id": "T9"}, "enterprise": enterprise}
    body["view"]["app_installed_team_id"] = installed
    await house.forms.send(house.ack, body, None)  # type: ignore[arg-type] # the poster is a fake
    await house.supervisor.idle()
    assert "another workspace" in house.poster.last
    assert house.desk.told == []


async def test_nothing_is_asked_for_somebody_from_another_workspace_or_by_a_broken_form(house: House) -> None:
    await house.send(HELD, home="T9")
    assert "another workspace" in house.poster.last
    body = house.body(HELD)
    body["view"]["private_metadata"] = "{}"
    await house.forms.send(house.ack, body, None)  # type: ignore[arg-type] # the poster is a fake
    assert "can't be read any more" in str(house.ack.answers[-1])
    assert house.desk.told == []


async def test_the_answer_reaches_whoever_closed_the_form_and_tells_a_ledgers_trouble(house: House) -> None:
    house.desk.error = LedgerError("The ledger does not answer.")
    house.poster.refuse["view"] = [SlackRefused("views.update", "not_found")]
    await house.send(HELD)
    assert house.poster.ways == ["post"]
    assert "The ledger does not answer." in house.poster.last


async def test_a_late_reading_does_not_draw_a_form_anew_that_was_sent(house: House) -> None:
    house.slow = asyncio.Event()
    body = {**house.body(HELD), "actions": [{"action_id": f"{ids.FORM_VALUE}.target"}]}
    await house.forms.target(house.ack, body, None)  # type: ignore[arg-type] # the poster is a fake
    await house.forms.send(house.ack, house.body(HELD), None)  # type: ignore[arg-type] # the poster is a fake
    house.slow.set()
    await house.supervisor.idle()
    assert house.poster.ways == ["view"]
    assert "The checks run now" in house.poster.last


async def test_a_slow_reading_does_not_draw_over_what_was_picked_after_it(house: House) -> None:
    slow = house.slow = asyncio.Event()
    before = replace(HELD, subject="db01", alone=False)
    body = {**house.body(before), "actions": [{"action_id": f"{ids.FORM_VALUE}.target"}]}
    await house.forms.target(house.ack, body, None)  # type: ignore[arg-type] # the poster is a fake
    await house.poster.until(1)
    house.slow = None
    picked = {"action_id": ids.SUBJECT, "selected_option": {"value": "n:web01"}}
    await house.forms.pick(house.ack, {**house.body(before), "actions": [picked]}, None)  # type: ignore[arg-type] # the poster is a fake
    await house.poster.until(2)
    slow.set()
    await house.supervisor.idle()
    assert len(house.poster.said) == 2
    assert house.shown is not None
    assert house.shown.subject == "web01"
