"""Turns whatever goes wrong between us and Azure into one clause for people."""

import re
import socket
import ssl
from collections.abc import Iterator
from typing import cast

import aiohttp
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    IncompleteReadError,
    ServiceRequestTimeoutError,
    ServiceResponseTimeoutError,
)
from azure.core.rest import AsyncHttpResponse

from homeward.checks.redact import redact
from homeward.checks.sources.access import SourceError

# A 404 with one of these codes says that the resource is not there; others say that we asked at a wrong place.
GONE = frozenset({"resourcenotfound", "resourcegroupnotfound", "notfound", "jobnotfound"})
LONGEST = 160
_ACTION = re.compile(r"(?i)perform(?:ing)? (?:the )?action '?([\w./*-]+)'?")
_AAD = re.compile(r"AADSTS\d+")


def explain(error: BaseException, *, asked: str, host: str, timeout: float) -> SourceError:
    """`asked` is who or what was asked ("vault prod-dr"), `host` the server that should have answered."""
    return SourceError(_reason(error, asked=asked, host=host, timeout=timeout))


def _reason(error: BaseException, *, asked: str, host: str, timeout: float) -> str:
    if isinstance(error, SourceError):
        return error.reason
    if isinstance(error, TimeoutError | ServiceRequestTimeoutError | ServiceResponseTimeoutError):
        return f"{asked} did not answer within {timeout:g} s"
    if isinstance(error, IncompleteReadError):
        return f"Azure's answer for {asked} broke off half way"
    if isinstance(error, ClientAuthenticationError) and not _answered(error):
        return _sign_in(error)
    if isinstance(error, HttpResponseError) and _answered(error) and not isinstance(error, DecodeError):
        return _refusal(error, asked)
    return _network(error, host) or _unreadable(error, asked)


def _answered(error: HttpResponseError) -> bool:
    """Whether Azure Resource Manager answered (a credential's own failure carries no answer, or the sign-in's)."""
    response = _response(error)
    return response is not None and response.status_code >= 400 and "/oauth2/" not in response.request.url


def _response(error: HttpResponseError) -> AsyncHttpResponse | None:
    return cast("AsyncHttpResponse | None", error.response)


def _refusal(error: HttpResponseError, asked: str) -> str:
    status = error.status_code or 0
    code, said = refused(error)
    if status == 401:
        return f"Azure refused the sign-in (401): {said or code or 'the token is not accepted'}"
    if status == 403:
        action = _ACTION.search(said)
        lacks = f"the identity lacks {action[1]}" if action else said or code or "the identity lacks the role"
        return f"Azure denies access to {asked} (403): {lacks}"
    if status == 404:
        return f"Azure does not find {asked} (404): {said or code or 'no such resource'}"
    if status == 429:
        return f"Azure allows no more requests for now (429), {_again(error)}"
    if status >= 500:
        return f"Azure failed to answer for {asked} ({status}){_colon(said or code)}"
    return f"Azure refused the request for {asked} ({status}){_colon(said or code)}"


def refused(error: HttpResponseError, *, longest: int = LONGEST) -> tuple[str, str]:
    """The code and the message of Azure's own error body, cleaned."""
    body = error.error
    return clean(str(getattr(body, "code", "") or "")), clean(str(getattr(body, "message", "") or ""), longest)


def _again(error: HttpResponseError) -> str:
    response = _response(error)
    wait = clean(response.headers.get("Retry-After", "")) if response else ""
    if wait.isdecimal():
        return f"try again in {wait} s"
    return f"try again after {wait}" if wait else "try again later"


def _sign_in(error: ClientAuthenticationError) -> str:
    code = _AAD.search(str(error.message))
    if code:
        return f"Azure refused the sign-in ({code[0]})"
    return "no sign-in to Azure is available: none of the ways of DefaultAzureCredential gave a token"


def _network(error: BaseException, host: str) -> str:
    causes = list(_causes(error))
    # aiohttp's errors are also ssl's and the system's by class, but lack their attributes; the real ones follow.
    for cause in (one for one in causes if not isinstance(one, aiohttp.ClientError)):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of {host} is not trusted: {clean(cause.verify_message)}"
        if isinstance(cause, ssl.SSLError):
            return f"no TLS connection to {host}: {clean(cause.reason or 'the handshake failed')}"
        if isinstance(cause, socket.gaierror):
            return f"the name {host} is not found in DNS"
        if isinstance(cause, ConnectionRefusedError):
            return f"{host} refused the connection"
        if isinstance(cause, ConnectionError):
            return f"{host} closed the connection without an answer"
    if any(isinstance(cause, aiohttp.ServerDisconnectedError) for cause in causes):
        return f"{host} closed the connection without an answer"
    for cause in causes:
        if isinstance(cause, OSError) and not isinstance(cause, AzureError):
            return f"no connection to {host}: {clean(cause.strerror or type(cause).__name__)}"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    todo: list[BaseException] = [error]
    while todo:
        one = todo.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        # aiohttp keeps the system's error beside the chain, azure-core keeps aiohttp's.
        beside = (
            getattr(one, name, None) for name in ("os_error", "_os_error", "certificate_error", "inner_exception")
        )
        todo += [
            other for other in (*beside, one.__cause__, one.__context__, *one.args) if isinstance(other, BaseException)
        ]


def _unreadable(error: BaseException, asked: str) -> str:
    if isinstance(error, AzureError) and not isinstance(error, DecodeError | HttpResponseError):
        return f"{asked} could not be asked: {clean(str(error.message)) or type(error).__name__}"
    return f"Azure's answer for {asked} is not readable"


def clean(text: str, longest: int = LONGEST) -> str:
    """One short line without control characters and without anything that looks like a secret."""
    line = " ".join(redact("".join(c if c.isprintable() else " " for c in text)).split())
    line = line.rstrip(".")
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _colon(text: str) -> str:
    return f": {text}" if text else ""
