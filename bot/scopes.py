"""What the bot's token must allow, as manifest.yml asks for it: the one list that others compare with."""

SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "usergroups:read",
    "im:write",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "im:history",
)
