"""Words for failures that the sandbox cannot play."""

import pytest
from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError
from azure.core.rest import HttpRequest
from azure.identity import CredentialUnavailableError

from homeward.bot.sandbox.arm import SandboxArm
from homeward.checks.sources.access import SourceError
from homeward.checks.sources.azure import AzureConnection
from homeward.checks.sources.azure.errors import LONGEST, clean, explain


def _reason(error: BaseException) -> str:
    return explain(error, asked="vault prod-dr", host="management.azure.com", timeout=20).reason


class _Answer:
    """What azure-core keeps of an answer, as far as an error looks at it."""

    reason = "Forbidden"

    def __init__(self, status: int, body: str, url: str = "https://management.azure.com/x") -> None:
        self.status_code = status
        self.request = HttpRequest("GET", url)
        self.headers: dict[str, str] = {}
        self._body = body

    def body(self) -> bytes:
        return self._body.encode()

    def text(self, encoding: str | None = None) -> str:
        return self._body


def test_a_missing_permission_is_named() -> None:
    body = (
        '{"error": {"code": "AuthorizationFailed", "message": "The client \'a\' with object id \'b\' does not have '
        "authorization to perform action 'Microsoft.RecoveryServices/vaults/replicationProtectedItems/read' over scope "
        "'/subscriptions/x' or the scope is invalid.\"}}"
    )
    error = ClientAuthenticationError(response=_Answer(403, body))
    assert _reason(error) == (
        "Azure denies access to vault prod-dr (403): "
        "the identity lacks Microsoft.RecoveryServices/vaults/replicationProtectedItems/read"
    )


def test_the_many_lines_of_the_default_credential_become_one_clause() -> None:
    text = (
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n"
        "\tEnvironmentCredential: EnvironmentCredential authentication unavailable.\n\tAzureCliCredential: not found"
    )
    expected = "no sign-in to Azure is available: none of the ways of DefaultAzureCredential gave a token"
    assert _reason(ClientAuthenticationError(message=text)) == expected
    assert _reason(CredentialUnavailableError(message=text)) == expected


def test_a_refusal_of_the_sign_in_service_keeps_its_code_and_nothing_else() -> None:
    text = "Authentication failed: AADSTS7000215: Invalid client secret provided. secret=hunter2 Trace ID: 1"
    url = "https://login.microsoftonline.com/t/oauth2/v2.0/token"
    assert _reason(ClientAuthenticationError(message=text, response=_Answer(401, "{}", url))) == (
        "Azure refused the sign-in (AADSTS7000215)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl",
        "got eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0",
        "https://x/y?sv=1&sig=abc%2Fdef",
        "client_secret=hunter2&grant_type=x",
    ],
)
def test_secrets_are_struck_out(text: str) -> None:
    shown = clean(text)
    assert "eyJ" not in shown
    assert "hunter2" not in shown
    assert "abc%2Fdef" not in shown


def test_words_from_outside_stay_one_short_line() -> None:
    shown = clean("a\n\tb\x00\u202ec\u200b" + "x" * 1000)
    assert len(shown) == LONGEST
    assert shown.startswith("a b c xxx")
    assert shown.isprintable()


def test_an_error_that_says_nothing_still_names_who_was_asked() -> None:
    assert _reason(ServiceRequestError("no luck")) == "vault prod-dr could not be asked: no luck"
    assert _reason(AzureError("")) == "vault prod-dr could not be asked: AzureError"
    assert _reason(KeyError("value")) == "Azure's answer for vault prod-dr is not readable"
    assert _reason(OSError(113, "No route to host")) == "no connection to management.azure.com: No route to host"
    assert _reason(ConnectionResetError()) == "management.azure.com closed the connection without an answer"
    assert _reason(SourceError("known already")) == "known already"


async def test_a_defect_of_ours_is_not_blamed_on_azure(connection: AzureConnection, arm: SandboxArm) -> None:
    with pytest.raises(ZeroDivisionError):
        async with connection.asking("vault prod-dr"):
            raise ZeroDivisionError
    assert not arm.requests
