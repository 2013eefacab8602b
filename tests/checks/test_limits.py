"""Limits that rules and choices share are written once."""

import ast
from pathlib import Path

from homeward.checks import limits

CHECKS = Path(limits.__file__).parent
SHARED = {name for name in vars(limits) if name.isupper()}


def assigned(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def test_no_other_module_of_checks_has_a_limit_of_that_name() -> None:
    elsewhere = {path.name: assigned(path) & SHARED for path in CHECKS.rglob("*.py") if path.name != "limits.py"}
    assert {name: names for name, names in elsewhere.items() if names} == {}


def test_a_choice_knows_no_limits_of_its_own_nor_rules() -> None:
    text = (CHECKS / "sources" / "choose.py").read_text(encoding="utf-8")
    assert "checks.rules" not in text
    assert "timedelta" not in text
