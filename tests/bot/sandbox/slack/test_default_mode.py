"""Bolt's default mode, in which a listener runs beside the request that it acknowledges."""

from typing import Any

from homeward.bot.sandbox.slack import MAYA, WAR_ROOM


async def test_work_after_the_acknowledgement_does_not_delay_it(desk: Any) -> None:
    async def listener(ack: Any, client: Any) -> None:
        await ack("on it")
        await desk.slack.workspace.until(lambda: desk.slack.acks)
        await client.chat_postMessage(channel=WAR_ROOM.id, text="done")

    desk.app.command("/check")(listener)

    ack = await desk.slack.command(MAYA, WAR_ROOM, "/check")

    assert ack.ok
    await desk.slack.workspace.until(lambda: desk.slack.workspace.messages(WAR_ROOM)[-1].text == "done")
    assert [m.text for m in desk.slack.workspace.messages(WAR_ROOM)] == ["on it", "done"]


async def test_an_exception_right_after_the_acknowledgement_loses_it(desk: Any) -> None:
    async def listener(ack: Any) -> None:
        await ack("on it")
        raise RuntimeError("too early")

    desk.app.command("/check")(listener)

    desk.slack.ack_timeout = 0.2
    ack = await desk.slack.command(MAYA, WAR_ROOM, "/check")

    assert ack.problem == "operation_timeout"
