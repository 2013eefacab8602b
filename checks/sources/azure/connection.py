"""The way to Azure Resource Manager: sign-in, cloud, TLS, time-outs; and who to ask there."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from urllib.parse import urlsplit

import aiohttp
from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import (
    AsyncHTTPPolicy,
    ContentDecodePolicy,
    CustomHookPolicy,
    HeadersPolicy,
    RequestIdPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import HttpRequest
from azure.identity import AzureAuthorityHosts
from azure.identity.aio import DefaultAzureCredential
from azure.mgmt.compute.aio import ComputeManagementClient
from azure.mgmt.core import AsyncARMPipelineClient
from azure.mgmt.core.policies import ARMHttpLoggingPolicy, AsyncARMChallengeAuthenticationPolicy
from azure.mgmt.recoveryservicessiterecovery.aio import SiteRecoveryManagementClient

from homeward.checks.sources.access import AzureAccess, SourceError

from .errors import explain
from .patience import PatientRetry, until

T = TypeVar("T")
Policy = AsyncHTTPPolicy[Any, Any]

# Resource Manager's address, the audience of its tokens, and who signs in, for each of Microsoft's clouds.
CLOUDS: Mapping[str, tuple[str, str, str]] = {
    "AzureCloud": (
        "https://management.azure.com",
        "https://management.azure.com",
        AzureAuthorityHosts.AZURE_PUBLIC_CLOUD,
    ),
    "AzureUSGovernment": (
        "https://management.usgovcloudapi.net",
        "https://management.core.usgovcloudapi.net",
        AzureAuthorityHosts.AZURE_GOVERNMENT,
    ),
    "AzureChinaCloud": (
        "https://management.chinacloudapi.cn",
        "https://management.chinacloudapi.cn",
        AzureAuthorityHosts.AZURE_CHINA,
    ),
}
CLOSED = "Azure is no longer read: its connection was closed"
FAR_FUTURE = 253402300799
"""The last second of the year 9999: a static token has no end that we know."""


class StaticToken:
    """A credential that is one given token, for an endpoint of one's own."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken(self._token, FAR_FUTURE)

    async def close(self) -> None:
        return

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        return


