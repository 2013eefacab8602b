"""A bot whose claims are not written, so that none is ever refused: a run with it must find double starts."""

from dataclasses import replace

from homeward.actions.ledger import Ledger
from homeward.actions.requests import Request, RequestItem
from homeward.actions.states import ItemState

from . import brisk_bot


async def _unwritten(self: Ledger, request: Request, item: RequestItem) -> Request:
    claimed = replace(item, state=ItemState.CLAIMED, claimed_at=await self.now())
    return replace(request, items=tuple(claimed if one.place == item.place else one for one in request.items))


def main() -> None:
    Ledger.claim = _unwritten  # type: ignore[method-assign]  # the very thing that is to be broken
    brisk_bot.main()
