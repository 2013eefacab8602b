"""The error catalogue names rules by their ids."""

from homeward.checks.catalogue import entries
from homeward.checks.notes import NOTES
from homeward.checks.rules import RULES


def test_every_rule_that_the_catalogue_names_exists() -> None:
    known = {rule.id for rule in RULES} | set(NOTES)
    named = {(entry.code, rule) for entry in entries() for rule in entry.rules}
    assert named
    assert not sorted((code, rule) for code, rule in named if rule not in known)
