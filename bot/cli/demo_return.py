"""The demo's second half: the start, the approval, the progress, a bot that is killed, and one machine that fails."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from homeward.bot.sandbox.estate.reprotects import unreachable
from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, Message
from homeward.handlers import ids

from .demo_home import play_home
from .seeing import Seeing
from .stage import Stage

SPEED = 80
"""How fast Azure's minutes pass in this half: a job of two takes 1.5 seconds, the replication after it (20) 15."""
PLAN = "shop"
FIRST, FAILING = "shop-db01", "shop-web02"


async def play_return(stage: Stage) -> None:
    """Runs `homeward serve` as a process of its own, so that it can be killed as a process is."""
    stage.sandbox.estate.speed = SPEED
    stage.sandbox.estate.vault.item(FAILING).fates.append(unreachable(FAILING))
    config = stage.sandbox.folder / "homeward.toml"
    config.write_text(stage.sandbox.toml(), encoding="utf-8")
    await _Return(stage, config).tell()


class _Return:
    def __init__(self, stage: Stage, config: Path) -> None:
        self._stage = stage
        self._sandbox = stage.sandbox
        self._slack = stage.sandbox.slack
        self._config = config
        self._seeing = Seeing(stage)

    async def tell(self) -> None:
        async with _bot(self._config) as bot:
            await self._slack.socket.connected(within=60)
            approval = await self._ask()
            await self._refuse_the_one_who_asked(approval)
            await self._approve(approval)
            await self._kill(bot)
        async with _bot(self._config):
            await self._come_back()
            await self._end()
            await play_home(self._stage, FIRST)
        await self._audit()

    async def _ask(self) -> Message:
        stage = self._stage
        stage.title("6. Bring the shop home: it needs an approval")
        stage.say("The web shop is a recovery plan of three machines. Maya asks; the approvers are asked.")
        ack = await stage.type(MAYA, "/reprotect", f"start {PLAN} power is back in Rotterdam")
        if ack.problem:
            raise AssertionError(f"the start was not taken: {ack.problem}")
        approval = await self._seeing.until(lambda: next(iter(stage.said(APPROVALS)), None))
        stage.show(approval)
        await stage.pause(2)
        return approval

    async def _refuse_the_one_who_asked(self, approval: Message) -> None:
        stage = self._stage
        stage.title("7. Who asks can't approve")
        await stage.press(MAYA, approval, "Approve…", ids.APPROVE)
        refusal = await self._seeing.until(lambda: next((m for m in stage.said(APPROVALS) if m.ephemeral_to), None))
        stage.show(refusal)
        await stage.pause()

    async def _approve(self, approval: Message) -> None:
        stage = self._stage
        stage.title("8. Lena approves, and confirms what no API can tell")
        # So that the kill comes for certain between Azure's taking it and the answer.
        self._sandbox.arm.faults.silence(path="reProtect", method="POST", times=1, accepted=True)
        await stage.press(LENA, approval, "Approve…", ids.APPROVE)
        stage.show_form(await self._seeing.form_of(LENA), to=LENA)
        await stage.pause()
        stage.show_form(await self._seeing.submitted(LENA), to=LENA)

    async def _kill(self, bot: asyncio.subprocess.Process) -> None:
        stage = self._stage
        stage.title("9. The bot is killed at the worst moment")
        stage.say(
            "Azure has just taken the first start call. In this moment the bot's process is killed (SIGKILL), "
            "before it could write down what Azure answered."
        )
        while not self._sandbox.arm.starts:  # noqa: ASYNC110 # Azure's side tells nobody
            await asyncio.sleep(0.002)
        bot.kill()
        await bot.wait()
        stage.command(f"kill -9 {bot.pid}")
        await stage.pause(0.5)

    async def _come_back(self) -> None:
        stage = self._stage
        stage.say(
            "It starts again. The ledger says that the call may have been sent, so it is not sent again: the job is "
            "looked for, found, and followed. Meanwhile the card is updated in place, with a live checklist."
        )
        found = await self._seeing.until(lambda: self._seeing.said_in_thread(FIRST, "was found"))
        stage.show(found, where="in the thread")
        await self._seeing.until(lambda: "waiting" not in str(self._seeing.card().blocks))
        stage.show(self._seeing.card())
        await stage.pause()

    async def _end(self) -> None:
        stage = self._stage
        stage.title(f"10. {FAILING} fails, the others come through")
        failed = await self._seeing.until(lambda: self._seeing.said_in_thread(FAILING, "failed"))
        stage.show(failed, where="in the thread")
        await stage.pause()
        await self._seeing.until(lambda: self._seeing.said_in_thread("of 3 machines"))
        stage.say("The thread, as a manager can read it in the morning:")
        for reply in self._seeing.thread():
            stage.quote(reply)
        await self._seeing.until(self._over)
        stage.show(self._seeing.card())
        starts = Counter(start.machine for start in self._sandbox.arm.starts)
        told = ", ".join(f"{machine} {count}" for machine, count in starts.items())
        stage.say(f"Start calls that Azure took, by machine: {told}. Never twice.")

    async def _audit(self) -> None:
        stage = self._stage
        stage.title("13. Who did what, provably")
        stage.command("homeward audit verify")
        checking = await asyncio.create_subprocess_exec(
            *_homeward("audit", "verify"), env=_environment(self._config), stdout=asyncio.subprocess.PIPE
        )
        told, _ = await checking.communicate()
        stage.output(told.decode())
        if checking.returncode:
            raise AssertionError("the audit chain is not whole")
        await stage.pause()

    def _over(self) -> bool:
        card = self._seeing.card()
        return "of 3 machines" in card.text and "Ended" in card.text


@asynccontextmanager
async def _bot(config: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    """`homeward serve`, ended at the end unless it was killed."""
    process = await asyncio.create_subprocess_exec(
        *_homeward("serve"), env=_environment(config), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def _homeward(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-c", "from homeward.bot.cli import main; main()", *words)


def _environment(config: Path) -> dict[str, str]:
    """This process's own, without settings of a real estate."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    return {**kept, "HOMEWARD_CONFIG": str(config), "HOMEWARD_SERVE__PORT": "0"}
