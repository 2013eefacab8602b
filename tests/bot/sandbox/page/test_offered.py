"""What the page offers is what the manifest registers."""

from pathlib import Path

import yaml

from homeward.bot.sandbox.page.offered import COMMANDS, SHORTCUTS

ROOT = Path(__file__).parents[4]
FEATURES = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))["features"]


def test_the_commands_are_the_manifest_s() -> None:
    assert [(one.command, one.description, one.usage_hint) for one in COMMANDS] == [
        (one["command"], one["description"], one["usage_hint"]) for one in FEATURES["slash_commands"]
    ]


def test_the_message_shortcuts_are_the_manifest_s() -> None:
    registered = [one for one in FEATURES["shortcuts"] if one["type"] == "message"]
    assert [(one.callback_id, one.name) for one in SHORTCUTS] == [
        (one["callback_id"], one["name"]) for one in registered
    ]


def test_every_example_is_a_line_of_its_command() -> None:
    for one in COMMANDS:
        assert one.examples
        assert all(example.split(" ")[0] == one.command for example in one.examples)
