"""What holds of the whole code: one place may change Azure, nothing changes vCenter, nothing names this machine."""

import ast
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from azure.mgmt.recoveryservicessiterecovery.aio import operations

ROOT = Path(__file__).parent.parent
FOLDERS = ("bot", "handlers", "actions", "checks")
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

MUTATING = {
    name
    for group in vars(operations).values()
    if isinstance(group, type)
    for name in dir(group)
    if name.startswith("begin_") or name in {"resync", "create"}
}
"""What changes something in Site Recovery; `update` and `delete` are begun there too (begin_update, ...)."""
ALLOWED = {"begin_run_command", "begin_post"}
"""Compute's, and opt-in; the ledger's, of messages. Site Recovery has no such names."""
VSPHERE_CHANGES = re.compile(r"_Task$|^(PowerOn|PowerOff|Destroy|Reconfig|Relocate|Migrate|RevertTo|Remove|Create)VM")


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return attributes | {word for word in words if word.isidentifier()}


def test_the_sdks_changing_calls_are_known() -> None:
    assert {"begin_reprotect", "begin_planned_failover", "begin_failover_commit"} <= MUTATING


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_actions_module_for_azure_names_a_call_that_changes_site_recovery(path: Path) -> None:
    if path == ROOT / "actions" / "azure.py":
        return
    named = names_in(path)
    assert not named & MUTATING
    # A begin_ call that Site Recovery gets in a later version of the SDK is not let through either.
    assert {name for name in named if name.startswith("begin_")} <= ALLOWED


def test_the_search_finds_such_a_call(tmp_path: Path) -> None:
    for code in ("client.replication_protected_items.begin_reprotect()", "getattr(items, 'begin_reprotect')()"):
        module = tmp_path / "module.py"
        module.write_text(code, encoding="utf-8")
        assert names_in(module) & MUTATING


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_names_a_call_that_changes_vcenter(path: Path) -> None:
    assert not {name for name in names_in(path) if VSPHERE_CHANGES.search(name)}


def test_no_module_does_something_when_it_is_imported() -> None:
    """At the top of a module a call may make a value; it may not stand alone, open a file or ask the environment."""
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            assert not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)), where
            if isinstance(node, ast.Assign | ast.AnnAssign):
                called = {n.func.id for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
                assert not called & {"open", "getenv", "load", "register"}, where


# Slack's schema of a version 2 manifest, for the parts that are used here; limits as Slack publishes them.
MANIFEST = {
    "$defs": {
        "parameters": {
            "type": "object",
            "maxProperties": 50,
            "additionalProperties": {
                "type": "object",
                "required": ["name", "type", "title", "description", "is_required"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string"},
                    "type": {"enum": ["string", "boolean", "integer", "number"]},
                    "title": {"type": "string", "minLength": 1},
                    "description": {"type": "string", "minLength": 1},
                    "is_required": {"type": "boolean"},
                },
            },
        }
    },
    "type": "object",
    "required": ["_metadata", "display_information", "features", "oauth_config", "settings"],
    "additionalProperties": False,
    "properties": {
        "_metadata": {
            "type": "object",
            "additionalProperties": False,
            "required": ["major_version"],
            "properties": {"major_version": {"const": 2}, "minor_version": {"type": "integer"}},
        },
        "display_information": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 35},
                "description": {"type": "string", "minLength": 1, "maxLength": 140},
                "background_color": {"type": "string", "pattern": "^#([0-9a-fA-F]{3}){1,2}$"},
                "long_description": {"type": "string", "minLength": 175, "maxLength": 4000},
            },
        },
        "features": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "app_home": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "home_tab_enabled": {"type": "boolean"},
                        "messages_tab_enabled": {"type": "boolean"},
                        "messages_tab_read_only_enabled": {"type": "boolean"},
                    },
                },
                "shortcuts": {
                    "type": "array",
                    "maxItems": 10,
                    "items": {
                        "type": "object",
                        "required": ["name", "type", "callback_id", "description"],
                        "additionalProperties": False,
                        "properties": {
                            "name": {"type": "string", "minLength": 1, "maxLength": 24},
                            "type": {"enum": ["message", "global"]},
                            "callback_id": {"type": "string", "minLength": 1, "maxLength": 255},
                            "description": {"type": "string", "minLength": 1, "maxLength": 150},
                        },
                    },
                },
                "bot_user": {
                    "type": "object",
                    "required": ["display_name"],
                    "additionalProperties": False,
                    "properties": {
                        "display_name": {"type": "string", "minLength": 1, "maxLength": 80},
                        "always_online": {"type": "boolean"},
                    },
                },
                "slash_commands": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 50,
                    "items": {
                        "type": "object",
                        "required": ["command", "description"],
                        "additionalProperties": False,
                        "properties": {
                            "command": {"type": "string", "pattern": "^/", "minLength": 2, "maxLength": 32},
                            "url": {"type": "string", "pattern": "^https?://", "maxLength": 3000},
                            "description": {"type": "string", "minLength": 1, "maxLength": 2000},
                            "usage_hint": {"type": "string", "minLength": 1, "maxLength": 1000},
                            "should_escape": {"type": "boolean"},
                        },
                    },
                },
            },
        },
        "functions": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z0-9_]{1,100}$"},
            "additionalProperties": {
                "type": "object",
                "required": ["title", "description", "input_parameters", "output_parameters"],
                "additionalProperties": False,
                "properties": {
                    "title": {"type": "string", "minLength": 1, "maxLength": 255},
                    "description": {"type": "string", "minLength": 1, "maxLength": 255},
                    "input_parameters": {"$ref": "#/$defs/parameters"},
                    "output_parameters": {"$ref": "#/$defs/parameters"},
                },
            },
        },
        "oauth_config": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "scopes": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"bot": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}},
                }
            },
        },
        "settings": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "interactivity": {
                    "type": "object",
                    "required": ["is_enabled"],
                    "additionalProperties": False,
                    "properties": {"is_enabled": {"type": "boolean"}, "request_url": {"type": "string"}},
                },
                "event_subscriptions": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "request_url": {"type": "string"},
                        "bot_events": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
                    },
                },
                "function_runtime": {"const": "remote"},
                "org_deploy_enabled": {"type": "boolean"},
                "socket_mode_enabled": {"type": "boolean"},
                "token_rotation_enabled": {"type": "boolean"},
            },
        },
    },
}


def manifest() -> dict[str, object]:
    read: dict[str, object] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return read


def test_the_manifest_keeps_to_slacks_version_2_schema() -> None:
    jsonschema.validate(manifest(), MANIFEST)


def test_what_is_pressed_is_answered_where_it_was_pressed() -> None:
    """A poster that may answer in private is made with the thread of the press, or its words stand in the channel."""
    threadless = re.compile(r"_posters\(\s*client,\s*respond,\s*(?:press|point)\.team\s*\)")
    for path in (ROOT / "handlers").rglob("*.py"):
        assert not threadless.search(path.read_text(encoding="utf-8")), path
