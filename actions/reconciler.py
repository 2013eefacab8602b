"""The reconciler: advances one request by one idempotent pass, chosen by its state."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from .ledger import Held, Ledger
from .passes.approved import approved
from .passes.attention import attention
from .passes.awaiting import awaiting
from .passes.checking import checking, held
from .passes.looking import taken
from .passes.outside import Outside, Turn
from .passes.pace import NAP, Limits, is_due
from .passes.running import running
from .ports import LookAtHome, Prepare, Scheduler, SiteRecovery
from .requests import Request
from .states import State

PASSES: Mapping[State, Callable[[Request, datetime, Outside], Awaitable[Turn]]] = {
    State.CHECKING: checking,
    State.AWAITING_APPROVAL: awaiting,
    State.APPROVED: approved,
    State.RUNNING: running,
    State.NEEDS_ATTENTION: attention,
}


class Reconciler:
    """Drives requests to their end. Between two passes it knows nothing: the ledger is all there is."""

    def __init__(
        self,
        ledger: Ledger,
        azure: SiteRecovery,
        prepare: Prepare,
        scheduler: Scheduler,
        *,
        home: LookAtHome,
        limits: Limits,
        monotonic: Callable[[], float],
    ) -> None:
        self._outside = Outside(ledger, azure, prepare, home, scheduler, limits, monotonic)

    async def advance(self, request_id: str) -> datetime | None:
        """A `Pass`. Raises LedgerError where the ledger can't be read or written, or somebody else wrote meanwhile:
        nothing is lost then, and what was not recorded first was not started."""
        ledger = self._outside.ledger
        request = await ledger.load(request_id)
        if request.state.ended:
            return None
        now = await ledger.now()
        if not is_due(request.due_at, now):
            return request.due_at
        turn = await PASSES[request.state](request, now, self._outside)
        try:
            written = await self._outside.write(turn.request, turn.change)
        except Held as error:
            change = held(now, error) if request.state is State.CHECKING else taken(turn.request, error, now)
            written = await self._outside.write(turn.request, change)
        return None if written.state.ended else min(written.due_at, now + NAP)
