"""The steps of workflows through a real Bolt app with signed requests, against the sandbox's Slack."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from homeward.actions.states import Operation
from homeward.bot.sandbox.slack import SandboxSlack
from homeward.checks import Answer, Candidate, Choices, Collected, Kind, NoMatch, Subject
from homeward.checks.catalogue import search
from homeward.handlers import Supervisor
from homeward.handlers.ids import EXPLAIN_STEP, READINESS_STEP
from homeward.handlers.steps import Steps

MANIFEST: Any = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text(encoding="utf-8"))
TYPES: dict[str, type] = {"string": str, "boolean": bool, "integer": int}


class Log:
    def __init__(self) -> None:
        self.warnings: list[dict[str, object]] = []

    def warning(self, event: str, **values: object) -> None:
        self.warnings.append({"event": event, **values})


class Workflow:
    def __init__(self, slack: SandboxSlack, supervisor: Supervisor, warned: Log, failures: Any) -> None:
        self.slack, self.supervisor, self.warned, self.failures = slack, supervisor, warned, failures
        self.operations: list[Operation] = []
        self.held: asyncio.Event | None = None
        """A check waits for it."""
        self.error: Exception | None = None

    async def step(self, callback_id: str, **inputs: object) -> Any:
        run = await self.slack.step(callback_id, inputs)
        assert run.problem == ""
        await self.supervisor.idle()
        return run


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk takes a proxy from the environment even for loopback."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=[False, True], ids=["acknowledging", "processing"])
async def workflow(request: pytest.FixtureRequest, samples: Any, log: Any) -> AsyncIterator[Workflow]:
    async def collect(name: str, watch: Any, operation: Operation = Operation.REPROTECT) -> Answer:
        here.operations.append(operation)
        if here.held:
            await here.held.wait()
        if here.error:
            raise here.error
        if name == "file01":
            found = (
                Candidate(name, Kind.MACHINE, "/arm/1", "vault a"),
                Candidate(name, Kind.PLAN, "/arm/2", "vault b"),
            )
            return Choices(name, found)
        if name not in ("web01", "web02", "payroll", "<!channel>"):
            return NoMatch(name, ("web01",))
        machines = ("web01", "web02", "db02") if name == "payroll" else (name,)
        return Collected(Subject(name, Kind.MACHINE, "prod-dr"), samples.when, tuple(map(samples.facts, machines)), ())

    async def sleep(_: float) -> None:
        await asyncio.sleep(0)

    async with SandboxSlack() as slack:
        slack.rates.enforced = False
        client = AsyncWebClient(token=slack.token, base_url=slack.base_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=request.param)
        supervisor = Supervisor(log=log, new_id=lambda: "a1b2", deadline=5.0)
        warned = Log()
        here = Workflow(slack, supervisor, warned, log)
        each: Any = dict.fromkeys(Operation, samples.judging)
        for one in Steps(search, collect, each, supervisor=supervisor, log=warned, sleep=sleep).listeners():
            cast("Any", app).function(one.id, auto_acknowledge=False)(one.respond)
        runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield here
        await supervisor.close()
        await runner.cleanup()


def as_declared(callback_id: str, outputs: dict[str, Any]) -> bool:
    """Whether the outputs are those of the manifest, each of its type, and all that are promised."""
    declared = MANIFEST["functions"][callback_id]["output_parameters"]
    promised = {name for name, one in declared.items() if one["is_required"]}
    typed = all(type(value) is TYPES[declared[name]["type"]] for name, value in outputs.items())
    return promised <= set(outputs) <= set(declared) and typed and all(value != "" for value in outputs.values())


@pytest.mark.parametrize("text", ["78093", "Reprotect of web02 failed: error ID 78093, then 95226", "&lt;b&gt; 78093"])
async def test_a_code_is_explained_in_the_outputs(workflow: Workflow, text: str) -> None:
    run = await workflow.step(EXPLAIN_STEP, text=text)
    assert run.error == ""
    assert as_declared(EXPLAIN_STEP, run.outputs)
    assert run.outputs["found"] is True
    assert run.outputs["code"] == "78093"
    assert run.outputs["summary"].startswith("78093: ")
    assert run.outputs["remedy"].startswith("1. ")
    assert run.outputs["source"].startswith("https://")


@pytest.mark.parametrize("text", ["error 99999", "Pizza at noon?", "<!channel>"])
async def test_what_is_not_known_is_told_and_is_no_failure(workflow: Workflow, text: str) -> None:
    run = await workflow.step(EXPLAIN_STEP, text=text)
    assert run.outputs["found"] is False
    assert as_declared(EXPLAIN_STEP, run.outputs)
    assert "<" not in str(run.outputs)


async def test_an_empty_text_fails_with_a_sentence(workflow: Workflow) -> None:
    assert (await workflow.step(EXPLAIN_STEP, text=" ")).error.startswith("The step's text is empty")
    assert (await workflow.step(EXPLAIN_STEP)).error.startswith("The step's text is empty")


async def test_a_ready_machine_is_ready(workflow: Workflow) -> None:
    run = await workflow.step(READINESS_STEP, name="web01")
    assert as_declared(READINESS_STEP, run.outputs)
    assert (run.outputs["verdict"], run.outputs["ready"], run.outputs["blockers"]) == ("ready", True, 0)
    assert run.outputs["problems"] == "Nothing is in the way."
    assert workflow.operations == [Operation.REPROTECT]


async def test_a_blocked_plan_names_whose_fault_and_how_to_mend_it(workflow: Workflow) -> None:
    run = await workflow.step(READINESS_STEP, name="payroll", operation="Failback")
    assert as_declared(READINESS_STEP, run.outputs)
    assert (run.outputs["verdict"], run.outputs["ready"], run.outputs["blockers"]) == ("blocked", False, 2)
    assert "✗ web02: web02 is stopped (deallocated)." in run.outputs["problems"]
    assert "Start it in Azure" in run.outputs["problems"]
    assert workflow.operations == [Operation.FAILBACK]


async def test_a_hostile_name_rings_nobody(workflow: Workflow) -> None:
    run = await workflow.step(READINESS_STEP, name="&lt;!channel&gt;")
    assert "‹!channel›" in run.outputs["problems"]
    assert "<" not in str(run.outputs)
    assert "<" not in (await workflow.step(READINESS_STEP, name="<!here>")).error


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"name": ""}, "The step's name is empty or too long"),
        ({"name": "x" * 600}, "The step's name is empty or too long"),
        ({"name": 7}, "The step's name is empty or too long"),
        ({"name": "web01", "operation": "destroy"}, "it must be reprotect, failback or empty"),
        ({"name": "web9"}, "No machine, group or plan is named web9. The nearest names: web01."),
        ({"name": "file01"}, "file01 fits 2 subjects, so give the ARM id of one"),
    ],
)
async def test_without_a_verdict_the_step_fails_with_one_sentence(
    workflow: Workflow, inputs: dict[str, object], said: str
) -> None:
    run = await workflow.step(READINESS_STEP, **inputs)
    assert run.outputs is None
    assert said in run.error


async def test_a_fault_of_ours_is_an_apology_with_the_id_of_its_line_in_the_log(workflow: Workflow) -> None:
    workflow.error = RuntimeError("secret=hunter2")
    run = await workflow.step(READINESS_STEP, name="web01")
    assert "a1b2" in run.error
    assert "hunter2" not in run.error
    assert len(workflow.failures.lines) == 1


async def test_a_long_check_outlives_the_acknowledgement(workflow: Workflow) -> None:
    workflow.held = asyncio.Event()
    run = await workflow.slack.step(READINESS_STEP, {"name": "web01"})
    assert run.problem == ""
    assert not run.ended
    workflow.held.set()
    await workflow.supervisor.idle()
    assert run.outputs is not None
    assert run.outputs["verdict"] == "ready"


async def test_a_stop_of_the_bot_ends_the_step(workflow: Workflow) -> None:
    workflow.held = asyncio.Event()
    run = await workflow.slack.step(READINESS_STEP, {"name": "web01"})
    await workflow.supervisor.close()
    assert "The bot was stopped before this was done" in run.error
    late = await workflow.slack.step(EXPLAIN_STEP, {"text": "78093"})
    await workflow.supervisor.idle()
    assert "stopped" in late.error


async def test_a_workflow_that_is_over_is_logged_and_nothing_is_raised(workflow: Workflow) -> None:
    workflow.held = asyncio.Event()
    run = await workflow.slack.step(READINESS_STEP, {"name": "web01"})
    run.error = "cancelled by somebody"
    workflow.held.set()
    await workflow.supervisor.idle()
    (line,) = workflow.warned.warnings
    assert line["event"] == "homeward.step_not_taken"
    assert workflow.failures.lines == []


async def test_a_moment_without_slack_does_not_lose_the_outcome(workflow: Workflow) -> None:
    workflow.slack.faults.fail("functions.completeSuccess", "internal_error")
    run = await workflow.step(EXPLAIN_STEP, text="78093")
    assert run.outputs["found"] is True
    assert workflow.warned.warnings == []
