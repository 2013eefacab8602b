"""The ledger: the only truth about requests, decisions, claims, posts and events."""

from .audit import Broken, Verified, export, exported_head, verify
from .chain import Head
from .engine import look_into
from .errors import ClaimTaken, Held, LedgerDown, LedgerError, NoRequest, Stale
from .ledger import Ledger, opened

__all__ = [
    "Broken",
    "ClaimTaken",
    "Head",
    "Held",
    "Ledger",
    "LedgerDown",
    "LedgerError",
    "NoRequest",
    "Stale",
    "Verified",
    "export",
    "exported_head",
    "look_into",
    "opened",
    "verify",
]
