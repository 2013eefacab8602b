"""What the page's people can type and choose, as manifest.yml registers it (a test compares the two)."""

from dataclasses import dataclass

from homeward.handlers import ids


@dataclass(frozen=True, slots=True)
class Offered:
    """A slash command. `examples` are whole lines, the likeliest first."""

    command: str
    description: str
    usage_hint: str
    examples: tuple[str, ...]


COMMANDS = (
    Offered(
        "/reprotect-check",
        "Can this machine, group or plan come home, and what to mend",
        "<name> [--json]",
        ("/reprotect-check web02", "/reprotect-check shop", "/reprotect-check legacy01"),
    ),
    Offered(
        "/failback-errors",
        "What an error code or a symptom of reprotect and failback means",
        "<code or words>",
        ("/failback-errors 78093", "/failback-errors datastore empty"),
    ),
    Offered(
        "/reprotect",
        "Bring a machine, group or plan back under protection, once approved",
        "start <name> [--to azure] [reason] | status | list | cancel <request> | help",
        (
            "/reprotect start shop power is back in Rotterdam",
            "/reprotect start web02 --form",
            "/reprotect start",
            "/reprotect list",
            "/reprotect help",
        ),
    ),
    Offered(
        "/failback",
        "Fail a machine, group or plan back home, once approved, and commit it",
        "check | start | points | commit | cancel | status <name> | list | help",
        (
            "/failback check crm01",
            "/failback start crm01 the shop is closed until six",
            "/failback start erp",
            "/failback points crm01",
            "/failback status crm01",
            "/failback list",
            "/failback help",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """In a message's menu."""

    callback_id: str
    name: str


SHORTCUTS = (
    Shortcut(ids.EXPLAIN, "Explain recovery errors"),
    Shortcut(ids.CHECK_MESSAGE, "Check this machine"),
)
