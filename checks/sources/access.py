"""Where and how the sources are reached: plain values made from the settings."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VaultAddress:
    """A Recovery Services vault; `name` is what people call it (defaults to the vault's own name in the settings)."""

    name: str
    subscription_id: str
    resource_group: str
    vault: str


@dataclass(frozen=True, slots=True)
class AzureAccess:
    """`cloud` is AzureCloud, AzureUSGovernment, AzureChinaCloud or custom (then endpoint, audience, ca_file count).

    `token` is a static bearer token, only with a custom endpoint; "" means DefaultAzureCredential.
    """

    cloud: str = "AzureCloud"
    endpoint: str = ""
    audience: str = ""
    ca_file: str = ""
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class VCenterAccess:
    """A vCenter; `asr_account` is the account Site Recovery uses, whose privileges are checked ("" if not told)."""

    name: str
    host: str
    username: str
    password: str = field(repr=False)
    port: int = 443
    ca_file: str = ""
    asr_account: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much: seconds and counts.

    `collect_timeout` bounds each source in each of a check's two stages; `list_ttl` is how long a vault's lists are
    shared by checks; `run_command` allows the opt-in checks that run commands inside guests, which together take at
    most `run_command_timeout` (one command usually takes Azure 30 to 60 seconds).
    """

    collect_timeout: float = 20.0
    list_ttl: float = 2.0
    run_command: bool = False
    run_command_timeout: float = 120.0


class SourceError(Exception):
    """A source could not be read. `reason` is a clause for people, without secrets: "vc01 did not answer in 20 s"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
