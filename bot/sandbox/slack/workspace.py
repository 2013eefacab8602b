"""The sandbox's workspace: its people and channels, what was said in them, and waiting for something to be said."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from .messages import Message, Version
from .people import BOT, CHANNELS, GROUPS, TEAM, USERS, Channel, User, UserGroup

T = TypeVar("T")


class Workspace:
    """Mutable by tests: assign into `users`, `channels` and `groups` (by id), or use `change`."""

    def __init__(
        self,
        *,
        users: Iterable[User] = USERS,
        channels: Iterable[Channel] = CHANNELS,
        groups: Iterable[UserGroup] = GROUPS,
        bot: User = BOT,
        team_id: str = TEAM,
        domain: str = "rotterdam",
    ) -> None:
        self.users = {user.id: user for user in users}
        self.channels = {channel.id: channel for channel in channels}
        self.groups = {group.id: group for group in groups}
        self.bot = bot
        self.team_id = team_id
        self.domain = domain
        self._said: dict[str, list[Message]] = {}
        self._last_ts = (0, 0)
        self._changed = asyncio.Event()

    # People and places

    def user(self, who: User | str) -> User:
        """By id, or by name with or without its @."""
        if isinstance(who, User):
            return self.users[who.id]
        name = who.removeprefix("@")
        return self.users.get(who) or next(user for user in self.users.values() if user.name == name)

    def channel(self, where: Channel | str) -> Channel:
        """By id, or by name with or without its #."""
        if isinstance(where, Channel):
            return self.channels[where.id]
        name = where.removeprefix("#")
        return self.channels.get(where) or next(place for place in self.channels.values() if place.name == name)

    def change(self, who: User | str, *, deleted: bool | None = None, restricted: bool | None = None) -> User:
        """Deactivate somebody, make a guest of somebody, or take it back."""
        user = self.user(who)
        user = replace(
            user,
            deleted=user.deleted if deleted is None else deleted,
            is_restricted=user.is_restricted if restricted is None else restricted,
        )
        self.users[user.id] = user
        return user

    def direct(self, who: User | str) -> Channel:
        """The direct conversation between the bot and somebody, made when it is first needed."""
        user = self.user(who)
        place = Channel(f"D{user.id[1:]}", f"dm-{user.name}", frozenset({user.id, self.bot.id}), is_im=True)
        return self.channels.setdefault(place.id, place)

    # What was said

    def messages(self, where: Channel | str, *, thread: str | None = None) -> tuple[Message, ...]:
        """All of a channel in order, ephemeral ones included; with `thread`, that message and its replies."""
        said = self._said.get(self.channel(where).id, [])
        return tuple(m for m in said if thread is None or thread in (m.ts, m.thread_ts))

    def thread(self, where: Channel | str, ts: str) -> tuple[Message, ...]:
        """The replies below a message, in order."""
        return tuple(m for m in self.messages(where, thread=ts) if m.ts != ts)

    def marked(self, key: str, value: object) -> tuple[Message, ...]:
        """The messages of all channels whose metadata carries this, in the order in which they were said."""
        every = (m for here in self._said.values() for m in here if m.metadata)
        found = [m for m in every if m.metadata and m.metadata["event_payload"].get(key) == value]
        return tuple(sorted(found, key=lambda m: m.ts))

    def message(self, where: Channel | str, ts: str) -> Message | None:
        return next((m for m in self.messages(where) if m.ts == ts), None)

    def post(
        self,
        where: Channel,
        who: User,
        said: Version,
        *,
        at: float,
        thread_ts: str | None = None,
        ephemeral_to: str | None = None,
    ) -> Message:
        message = Message(
            ts=self._next_ts(at),
            channel=where.id,
            user=who.id,
            bot=who.is_bot,
            text=said.text,
            blocks=said.blocks,
            metadata=said.metadata,
            thread_ts=thread_ts,
            ephemeral_to=ephemeral_to,
        )
        self._said.setdefault(where.id, []).append(message)
        self.touch()
        return message

    def edit(self, message: Message, said: Version) -> Message:
        """Say something else in the same place."""
        here = self._said[message.channel]
        place = next(place for place, known in enumerate(here) if known.ts == message.ts)
        before = here[place]
        here[place] = after = replace(
            before,
            text=said.text,
            blocks=said.blocks,
            metadata=said.metadata,
            history=(*before.history, before.version),
        )
        self.touch()
        return after

    def delete(self, message: Message) -> None:
        self._said[message.channel] = [m for m in self._said[message.channel] if m.ts != message.ts]
        self.touch()

    # Waiting

    def touch(self) -> None:
        """Wake everybody who waits: something changed."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def until(self, predicate: Callable[[], T | None], within: float = 5.0) -> T:
        """The first true answer of the predicate, which is asked again after every change."""
        try:
            async with asyncio.timeout(within):
                while not (answer := predicate()):
                    await self._changed.wait()
                return answer
        except TimeoutError:
            said = [f"{m.channel} {m.ts} {m.user}: {m.text[:100]}" for here in self._said.values() for m in here]
            raise TimeoutError(f"not seen within {within} s; seen: {said}") from None

    def _next_ts(self, at: float) -> str:
        whole, fraction = int(at), int(at % 1 * 1_000_000)
        last, part = self._last_ts
        self._last_ts = (whole, fraction) if (whole, fraction) > (last, part) else (last, part + 1)
        return f"{self._last_ts[0]}.{self._last_ts[1]:06d}"
