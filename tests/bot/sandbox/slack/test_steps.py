"""Steps of workflows through the real Bolt app: they run once, end once, and their token dies with them."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from homeward.bot.sandbox.slack import LENA, MAYA, WAR_ROOM, SandboxSlack


@pytest.fixture
def app(slack: SandboxSlack, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped in slack_sdk


async def test_a_step_is_given_its_inputs_and_ends_with_outputs(desk: Any) -> None:
    seen: list[Any] = []

    async def listener(inputs: Any, complete: Any, body: Any) -> None:
        seen.append(body)
        await complete({"answer": f"{inputs['text']} is known"})

    desk.app.function("homeward_explain_error")(listener)
    run = await desk.slack.step("homeward_explain_error", {"text": "78093"}, who=LENA)
    await desk.slack.workspace.until(lambda: run.ended)

    assert (run.problem, run.error, run.outputs, run.who) == ("", "", {"answer": "78093 is known"}, LENA)
    event = seen[0]["event"]
    assert (event["type"], event["function"]["callback_id"]) == ("function_executed", "homeward_explain_error")
    assert (event["function_execution_id"], event["inputs"]) == (run.id, {"text": "78093"})
    assert event["bot_access_token"] == run.token
    assert run.token.startswith("xwfp-")


async def test_a_step_may_end_with_an_error(desk: Any) -> None:
    async def listener(fail: Any) -> None:
        await fail("Azure does not answer.")

    desk.app.function("homeward_check_readiness")(listener)
    run = await desk.slack.step("homeward_check_readiness", {})
    await desk.slack.workspace.until(lambda: run.ended)
    assert (run.outputs, run.error) == (None, "Azure does not answer.")


async def test_a_step_ends_once(desk: Any) -> None:
    async def listener(complete: Any) -> None:
        await complete({})

    desk.app.function("homeward_check_readiness")(listener)
    run = await desk.slack.step("homeward_check_readiness", {})
    assert await desk.slack.workspace.until(lambda: run.ended)

    client = desk.client
    again = client.functions_completeSuccess(function_execution_id=run.id, outputs={"a": 1})
    assert await error(again) == "execution_not_in_running_state"
    assert await error(client.functions_completeError(function_execution_id=run.id, error="x")) == (
        "execution_not_in_running_state"
    )
    assert await error(client.functions_completeError(function_execution_id="Fx9", error="x")) == (
        "function_execution_not_found"
    )
    assert run.outputs == {}


async def test_the_token_of_a_step_works_for_this_step_while_it_runs(desk: Any) -> None:
    async def listener() -> None:
        """Leaves it open."""

    desk.app.function("homeward_check_readiness")(listener)
    run = await desk.slack.step("homeward_check_readiness", {})
    other = await desk.slack.step("homeward_check_readiness", {})
    client = desk.client
    client.token = run.token
    await client.chat_postMessage(channel=WAR_ROOM.id, text="looking")
    theirs = client.functions_completeSuccess(function_execution_id=other.id, outputs={})
    assert await error(theirs) == "invalid_auth"
    wrong = client.functions_completeSuccess(function_execution_id=run.id, outputs="x")
    assert await error(wrong) == "parameter_validation_failed"
    await client.functions_completeSuccess(function_execution_id=run.id, outputs={"ready": True})

    assert (run.outputs, other.ended) == ({"ready": True}, False)
    assert await error(client.chat_postMessage(channel=WAR_ROOM.id, text="too late")) == "invalid_auth"
    client.token = desk.slack.token
    await client.functions_completeSuccess(function_execution_id=other.id, outputs={})
    assert other.ended


async def test_a_step_that_nobody_knows_stays_open(desk: Any) -> None:
    run = await desk.slack.step("homeward_other", {}, who=MAYA)
    assert (run.problem, run.ended) == ("dispatch_failed", False)
