"""`homeward sandbox`: its ports, and what it prints."""

import asyncio
import re
import socket
import sys

import aiohttp
import psutil
from click.testing import CliRunner

from homeward.bot.cli import ExitCode, main

WITHIN = 60.0


async def test_without_a_bot_it_says_how_to_run_one_and_starts_none() -> None:
    sandbox = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from homeward.bot.cli import main; main()",
        "sandbox",
        "--no-bot",
        stdout=asyncio.subprocess.PIPE,
    )
    assert sandbox.stdout
    try:
        async with asyncio.timeout(WITHIN):
            told = (await sandbox.stdout.readuntil(b"Ctrl-C")).decode()
        assert re.search(r"^  export HOMEWARD_CONFIG=/.*\n(.*\n)*  homeward serve$", told, re.MULTILINE)
        assert not psutil.Process(sandbox.pid).children()
        (address,) = re.findall(r"^Open (http://127\.0\.0\.1:\d+/)$", told, re.MULTILINE)
        async with aiohttp.ClientSession() as session, session.get(f"{address}api/state") as answer:
            assert (await answer.json())["estate"]["bot"] == "elsewhere"
    finally:
        sandbox.terminate()
        assert await sandbox.wait() == 0


def test_a_port_that_is_taken_is_told_with_all_that_are_used() -> None:
    """Only the page's own, the last of the four, is taken."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        last = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["sandbox", "--port", str(last - 3)])
    assert result.exit_code == ExitCode.FAILED
    assert result.stderr.startswith(f"One of the ports {last - 3} to {last} is in use: choose another --port")
    assert len(result.stderr.splitlines()) == 1
