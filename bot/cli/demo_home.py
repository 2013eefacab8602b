"""The demo's last part: one machine goes the rest of the way, from Azure to protected again."""

from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, Message
from homeward.handlers import ids

from .seeing import Seeing
from .stage import Stage

SPEED = 240
"""How fast Azure's minutes pass here: what was shown at its pace before is not waited for again."""


async def play_home(stage: Stage, machine: str) -> None:
    """`machine` is ready to fail back, and a bot is up."""
    stage.sandbox.estate.speed = SPEED
    await _Home(stage, machine).tell()


class _Home:
    def __init__(self, stage: Stage, machine: str) -> None:
        self._stage = stage
        self._machine = machine
        self._seeing = Seeing(stage)

    async def tell(self) -> None:
        stage = self._stage
        stage.title(f"11. {self._machine} goes home")
        stage.say(
            f"{self._machine} replicates back and may fail back: it is shut down in Azure and started in Rotterdam. "
            "Maya checks whether that would work now, then asks for the downtime. The approval says what it means."
        )
        await stage.type(MAYA, "/failback", f"check {self._machine}")
        report = await self._seeing.until(lambda: next((m for m in stage.said() if self._is_report(m)), None))
        stage.show(report)
        before = self._so_far()
        await stage.type(MAYA, "/failback", f"start {self._machine} the shop is closed until six")
        await self._approve(before)
        stage.show(await self._said("on-premises on "), where="in the thread")
        await self._ended()

        stage.title("12. It works: commit it, and protect it again")
        stage.say(
            "Each further step is one press, and one approval. All of it stands in the thread of the first request."
        )
        for _ in range(2):
            before = self._so_far()
            card = self._seeing.card()
            await stage.press(MAYA, card, "the button for the next step", ids.NEXT)
            await self._approve(before)
            await self._ended()
        stage.show(self._seeing.card(), where="in the thread")
        await stage.type(MAYA, "/failback", f"status {self._machine}")
        status = await self._seeing.until(
            lambda: next((m for m in reversed(stage.said()) if m.ephemeral_to and "→" in m.text + str(m.blocks)), None)
        )
        stage.show(status)
        await stage.pause()

    async def _approve(self, before: tuple[int, int]) -> None:
        stage, (asked, cards) = self._stage, before
        approval = await self._seeing.until(lambda: next(iter(self._asked()[asked:]), None))
        stage.show(approval)
        await stage.pause()
        self._seeing.closed(LENA)
        await stage.press(LENA, approval, "Approve…", ids.APPROVE)
        await self._seeing.form_of(LENA)
        await self._seeing.submitted(LENA)
        # The card may come after the approval's message: what the thread still has to say goes first.
        await self._seeing.until(lambda: len(self._seeing.cards()) > cards)

    async def _said(self, *words: str) -> Message:
        return await self._seeing.until(lambda: self._seeing.said_in_thread(*words))

    async def _ended(self) -> None:
        await self._seeing.until(lambda: self._seeing.card() if "Done" in self._seeing.card().text else None)

    def _so_far(self) -> tuple[int, int]:
        """How many messages to the approvers and cards there are."""
        return len(self._asked()), len(self._seeing.cards())

    def _asked(self) -> list[Message]:
        return [m for m in self._stage.said(APPROVALS) if not m.thread_ts and not m.ephemeral_to]

    def _is_report(self, message: Message) -> bool:
        return not message.thread_ts and "fail back" in message.text and self._machine in message.text
