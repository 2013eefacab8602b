"""Microsoft.Authorization: the roles that the vault's identity holds on the log storage account."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from ..estate.model import SUBSCRIPTION
from .refusals import no_resource, unknown_filter
from .resources import vault_principal
from .routing import Listing
from .wire import guid

if TYPE_CHECKING:
    from ..estate import Estate
    from .names import Names
    from .routing import Call
    from .wire import Body

_BUILT_IN = {
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Storage Account Contributor": "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "Classic Storage Account Contributor": "86e8f5dc-a6e9-4c67-9d15-de283e8eac25",
}
_OF_PRINCIPAL = re.compile(
    r"(?:atScope\(\) and )?(?:principalId eq '(?P<holder>[^']*)'|assignedTo\('(?P<assignee>[^']*)'\))", re.IGNORECASE
)


def list_assignments(call: Call) -> Listing:
    names = call.names
    scope = call.parts["scope"].casefold()
    if not names.log_storage.casefold().startswith(scope):
        raise no_resource("scope", call.parts["scope"])
    wanted = vault_principal(names)
    if text := call.query.get("$filter", ""):
        found = _OF_PRINCIPAL.fullmatch(text)
        if not found:
            raise unknown_filter(text)
        wanted = (found["holder"] or found["assignee"]).casefold()
    holds = call.estate.vault.has_identity and wanted == vault_principal(names)
    roles = call.estate.vault.log_storage.vault_roles if holds else []
    return Listing((partial(_assignment, names, role) for role in roles), null_link=False)


def _assignment(names: Names, role: str) -> Body:
    name = guid("assignment", role)
    return {
        "id": f"{names.log_storage}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": _definition_id(role),
            "principalId": vault_principal(names),
            "principalType": "ServicePrincipal",
            "scope": names.log_storage,
        },
    }


def list_definitions(call: Call) -> Listing:
    text = call.query.get("$filter", "")
    found = re.fullmatch(r"roleName eq '([^']*)'", text, re.IGNORECASE)
    if text and not found:
        raise unknown_filter(text)
    roles = [role for role in _roles(call.estate) if not found or role.casefold() == found[1].casefold()]
    return Listing((partial(_definition, role) for role in roles), null_link=False)


def get_definition(call: Call) -> Body:
    for role in _roles(call.estate):
        if call.is_named("definition", _role_guid(role)):
            return _definition(role)
    raise no_resource("Microsoft.Authorization/roleDefinitions", call.parts["definition"])


def _roles(estate: Estate) -> list[str]:
    return list(dict.fromkeys([*_BUILT_IN, *estate.vault.log_storage.vault_roles]))


def _role_guid(role: str) -> str:
    return _BUILT_IN.get(role) or guid("role", role)


def _definition_id(role: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{_role_guid(role)}"


def _definition(role: str) -> Body:
    return {
        "id": _definition_id(role),
        "name": _role_guid(role),
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {"roleName": role, "type": "BuiltInRole" if role in _BUILT_IN else "CustomRole"},
    }
