"""All cases of all rules, for the tests of what holds for every one of them."""

from .rules import (
    test_after_failback,
    test_azure,
    test_failback,
    test_group,
    test_item,
    test_master_target,
    test_servers,
    test_vsphere,
)

CASES = [
    case
    for module in (
        test_item,
        test_group,
        test_servers,
        test_master_target,
        test_azure,
        test_vsphere,
        test_failback,
        test_after_failback,
    )
    for case in module.CASES
]
