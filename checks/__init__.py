"""The read-only core: facts, rules, verdicts, error catalogue."""
