"""The modals and home tabs on people's screens."""

from copy import deepcopy
from dataclasses import dataclass, field, replace

from .messages import Payload, with_block_ids
from .people import User
from .refusals import Refused


@dataclass(frozen=True, slots=True)
class Shown:
    """A view as somebody sees it; `hash` changes with each update."""

    id: str
    user: User
    view: Payload
    version: int = 1
    root: str = ""
    previous: str | None = None
    errors: tuple[tuple[str, str], ...] = ()
    """What a submission was answered with, by block_id."""

    @property
    def hash(self) -> str:
        return f"{self.version}.{self.id}"

    def wire(self, team: str, values: Payload | None = None) -> Payload:
        return {
            **deepcopy(self.view),
            "id": self.id,
            "team_id": team,
            "app_id": "A0HOMEWARD",
            "bot_id": "B0HOMEWARD",
            "blocks": with_block_ids(tuple(self.view["blocks"])),
            "private_metadata": self.view.get("private_metadata", ""),
            "callback_id": self.view.get("callback_id", ""),
            "external_id": self.view.get("external_id", ""),
            "state": {"values": values or {}},
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous,
        }


@dataclass(slots=True)
class Views:
    """Each person has one stack of modals (at most three) and one home tab."""

    _modals: dict[str, list[Shown]] = field(default_factory=dict[str, list[Shown]])
    _homes: dict[str, Shown] = field(default_factory=dict[str, Shown])
    _count: int = 0

    def top(self, user: User) -> Shown | None:
        stack = self._modals.get(user.id)
        return stack[-1] if stack else None

    def home(self, user: User) -> Shown | None:
        return self._homes.get(user.id)

    def open(self, user: User, view: Payload) -> Shown:
        shown = self._new(user, view)
        self._modals[user.id] = [shown]
        return shown

    def push(self, user: User, view: Payload) -> Shown:
        stack = self._modals.setdefault(user.id, [])
        if len(stack) >= 3:
            raise Refused("push_limit_reached")
        shown = self._new(user, view)
        if stack:
            shown = replace(shown, root=stack[0].id, previous=stack[-1].id)
        stack.append(shown)
        return shown

    def publish(self, user: User, view: Payload) -> Shown:
        self._homes[user.id] = shown = self._new(user, view)
        return shown

    def update(self, view_id: str, external_id: str, view: Payload, *, known_hash: str = "") -> Shown:
        for stack in self._modals.values():
            for place, shown in enumerate(stack):
                if shown.id == view_id or (external_id and shown.view.get("external_id") == external_id):
                    if known_hash and known_hash != shown.hash:
                        raise Refused("hash_conflict")
                    stack[place] = replace(shown, view=deepcopy(view), version=shown.version + 1, errors=())
                    return stack[place]
        raise Refused("not_found")

    def complain(self, shown: Shown, errors: dict[str, str]) -> None:
        stack = self._modals[shown.user.id]
        stack[stack.index(shown)] = replace(shown, errors=tuple(errors.items()))

    def close(self, shown: Shown, *, whole_stack: bool = False) -> None:
        stack = self._modals.get(shown.user.id, [])
        self._modals[shown.user.id] = [] if whole_stack else [s for s in stack if s.id != shown.id]

    def _new(self, user: User, view: Payload) -> Shown:
        self._count += 1
        return Shown(f"V{self._count:04d}", user, deepcopy(view))
