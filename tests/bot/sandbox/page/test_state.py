"""What one person sees, and what they don't."""

from typing import Any

from homeward.bot.sandbox.estate.night import night
from homeward.bot.sandbox.page.state import of_estate, of_offers, of_person
from homeward.bot.sandbox.slack import (
    APPROVALS,
    BOT,
    DORA,
    ELSEWHERE,
    GUS,
    LENA,
    MAYA,
    NORA,
    OMAR,
    SVEN,
    WAR_ROOM,
    Version,
    Workspace,
)
from homeward.bot.sandbox.slack.messages import Payload
from homeward.bot.sandbox.slack.views import Views

BUTTON: Payload = {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": {}}]}


def names(state: dict[str, Any]) -> list[str]:
    return [place["name"] for place in state["channels"]]


def test_people_see_the_channels_they_are_in_and_their_own_direct_messages() -> None:
    workspace = Workspace()
    for person in (MAYA, OMAR, GUS):
        workspace.direct(person)
    assert names(of_person(MAYA, workspace, Views())) == ["dr-war-room", "dr-approvals", "lunch", "homeward"]
    assert names(of_person(OMAR, workspace, Views())) == ["dr-war-room", "dr-approvals", "homeward"]
    guest = of_person(GUS, workspace, Views())
    assert names(guest) == ["dr-war-room", "homeward"]
    assert guest["channels"][1]["id"] == "D0GUS"
    assert APPROVALS.id not in guest["messages"]


def test_a_channel_that_somebody_is_not_in_has_its_name_unless_they_are_a_guest() -> None:
    workspace = Workspace()
    workspace.direct(MAYA)
    assert of_person(NORA, workspace, Views())["elsewhere"] == {APPROVALS.id: "dr-approvals", ELSEWHERE.id: "lunch"}
    assert of_person(GUS, workspace, Views())["elsewhere"] == {}
    assert of_person(MAYA, workspace, Views())["elsewhere"] == {}


def test_it_is_told_where_the_bot_is_not() -> None:
    (lunch,) = [p for p in of_person(MAYA, Workspace(), Views())["channels"] if p["name"] == "lunch"]
    assert not lunch["bot"]


def test_whoever_left_sees_nothing() -> None:
    workspace = Workspace()
    workspace.post(WAR_ROOM, BOT, Version("hello"), at=1.0)
    workspace.change(LENA, deleted=True)
    for gone in (DORA, workspace.user(LENA)):
        assert of_person(gone, workspace, Views())["messages"] == {}


def test_a_private_message_is_seen_by_one_person() -> None:
    workspace = Workspace()
    workspace.post(WAR_ROOM, BOT, Version("for all"), at=1.0)
    workspace.post(WAR_ROOM, BOT, Version("for Maya"), at=2.0, ephemeral_to=MAYA.id)

    said = of_person(MAYA, workspace, Views())["messages"][WAR_ROOM.id]
    assert [(m["text"], m["private"]) for m in said] == [("for all", False), ("for Maya", True)]
    assert [m["text"] for m in of_person(LENA, workspace, Views())["messages"][WAR_ROOM.id]] == ["for all"]


def test_every_block_has_an_id_and_metadata_stays_behind() -> None:
    workspace = Workspace()
    said = Version("hello", (dict(BUTTON), {"block_id": "mine", **BUTTON}), {"event_type": "x", "event_payload": {}})
    message = workspace.post(WAR_ROOM, BOT, said, at=1.0)
    workspace.edit(message, said)

    (drawn,) = of_person(MAYA, workspace, Views())["messages"][WAR_ROOM.id]
    assert [block["block_id"] for block in drawn["blocks"]] == ["b0", "mine"]
    assert drawn["edited"] == 1
    assert "metadata" not in drawn


def test_a_view_is_on_one_screen_without_what_the_app_keeps_in_it() -> None:
    views = Views()
    form: Payload = {
        "type": "modal",
        "title": {},
        "blocks": [dict(BUTTON)],
        "private_metadata": "{}",
        "callback_id": "f",
    }
    shown = views.open(LENA, form)
    views.complain(shown, {"b0": "No."})

    state = of_person(LENA, Workspace(), views)
    assert state["view"]["id"] == shown.id
    assert state["view"]["errors"] == {"b0": "No."}
    assert state["view"]["depth"] == 1
    assert state["view"]["view"]["blocks"][0]["block_id"] == "b0"
    assert "private_metadata" not in state["view"]["view"]
    assert of_person(OMAR, Workspace(), views)["view"] is None
    views.push(LENA, form)
    views.push(LENA, form)
    assert of_person(LENA, Workspace(), views)["view"]["depth"] == 3


def test_the_home_is_told_once_it_was_published() -> None:
    views = Views()
    assert of_person(MAYA, Workspace(), views)["home"] is None
    views.publish(MAYA, {"type": "home", "blocks": [dict(BUTTON)]})
    assert of_person(MAYA, Workspace(), views)["home"]["view"]["type"] == "home"


def test_people_are_told_apart_by_what_they_are() -> None:
    notes = {p["id"]: p["note"] for p in of_person(MAYA, Workspace(), Views())["people"]}
    expected = {
        MAYA.id: "on call",
        LENA.id: "approver",
        OMAR.id: "approver",
        GUS.id: "guest",
        DORA.id: "deactivated",
        SVEN.id: "from another company",
    }
    assert expected.items() <= notes.items()
    assert BOT.id not in notes


def test_the_estate_names_each_machine_once_and_where_it_stands() -> None:
    told = of_estate(night(), throttled=False, bot=None)
    machines = {one["name"]: (one["azure"], one["stand"]) for one in told["machines"]}
    assert len(machines) == len(told["machines"])
    assert machines["web02"] == ("deallocated", "in Azure")
    assert machines["hr01"] == ("none", "at home, protected")
    assert machines["crm01"] == ("running", "in Azure, ready to fail back")
    assert told["bot"] == "elsewhere"
    assert {store["accessible"] for store in told["datastores"]} == {True}


def test_machines_plans_and_groups_can_be_completed() -> None:
    names = of_offers(night())["names"]
    assert {"web02", "shop", "payroll-vms"} <= set(names)
    assert len(names) == len(set(names))
