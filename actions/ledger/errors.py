"""What can go wrong with the ledger.

LedgerError
  NoRequest    there is no such request
  Stale        somebody else wrote the request since it was read
  ClaimTaken   the one start call of this attempt is somebody's already
  Held         another open request has one of the machines
  LedgerDown   the database does not answer, is full or is locked; nothing was written
"""


class LedgerError(Exception):
    """The message is one sentence for people, without secrets."""


class NoRequest(LedgerError):
    pass


class Stale(LedgerError):
    pass


class ClaimTaken(LedgerError):
    pass


class Held(LedgerError):
    """`machine` is held by the request `by`."""

    def __init__(self, machine: str, by: str) -> None:
        super().__init__(f"{machine} is part of the open request {by}.")
        self.machine = machine
        self.by = by


class LedgerDown(LedgerError):
    pass
