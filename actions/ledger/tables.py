"""The ledger's tables: plain columns for what is asked for, canonical JSON for the frozen values."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def storable(words: str) -> str:
    """The words without what neither database takes: the zero letter and halves of letters."""
    return words.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")


def lookup_key(name: str) -> str:
    """A name without case, and no longer than an index takes."""
    return name.casefold()[:200]


class Moment(TypeDecorator[datetime]):
    """A time, in UTC on both databases; one without zone is a fault of ours."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text that may hold anything that somebody typed or Azure said."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


requests = Table(
    "requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),  # the seq of its first event: the order of asking
    Column("state", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("report_due_at", Moment),
    Column("ended_at", Moment),
    Column("quorum", Integer, nullable=False),
    Column("subject_key", Words, nullable=False, index=True),  # casefolded, for looking up
    Column("why", Words, nullable=False),
    Column("reminded", Boolean, nullable=False),
    Column("stopping", Boolean, nullable=False),
    Column("unread_since", Moment),
    Column("asked", Words, nullable=False),
    Column("plan", Words),
    Column("checked", Words),
    Column("obstacle", Words),
    Index(
        "ix_requests_open_due",
        "due_at",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "ix_requests_report_due",
        "report_due_at",
        sqlite_where=text("report_due_at IS NOT NULL"),
        postgresql_where=text("report_due_at IS NOT NULL"),
    ),
)

items = Table(
    "items",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("machine", Words, nullable=False),
    Column("machine_key", Words, nullable=False, index=True),
    Column("item_key", Words, nullable=False),  # the ARM id casefolded: Azure's ids have no case
    Column("state", Text, nullable=False),
    Column("holds", Boolean, nullable=False),
    Column("item", Words, nullable=False),
    PrimaryKeyConstraint("request_id", "place"),
    Index("uq_items_held", "item_key", unique=True, sqlite_where=text("holds"), postgresql_where=text("holds")),
)

decisions = Table(
    "decisions",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), nullable=False),
    Column("team_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("place", Integer, nullable=False),  # in the order of the votes
    Column("decision", Words, nullable=False),
    PrimaryKeyConstraint("request_id", "team_id", "user_id"),
)

claims = Table(
    "claims",
    metadata,
    Column("request_id", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("operation", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("item_id", Words, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("request_id", "place", "operation", "attempt"),
    ForeignKeyConstraint(["request_id", "place"], ["items.request_id", "items.place"]),
)

# What the chain's hash is made of stands here as the very text that was hashed, the time too. No foreign key: whoever
# tampers with a row is to be told by the chain, not stopped from being seen.
events = Table(
    "events",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("machine", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("data", Words, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_events_request", "request_id", "seq"),
)

# One row. Whoever appends events takes it first, so that the sequence has no gaps.
chain = Table(
    "chain",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("seal", Text, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("why", Words, nullable=False),
    PrimaryKeyConstraint("request_id", "key"),
)

# Who wants no direct messages; who is not in it has not turned them off.
quiet_people = Table(
    "quiet_people",
    metadata,
    Column("team_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("since", Moment, nullable=False),
    PrimaryKeyConstraint("team_id", "user_id"),
)

# The days whose daily line is somebody's to send: whoever's insert succeeds.
told_days = Table(
    "told_days",
    metadata,
    Column("channel", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "day"),
)
