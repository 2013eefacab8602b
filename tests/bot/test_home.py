"""The App Home on the whole bot: opened, kept true, decided from, and left to a host that has its own."""

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeward.bot import register
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import GUS, LENA, MAYA, OMAR, Shown
from homeward.bot.sandbox.slack.people import User
from homeward.bot.slack_app import bolt_app, connected
from homeward.handlers import ids
from tests.bot.story import WITHIN, Story, story

if TYPE_CHECKING:
    from slack_bolt.app.async_app import AsyncApp

DOCS = Path(__file__).parents[2] / "docs"


async def _home(told: Story, who: User) -> Shown:
    """Opens it and looks at it."""
    assert (await told.slack.open_home(who)).ok
    await told.homeward.idle()
    return await _shows(told, who, "The estate")


async def _shows(told: Story, who: User, words: str) -> Shown:
    """Waits until the person's Home says it."""

    def seen() -> Shown | None:
        shown = told.slack.views.home(who)
        return shown if shown and words in _texts(shown) else None

    return await told.workspace.until(seen, WITHIN)


async def _modal(told: Story, who: User, words: str) -> Shown:
    def seen() -> Shown | None:
        shown = told.slack.views.top(who)
        return shown if shown and words in _texts(shown) else None

    return await told.workspace.until(seen, WITHIN)


