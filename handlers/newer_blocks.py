"""Blocks that reach Slack's workspaces in phases, and which workspaces refused which of them."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from .problems import SlackRefused
from .views.blocks import Json, Message

T = TypeVar("T")

NEWER = frozenset({"table", "plan", "task_card", "container"})
_REFUSED = {"invalid_blocks", "invalid_blocks_format"}


class NewerBlocks:
    """Each workspace is asked only once for each sort of block."""

    def __init__(self) -> None:
        self._without: set[tuple[str, str]] = set()

    async def said(self, team: str, message: Message, say: Callable[[list[Json]], Awaitable[T]]) -> T:
        """Says it with the newest blocks that the workspace takes. Raises what `say` raises."""
        full, plainer = list(message.blocks), list(message.plainer)
        if not plainer:
            return await say(full)
        newer = {(team, kind) for block in full if (kind := block.get("type")) in NEWER and isinstance(kind, str)}
        if newer & self._without:
            return await say(plainer)
        try:
            return await say(full)
        except SlackRefused as refused:
            if refused.error not in _REFUSED:
                raise
        answer = await say(plainer)
        self._without |= newer
        return answer
