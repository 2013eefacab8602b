"""Shortcuts, buttons in threads and steps of workflows on the whole bot, over the sandbox's estate."""

from typing import TYPE_CHECKING

from homeward.bot.sandbox.slack import MAYA, OMAR, WAR_ROOM
from homeward.handlers import ids
from tests.bot.story import story

if TYPE_CHECKING:
    from homeward.bot.sandbox.run import Sandbox


async def test_a_machine_is_checked_and_its_error_explained_in_a_thread_and_a_workflow_reads_both(
    sandbox: "Sandbox",
) -> None:
    async with story(sandbox) as told:
        slack, homeward = told.slack, told.homeward
        first = slack.say(OMAR, WAR_ROOM, "web02 fails with error ID 78093")
        reply = slack.say(OMAR, WAR_ROOM, "and now?", first.ts)

        assert (await slack.shortcut(MAYA, first, ids.EXPLAIN)).ok
        await homeward.idle()
        answer = slack.workspace.messages(WAR_ROOM)[-1]
        assert (answer.ephemeral_to, answer.text.split(":")[0]) == (MAYA.id, "78093")

        assert (await slack.shortcut(MAYA, reply, ids.CHECK_MESSAGE)).ok
        await homeward.idle()
        form = slack.views.top(MAYA)
        assert form is not None
        offered = await slack.suggest(MAYA, form, ids.SUBJECT, "web02")
        assert (await slack.submit(MAYA, {ids.SUBJECT: offered["option_groups"][0]["options"][0]})).ok
        await homeward.idle()
        card = slack.workspace.messages(WAR_ROOM)[-1]
        assert card.thread_ts == first.ts
        assert card.text.startswith("web02 cannot come home yet")
        assert (await slack.click(MAYA, card, ids.CHECK_AGAIN)).ok
        await homeward.idle()
        assert slack.workspace.messages(WAR_ROOM)[-1].ts == card.ts

        run = await slack.step(ids.READINESS_STEP, {"name": "web02"})
        await homeward.idle()
        assert run.outputs is not None
        assert (run.outputs["verdict"], run.outputs["ready"]) == ("blocked", False)
        run = await slack.step(ids.EXPLAIN_STEP, {"text": first.text})
        await homeward.idle()
        assert run.outputs is not None
        assert run.outputs["code"] == "78093"
