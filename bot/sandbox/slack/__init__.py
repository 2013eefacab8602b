"""A strict imitation of Slack on loopback, for tests and the demonstration."""

from .answers import Ack, Delivery
from .blocks import problems_in_message, problems_in_view
from .messages import Message, Payload, Version
from .people import (
    APPROVALS,
    APPROVERS,
    BOT,
    DORA,
    ELSEWHERE,
    GUS,
    LENA,
    MAYA,
    NORA,
    OMAR,
    SVEN,
    WAR_ROOM,
    Channel,
    User,
    UserGroup,
)
from .refusals import Refused
from .sandbox import APP_TOKEN, SIGNING_SECRET, TOKEN, SandboxSlack
from .server import Call
from .steps import StepRun
from .views import Shown
from .workspace import Workspace

__all__ = [
    "APPROVALS",
    "APPROVERS",
    "APP_TOKEN",
    "BOT",
    "DORA",
    "ELSEWHERE",
    "GUS",
    "LENA",
    "MAYA",
    "NORA",
    "OMAR",
    "SIGNING_SECRET",
    "SVEN",
    "TOKEN",
    "WAR_ROOM",
    "Ack",
    "Call",
    "Channel",
    "Delivery",
    "Message",
    "Payload",
    "Refused",
    "SandboxSlack",
    "Shown",
    "StepRun",
    "User",
    "UserGroup",
    "Version",
    "Workspace",
    "problems_in_message",
    "problems_in_view",
]
