"""Replication policies: one on the way to Azure and one on the way back, for each stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .refusals import no_resource
from .routing import Listing

if TYPE_CHECKING:
    from .names import Names
    from .routing import Call
    from .wire import Body

KIND = "Microsoft.RecoveryServices/vaults/replicationPolicies"
FORWARD_POLICY = {"classic": "24-hour-retention", "modernized": "24-hour-replication-policy"}
FAILBACK_POLICY = {"classic": "24-hour-retention-failback", "modernized": "crashconsistency-policy-failback"}

FAILBACK_POLICIES = {
    "classic": (FAILBACK_POLICY["classic"],),
    "modernized": (FAILBACK_POLICY["modernized"], "appconsistency-policy-failback"),
}

_RETENTION: Body = {
    "recoveryPointThresholdInMinutes": 15,
    "recoveryPointHistory": 1440,
    "appConsistentFrequencyInMinutes": 60,
    "multiVmSyncStatus": "Disabled",
}


def list_policies(call: Call) -> Listing:
    return Listing(partial(_body, call.names, name, details) for name, details in _policies(call).items())


def get_policy(call: Call) -> Body:
    for name, details in _policies(call).items():
        if call.is_named("policy", name):
            return _body(call.names, name, details)
    raise no_resource(KIND, call.parts["policy"])


def _policies(call: Call) -> dict[str, Body]:
    vault = call.estate.vault
    forward: dict[str, Body] = {}
    back: dict[str, Body] = {}
    if vault.configuration_server:
        forward[FORWARD_POLICY["classic"]] = {
            "instanceType": "InMageAzureV2",
            "crashConsistentFrequencyInMinutes": 5,
            **_RETENTION,
        }
        back[FAILBACK_POLICY["classic"]] = {"instanceType": "InMage", **_RETENTION}
    if vault.appliances:
        forward[FORWARD_POLICY["modernized"]] = {
            "instanceType": "InMageRcm",
            "recoveryPointHistoryInMinutes": 1440,
            "appConsistentFrequencyInMinutes": 0,
            "crashConsistentFrequencyInMinutes": 5,
            "enableMultiVmSync": "true",
        }
        back[FAILBACK_POLICY["modernized"]] = {
            "instanceType": "InMageRcmFailback",
            "appConsistentFrequencyInMinutes": 0,
            "crashConsistentFrequencyInMinutes": 5,
        }
        back["appconsistency-policy-failback"] = {
            "instanceType": "InMageRcmFailback",
            "appConsistentFrequencyInMinutes": 60,
            "crashConsistentFrequencyInMinutes": 5,
        }
    return {**forward, **back} if vault.failback_policies else forward


def _body(names: Names, name: str, details: Body) -> Body:
    return {
        "id": names.policy(name),
        "name": name,
        "type": KIND,
        "properties": {"friendlyName": name, "providerSpecificDetails": details},
    }
