"""The ledger: the only truth about requests, decisions, claims, posts and events."""

from .errors import ClaimTaken, Held, LedgerError, NoRequest, Stale
from .ledger import Ledger

__all__ = ["ClaimTaken", "Held", "Ledger", "LedgerError", "NoRequest", "Stale"]
