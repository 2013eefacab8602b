"""Logins: who is in, since when, and what belongs to a session and dies with it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from pyVmomi import vim

from .schema import data

if TYPE_CHECKING:
    from datetime import datetime

    from pyVmomi.vmodl.query import PropertyCollector
    from pyVmomi.VmomiSupport import ManagedObject

    from ..estate.model import Estate

IDLE_LIMIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class View:
    """A container view: what it looks at is found anew at each request."""

    ref: vim.view.ContainerView
    container: "ManagedObject"
    kinds: tuple[type, ...]
    recursive: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """What the client has yet to fetch, and the most it takes at a time (0: all)."""

    contents: "list[PropertyCollector.ObjectContent]"
    size: int


@dataclass(slots=True)
class Session:
    user: str
    since: "datetime"
    last_active: "datetime"
    key: str = field(default_factory=lambda: str(uuid4()))
    calls: int = 0
    made: int = 0
    views: dict[str, View] = field(default_factory=dict[str, View])
    pages: dict[str, Rest] = field(default_factory=dict[str, Rest])

    def number(self) -> int:
        """The next free number for something the session makes."""
        self.made += 1
        return self.made

    def shown(self) -> vim.UserSession:
        return data(
            vim.UserSession,
            key=self.key,
            userName=self.user,
            fullName=self.user,
            loginTime=self.since,
            lastActiveTime=self.last_active,
            locale="en",
            messageLocale="en",
            extensionSession=False,
            ipAddress="127.0.0.1",
            userAgent="pyvmomi",
            callCount=self.calls,
        )


class Sessions:
    def __init__(self, estate: "Estate") -> None:
        self._estate = estate
        self._open: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._open)

    def open(self, user: str) -> Session:
        now = self._estate.clock()
        session = Session(user, now, now)
        self._open[session.key] = session
        return session

    def use(self, key: str) -> Session | None:
        """The session, kept alive by this call; None if there is none or it idled too long."""
        session = self._open.get(key)
        if session is None:
            return None
        now = self._estate.clock()
        if now - session.last_active > IDLE_LIMIT:
            self.close(key)
            return None
        session.last_active = now
        session.calls += 1
        return session

    def close(self, key: str) -> None:
        self._open.pop(key, None)

    def close_all(self) -> None:
        self._open.clear()
