"""What people do on the page, done on the sandbox's Slack; what keeps it from being done is a `Problem`."""

from collections.abc import Mapping
from typing import cast

from ..slack import Ack, Channel, Message, Payload, SandboxSlack, Shown, User
from ..slack.answers import NO_ANSWER, NOT_TAKEN
from ..slack.elements import elements
from ..slack.reading import listed
from ..slack.refusals import Refused
from .asked import Asked
from .breaking import Breaking
from .offered import COMMANDS
from .problems import Problem

LONGEST = 4000
"""Characters of what somebody types."""


class Doing:
    def __init__(self, slack: SandboxSlack, breaking: Breaking) -> None:
        self._slack = slack
        self._workspace = slack.workspace
        self._breaking = breaking

    def person(self, name: str) -> User:
        """Whose screen it is."""
        user = self._workspace.users.get(name)
        if user is None or user.is_bot:
            raise Problem(f"There is nobody with the id {name!r}.")
        return user

    async def do(self, asked: Asked) -> Payload:
        """What came of it, beside its being done."""
        what = asked.text("do")
        if what == "break":
            await self._breaking.do(asked)
            return {}
        who = self.person(asked.text("as"))
        if who.deleted:
            raise Problem(f"{who.real_name} is deactivated.")
        match what:
            case "say":
                return self._say(who, asked)
            case "command":
                return await self._command(who, asked)
            case "press":
                return await self._press(who, asked)
            case "options":
                return await self._options(who, asked)
            case "submit":
                return await self._submit(who, asked)
            case "close":
                self._top(who, asked.text("view"))
                return self._told(await self._slack.close(who))
            case "home":
                return self._told(await self._slack.open_home(who))
            case "shortcut":
                message = self._message(who, asked)
                return self._told(await self._slack.shortcut(who, message, asked.text("callback_id")))
            case _:
                raise Problem(f"Nobody can do {what!r} here.")

    def _say(self, who: User, asked: Asked) -> Payload:
        place, text = self._place(who, asked), _typed(asked)
        thread = asked.text("thread") if "thread" in asked else None
        if thread and not self._workspace.message(place, thread):
            raise Problem("The thread is no longer there.")
        return {"ts": self._slack.say(who, place, text, thread).ts}

    async def _command(self, who: User, asked: Asked) -> Payload:
        place = self._place(who, asked)
        command, _, text = _typed(asked).strip().partition(" ")
        if command not in {known.command for known in COMMANDS}:
            raise Problem(f"{command} is not a valid command.")
        return self._told(await self._slack.command(who, place, command, text.strip()))

    async def _press(self, who: User, asked: Asked) -> Payload:
        where, action = self._where(who, asked), asked.text("action_id")
        try:
            ack = await self._slack.click(
                who,
                where,
                action,
                value=asked.value("value" if "value" in asked else "selected"),
                option=asked.table("option") or None,
                state=_filled(asked),
                block_id=asked.text("block_id", ""),
            )
        except LookupError:
            raise Problem("What was pressed or picked is no longer there.") from None
        return self._told(ack)

    async def _options(self, who: User, asked: Asked) -> Payload:
        where, action = self._where(who, asked), asked.text("action_id")
        try:
            found = await self._slack.suggest(
                who, where, action, asked.text("text", ""), block_id=asked.text("block_id", "")
            )
        except LookupError:
            raise Problem("The search is no longer there.") from None
        except Refused as refused:
            raise self._problem(refused.error, refused.extra.get("errors")) from None
        return {"options": found.get("options", []), "option_groups": found.get("option_groups", [])}

    async def _submit(self, who: User, asked: Asked) -> Payload:
        shown = self._top(who, asked.text("view"))
        filled = _filled(asked)
        if missing := _missing(shown, filled):
            raise Problem("Please complete all required fields.", missing)
        try:
            return self._told(await self._slack.submit(who, filled))
        except (LookupError, ValueError) as error:
            raise Problem(f"The form can't be sent as it is: {error}.") from None

    # Where it is done

    def _place(self, who: User, asked: Asked) -> Channel:
        place = self._workspace.channels.get(asked.text("channel"))
        if place is None or who.id not in place.members:
            raise Problem(f"{who.real_name} is in no such channel.")
        return place

    def _where(self, who: User, asked: Asked) -> Message | Shown:
        if "view" not in asked:
            return self._message(who, asked)
        home = self._slack.views.home(who)
        name = asked.text("view")
        return home if home and home.id == name else self._top(who, name)

    def _message(self, who: User, asked: Asked) -> Message:
        message = self._workspace.message(self._place(who, asked), asked.text("ts"))
        if message is None or message.ephemeral_to not in (None, who.id):
            raise Problem("The message is no longer there.")
        return message

    def _top(self, who: User, name: str) -> Shown:
        shown = self._slack.views.top(who)
        if shown is None or shown.id != name:
            raise Problem("The form is no longer open.")
        return shown

    def _told(self, ack: Ack | None) -> Payload:
        """Nothing more, where Slack is satisfied with the acknowledgement (or there was nothing to tell the app)."""
        if ack and ack.problem:
            raise self._problem(ack.problem, ack.details)
        return {}

    def _problem(self, problem: str, details: object) -> Problem:
        """As Slack tells people what came of their pressing."""
        name = self._workspace.bot.name
        if problem == NO_ANSWER:
            return Problem(f"{name} did not respond in time.")
        if problem == NOT_TAKEN:
            return Problem(f"{name} did not respond: it is not connected.")
        particulars = "; ".join(str(one) for one in listed(details))
        return Problem(f"{name} answered with what Slack refuses: {particulars or problem}.")


def _typed(asked: Asked) -> str:
    text = asked.text("text")
    if not text.strip():
        raise Problem("There is nothing to send.")
    if len(text) > LONGEST:
        raise Problem(f"That is too long: {len(text)} characters, at most {LONGEST}.")
    return text


def _filled(asked: Asked) -> dict[str, Payload]:
    """What is filled in, by block_id and then by action_id."""
    found: dict[str, Payload] = {}
    for block_id, values in asked.table("state").items():
        if not isinstance(values, dict):
            raise Problem("state is not an object of objects.")
        if values:
            found[block_id] = cast("Payload", values)
    return found


def _missing(shown: Shown, filled: Mapping[str, Payload]) -> dict[str, str]:
    """What Slack's own client asks for before it sends a form, by block_id."""
    found: dict[str, str] = {}
    for block, element in elements(shown.view["blocks"]):
        if block["type"] != "input" or block.get("optional"):
            continue
        block_id, action_id = str(block["block_id"]), str(element["action_id"])
        given = filled.get(block_id, {})
        before = shown.filled.get(block_id, {}).get(action_id) or any(key.startswith("initial_") for key in element)
        if given[action_id] in (None, "", []) if action_id in given else not before:
            found[block_id] = "Please complete this required field."
    return found
