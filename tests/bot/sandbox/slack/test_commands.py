"""Slash commands through the real Bolt app over HTTP."""

from typing import Any

from homeward.bot.sandbox.slack import MAYA, WAR_ROOM, SandboxSlack


async def test_an_acknowledgement_is_a_message_only_the_sender_sees(slack: SandboxSlack, app: Any, desk: Any) -> None:
    @app.command("/failback-errors")
    async def listener(ack: Any, command: dict[str, str]) -> None:
        await ack(f"You asked about {command['text']}.")

    ack = await slack.command("maya", "#dr-war-room", "/failback-errors", "78093")

    assert ack.ok
    assert ack.status == 200
    assert ack.elapsed < 3
    assert ack.shown is not None
    assert ack.shown.text == "You asked about 78093."
    assert ack.shown.ephemeral_to == MAYA.id
    assert slack.workspace.messages(WAR_ROOM) == (ack.shown,)


async def test_a_listener_posts_and_updates(slack: SandboxSlack, app: Any, desk: Any) -> None:
    @app.command("/reprotect-check")
    async def listener(ack: Any, client: Any, command: dict[str, str]) -> None:
        await ack()
        posted = await client.chat_postMessage(channel=command["channel_id"], text="checking")
        await client.chat_update(channel=command["channel_id"], ts=posted["ts"], text="ready")

    ack = await slack.command(MAYA, WAR_ROOM, "/reprotect-check", "web01")
    assert ack.ok
    message = await slack.workspace.until(
        lambda: next((m for m in slack.workspace.messages(WAR_ROOM) if m.text == "ready"), None)
    )
    assert message.edited == 1
    assert message.history[0].text == "checking"
