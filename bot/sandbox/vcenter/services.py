"""The objects of the service itself: its content, its managers, and the views of a session."""

from typing import TYPE_CHECKING

from pyVmomi import vim, vmodl

from . import privileges
from .inventory import ROOT
from .objects import Drawn
from .schema import data, moid, reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyVmomi.VmomiSupport import ManagedObject

    from .inventory import Inventory
    from .sessions import Session, View

INSTANCE = reference(vim.ServiceInstance, "ServiceInstance")
SESSION_MANAGER = reference(vim.SessionManager, "SessionManager")
PROPERTY_COLLECTOR = reference(vmodl.query.PropertyCollector, "propertyCollector")
VIEW_MANAGER = reference(vim.view.ViewManager, "ViewManager")
SEARCH_INDEX = reference(vim.SearchIndex, "SearchIndex")
AUTHORIZATION_MANAGER = reference(vim.AuthorizationManager, "AuthorizationManager")
LICENSE_MANAGER = reference(vim.LicenseManager, "LicenseManager")
EVENT_MANAGER = reference(vim.event.EventManager, "EventManager")

OPEN_TO_ALL = (INSTANCE, SESSION_MANAGER)
"""What may be read before login."""


def service_objects(inventory: "Inventory", session: "Session | None") -> dict[str, Drawn]:
    tables: dict[ManagedObject, dict[str, Callable[[], object]]] = {
        INSTANCE: {"content": content, "serverClock": inventory.estate.clock},
        SESSION_MANAGER: {
            "currentSession": lambda: session.shown() if session else None,
            "sessionList": lambda: [session.shown()] if session else [],
            "defaultLocale": lambda: "en",
        },
        PROPERTY_COLLECTOR: {},
        VIEW_MANAGER: {"viewList": lambda: [view.ref for view in session.views.values()] if session else []},
        SEARCH_INDEX: {},
        AUTHORIZATION_MANAGER: {"privilegeList": _privileges},
        LICENSE_MANAGER: {"licenses": lambda: _licences(inventory)},
        EVENT_MANAGER: {},
    }
    if session:
        tables |= {view.ref: _view(inventory, view) for view in session.views.values()}
    return {moid(ref): Drawn(ref, draw) for ref, draw in tables.items()}


def content() -> vim.ServiceInstanceContent:
    return data(
        vim.ServiceInstanceContent,
        rootFolder=ROOT,
        propertyCollector=PROPERTY_COLLECTOR,
        viewManager=VIEW_MANAGER,
        sessionManager=SESSION_MANAGER,
        searchIndex=SEARCH_INDEX,
        authorizationManager=AUTHORIZATION_MANAGER,
        licenseManager=LICENSE_MANAGER,
        eventManager=EVENT_MANAGER,
        about=data(
            vim.AboutInfo,
            name="VMware vCenter Server",
            fullName="VMware vCenter Server 8.0.3 build-24022515",
            vendor="VMware, Inc.",
            version="8.0.3",
            build="24022515",
            osType="linux-x64",
            productLineId="vpx",
            apiType="VirtualCenter",
            apiVersion="8.0.3.0",
            instanceUuid="b1e4c7a0-0000-4000-8000-000000000001",
            licenseProductName="VMware VirtualCenter Server",
            licenseProductVersion="8.0",
        ),
    )


def _privileges() -> list[vim.AuthorizationManager.Privilege]:
    return [
        data(
            vim.AuthorizationManager.Privilege,
            privId=privilege,
            onParent=False,
            name=privilege.rsplit(".", 1)[1],
            privGroupName=privilege.rsplit(".", 1)[0],
        )
        for privilege in privileges.ALL
    ]


def _licences(inventory: "Inventory") -> list[vim.LicenseManager.LicenseInfo]:
    vcenter = inventory.vcenter
    return [
        _licence("esx", vcenter.licence_edition, vcenter.licence_name, vcenter.licence_features),
        # A vCenter has a licence of its own, which says nothing of the hosts.
        _licence("vc", "vc.standard.instance", "VMware vCenter Server 8 Standard", []),
    ]


def _licence(key: str, edition: str, name: str, features: list[str]) -> vim.LicenseManager.LicenseInfo:
    return data(
        vim.LicenseManager.LicenseInfo,
        licenseKey=f"00000-00000-00000-00000-{key:0>5}",
        editionKey=edition,
        name=name,
        total=16,
        used=6,
        costUnit="cpuPackage",
        properties=[
            data(vmodl.KeyAnyValue, key="feature", value=data(vim.KeyValue, key=feature, value=feature))
            for feature in features
        ],
    )


def _view(inventory: "Inventory", view: "View") -> "dict[str, Callable[[], object]]":
    def seen() -> "list[ManagedObject]":
        found = inventory.below(view.container) if view.recursive else inventory.children(view.container)
        return [ref for ref in found if not view.kinds or isinstance(ref, view.kinds)]

    return {
        "view": seen,
        "container": lambda: view.container,
        "type": lambda: [*view.kinds],
        "recursive": lambda: view.recursive,
    }
