"""The settings of notices that nobody asked for: the daily line of machines that are in Azure."""

import re
from datetime import time
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, model_validator

from .acting_settings import channel_id
from .section import Section

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_TEAM = re.compile(r"T[A-Z0-9]{2,}")


def _time(value: object) -> object:
    if value in ("", None) or isinstance(value, time):
        return value or None
    parts = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if parts is None:
        raise ValueError('expected a time of the day such as "08:00"')
    return time(int(parts[1]), int(parts[2]))


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        raise ValueError('expected a time zone such as "Europe/Amsterdam" or "UTC"') from None
    return value


def _team_id(value: str) -> str:
    if value and not _TEAM.fullmatch(value):
        raise ValueError("expected a workspace's id such as T0123456789")
    return value


def _channel(value: str) -> str:
    return channel_id(value) if value else value


class NoticesSettings(Section):
    """`team` is only needed by a bot that is installed in several workspaces."""

    daily: Annotated[time | None, BeforeValidator(_time)] = None
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    channel: Annotated[str, AfterValidator(_channel)] = ""
    team: Annotated[str, AfterValidator(_team_id)] = ""

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.daily is not None and not self.channel:
            raise ValueError("daily needs channel, where the line is said")
        return self
