"""Bringing things to the bot by signed HTTP requests, with Slack's three seconds of patience."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from .answers import NO_ANSWER, NOT_TAKEN, Answer, Delivery
from .messages import Payload


class Transport(Protocol):
    async def deliver(self, delivery: Delivery, *, patience: float) -> Answer: ...


@dataclass(slots=True)
class SignedHttp:
    """To a request URL, signed as Slack signs."""

    session: aiohttp.ClientSession
    url: str
    signing_secret: str
    clock: Callable[[], float]

    async def deliver(self, delivery: Delivery, *, patience: float) -> Answer:
        body, content_type = _encoded(delivery)
        started = time.monotonic()
        try:
            async with asyncio.timeout(patience):
                async with self.session.post(
                    self.url, data=body.encode(), headers=self._headers(delivery, body, content_type)
                ) as response:
                    text = await response.text()
        except TimeoutError:
            return Answer({}, time.monotonic() - started, NO_ANSWER)
        except aiohttp.ClientError:
            return Answer({}, time.monotonic() - started, NOT_TAKEN)
        elapsed = time.monotonic() - started
        no_retry = response.headers.get("X-Slack-No-Retry") == "1"
        if not 200 <= response.status < 300:
            return Answer(decoded(text), elapsed, NOT_TAKEN, response.status, no_retry)
        return Answer(decoded(text), elapsed, "", response.status, no_retry)

    def _headers(self, delivery: Delivery, body: str, content_type: str) -> dict[str, str]:
        timestamp = str(int(self.clock()))
        signature = SignatureVerifier(self.signing_secret).generate_signature(timestamp=timestamp, body=body)
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature or "",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if delivery.retry:
            headers |= {"X-Slack-Retry-Num": str(delivery.retry), "X-Slack-Retry-Reason": delivery.reason}
        return headers


def decoded(text: str) -> Payload:
    """An acknowledgement's body; plain text is a message."""
    if not text.strip():
        return {}
    try:
        body: object = json.loads(text)
    except ValueError:
        return {"text": text}
    return cast("Payload", body) if isinstance(body, dict) else {"text": text}


def _encoded(delivery: Delivery) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    match delivery.kind:
        case "events_api":
            return json.dumps(delivery.payload), "application/json"
        case "slash_commands":
            return urlencode(delivery.payload), form
        case _:
            return urlencode({"payload": json.dumps(delivery.payload)}), form
