"""Trouble on demand: what the sandbox's vCenter does wrong when a test asks for it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """Each holds until it is taken back; a vCenter that is gone altogether is `SandboxVCenter.stop_listening`."""

    refuse_login: bool = False
    silent: bool = False
    """Takes requests and never answers."""
    silent_on: str = ""
    """The method, by its wire name, that alone is never answered."""
    latency: float = 0.0
    """Seconds that each call takes longer."""
    status: int = 0
    """Answers every call with this HTTP status and no SOAP, as a proxy before a vCenter that is down."""
    half_body: bool = False
    """Drops the connection in the middle of each answer."""
    garbage: bytes = b""
    """Sent with status 200 in place of each answer."""
    no_permission_paths: set[str] = field(default_factory=set[str])
    """Property paths, on any object, that the account may not read; what lies below them is meant too."""
    no_events: bool = False
    """The account may not read events."""
    page_size: int = 0
    """The most objects in one answer of the property collector; 0 leaves it to the client."""

    def forbids(self, path: str) -> bool:
        return any(
            path == hidden or path.startswith((f"{hidden}.", f"{hidden}[")) for hidden in self.no_permission_paths
        )

    def clear(self) -> None:
        self.refuse_login = self.silent = self.half_body = self.no_events = False
        self.latency, self.status, self.page_size, self.garbage = 0.0, 0, 0, b""
        self.silent_on = ""
        self.no_permission_paths.clear()
