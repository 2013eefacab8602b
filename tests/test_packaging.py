"""The wheel beside a host bot that has folders and commands of its own."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

HOST = """
import asyncio, sys, time
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from urllib.parse import urlencode

import bot, handlers                      # the host's own
from homeward.bot import Settings, register
from homeward.bot.sandbox.slack import SandboxSlack

SECRET = "host-secret"

def request(command, text):
    body = urlencode({"command": command, "text": text, "team_id": "T0HOMEWARD", "user_id": "U0MAYA",
                      "channel_id": "C0WARROOM", "trigger_id": "1.1", "response_url": "https://127.0.0.1:9/x"})
    now = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body)
    headers = {"content-type": ["application/x-www-form-urlencoded"], "x-slack-request-timestamp": [now],
               "x-slack-signature": [signature]}
    return AsyncBoltRequest(body=body, headers=headers, mode="http")

async def main():
    async with SandboxSlack() as slack:
        client = AsyncWebClient(token=slack.token, base_url=slack.base_url)
        app = AsyncApp(client=client, signing_secret=SECRET)
        app.command("/host-hello")(handlers.hello)
        async with register(app, Settings()):
            for command, text in (("/host-hello", ""), ("/failback-errors", "78093")):
                answer = await app.async_dispatch(request(command, text))
                print(answer.status, answer.body[:120])

print(bot.__file__, handlers.__file__)
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what belongs to the package, so that the checkout stays clean."""
    out = tmp_path_factory.mktemp("dist")
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    for name in ("bot", "handlers", "actions", "checks"):
        (source / name).symlink_to(ROOT / name)
    (source / "src" / "homeward").mkdir(parents=True)
    for path in (ROOT / "src" / "homeward").iterdir():
        target = source / "src" / "homeward" / path.name
        if path.is_symlink():
            target.symlink_to(path.readlink())
        elif path.is_file():
            target.write_bytes(path.read_bytes())
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source))
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A team's bot with its own `bot/` and `handlers/`."""
    for name, code in (
        ("bot/__init__.py", "WHOSE = 'the host'\n"),
        ("handlers/__init__.py", "async def hello(ack):\n    await ack(text='hello from the host')\n"),
        ("main.py", HOST),
    ):
        path = tmp_path / "host" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    return tmp_path / "host"


def test_the_wheel_holds_one_top_level_package_with_its_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"homeward"}
    assert "homeward/py.typed" in names
    data = {f"homeward/checks/catalogue/{path.name}" for path in (ROOT / "checks" / "catalogue").glob("*.toml")}
    assert data
    assert data <= set(names)
    versions = ROOT / "actions" / "ledger" / "migrations" / "versions"
    migrations = {f"homeward/actions/ledger/migrations/versions/{path.name}" for path in versions.glob("r*.py")}
    assert migrations
    assert migrations <= set(names)
    static = ROOT / "bot" / "sandbox" / "page" / "static"
    page = {f"homeward/bot/sandbox/page/static/{path.relative_to(static)}" for path in static.rglob("*.*")}
    assert "homeward/bot/sandbox/page/static/index.html" in page
    assert page <= set(names)
    assert "homeward/bot/cli/__init__.py" in names
    assert "homeward/bot/sandbox/estate/__init__.py" in names


def test_the_wheel_works_beside_a_host_with_its_own_bot_and_handlers_and_leaves_it_whole(
    wheel: Path, host: Path, tmp_path: Path
) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    run(python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel))
    # The dependencies come from the environment of the tests; its own homeward (editable) does not come along.
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    said = run(python, "main.py", cwd=host).splitlines()
    assert said[0] == f"{host / 'bot' / '__init__.py'} {host / 'handlers' / '__init__.py'}"
    assert said[1].startswith("200")
    assert "hello from the host" in said[1]
    assert said[2].startswith("200")
    assert "78093" in said[2]
    where = run(python, "-c", "import homeward.checks; print(homeward.checks.__file__)", cwd=host)
    assert where.startswith(str(site))

    run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "homeward")
    assert run(python, "-c", "import bot, handlers; print(bot.WHOSE)", cwd=host) == "the host\n"
    assert not (site / "homeward").exists()


def run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True, timeout=300)  # noqa: S603 # our own words
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
