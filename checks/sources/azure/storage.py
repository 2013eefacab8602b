"""The log (cache) storage account of a modernized reprotect, and what the vault may do there."""

from azure.core.exceptions import HttpResponseError

from homeward.checks.facts import ABSENT, Absent, LogStorage, Missing
from homeward.checks.sources.access import SourceError, VaultAddress

from .connection import AzureConnection
from .errors import GONE, refused
from .ids import resource
from .wire import Wire

ACCOUNT = "Microsoft.Storage/storageAccounts"
ACCOUNT_API = "2023-05-01"
VAULT_API = "2024-04-01"
ROLES_API = "2022-04-01"

# Built-in roles have the same ids in every tenant.
ROLES = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
}


class Storage:
    def __init__(self, connection: AzureConnection) -> None:
        self._connection = connection

    async def log_storage(self, account_id: str, vault: VaultAddress) -> LogStorage | Absent | Missing:
        """ABSENT when there is no such account. Raises `SourceError` when it or the vault cannot be read."""
        account = resource(account_id, ACCOUNT)
        if account is None:
            return Missing(f"{account_id} is not the id of a storage account" if account_id else "none is known")
        async with self._connection.asking(f"the storage account {account.name}"):
            try:
                told = Wire(await self._connection.get(account_id, ACCOUNT_API))
            except HttpResponseError as error:
                if error.status_code != 404 or refused(error)[0].casefold() not in GONE:
                    raise
                return ABSENT
        identity = await self._identity(vault)
        principal = identity.text("principalId")
        managed = identity.text("type").casefold() not in {"", "none"}
        return LogStorage(
            id=account_id,
            region=told.text("location"),
            premium=told.part("sku").text("name", "tier").casefold().startswith("premium"),
            vault_has_identity=managed,
            vault_roles=await self._roles(account_id, account.name, principal, vault) if managed else (),
        )

    async def _identity(self, vault: VaultAddress) -> Wire:
        path = (
            f"/subscriptions/{vault.subscription_id}/resourceGroups/{vault.resource_group}"
            f"/providers/Microsoft.RecoveryServices/vaults/{vault.vault}"
        )
        async with self._connection.asking(f"vault {vault.name}"):
            return Wire(await self._connection.get(path, VAULT_API)).part("identity")

    async def _roles(
        self, account_id: str, account: str, principal: str, vault: VaultAddress
    ) -> tuple[str, ...] | Missing:
        if not principal:
            return Missing(f"vault {vault.name} has only user-assigned identities, whose roles are not looked up")
        path = f"{account_id}/providers/Microsoft.Authorization/roleAssignments"
        try:
            async with self._connection.asking(f"the role assignments of {account}"):
                assignments = await self._connection.get_list(
                    path, ROLES_API, **{"$filter": f"assignedTo('{principal}')"}
                )
        except SourceError as error:
            return Missing(error.reason)
        names: list[str] = []
        for raw in assignments:
            told = Wire(raw).part("properties")
            scope = told.text("scope").casefold().rstrip("/")
            # The answer has those of places inside the account too, which do not hold for all of it.
            if f"{account_id.casefold().rstrip('/')}/".startswith(f"{scope}/"):
                role = told.text("roleDefinitionId").rpartition("/")[2].casefold()
                names.append(ROLES.get(role, role))
        return tuple(dict.fromkeys(names))
