"""The page's server lets nobody in but this machine's own page, and tells every fault in one sentence."""

import asyncio

import pytest

from homeward.bot.sandbox.page import Page
from homeward.bot.sandbox.run import Sandbox
from homeward.bot.sandbox.slack import MAYA, WAR_ROOM, Version
from tests.bot.sandbox.page.browser import Browser, browsing


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "[::2]:1"])
async def test_another_name_for_this_machine_is_refused(browser: Browser, host: str) -> None:
    for path in ("", "api/state", "static/index.html"):
        async with browser.session.get(browser.address + path, headers={"Host": host}) as answer:
            assert answer.status == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:80"])
async def test_every_loopback_name_is_taken(browser: Browser, host: str) -> None:
    async with browser.session.get(f"{browser.address}api/state", headers={"Host": host}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:1"])
async def test_a_post_from_another_page_is_refused(browser: Browser, sandbox: Sandbox, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    body = {"as": MAYA.id, "do": "break", "what": "throttle", "on": True}
    async with browser.session.post(f"{browser.address}api/do", json=body, headers=headers) as answer:
        assert answer.status == 403
        assert (await answer.json())["problem"] == "Only the page itself may ask for this."
    assert not sandbox.arm.faults.planned


@pytest.mark.parametrize(
    ("content_type", "sent", "status"),
    [
        ("text/plain", b"{}", 415),
        ("application/x-www-form-urlencoded", b"do=break", 415),
        ("application/json", b"{", 400),
        ("application/json", b"\xff", 400),
        ("application/json", b"[1]", 400),
        ("application/json", b'"' + b"x" * 300_000 + b'"', 413),
    ],
)
async def test_what_is_not_a_small_json_object_is_refused_in_a_sentence(
    browser: Browser, content_type: str, sent: bytes, status: int
) -> None:
    headers = {"Origin": browser.origin, "Content-Type": content_type}
    async with browser.session.post(f"{browser.address}api/do", data=sent, headers=headers) as answer:
        assert answer.status == status
        assert (await answer.json())["problem"].endswith(".")


async def test_nothing_may_be_loaded_from_elsewhere_nor_written_into_the_page(browser: Browser) -> None:
    for path in ("", "api/state", "static/nothing.js"):
        async with browser.session.get(browser.address + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'self';")
            assert "unsafe" not in policy


async def test_the_page_and_what_it_needs_are_served(browser: Browser) -> None:
    async with browser.session.get(browser.address) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert "<html" in await answer.text()


@pytest.mark.parametrize("path", ["../server.py", "%2e%2e/server.py", "..%2fserver.py", "no.js", "/etc/passwd", "."])
async def test_nothing_else_is_served(browser: Browser, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(browser.origin.rpartition(":")[2]))
    writer.write(f"GET /static/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 404")


async def test_the_first_screen_is_that_of_whoever_is_on_call(browser: Browser) -> None:
    async with browser.session.get(f"{browser.address}api/state") as answer:
        assert (await answer.json())["me"] == MAYA.id


@pytest.mark.parametrize("path", ["api/state?as=U0NOBODY", "api/state?as=U0HOMEWARD", "api/changes?after=x"])
async def test_what_can_not_be_read_is_told(browser: Browser, path: str) -> None:
    async with browser.session.get(browser.address + path) as answer:
        assert answer.status == 400
        assert (await answer.json())["problem"].endswith(".")


async def test_a_change_in_slack_is_told_at_once_and_one_of_the_estate_soon(browser: Browser, sandbox: Sandbox) -> None:
    version = (await browser.state())["version"]
    assert (await browser.state())["version"] == version

    waiting = asyncio.create_task(browser.changed(version))
    await asyncio.wait([waiting], timeout=0.05)
    assert not waiting.done()
    workspace = sandbox.slack.workspace
    workspace.post(WAR_ROOM, workspace.bot, Version("hello"), at=1.0)
    version = await asyncio.wait_for(waiting, 5)

    sandbox.estate.vcenter.datastores[0].accessible = False
    assert await asyncio.wait_for(browser.changed(version), 5) > version


async def test_a_page_that_knew_another_sandbox_learns_of_this_one(browser: Browser) -> None:
    assert await asyncio.wait_for(browser.changed(after=100_000), 5) < 100_000


async def test_a_page_that_waits_does_not_hold_the_end_up(sandbox: Sandbox) -> None:
    async with browsing(sandbox) as browser:
        version = (await browser.state())["version"]
        waiting = asyncio.create_task(browser.changed(version))
        await asyncio.wait([waiting], timeout=0.05)
    assert await waiting == version


async def test_the_address_is_on_loopback(sandbox: Sandbox) -> None:
    async with Page(sandbox, None) as page:
        assert page.address.startswith("http://127.0.0.1:")
