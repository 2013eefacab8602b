"""Azure Resource Manager's refusals."""

from __future__ import annotations


class Refusal(Exception):
    """An answer that is an ARM error body with its status."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    @property
    def body(self) -> dict[str, object]:
        return {"error": {"code": self.code, "message": self.message}}


def not_authenticated(code: str, message: str) -> Refusal:
    challenge = (
        'Bearer authorization_uri="https://login.windows.net/common", error="invalid_token", '
        f'error_description="{message}"'
    )
    return Refusal(401, code, message, {"WWW-Authenticate": challenge})


def no_api_version() -> Refusal:
    message = "The request names no api-version; the query parameter api-version is required."
    return Refusal(400, "MissingApiVersionParameter", message)


def no_subscription(subscription: str) -> Refusal:
    return Refusal(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


def no_group(group: str) -> Refusal:
    return Refusal(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def no_resource(kind: str, name: str) -> Refusal:
    return Refusal(404, "ResourceNotFound", f"The resource '{kind}/{name}' was not found.")


def unknown_filter(text: str) -> Refusal:
    return Refusal(400, "BadRequest", f"The filter {text!r} is not valid.")
