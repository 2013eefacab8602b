"""What came back for something that Slack delivered to the bot, and how long it took."""

from dataclasses import dataclass, field

from .messages import Message, Payload

ACK_TIMEOUT = 3.0
NO_ANSWER = "operation_timeout"
NOT_TAKEN = "dispatch_failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing for the bot: its Socket Mode type and its payload."""

    kind: str
    payload: Payload
    retry: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The transport's account: an empty `problem` means that the bot acknowledged in time."""

    body: Payload
    elapsed: float
    problem: str = ""
    status: int | None = None
    """The HTTP status; None over Socket Mode, or when nothing came in time."""
    no_retry: bool = False


@dataclass(frozen=True, slots=True)
class Ack:
    """What the person sees of an interaction: `problem` is empty when Slack was satisfied with the acknowledgement."""

    delivery: Delivery
    status: int | None
    body: Payload
    elapsed: float
    problem: str = ""
    details: tuple[str, ...] = ()
    """What was wrong with the message or view in the acknowledgement."""
    shown: Message | None = None
    """The message that the acknowledgement itself made."""
    attempts: int = 1
    trigger_id: str = field(default="")

    @property
    def ok(self) -> bool:
        return not self.problem
