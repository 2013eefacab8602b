"""The ledger: the only truth about requests, decisions, claims, posts and events."""

from .errors import ClaimTaken, Held, LedgerDown, LedgerError, NoRequest, Stale
from .ledger import Ledger, opened

__all__ = ["ClaimTaken", "Held", "Ledger", "LedgerDown", "LedgerError", "NoRequest", "Stale", "opened"]