class AzureConnection:
    """Everything that reads Azure goes through one of these. It opens nothing before it is asked something.

    No read lasts longer than `timeout` seconds, unless it brings its own limit. TLS is always verified.
    `last` makes policies for a client that see every single request right before it is sent, retries too.
    """

    def __init__(self, access: AzureAccess, *, timeout: float, last: Callable[[], Sequence[Policy]] = tuple) -> None:
        self.timeout = timeout
        self._last = last
        self._access = access
        endpoint, audience, self._authority = CLOUDS.get(access.cloud, ("", "", ""))
        self.endpoint = (endpoint or access.endpoint).rstrip("/")
        self._scope = (audience or access.audience or self.endpoint).rstrip("/") + "/.default"
        self.host = urlsplit(self.endpoint).netloc
        self._opening = asyncio.Lock()
        self._closed = False
        self._session: aiohttp.ClientSession | None = None
        self._credential: AsyncTokenCredential | None = None
        self._site_recovery: dict[str, SiteRecoveryManagementClient] = {}
        self._compute: dict[str, ComputeManagementClient] = {}
        self._plain: AsyncARMPipelineClient[HttpRequest, Any] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends what is still being read and closes all connections; further reads are refused. May be called again."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for site_recovery in self._site_recovery.values():
            await site_recovery.close()
        for compute in self._compute.values():
            await compute.close()
        if self._plain is not None:
            await self._plain.close()
        if self._credential is not None:
            await self._credential.close()
        if self._session is not None:
            await self._session.close()
        self._site_recovery, self._compute = {}, {}
        self._plain = self._credential = self._session = None

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task that outlives its asker, but not the connection."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it when nobody waits any more

    @asynccontextmanager
    async def asking(self, whom: str, *, timeout: float | None = None) -> AsyncGenerator[None, None]:  # noqa: ASYNC109 - a limit of its own, not the caller's
        """Reads of `whom` happen inside: bounded in time, and every failure becomes a `SourceError`."""
        timeout = self.timeout if timeout is None else timeout
        try:
            with until(timeout):
                async with asyncio.timeout(timeout):
                    yield
        except RuntimeError as error:
            if not self._closed:
                raise
            raise SourceError(CLOSED) from error  # aiohttp's word for a session closed under a request
        except (AzureError, aiohttp.ClientError, OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            # The last four: the SDK takes an answer of an unexpected form apart without looking.
            if self._closed:
                raise SourceError(CLOSED) from error
            raise explain(error, asked=whom, host=self.host, timeout=timeout) from error

    async def site_recovery(self, subscription_id: str) -> SiteRecoveryManagementClient:
        await self._open()
        client = self._site_recovery.get(subscription_id)
        if client is None:
            client = self._site_recovery[subscription_id] = SiteRecoveryManagementClient(
                self._signed_in(), subscription_id, base_url=self.endpoint, **self._client_options()
            )
        return client

    async def compute(self, subscription_id: str) -> ComputeManagementClient:
        await self._open()
        client = self._compute.get(subscription_id)
        if client is None:
            client = self._compute[subscription_id] = ComputeManagementClient(
                self._signed_in(), subscription_id, base_url=self.endpoint, **self._client_options()
            )
        return client

    async def get(self, path: str, api_version: str, **query: str) -> Mapping[str, object]:
        """A plain GET of Resource Manager. Belongs inside `asking`."""
        return await self._read(self.endpoint + path, {**query, "api-version": api_version})

    async def get_list(self, path: str, api_version: str, **query: str) -> list[Mapping[str, object]]:
        """All pages of a list. Belongs inside `asking`."""
        page = await self.get(path, api_version, **query)
        found: list[Mapping[str, object]] = []
        while True:
            found += cast("list[Mapping[str, object]]", page.get("value") or [])
            link = page.get("nextLink")
            if not isinstance(link, str) or not link:
                return found
            page = await self._read(link, {})

    async def _read(self, url: str, query: Mapping[str, str]) -> Mapping[str, object]:
        await self._open()
        if self._plain is None:
            self._plain = AsyncARMPipelineClient(base_url=self.endpoint, **self._client_options())
        request = HttpRequest("GET", url, params=dict(query), headers={"Accept": "application/json"})
        response = await self._plain.send_request(request)
        response.raise_for_status()
        body: object = response.json()
        if not isinstance(body, Mapping):
            raise TypeError("not a JSON object")
        return cast("Mapping[str, object]", body)

    async def _open(self) -> None:
        async with self._opening:
            if not self._closed and self._session is None:
                trust = await asyncio.to_thread(self._trust)
                if self._closed:  # meanwhile: nobody would close the session
                    raise SourceError(CLOSED)
                # One session for all clients, and one TLS context for the session: azure-core would make
                # a context for each request where a CA file is given, and no connection would be used twice.
                self._session = aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(ssl=trust),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    trust_env=not self._on_this_machine(),  # a proxy does not lead back here
                )
        if self._closed:
            raise SourceError(CLOSED)

    def _on_this_machine(self) -> bool:
        name = urlsplit(self.endpoint).hostname or ""
        return name in {"localhost", "::1"} or name.startswith("127.")

    def _trust(self) -> ssl.SSLContext:
        ca_file = self._access.ca_file if self._access.cloud == "custom" else ""
        try:
            return ssl.create_default_context(cafile=ca_file or None)
        except OSError as error:
            raise SourceError(f"the CA file {ca_file} cannot be used: {error.strerror or 'not a PEM file'}") from error

    def _signed_in(self) -> AsyncTokenCredential:
        if self._credential is None:
            if self._access.cloud == "custom" and self._access.token:
                self._credential = StaticToken(self._access.token)
            elif self._authority:
                self._credential = DefaultAzureCredential(authority=self._authority)
            else:
                self._credential = DefaultAzureCredential()
        return self._credential

    def _client_options(self) -> dict[str, Any]:
        """A client's transport and policies. Not among them: the one that registers resource providers, a write."""
        return {
            "credential_scopes": [self._scope],
            "transport": AioHttpTransport(session=self._session, session_owner=False),
            "policies": [
                RequestIdPolicy(),
                HeadersPolicy(),
                UserAgentPolicy("homeward"),
                ContentDecodePolicy(),
                PatientRetry(),
                AsyncARMChallengeAuthenticationPolicy(self._signed_in(), self._scope),
                CustomHookPolicy(),
                ARMHttpLoggingPolicy(),
                *self._last(),
            ],
        }
