"""How hard a run is: how much is asked for, how often things go wrong, and how long everything may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """Times are in seconds, ranges from the shortest to the longest.

    `bot` is the module that runs as each of the processes. `at_once` are the requests that people look after at a
    time; `plans` is the share of those for several machines. `further` is how likely somebody asks for the next step
    on the way home after each. Trouble lasts for `troubled`, or until nothing is left to do; then it may take as long
    as `calm` until everything has ended.
    """

    requests: int
    seed: int
    at_once: int
    rooms: int
    plans: float
    further: float
    bot: str
    processes: int
    between_deeds: tuple[float, float]
    stopped: tuple[float, float]
    between_azure_faults: tuple[float, float]
    between_slack_faults: tuple[float, float]
    outage: tuple[float, float]
    lag: tuple[float, float]
    poll_interval: float
    speed: float
    """How fast Azure's minutes pass: a job takes 2 of them, the replication after it 20."""
    troubled: float
    calm: float
    waits_out_vanished: bool
    """Whether jobs vanish too: it takes minutes until anybody concludes anything from that."""


def whole(requests: int, seed: int) -> Course:
    """With the bots as they are shipped."""
    return Course(
        requests=requests,
        seed=seed,
        at_once=24,
        rooms=12,
        plans=0.12,
        further=0.7,
        bot="homeward.bot.cli",
        processes=3,
        between_deeds=(2.0, 40.0),
        stopped=(0.3, 45.0),
        between_azure_faults=(0.2, 2.0),
        between_slack_faults=(1.0, 8.0),
        outage=(1.0, 20.0),
        lag=(5.0, 60.0),
        speed=60,
        poll_interval=2.0,
        troubled=2400,
        calm=1200,
        waits_out_vanished=True,
    )


def short(requests: int, seed: int) -> Course:
    """With bots that wait minutes for nothing: for every run of the tests."""
    return Course(
        requests=requests,
        seed=seed,
        at_once=6,
        rooms=4,
        plans=0.2,
        further=0.7,
        bot="bench.chaos.brisk_bot",
        processes=3,
        between_deeds=(3.0, 20.0),
        stopped=(0.3, 8.0),
        between_azure_faults=(0.3, 2.0),
        between_slack_faults=(1.0, 5.0),
        outage=(0.5, 2.0),
        lag=(2.0, 6.0),
        speed=240,
        poll_interval=0.5,
        troubled=30,
        calm=120,
        waits_out_vanished=False,
    )
