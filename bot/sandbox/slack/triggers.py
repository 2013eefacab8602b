"""What an interaction entitles to: one view within 3 s (trigger_id), 5 answers in 30 minutes (response_url)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .messages import Message
from .people import Channel, User
from .refusals import Refused

TRIGGER_LIFE = 3.0
RESPONSE_LIFE = 30 * 60.0
RESPONSES = 5


@dataclass(slots=True)
class Hook:
    """A response_url: where it answers to, and the message it came from, if it came from one."""

    channel: Channel
    user: User
    born: float
    source: Message | None = None
    used: int = 0


@dataclass(slots=True)
class Triggers:
    clock: Callable[[], float]
    _born: dict[str, tuple[float, User]] = field(default_factory=dict[str, tuple[float, User]])
    _used: set[str] = field(default_factory=set[str])
    _hooks: dict[str, Hook] = field(default_factory=dict[str, Hook])

    def give(self, user: User) -> str:
        trigger = f"{len(self._born) + 1}.{user.id}"
        self._born[trigger] = (self.clock(), user)
        return trigger

    def exchange(self, trigger: str) -> User:
        """Whose screen the view opens on."""
        if trigger not in self._born:
            raise Refused("invalid_trigger_id")
        if trigger in self._used:
            raise Refused("exchanged_trigger_id")
        born, user = self._born[trigger]
        if self.clock() - born > TRIGGER_LIFE:
            raise Refused("expired_trigger_id")
        self._used.add(trigger)
        return user

    def hook(self, channel: Channel, user: User, source: Message | None = None) -> str:
        """A new response_url's last part."""
        name = f"R{len(self._hooks) + 1:04d}"
        self._hooks[name] = Hook(channel, user, self.clock(), source)
        return name

    def use(self, name: str) -> Hook:
        """One of a response_url's five uses; a use that is then refused counts too."""
        hook = self._hooks.get(name)
        if hook is None:
            raise Refused("invalid_url")
        if self.clock() - hook.born > RESPONSE_LIFE:
            raise Refused("expired_url")
        if hook.used >= RESPONSES:
            raise Refused("used_url")
        hook.used += 1
        return hook
