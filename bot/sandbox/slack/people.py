"""Who is in the sandbox's workspace: users, channels and user groups, and a small default cast."""

from dataclasses import dataclass

TEAM = "T0HOMEWARD"
OTHER_TEAM = "T0ELSEWHERE"


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    real_name: str
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    team_id: str = TEAM
    tz: str = "Europe/Amsterdam"


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    members: frozenset[str] = frozenset()
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False


@dataclass(frozen=True, slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()
    disabled: bool = False


MAYA = User("U0MAYA", "maya", "Maya Okafor")
"""On call: the one who asks."""
LENA = User("U0LENA", "lena", "Lena Visser")
"""The lead: approves."""
OMAR = User("U0OMAR", "omar", "Omar Haddad")
"""Approves too."""
NORA = User("U0NORA", "nora", "Nora Vance")
"""Leads another team; not in the channel of the approvals, even where she is made an approver."""
GUS = User("U0GUS", "gus", "Gus Lind", is_restricted=True)
"""A guest."""
DORA = User("U0DORA", "dora", "Dora Petit", deleted=True)
"""Left the company: deactivated."""
SVEN = User("U0SVEN", "sven", "Sven Berg", is_stranger=True, team_id=OTHER_TEAM)
"""From another company's workspace, through a shared channel."""
BOT = User("U0HOMEWARD", "homeward", "Homeward", is_bot=True)
"""The bot under test."""
SLACKBOT = User("USLACKBOT", "slackbot", "Slackbot", is_bot=True)

EVERYBODY = frozenset(person.id for person in (MAYA, LENA, OMAR, NORA, GUS, SVEN, BOT))
WAR_ROOM = Channel("C0WARROOM", "dr-war-room", EVERYBODY)
APPROVALS = Channel("C0APPROVALS", "dr-approvals", frozenset({MAYA.id, LENA.id, OMAR.id, BOT.id}))
ELSEWHERE = Channel("C0LUNCH", "lunch", frozenset({MAYA.id, LENA.id}))
"""A channel without the bot."""
APPROVERS = UserGroup("S0APPROVERS", "dr-approvers", "Recovery approvers", (LENA.id, OMAR.id))

USERS = (MAYA, LENA, OMAR, NORA, GUS, DORA, SVEN, BOT, SLACKBOT)
CHANNELS = (WAR_ROOM, APPROVALS, ELSEWHERE)
GROUPS = (APPROVERS,)
