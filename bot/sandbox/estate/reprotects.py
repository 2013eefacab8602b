"""What becomes of a start in the sandbox: its fate, and the job that it made."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeward.checks.way import Operation

ENDS = frozenset({"Succeeded", "Failed", "Cancelled"})
Errors = list[dict[str, object]]
"""Errors of a job in the wire's words (serviceErrorDetails, providerErrorDetails, errorLevel)."""


@dataclass
class Fate:
    """What one start leads to. `end` is how its job ends; a word that is no end stays for ever.

    `word` is the job's state until then. `errors` are told by a failed job as soon as it failed, and by another, as
    warnings, from its middle on. The job took 2 minutes in the recording, the replication after it 20.
    """

    end: str = "Succeeded"
    word: str = "InProgress"
    errors: Errors = field(default_factory=list[dict[str, object]])
    job_minutes: float = 2
    replication_minutes: float = 20
    vanishes_after: float | None = None
    """After so many minutes nobody knows the job any more; what it does goes on."""
    new_id: bool = False
    """The item has another id from the job's end on."""
    item_vanishes: bool = False
    """With the job's end the item is no longer in the vault."""
    boot_minutes: float | None = 1
    """How long after a failback VMware Tools run in the machine; None: never."""


@dataclass
class Job:
    """A job that runs, or ran. `item` is the item's name in its id then, `body` what was posted (None: elsewhere)."""

    name: str
    item: str
    machine: str
    started: datetime
    fate: Fate
    speed: float = 1
    body: dict[str, object] | None = None
    commits: bool = False
    """The failover was not committed yet: the job does that first."""
    operation: Operation = Operation.REPROTECT
    classic: bool = False
    """Of the classic stack, whose failback is another call."""
    cancelled: datetime | None = None
    settled: bool = False
    """What its end does to the item is done."""
    new_item: str = ""

    @property
    def ends(self) -> datetime:
        planned = self.after(self.fate.job_minutes)
        return min(planned, self.cancelled) if self.cancelled else planned

    def after(self, minutes: float) -> datetime:
        """So many of the estate's minutes after its start."""
        return self.started + timedelta(minutes=minutes / self.speed)

    def state(self, at: datetime) -> str:
        if at < self.ends:
            return self.fate.word
        return "Cancelled" if self.cancelled and self.cancelled <= self.ends else self.fate.end

    def done(self, at: datetime) -> float:
        """How much of it is done, 0 to 1."""
        whole = (self.ends - self.started).total_seconds()
        return min(1.0, (at - self.started).total_seconds() / whole) if whole > 0 else 1.0

    def is_known(self, at: datetime) -> bool:
        after = self.fate.vanishes_after
        return self.started <= at and (after is None or at < self.after(after))

    def runs(self, at: datetime) -> bool:
        return self.state(at) not in ENDS


def error(
    code: str,
    message: str,
    *,
    causes: str = "",
    action: str = "",
    provider: int = 0,
    said: str = "",
    level: str = "Error",
) -> dict[str, object]:
    """An error of a job: the service's, and with a `provider` code the provider's with what it `said`."""
    service = {"code": code, "message": message, "possibleCauses": causes, "recommendedAction": action}
    providers = {
        "errorCode": provider,
        "errorMessage": said or None,
        "errorId": str(provider),
        "possibleCauses": causes,
        "recommendedAction": action,
    }
    return {
        "serviceErrorDetails": {**service, "activityId": "6f1e0000-0000-4000-8000-0000000000e1"} if code else None,
        "providerErrorDetails": providers if provider else None,
        "errorLevel": level,
        "creationTime": "0001-01-01T00:00:00",
        "taskId": "ProtectReplicaTask",
    }


def unreachable(machine: str) -> Fate:
    """The job fails: the Azure VM did not answer. Synthetic: no failed reprotect has been found recorded."""
    return Fate(
        end="Failed",
        errors=[
            error(
                "78093",
                f"The virtual machine {machine} did not answer.",
                causes="The VM in Azure is stopped, hangs, or has no way to the servers on-premises.",
                action="Start or restart the VM, check its network, then try again.",
                provider=95226,
                said=f"{machine} has not registered with the configuration server.",
            )
        ],
    )


def no_memory(machine: str) -> Fate:
    """A failback's job fails: the VM on-premises did not start. Synthetic: none has been found recorded."""
    return Fate(
        end="Failed",
        errors=[
            error(
                "8038",
                f"The on-premises virtual machine {machine} could not be started.",
                causes="The ESXi host has too little free memory for it.",
                action="Free memory on the host or move the VM to another one, then fail back again.",
                provider=8038,
                said=f"Starting {machine} failed.",
            )
        ],
    )


def renamed(machine: str) -> Fate:
    """The job succeeds with two warnings, which were recorded of a failover."""
    return Fate(
        errors=[
            error("28175", f"{machine} got another name, since its own is taken.", level="Warning"),
            error("310024", f"The name {machine} is not available.", level="Warning"),
        ]
    )
