"""The pages of the Azure portal."""

import pytest

from homeward.checks.sources.access import VaultAddress
from homeward.handlers.portal import Portal, portal

VAULT = VaultAddress("prod-dr", "00000000-0000-0000-0000-000000000001", "rg dr", "vault1")
ID = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg%20dr"
    "/providers/Microsoft.RecoveryServices/vaults/vault1"
)


@pytest.mark.parametrize(
    ("cloud", "page"),
    [
        ("AzureCloud", f"https://portal.azure.com/#resource{ID}"),
        ("AzureUSGovernment", f"https://portal.azure.us/#resource{ID}"),
        ("AzureChinaCloud", f"https://portal.azure.cn/#resource{ID}"),
        ("custom", ""),
    ],
)
def test_each_cloud_has_its_portal(cloud: str, page: str) -> None:
    assert portal(cloud, [VAULT]).vault("prod-dr") == page


def test_a_vault_that_is_not_known_has_no_page() -> None:
    assert portal("AzureCloud", [VAULT]).vault("other") == ""
    assert Portal("https://portal.azure.com", {"x": "/a|<!channel>"}).vault("x") == ""
