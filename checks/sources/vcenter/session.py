"""The connection to one vCenter: TLS always verified, real time-outs, a session that renews itself."""

import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from typing import Any, ParamSpec, TypeVar, cast

from pyVim.connect import VimSessionOrientedStub
from pyVmomi import vim, vmodl
from pyVmomi.SoapAdapter import SoapStubAdapter

from homeward.checks.sources.access import SourceError, VCenterAccess

from .faults import reason

P = ParamSpec("P")
T = TypeVar("T")
_ServiceInstance: Any = vim.ServiceInstance
_SessionManager: Any = vim.SessionManager
_SessionStub: Any = VimSessionOrientedStub
# Any: pyVmomi's stubs leave constructors and nested types untyped.

API_VERSION = "vim.version.version11"
"""vSphere 6.5: the oldest that can tell another account's privileges; newer servers speak it too."""
OLDEST_API = [6, 5]

_ATTEMPTS = 2
"""A pooled connection that the server has closed meanwhile, or a session that has ended, is tried once more."""


class Exchange:
    """One piece of work in one thread, which another thread can end by hanging up.

    A socket's time-out bounds each wait for bytes, not the whole: a server that drips would hold a thread for ever.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._over = False

    def check(self) -> None:
        if self._over:
            raise TimeoutError

    def begin(self, connection: HTTPConnection) -> None:
        with self._lock:
            if self._over:
                connection.close()
                raise TimeoutError
            self._connection = connection

    def end(self) -> None:
        with self._lock:
            self._connection = None

    def hang_up(self) -> None:
        with self._lock:
            self._over = True
            line: object = self._connection and self._connection.sock
            if isinstance(line, socket.socket):
                with suppress(OSError):
                    # Not SSLSocket's own: it would take the TLS state away under the reading thread.
                    socket.socket.shutdown(line, socket.SHUT_RDWR)


class _Wire(SoapStubAdapter):
    """pyVmomi's adapter, whose connections belong to the exchange of the thread that uses them."""

    def __init__(self, exchanges: threading.local, **settings: Any) -> None:
        self._parent = cast("Any", super())  # untyped
        self._parent.__init__(**settings)
        self._exchanges = exchanges

    def GetConnection(self) -> Any:
        exchange: Exchange = self._exchanges.current
        exchange.check()
        connection: Any = self._parent.GetConnection()
        exchange.begin(connection)
        return connection

    def ReturnConnection(self, conn: Any) -> None:
        exchange: Exchange = self._exchanges.current
        exchange.end()
        self._parent.ReturnConnection(conn)


class Session:
    """Logs in when first used and again when the session has ended. All methods block; threads may share it."""

    def __init__(self, access: VCenterAccess, *, timeout: float) -> None:
        self._access = access
        self._timeout = timeout
        self._exchanges = threading.local()
        self._lock = threading.Lock()
        self._wire: Any = None
        self._stub: Any = None
        self._content: Any = None

    @contextmanager
    def during(self, exchange: Exchange) -> Generator[None, None, None]:
        """Everything this thread asks meanwhile belongs to the exchange."""
        self._exchanges.current = exchange
        try:
            yield
        finally:
            exchange.end()
            del self._exchanges.current

    def ask(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls a method of a managed object. Faults come through as they are, all else as `SourceError`."""
        try:
            return method(*args, **kwargs)
        except (vmodl.MethodFault, SourceError):
            raise
        except Exception as error:
            # pyVmomi's decoder raises whatever a broken answer makes it.
            raise SourceError(reason(error, self._access, self._timeout)) from error

    def need(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `ask`, for what has a result: pyVmomi takes a web page, as of a proxy, for an answer without one."""
        result = self.ask(method, *args, **kwargs)
        if result is None:
            raise SourceError(f"{self._access.name} sent an answer that is empty, or no vCenter's")
        return result

    @property
    def content(self) -> Any:
        """The service content: the server's description and its managers."""
        if self._content is None:
            instance = _ServiceInstance("ServiceInstance", self._connected())
            self._content = self.need(instance.RetrieveContent)
        return self._content

    def log_out(self) -> None:
        """Ends the session if there is one; never logs in for it, never fails."""
        if self._wire is None or self._content is None:
            return
        managed = _SessionManager("SessionManager", self._wire)
        with suppress(vmodl.MethodFault, SourceError):
            self.ask(managed.Logout)
        self._wire.DropConnections()

    def drop(self) -> None:
        if self._wire is not None:
            self._wire.DropConnections()

    def _connected(self) -> Any:
        with self._lock:
            if self._stub is None:
                self._wire = _Wire(
                    self._exchanges,
                    host=self._access.host,
                    port=self._access.port,
                    version=API_VERSION,
                    sslContext=self._trust(),
                    httpConnectionTimeout=self._timeout,
                )
                self._stub = _SessionStub(self._wire, self._log_in, retryDelay=0, retryCount=_ATTEMPTS)
            return self._stub

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._access.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            path = self._access.ca_file
            raise SourceError(f"ca_file {path} of {self._access.name} cannot be used ({error.strerror})") from error

    def _log_in(self, wire: Any) -> None:
        wire.SetSessionId(None)  # a cookie of the ended session would refuse the login
        content = _ServiceInstance("ServiceInstance", wire).RetrieveContent()
        spoken = str(content.about.apiVersion)
        if [int(part) for part in spoken.split(".")[:2] if part.isdecimal()] < OLDEST_API:
            raise SourceError(f"{self._access.name} speaks the vSphere API {spoken}; Homeward needs 6.5 or later")
        content.sessionManager.Login(self._access.username, self._access.password, None)
