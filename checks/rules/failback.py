"""The failback policy of the vault."""

from collections.abc import Iterator

from homeward.checks.facts import Facts, known
from homeward.checks.limits import FAILBACK_PROVIDERS
from homeward.checks.model import BOTH, Sentence, Severity, rule

from . import pages

AREAS = ("failback",)


@rule(
    id="failback-policy",
    title="The vault has a failback policy",
    severity=Severity.BLOCKER,
    topologies=BOTH,
    hint="Create a replication policy toward Azure again: its failback policy is made and associated with it, "
    "with fixed values that cannot be edited.",
    docs=pages.PREPARE,
)
def failback_policy(facts: Facts) -> Iterator[Sentence]:
    wanted = known(facts.choice).policy.casefold()
    policies = [
        each for each in known(facts.policies) if each.provider.casefold() == FAILBACK_PROVIDERS[facts.topology]
    ]
    if not policies:
        yield f"The vault has no failback policy for {facts.machine}."
    elif wanted and not any(wanted in {each.id.casefold(), each.name.casefold()} for each in policies):
        yield f"The vault has no failback policy {known(facts.choice).policy} for {facts.machine}."
