"""What one person sees: a pure function of the workspace, the views and the estate, to the JSON that the page draws."""

from dataclasses import asdict

from ..estate import Estate
from ..estate.model import Datastore, ProtectedItem
from ..slack import APPROVERS, MAYA, Channel, Message, Payload, Shown, User, Workspace
from ..slack.messages import with_block_ids
from ..slack.views import Views
from .bot import Bot
from .offered import COMMANDS, SHORTCUTS

STANDS = {
    "protected": "at home, protected",
    "failed-over": "in Azure, not committed",
    "committed": "in Azure",
    "replicating-back": "in Azure, replicating back",
    "ready-to-fail-back": "in Azure, ready to fail back",
    "home": "at home, not committed",
    "home-committed": "at home, not protected",
    "replicating-to-azure": "at home, replicating to Azure",
}
"""Where a machine is on its way, by its stage."""


def of_person(who: User, workspace: Workspace, views: Views) -> Payload:
    """The people and places, what was said where `who` can read it, and the views on their screen."""
    top, home = views.top(who), views.home(who)
    places = [place for place in workspace.channels.values() if _can_read(who, place.members)]
    return {
        "me": who.id,
        "team": workspace.domain,
        "people": [_person(user, workspace) for user in workspace.users.values() if not user.is_bot],
        "groups": [{"id": group.id, "handle": group.handle, "name": group.name} for group in workspace.groups.values()],
        "bot": {"id": workspace.bot.id, "name": workspace.bot.name},
        "bots": [
            {"id": user.id, "name": user.name, "real_name": user.real_name}
            for user in workspace.users.values()
            if user.is_bot
        ],
        "channels": [
            {
                "id": place.id,
                "name": workspace.bot.name if place.is_im else place.name,
                "im": place.is_im,
                "member": True,
                "bot": workspace.bot.id in place.members,
            }
            for place in places
        ],
        "elsewhere": {
            place.id: place.name for place in workspace.channels.values() if place not in places and _knows(who, place)
        },
        "messages": {
            place.id: [_message(message) for message in workspace.messages(place) if _sees(who, message)]
            for place in places
        },
        "view": _view(top) if top else None,
        "home": {"id": home.id, "view": _drawn(home)} if home else None,
    }


def of_estate(estate: Estate, *, throttled: bool, bot: Bot | None) -> Payload:
    """What stands behind, and what is broken of it."""
    return {
        "speed": estate.speed,
        "machines": [
            {"name": machine_name(item), "azure": _power(item), "stand": STANDS.get(item.stage, item.stage)}
            for item in estate.vault.items
        ],
        "datastores": [
            {"name": store.name, "accessible": store.accessible, "read_only": _read_only(store)}
            for store in estate.vcenter.datastores
        ],
        "throttled": throttled,
        "bot": bot.state if bot else "elsewhere",
        "problem": bot.problem if bot else "",
    }


def of_offers(estate: Estate) -> Payload:
    """What can be typed and chosen anywhere."""
    vault = estate.vault
    names = [*(item.name for item in vault.items), *(plan.name for plan in vault.plans)]
    groups = [item.group for item in vault.items if item.group]
    return {
        "commands": [{**asdict(command), "examples": list(command.examples)} for command in COMMANDS],
        "shortcuts": [asdict(shortcut) for shortcut in SHORTCUTS],
        "names": sorted(dict.fromkeys([*names, *groups])),
    }


def machine_name(item: ProtectedItem) -> str:
    """The name of its VM in Azure: two machines of one name have different ones."""
    return item.azure_vm.name if item.azure_vm else item.name


def fingerprint(workspace: Workspace, views: Views) -> tuple[object, ...]:
    """Changes with everything that any person could see of them."""
    said = tuple(
        (message.channel, message.ts, message.edited)
        for place in workspace.channels.values()
        for message in workspace.messages(place)
    )
    users = tuple(workspace.users.values())
    shown = tuple(_mark(view) for user in users for view in (views.top(user), views.home(user)))
    return said, users, tuple(workspace.channels.values()), tuple(workspace.groups.values()), shown


def _mark(shown: Shown | None) -> tuple[object, ...]:
    return (shown.id, shown.version, shown.errors) if shown else ()


def _person(user: User, workspace: Workspace) -> Payload:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "note": _note(user, workspace),
        "deleted": user.deleted,
    }


def _note(user: User, workspace: Workspace) -> str:
    if user.deleted:
        return "deactivated"
    if user.is_stranger or user.team_id != workspace.team_id:
        return "from another company"
    if user.is_restricted or user.is_ultra_restricted:
        return "guest"
    group = workspace.groups.get(APPROVERS.id)
    if group and user.id in group.members:
        return "approver"
    return "on call" if user.id == MAYA.id else ""


def _can_read(who: User, members: frozenset[str]) -> bool:
    return who.id in members and not who.deleted


def _knows(who: User, place: Channel) -> bool:
    """Whether its name is shown where it is mentioned: guests know only the channels they are in."""
    guest = who.is_restricted or who.is_ultra_restricted or who.is_stranger
    return not (place.is_private or place.is_im or guest)


def _sees(who: User, message: Message) -> bool:
    return message.ephemeral_to in (None, who.id)


def _message(message: Message) -> Payload:
    return {
        "ts": message.ts,
        "user": message.user,
        "bot": message.bot,
        "text": message.text,
        "blocks": with_block_ids(message.blocks),
        "thread_ts": message.thread_ts,
        "private": message.ephemeral_to is not None,
        "edited": message.edited,
    }


def _view(shown: Shown) -> Payload:
    depth = 1 if shown.previous is None else 2 if shown.previous == shown.root else 3
    return {"id": shown.id, "view": _drawn(shown), "errors": dict(shown.errors), "depth": depth, "hash": shown.hash}


def _drawn(shown: Shown) -> Payload:
    """Without what an app keeps in a view for itself: a screen shows nothing of that."""
    kept = {key: value for key, value in shown.view.items() if key not in ("private_metadata", "external_id")}
    return {**kept, "blocks": with_block_ids(tuple(shown.view["blocks"]))}


def _power(item: ProtectedItem) -> str:
    if not item.azure_vm:
        return "none"
    return item.azure_vm.power if item.azure_vm.exists else "deleted"


def _read_only(store: Datastore) -> bool:
    return "readWrite" not in store.mounts.values()
