"""The modals and home tabs on people's screens."""

from copy import deepcopy
from dataclasses import dataclass, field, replace

from .elements import lasting
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
    filled: Payload = field(default_factory=Payload)
    """What was picked and entered so far, as far as the app was told: by block_id and action_id."""

    @property
    def hash(self) -> str:
        return f"{self.version}.{self.id}"

    def wire(self, team: str, values: Payload | None = None) -> Payload:
        return {
            **deepcopy(self.view),
            "id": self.id,
            "team_id": team,
            "app_installed_team_id": team,
            "app_id": "A0HOMEWARD",
            "bot_id": "B0HOMEWARD",
            "blocks": with_block_ids(tuple(self.view["blocks"])),
            "private_metadata": self.view.get("private_metadata", ""),
            "callback_id": self.view.get("callback_id", ""),
            "external_id": self.view.get("external_id", ""),
            "state": {"values": deepcopy(self.filled if values is None else values)},
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

    def publish(self, user: User, view: Payload, *, known_hash: str = "") -> Shown:
        """A home tab keeps its id for life."""
        before = self._homes.get(user.id)
        if before is None and known_hash:
            raise Refused("hash_conflict")
        shown = _changed(before, view, known_hash) if before else self._new(user, view)
        self._homes[user.id] = shown
        return shown

    def update(self, view_id: str, external_id: str, view: Payload, *, known_hash: str = "") -> Shown:
        for shown in self._all():
            if shown.id == view_id or (external_id and shown.view.get("external_id") == external_id):
                if shown.view["type"] != view["type"]:
                    raise Refused("invalid_arguments", errors=["/type: a view stays what it is"])
                return self._put(_changed(shown, view, known_hash))
        raise Refused("not_found")

    def complain(self, shown: Shown, errors: dict[str, str]) -> None:
        self._put(replace(self.now(shown), errors=tuple(errors.items())))

    def fill(self, shown: Shown, values: Payload) -> None:
        """Somebody picked or entered something."""
        self._put(replace(self.now(shown), filled=deepcopy(values)))

    def now(self, shown: Shown) -> Shown:
        """The view as it has become since."""
        return next((one for one in self._all() if one.id == shown.id), shown)

    def close(self, shown: Shown, *, whole_stack: bool = False) -> None:
        stack = self._modals.get(shown.user.id, [])
        self._modals[shown.user.id] = [] if whole_stack else [s for s in stack if s.id != shown.id]

    def _all(self) -> list[Shown]:
        return [*(shown for stack in self._modals.values() for shown in stack), *self._homes.values()]

    def _put(self, shown: Shown) -> Shown:
        """In place of what has its id; what was closed meanwhile stays closed."""
        stack = self._modals.get(shown.user.id, [])
        self._modals[shown.user.id] = [shown if one.id == shown.id else one for one in stack]
        if (home := self._homes.get(shown.user.id)) and home.id == shown.id:
            self._homes[shown.user.id] = shown
        return shown

    def _new(self, user: User, view: Payload) -> Shown:
        self._count += 1
        return Shown(f"V{self._count:04d}", user, deepcopy(view))


def _changed(shown: Shown, view: Payload, known_hash: str) -> Shown:
    if known_hash and known_hash != shown.hash:
        raise Refused("hash_conflict")
    return replace(
        shown,
        view=deepcopy(view),
        version=shown.version + 1,
        errors=(),
        filled=lasting(view["blocks"], shown.filled),
    )
