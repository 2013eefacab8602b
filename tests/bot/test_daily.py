"""The daily line: when its time is, what it claims, and that a day is told at most once."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from homeward.actions.ledger import LedgerDown
from homeward.bot.daily import Daily, due, line
from homeward.bot.settings import SettingsError
from homeward.bot.settings_file import load
from homeward.checks.subjects import Estate, Kind, Named, Part
from homeward.checks.way import Stand
from homeward.handlers import SlackRefused
from homeward.handlers.views.blocks import Message

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 6, 1, 6, 0, 10, tzinfo=UTC)
"""Ten seconds after eight, in Amsterdam."""
EIGHT = time(8, 0)


def machine(name: str, vault: str = "prod-dr", stand: Stand = Stand.IN_AZURE) -> Named:
    return Named(name, Kind.MACHINE, f"/{vault}/{name}", vault, stand=stand)


def vault(name: str = "prod-dr", trouble: str = "", read_at: datetime | None = NOW) -> Part:
    return Part(name, "vault", trouble, read_at)


HOME = Estate(named=(machine("web01"),), parts=(vault(),), read_at=NOW)


@dataclass
class World:
    """Everything around the line, in memory."""

    estate: Estate = HOME
    now: datetime = NOW
    told: list[Message] = field(default_factory=list[Message])
    days: set[tuple[str, date]] = field(default_factory=set[tuple[str, date]])
    log: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    refused: SlackRefused | None = None
    down: bool = False
    waits: list[float] = field(default_factory=list[float])
    reads: int = 0
    fresh_after: int = 0
    old: Estate | None = None

    async def was_told(self, channel: str, day: date) -> bool:
        if self.down:
            raise LedgerDown("The ledger's database does not answer.")
        return (channel, day) in self.days

    async def take_day(self, channel: str, day: date) -> bool:
        taken = (channel, day) not in self.days
        self.days.add((channel, day))
        return taken

    async def say(self, message: Message) -> None:
        if self.refused:
            raise self.refused
        self.told.append(message)

    async def read(self, within: float) -> Estate:
        self.reads += 1
        return self.old if self.old and self.reads <= self.fresh_after else self.estate

    def known(self) -> Estate:
        return self.estate

    def search(self, text: str, most: int) -> tuple[Named, ...]:
        return ()

    def error(self, event: str, **values: object) -> None:
        self.log.append({"event": event, **values})

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    @property
    def daily(self) -> Daily:
        return Daily(
            self,
            self,
            self.say,
            "C1",
            EIGHT,
            AMSTERDAM,
            clock=lambda: self.now,
            log=self,
            wall=lambda: self.now,
            sleep=self.sleep,
        )


@pytest.mark.parametrize(
    ("now", "at", "day"),
    [
        (datetime(2026, 6, 1, 5, 59, 59, tzinfo=UTC), EIGHT, None),
        (datetime(2026, 6, 1, 6, 0, tzinfo=UTC), EIGHT, date(2026, 6, 1)),
        (datetime(2026, 6, 1, 7, 59, tzinfo=UTC), EIGHT, date(2026, 6, 1)),
        (datetime(2026, 6, 1, 8, 0, tzinfo=UTC), EIGHT, None),
        (datetime(2026, 12, 1, 6, 30, tzinfo=UTC), EIGHT, None),
        (datetime(2026, 12, 1, 7, 0, tzinfo=UTC), EIGHT, date(2026, 12, 1)),
        # Half past two does not exist on the day on which clocks go ahead, and comes twice when they go back.
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), time(2, 30), date(2026, 3, 29)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), time(2, 30), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), time(2, 30), date(2026, 10, 25)),
        # Late, after midnight: it is still yesterday's.
        (datetime(2026, 6, 1, 22, 30, tzinfo=UTC), time(23, 45), date(2026, 6, 1)),
    ],
)
def test_its_time_is_that_of_the_zone_whatever_the_clocks_do(now: datetime, at: time, day: date | None) -> None:
    assert due(now, at, AMSTERDAM) == day


def test_every_day_of_a_year_has_exactly_one_time() -> None:
    for at in (EIGHT, time(2, 30), time(0, 0), time(23, 59)):
        moments = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(2 * 24 * 365))
        days = [day for moment in moments if (day := due(moment, at, AMSTERDAM))]
        assert days == sorted(days)
        assert set(days) >= {date(2026, 1, 2) + timedelta(days=n) for n in range(363)}


def test_it_counts_the_machines_in_azure_and_names_the_first() -> None:
    names = [f"web{n:02}" for n in range(20)]
    told = line(Estate(named=tuple(map(machine, names)), parts=(vault(),)), NOW)
    assert told
    assert told.text.startswith("20 machines are in Azure and could come home: web00, web01,")
    assert told.text.rstrip(".").endswith("and 13 more")
    assert "a check tells" in str(told.blocks)


def test_machines_that_are_elsewhere_are_nothing_to_tell() -> None:
    elsewhere = tuple(machine(one.name, stand=one) for one in Stand if one is not Stand.IN_AZURE)
    assert line(Estate(named=elsewhere, parts=(vault(),)), NOW) is None


def test_of_a_vault_that_could_not_be_read_nothing_is_claimed() -> None:
    dead = vault("old-dr", "it did not answer in 20 s", NOW - timedelta(days=1))
    estate = Estate(named=(machine("web01"), machine("old01", "old-dr")), parts=(vault(), dead))
    told = line(estate, NOW)
    assert told
    assert told.text == (
        "1 machine is in Azure and could come home: web01. "
        "Could not be read: vault old-dr: it did not answer in 20 s. What is in there is not counted."
    )
    only = line(Estate(named=(machine("old01", "old-dr"),), parts=(dead,)), NOW)
    assert only
    assert "old01" not in str(only)
    assert "is not known" in only.text


async def test_a_day_is_told_once_and_nothing_is_said_before_its_time() -> None:
    world = World(now=NOW - timedelta(minutes=1))
    await world.daily.look()
    assert (world.told, world.reads) == ([], 0)
    world.now = NOW
    for _ in range(3):
        await world.daily.look()
    assert (len(world.told), world.reads) == (1, 1)
    world.now += timedelta(days=1)
    world.estate = Estate(named=HOME.named, parts=(vault(read_at=world.now),))
    await world.daily.look()
    assert len(world.told) == 2


async def test_a_day_with_nothing_to_tell_is_not_read_again() -> None:
    world = World(estate=Estate(parts=(vault(),)))
    await world.daily.look()
    await world.daily.look()
    assert (world.told, world.reads) == ([], 1)


async def test_what_was_read_long_ago_is_read_anew_first() -> None:
    old = Estate(named=(machine("gone01"),), parts=(vault(read_at=NOW - timedelta(hours=9)),))
    world = World(old=old, fresh_after=3)
    await world.daily.look()
    assert "gone01" not in world.told[0].text
    assert "web01" in world.told[0].text


async def test_it_does_not_wait_for_ever_for_a_vault() -> None:
    world = World(estate=Estate(named=(machine("web01"),), parts=(vault(read_at=None),)))
    await world.daily.look()
    assert sum(world.waits) == 60
    assert "Could not be read: vault prod-dr: it has not been read in time." in world.told[0].text


async def test_a_refusal_of_slack_is_told_in_the_log_and_not_tried_again() -> None:
    world = World(refused=SlackRefused("chat.postMessage", "not_in_channel"))
    await world.daily.look()
    world.refused = None
    await world.daily.look()
    assert world.told == []
    assert world.log == [{"event": "homeward.daily_not_told", "channel": "C1", "slack": "not_in_channel"}]


async def test_a_ledger_that_does_not_answer_only_delays_it() -> None:
    class Over(Exception):
        pass

    world = World(down=True)

    async def sleep(_: float) -> None:
        if not world.down:
            raise Over
        world.down = False

    daily = Daily(
        world, world, world.say, "C1", EIGHT, AMSTERDAM, clock=lambda: NOW, log=world, wall=lambda: NOW, sleep=sleep
    )
    with pytest.raises(Over):
        await daily.run()
    assert len(world.told) == 1
    assert [one["error"] for one in world.log] == ["LedgerDown"]


# --- its settings ---

APPROVALS = '[approvals]\nchannel = "C0APPROVALS"\nusers = ["U0LENA"]\n'


def written(folder: Path, text: str) -> str:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_its_settings_are_read(tmp_path: Path) -> None:
    text = '[notices]\ndaily = "08:00"\nzone = "Europe/Amsterdam"\nchannel = "C0WARROOM"\n'
    notices = load(written(tmp_path, text + APPROVALS)).notices
    assert (notices.daily, notices.zone, notices.channel) == (EIGHT, "Europe/Amsterdam", "C0WARROOM")
    assert load(written(tmp_path, APPROVALS)).notices.daily is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[notices]\ndaily = "8 o\'clock"\nchannel = "C0WARROOM"\n', 'expected a time of the day such as "08:00"'),
        ('[notices]\ndaily = "24:00"\nchannel = "C0WARROOM"\n', 'expected a time of the day such as "08:00"'),
        ('[notices]\ndaily = "08:00"\n', "daily needs channel"),
        ('[notices]\ndaily = "08:00"\nzone = "Amsterdam"\nchannel = "C0WARROOM"\n', "expected a time zone"),
        ('[notices]\ndaily = "08:00"\nzone = "../etc"\nchannel = "C0WARROOM"\n', "expected a time zone"),
        ('[notices]\ndaily = "08:00"\nchannel = "#dr"\n', "expected a channel's id"),
        ('[notices]\ndaily = "08:00"\nchannel = "C0WARROOM"\nteam = "us"\n', "expected a workspace's id"),
    ],
)
def test_a_wrong_setting_is_told_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r"notices") as error:
        load(written(tmp_path, text + APPROVALS))
    assert said in str(error.value)


def test_without_approvals_there_is_no_ledger_to_remember_a_day(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"notices\.daily needs \[approvals\]"):
        load(written(tmp_path, '[notices]\ndaily = "08:00"\nchannel = "C0WARROOM"\n'))
