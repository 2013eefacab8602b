"""The settings of acting: who approves what, where the ledger is, and the key of its audit chain."""

import re
from datetime import timedelta
from typing import Annotated, Self, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator

from homeward.checks.way import Operation

from .section import Section

KEY_LENGTH = 32
"""The least number of characters of the audit chain's key."""
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=7)
"""How long a request may wait for its approval."""
DEFAULT_STATE = "sqlite+aiosqlite:///homeward.db"

_DURATION = re.compile(r"(\d{1,6})(m|h|d)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP = re.compile(r"S[A-Z0-9]{2,}")


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    parts = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    duration = int(parts[1]) * _UNITS[parts[2]] if parts else timedelta()
    if not SHORTEST <= duration <= LONGEST:
        raise ValueError('expected a duration such as "90m", "2h" or "1d", from 5m to 7d')
    return duration


def channel_id(value: str) -> str:
    if not _CHANNEL.fullmatch(value):
        raise ValueError(
            "expected a channel's id such as C0123456789 (at the end of its details in Slack), not its name"
        )
    return value


def _user_id(value: str) -> str:
    if not _USER.fullmatch(value):
        raise ValueError("expected a member's id such as U0123456789 (in their profile in Slack), not a name")
    return value


def _group_id(value: str) -> str:
    if not _GROUP.fullmatch(value):
        raise ValueError("expected a user group's id such as S0123456789, not its name")
    return value


def _database(value: SecretStr) -> SecretStr:
    """Checked without its words in the fault: they may hold a password."""
    try:
        parts = urlsplit(value.get_secret_value())
        file = parts.scheme == "sqlite+aiosqlite" and not parts.netloc and len(parts.path) > 1
        server = parts.scheme == "postgresql+psycopg" and len(parts.path) > 1 and (parts.port or True)
    except ValueError:  # a port that is no number, a bracket that is not closed
        file = server = False
    if not (file or server):
        raise ValueError("expected sqlite+aiosqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Channel = Annotated[str, AfterValidator(channel_id)]
Users = tuple[Annotated[str, AfterValidator(_user_id)], ...]
Groups = tuple[Annotated[str, AfterValidator(_group_id)], ...]
Quorum = Annotated[int, Field(ge=1, le=20)]


class Approval(Section):
    """Who is asked, and how many of them must say yes."""

    channel: Channel
    users: Users = ()
    usergroups: Groups = ()
    quorum: Quorum = 1
    expires_after: Duration = timedelta(hours=2)

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not self.users and not self.usergroups:
            raise ValueError("nobody may approve: name users, usergroups or both")
        if not self.usergroups and self.quorum > len(set(self.users)):
            raise ValueError(f"quorum is {self.quorum}, but only {len(set(self.users))} may approve")
        return self


class ApprovalOverride(Section):
    """What is different for one sort of action; what is left out is as for all."""

    channel: Channel | None = None
    users: Users | None = None
    usergroups: Groups | None = None
    quorum: Quorum | None = None
    expires_after: Duration | None = None


TO_AZURE = Operation.TO_AZURE.value
_TO_AZURE = "reprotect_to_azure"


class ApprovalsSettings(Approval):
    """For every sort of action, with what is different for single ones."""

    reprotect: ApprovalOverride = ApprovalOverride()
    failback: ApprovalOverride = ApprovalOverride()
    commit: ApprovalOverride = ApprovalOverride()
    cancel: ApprovalOverride = ApprovalOverride()
    reprotect_to_azure: ApprovalOverride = ApprovalOverride()
    """In the file its name may be written as the action's, with hyphens; no variable of the environment can."""

    @model_validator(mode="before")
    @classmethod
    def _named_as_in_the_file(cls, values: object) -> object:
        if not isinstance(values, dict) or TO_AZURE not in values:
            return values  # pyright: ignore[reportUnknownVariableType] # whatever it is, pydantic judges it
        given: dict[str, object] = dict(cast("dict[str, object]", values))
        in_file, in_environment = given.pop(TO_AZURE), given.get(_TO_AZURE)
        if isinstance(in_file, dict) and isinstance(in_environment, dict):
            in_file = cast("dict[str, object]", in_file) | cast("dict[str, object]", in_environment)
        given[_TO_AZURE] = in_file
        return given

    @model_validator(mode="after")
    def _overrides_can_be_reached(self) -> Self:
        for operation in Operation:
            try:
                self.of(operation)
            except ValidationError as error:
                why = error.errors()[0]["msg"].removeprefix("Value error, ")
                raise ValueError(f"for {operation.value}, {why}") from None
        return self

    def of(self, operation: Operation) -> Approval:
        """Who is asked about an operation."""
        override: ApprovalOverride = getattr(self, operation.value.replace("-", "_"))
        here = {name: getattr(self, name) for name in Approval.model_fields}
        return Approval.model_validate(here | override.model_dump(exclude_none=True))


class StateSettings(Section):
    url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr(DEFAULT_STATE)
    url_file: str = ""


class AuditSettings(Section):
    key: SecretStr = SecretStr("")
    key_file: str = ""