def _texts(value: Any) -> str:
    if isinstance(value, Shown):
        return _texts(value.view)
    if isinstance(value, dict):
        parts: list[Any] = list(value.values())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # JSON
        return "\n".join(map(_texts, parts))
    if isinstance(value, list):
        return "\n".join(map(_texts, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # JSON
    return value if isinstance(value, str) else ""


def _actions(shown: Shown) -> list[str]:
    blocks = shown.view["blocks"]
    pressed = [e for b in blocks for e in [*b.get("elements", []), b.get("accessory", {}), b.get("element", {})]]
    return [e["action_id"] for e in pressed if "action_id" in e]


async def test_a_request_is_approved_from_the_home_which_follows_it(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        assert "Nothing waits for your decision." in _texts(await _home(told, LENA))
        await told.asks("web01 the site is back")
        home = await _shows(told, LENA, "Waiting for approval to bring web01 home")
        assert f"{ids.APPROVE}.0" in _actions(home)
        card = told.cards()[-1]
        assert f"/p{card.ts.replace('.', '')}" in _texts(home)
        await told.slack.click(LENA, home, f"{ids.APPROVE}.0")
        form = await _modal(told, LENA, "What runs")
        boxes = [block["element"] for block in form.view["blocks"] if block["type"] == "input"]
        await told.slack.submit(LENA, {b["action_id"]: [one["value"] for one in b["options"]] for b in boxes})
        await _modal(told, LENA, "Your approval of")
        await told.done()
        await _shows(told, LENA, "Done: web01 is protected")
    assert told.started == ["web01"]


async def test_who_asked_may_cancel_from_the_home_and_is_answered_over_it(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        home = await _home(told, MAYA)
        assert not [one for one in _actions(home) if one.startswith((ids.APPROVE, ids.REJECT))]
        await told.slack.click(MAYA, home, f"{ids.CANCEL}.0")
        await _modal(told, MAYA, "is cancelled: nothing was started.")
        await told.card_says("Cancelled")
    assert told.started == []


async def test_a_guest_sees_what_waits_without_buttons_and_reads_why(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        home = await _home(told, GUS)
        assert "Waits for a decision" in _texts(home)
        assert "A guest can't decide." in _texts(home)
        assert not [one for one in _actions(home) if one.startswith((ids.APPROVE, ids.REJECT, ids.CANCEL))]


async def test_where_slack_can_not_tell_who_somebody_is_nothing_can_be_pressed(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        told.slack.scopes.discard("users:read")
        home = await _home(told, OMAR)
        assert "Slack could not be asked who you are" in _texts(home)
        assert not [one for one in _actions(home) if one.startswith(ids.APPROVE)]


async def test_an_approval_pressed_on_an_old_home_is_answered_over_it(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.asks("web01")
        home = await _home(told, LENA)
        await told.types(f"cancel {told.cards()[-1].text and _id(home)}")
        await told.slack.click(LENA, home, f"{ids.APPROVE}.0")
        await _modal(told, LENA, "does not wait for a decision")
    assert told.started == []


def _id(home: Shown) -> str:
    words = _texts(home)
    return words[words.index("R-") :][:8]


async def test_an_error_is_explained_over_the_home(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        home = await _home(told, MAYA)
        await told.slack.click(MAYA, home, ids.HOME_ERRORS, value="78093")
        shown = await _modal(told, MAYA, "What to do")
        assert ids.SHARE_ENTRY not in _actions(shown)


async def test_of_several_entries_the_chosen_one_takes_their_place(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        home = await _home(told, MAYA)
        await told.slack.click(MAYA, home, ids.HOME_ERRORS, value="retention")
        offered = await _modal(told, MAYA, "which one?")
        action = next(one for one in _actions(offered) if one.startswith(ids.SHOW_ENTRY))
        await told.slack.click(MAYA, offered, action)
        shown = await _modal(told, MAYA, "What to do")
        assert shown.id == offered.id


async def test_a_machine_is_checked_over_the_home_and_leads_on_to_its_form(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.slack.click(MAYA, await _home(told, MAYA), ids.CHECK_FORM)
        form = await _modal(told, MAYA, "Machine, replication group or recovery plan")
        found = await told.slack.suggest(MAYA, form, ids.SUBJECT, "web01")
        option = found["option_groups"][0]["options"][0]
        await told.slack.submit(MAYA, {ids.SUBJECT: option})
        shown = await _modal(told, MAYA, "is ready to come home")
        assert _actions(shown) == [ids.FORM]
        await told.slack.click(MAYA, shown, ids.FORM)
        assert (await _modal(told, MAYA, "Ask for it")).id == shown.id  # in place: one form does not open another


async def test_a_plan_is_checked_within_the_limits_of_a_form(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await told.slack.click(MAYA, await _home(told, MAYA), ids.CHECK_FORM)
        form = await _modal(told, MAYA, "Machine, replication group or recovery plan")
        found = await told.slack.suggest(MAYA, form, ids.SUBJECT, "mixed")
        option = next(one for group in found["option_groups"] for one in group["options"])
        await told.slack.submit(MAYA, {ids.SUBJECT: option})
        shown = await _modal(told, MAYA, "cannot come home yet")
        assert _actions(shown) == []


async def test_the_home_tells_the_estate_once_it_was_read(sandbox: Sandbox) -> None:
    async with story(sandbox) as told:
        await _home(told, MAYA)
        home = await _shows(told, MAYA, "vault *")
        assert "appliance" in _texts(home)
        assert "vCenter *" in _texts(home)


async def test_a_host_with_its_own_home_keeps_it_and_composes_ours_as_the_docs_tell(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    app: AsyncApp = bolt_app(settings)
    hello = {"type": "section", "text": {"type": "plain_text", "text": "Hello from the host"}}
    names: dict[str, Any] = {"__name__": "host", "app": app, "my_blocks": [hello]}
    names["register"] = partial(register, settings=settings)
    exec(_example(), names)  # noqa: S102 # our own docs
    homeward: Any = names["homeward"]
    async with homeward, connected(app, settings):
        slack = sandbox.slack
        assert (await slack.open_home(MAYA)).ok
        shown = await slack.workspace.until(lambda: slack.views.home(MAYA), WITHIN)
        assert "Hello from the host" in _texts(shown)
        assert "What does an error mean?" in _texts(shown)
        await slack.click(MAYA, shown, ids.HOME_ERRORS, value="78093")
        await slack.workspace.until(lambda: slack.views.top(MAYA), WITHIN)
        # A switch in what was composed does not draw over it either.
        await slack.click(MAYA, shown, ids.QUIET)
        await homeward.idle()
        assert [call.method for call in slack.calls].count("views.publish") == 1


def _example() -> str:
    """The code of docs/install.md for a host that has a Home."""
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "install.md").read_text(encoding="utf-8"), re.DOTALL)
    return next(str(block) for block in blocks if "home_blocks" in block)


async def test_the_home_can_be_left_to_nobody(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    settings = settings.model_copy(update={"slack": settings.slack.model_copy(update={"home": False})})
    async with story(sandbox, settings) as told:
        await told.slack.open_home(MAYA)
        await told.homeward.idle()
        assert told.slack.views.home(MAYA) is None
