"""Where people look at a vault's machines and jobs themselves: the pages of the Azure portal."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from homeward.checks.sources.access import VaultAddress

_PORTALS = {
    "AzureCloud": "https://portal.azure.com",
    "AzureUSGovernment": "https://portal.azure.us",
    "AzureChinaCloud": "https://portal.azure.cn",
}
_ARM_ID = re.compile(r"(/[^/\s<>|?#]+)+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Portal:
    """`base` is "" for a custom cloud, which has no portal that is known; `vaults` are ARM ids by the vault's name.

    A job has no address of its own that is documented: only `#resource` with the ARM id of what the portal shows as
    a resource is. So a job is linked by its vault's page, where it stands under "Site Recovery jobs".
    """

    base: str = ""
    vaults: Mapping[str, str] = field(default_factory=dict[str, str])

    def vault(self, name: str) -> str:
        """The page of a vault, by its name in the settings; "" where there is none."""
        id = self.vaults.get(name, "")
        return f"{self.base}/#resource{id}" if self.base and _ARM_ID.fullmatch(id) else ""


def portal(cloud: str, vaults: Sequence[VaultAddress]) -> Portal:
    """The portal of a cloud, as the settings name it."""
    return Portal(_PORTALS.get(cloud, ""), {vault.name: _arm_id(vault) for vault in vaults})


def _arm_id(vault: VaultAddress) -> str:
    group, name = quote(vault.resource_group), quote(vault.vault)
    return (
        f"/subscriptions/{vault.subscription_id}/resourceGroups/{group}"
        f"/providers/Microsoft.RecoveryServices/vaults/{name}"
    )
