"""The forms of a start, filled in by people who remember no option, played on the whole bot."""

from datetime import timedelta
from typing import Any

from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import MAYA
from homeward.bot.sandbox.slack.people import User
from homeward.handlers import ids
from homeward.handlers.form_state import AT, POINT
from tests.bot.story import WITHIN, Story, shown, story

DATASTORE = f"{ids.FORM_VALUE}.datastore"
SERVER = f"{ids.FORM_VALUE}.process-server"


def screen(told: Story, who: User = MAYA) -> Any:
    return told.slack.views.top(who)


def texts(view: Any) -> str:
    return str(view.view["blocks"])


async def until(told: Story, words: str, who: User = MAYA) -> Any:
    """The form as soon as it says so."""
    return await told.workspace.until(
        lambda: top if (top := screen(told, who)) and words in str(top.view) else None, WITHIN
    )


def element(view: Any, action: str) -> Any:
    (one,) = [b["element"] for b in view.view["blocks"] if b.get("element", {}).get("action_id") == action]
    return one


def option(view: Any, action: str, value: str) -> Any:
    """The option of a select that carries the value."""
    return next(one for one in element(view, action)["options"] if one["value"] == value)


def server_in(body: Any) -> str:
    return str(body["properties"]["providerSpecificDetails"]["processServerId"])


async def picks(told: Story, form: Any, name: str) -> Any:
    """Types the name into the search, picks the first, and waits for its form."""
    found = await told.slack.suggest(MAYA, form, ids.SUBJECT, name)
    await told.slack.click(MAYA, form, ids.SUBJECT, option=found["option_groups"][0]["options"][0])
    return await until(told, "Ask for it")


async def test_somebody_who_remembers_no_option_starts_what_the_form_shows(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.types("start")
        form = await until(told, "Which machine")
        assert "submit" not in form.view  # nothing is chosen yet
        form = await picks(told, form, "web01")
        assert "read-only" in texts(form)  # what can't work is told
        assert "5.0 TB of 8.0 TB free" in texts(form)

        await told.slack.submit(
            MAYA, {DATASTORE: option(form, DATASTORE, "ds-gold-02"), ids.REASON: "the site is back"}
        )
        await until(told, "The checks run now")
        asked = shown(await told.approval())
        assert "ds-gold-02" in asked
        assert "the site is back" in asked
        assert told.started == []
        await told.approves()
        await told.done()
        (start,) = told.sandbox.arm.starts
        assert start.machine == "web01"
        assert "ds-gold-02" in str(start.body)
        assert "ds-gold-01" not in str(start.body)


async def test_a_plans_machines_are_changed_one_by_one_and_start_with_what_the_list_showed(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.types("start payroll --form Rotterdam is back")
        form = await until(told, "Ask for it")
        assert "3 machines" in texts(form)
        assert "Rotterdam is back" in texts(form)
        await told.slack.click(MAYA, form, ids.FORM_MACHINE, value="pay-app01")
        values = await until(told, "Use these")
        other = next(o for o in element(values, SERVER)["options"] if o != element(values, SERVER)["initial_option"])
        await told.slack.submit(MAYA, {SERVER: other})
        form = await until(told, "Ask for it")
        (line,) = [b["text"]["text"] for b in form.view["blocks"] if "*pay-app01*" in str(b)]
        assert f"process server {other['value']}" in line
        assert "Rotterdam is back" in texts(form)

        await told.slack.submit(MAYA, {})
        await until(told, "The checks run now")
        await told.approves()
        await told.done()
        servers = {start.machine: server_in(start.body) for start in told.sandbox.arm.starts}
        assert servers["pay-db01"] == servers["pay-app02"]
        assert servers["pay-app01"] not in ("", servers["pay-db01"])


async def test_going_back_from_a_machines_values_changes_nothing(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.types("start payroll --form")
        form = await until(told, "Ask for it")
        before = form.view["blocks"]
        await told.slack.click(MAYA, form, ids.FORM_MACHINE, value="*")
        values = await until(told, "Use these")
        other = next(o for o in element(values, SERVER)["options"])
        await told.slack.click(MAYA, values, ids.FORM_PAGE, state={SERVER: other})
        assert (await until(told, "Ask for it")).view["blocks"] == before


async def test_what_fits_nothing_is_chosen_anew_from_the_card(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.types("start web01 --datastore attic --reason the site is back")
        card = await told.workspace.until(
            lambda: next((c for c in told.cards() if "Choose the values" in shown(c)), None), WITHIN
        )
        await told.slack.click(MAYA, card, ids.FORM)
        form = await until(told, "Ask for it")
        assert "the site is back" in texts(form)
        assert "attic" not in texts(form)
        await told.slack.submit(MAYA, {})
        await until(told, "The checks run now")
        await told.approves()
        await told.done()
        assert told.started == ["web01"]


async def test_a_failback_is_asked_for_a_time_in_its_form(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        await told.approves()
        await told.card_says("Done")
        await told.types("start web01 --form", command="/failback")
        form = await until(told, "Ask for it")
        soon = int((told.clock() + timedelta(hours=2)).timestamp())
        before = len(told.put_forward())
        await told.slack.submit(MAYA, {POINT: option(form, POINT, "app-consistent"), AT: soon})
        await until(told, "Once approved, it starts")
        asked = await told.workspace.until(lambda: next(iter(told.put_forward()[before:]), None), WITHIN)
        assert f"<!date^{soon}" in str(asked.blocks)
        assert "consistent" in shown(asked)
