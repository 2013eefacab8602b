"""The methods that the sandbox's vCenter answers, by their wire names; it is read-only and refuses every other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pyVmomi import vim, vmodl

from . import collector, privileges
from .events import matching
from .schema import data, moid, reference
from .services import OPEN_TO_ALL, content
from .sessions import Session, View
from .wire import FETCH, Call

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pyVmomi.VmomiSupport import ManagedObject

    from ..estate.model import Estate, VirtualMachine
    from .events import EventFilter
    from .faults import Faults
    from .objects import Objects
    from .sessions import Sessions
    from .specs import FilterSpec


PropertyCollector = vmodl.query.PropertyCollector


@dataclass(slots=True)
class Desk:
    """What one request has at hand."""

    estate: "Estate"
    objects: "Objects"
    sessions: "Sessions"
    session: Session | None
    faults: "Faults"
    logged_in: Session | None = None
    """Set by a login, so that its cookie is sent."""

    @property
    def own(self) -> Session:
        if self.session is None:
            raise AssertionError("a call without a session is refused before")
        return self.session


def answer(desk: Desk, call: Call) -> object:
    """What the method returns; raises the fault it fails with."""
    if desk.session is None and not _is_open(call):
        text = "The session is not authenticated."
        raise data(vim.fault.NotAuthenticated, object=call.this, privilegeId="System.View", msg=text)
    drawn = desk.objects.find(call.this)
    if call.method == FETCH:
        path = _text(call, "prop")
        if desk.faults.forbids(path):
            raise collector.no_permission(call.this)
        return drawn.read(path)
    method = _METHODS.get(call.method)
    if method is None:
        raise data(vmodl.fault.NotSupported, msg=f"The sandbox does not answer {call.method}.")
    return method(desk, call)


def _is_open(call: Call) -> bool:
    if call.method == FETCH:
        return call.this in OPEN_TO_ALL
    return call.method in ("RetrieveServiceContent", "Login")


# --- Sessions


def _login(desk: Desk, call: Call) -> vim.UserSession:
    vcenter = desk.estate.vcenter
    right = (_text(call, "userName"), _text(call, "password")) == (vcenter.username, vcenter.password)
    # A session that is logged in already is refused too, as on a vCenter.
    if not right or desk.faults.refuse_login or desk.session is not None:
        text = "Cannot complete login due to an incorrect user name or password."
        raise data(vim.fault.InvalidLogin, msg=text)
    desk.logged_in = desk.sessions.open(vcenter.username)
    return desk.logged_in.shown()


def _logout(desk: Desk, call: Call) -> None:
    desk.sessions.close(desk.own.key)


def _service_content(desk: Desk, call: Call) -> vim.ServiceInstanceContent:
    return content()


def _current_time(desk: Desk, call: Call) -> "datetime":
    return desk.estate.clock()


# --- Properties and views


def _retrieve(desk: Desk, call: Call) -> list[PropertyCollector.ObjectContent]:
    filters = cast("list[FilterSpec]", call.arguments.get("specSet", []))
    return collector.retrieve(desk.objects, desk.faults, filters)


def _retrieve_ex(desk: Desk, call: Call) -> PropertyCollector.RetrieveResult | None:
    contents = _retrieve(desk, call)
    options = cast("PropertyCollector.RetrieveOptions | None", call.arguments.get("options"))
    most = (options.maxObjects if options else None) or 0
    # Nothing found is no result at all, a trap of the real one.
    return collector.page(desk.own, desk.faults, contents, most) if contents else None


def _continue(desk: Desk, call: Call) -> PropertyCollector.RetrieveResult:
    rest = desk.own.pages.pop(_text(call, "token"), None)
    if rest is None:
        raise data(vmodl.fault.InvalidArgument, invalidProperty="token", msg="A specified parameter was not correct.")
    return collector.page(desk.own, desk.faults, rest.contents, rest.size)


def _cancel(desk: Desk, call: Call) -> None:
    desk.own.pages.pop(_text(call, "token"), None)


def _create_view(desk: Desk, call: Call) -> vim.view.ContainerView:
    container = cast("ManagedObject", call.arguments["container"])
    desk.objects.find(container)
    ref = reference(vim.view.ContainerView, f"session[{desk.own.key}]{desk.own.number()}")
    kinds = cast("list[type]", call.arguments.get("type", []))
    desk.own.views[moid(ref)] = View(ref, container, tuple(kinds), bool(call.arguments.get("recursive")))
    return ref


def _destroy_view(desk: Desk, call: Call) -> None:
    desk.own.views.pop(moid(call.this), None)


# --- Search


def _find(desk: Desk, call: Call, matches: "Callable[[VirtualMachine], bool]") -> list[vim.VirtualMachine]:
    # Only virtual machines can be found; a search for hosts finds none.
    if not call.arguments.get("vmSearch"):
        return []
    return [desk.objects.inventory.vm(vm) for vm in desk.estate.vcenter.vms if matches(vm)]


def _find_by_uuid(desk: Desk, call: Call) -> vim.VirtualMachine | None:
    return _first(_find_all_by_uuid(desk, call))


def _find_all_by_uuid(desk: Desk, call: Call) -> list[vim.VirtualMachine]:
    wanted = _text(call, "uuid").lower()
    if call.arguments.get("instanceUuid"):
        return _find(desk, call, lambda vm: vm.instance_uuid == wanted)
    return _find(desk, call, lambda vm: (vm.bios_uuid or vm.uuid).lower() == wanted)


def _find_by_dns_name(desk: Desk, call: Call) -> vim.VirtualMachine | None:
    wanted = _text(call, "dnsName").lower()
    return _first(_find(desk, call, lambda vm: vm.guest_hostname.lower() == wanted))


def _find_by_ip(desk: Desk, call: Call) -> vim.VirtualMachine | None:
    wanted = _text(call, "ip")
    return _first(_find(desk, call, lambda vm: vm.guest_ip == wanted))


def _first(found: list[vim.VirtualMachine]) -> vim.VirtualMachine | None:
    return found[0] if found else None


# --- Privileges


def _has_user_privilege(desk: Desk, call: Call) -> list[vim.AuthorizationManager.EntityPrivilege]:
    return _privileges(desk, call, "entities", _text(call, "userName"))


def _has_privilege(desk: Desk, call: Call) -> list[vim.AuthorizationManager.EntityPrivilege]:
    return _privileges(desk, call, "entity", desk.own.user)


def _privileges(desk: Desk, call: Call, parameter: str, account: str) -> list[vim.AuthorizationManager.EntityPrivilege]:
    held = privileges.held_by(desk.estate.vcenter, account)
    asked = cast("list[str]", call.arguments.get("privId", []))
    if not set(asked) <= set(privileges.ALL):
        raise data(vmodl.fault.InvalidArgument, invalidProperty="privId", msg="A specified parameter was not correct.")
    entities = cast("list[ManagedObject]", call.arguments.get(parameter, []))
    return [
        data(
            vim.AuthorizationManager.EntityPrivilege,
            entity=desk.objects.find(entity).ref,
            privAvailability=[
                data(vim.AuthorizationManager.PrivilegeAvailability, privId=privilege, isGranted=privilege in held)
                for privilege in asked
            ],
        )
        for entity in entities
    ]


# --- Events


def _query_events(desk: Desk, call: Call) -> list[vim.event.Event]:
    if desk.faults.no_events:
        raise collector.no_permission(call.this)
    return matching(desk.objects.inventory, cast("EventFilter", call.arguments["filter"]))


def _text(call: Call, name: str) -> str:
    return str(call.arguments.get(name) or "")


_METHODS: "dict[str, Callable[[Desk, Call], object]]" = {
    "RetrieveServiceContent": _service_content,
    "CurrentTime": _current_time,
    "Login": _login,
    "Logout": _logout,
    "RetrieveProperties": _retrieve,
    "RetrievePropertiesEx": _retrieve_ex,
    "ContinueRetrievePropertiesEx": _continue,
    "CancelRetrievePropertiesEx": _cancel,
    "CreateContainerView": _create_view,
    "DestroyView": _destroy_view,
    "FindByUuid": _find_by_uuid,
    "FindAllByUuid": _find_all_by_uuid,
    "FindByDnsName": _find_by_dns_name,
    "FindByIp": _find_by_ip,
    "HasUserPrivilegeOnEntities": _has_user_privilege,
    "HasPrivilegeOnEntities": _has_privilege,
    "QueryEvents": _query_events,
}
