"""What external selects offered, and to whom: nobody can pick anything else."""

from dataclasses import dataclass, field

from .elements import Place
from .messages import Payload
from .options import options_of
from .people import User


@dataclass(slots=True)
class Offers:
    """By person, by the view or message, and by the place in it."""

    _all: dict[tuple[str, str], dict[Place, list[tuple[Payload, ...]]]] = field(
        default_factory=dict[tuple[str, str], dict[Place, list[tuple[Payload, ...]]]]
    )

    def keep(self, user: User, surface: str, place: Place, answer: Payload) -> None:
        here = self._all.setdefault((user.id, surface), {})
        here.setdefault(place, []).append(tuple(options_of(answer)))

    def last(self, user: User, surface: str) -> dict[Place, tuple[Payload, ...]]:
        """What stands in the open lists: it can be picked now."""
        return {place: lists[-1] for place, lists in self._all.get((user.id, surface), {}).items()}

    def ever(self, user: User, surface: str) -> dict[Place, tuple[Payload, ...]]:
        """What stood in the lists since the view came up: it may have been picked."""
        found = self._all.get((user.id, surface), {})
        return {place: tuple(one for options in lists for one in options) for place, lists in found.items()}
