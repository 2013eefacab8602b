"""Retention volumes of the master target, which keep the points in time while a machine replicates back (classic)."""

from collections.abc import Iterable, Iterator

from homeward.checks.facts import ABSENT, Facts, Missing, RetentionVolume, known
from homeward.checks.model import CLASSIC, Sentence, Severity, rule

from . import pages
from .present import all_of, gib, looked_for, target_of

AREAS = ("retention",)

USED_WARNING_PERCENT = 80
"""Ours, for volumes for which Azure tells no threshold of its own."""


def _meant(facts: Facts) -> tuple[RetentionVolume, ...]:
    """The chosen volume alone, or all while the choice is open."""
    volumes = target_of(facts).retention_volumes
    wanted = _letter(known(facts.choice).retention)
    return tuple(volume for volume in volumes if _letter(volume.name) == wanted) if wanted else volumes


def _usable(volumes: tuple[RetentionVolume, ...]) -> bool:
    """Whether one has a capacity; not known while none has and one does not tell."""
    told = [volume for volume in volumes if not isinstance(volume.capacity_bytes, Missing)]
    return any(known(volume.capacity_bytes) > 0 for volume in (*told, *volumes))


def _letter(volume: str) -> str:
    """`R:\\`, `R:` and `r` are one drive; a Linux path stays a path."""
    return volume.strip().rstrip("\\/:").casefold()


@rule(
    id="retention-missing",
    title="The master target has a retention volume",
    severity=Severity.BLOCKER,
    topologies=CLASSIC,
    hint="Add a disk of its own to the master target, format it as R: (Windows) or mount it at /mnt/retention (Linux), "
    "wait 15 minutes, and refresh the configuration server if it does not appear.",
    docs=pages.PREPARE,
)
def retention_missing(facts: Facts) -> Iterator[Sentence]:
    if not _usable(_meant(facts)):
        wanted = known(facts.choice).retention
        name = target_of(facts).server.name
        which = f"the chosen retention volume {wanted}" if wanted else "a retention volume"
        yield f"{name} does not have {which} with a capacity over 0."


@rule(
    id="retention-unsuitable",
    title="The retention volume serves nothing else, is not locked and not a cache volume, and is not FAT or FAT32",
    severity=Severity.ATTESTATION,
    topologies=CLASSIC,
    hint="Look at the volume on the master target: its file system, what else lies on it, and which programs hold it.",
    docs=pages.PREPARE,
)
def retention_unsuitable(_: Facts) -> Iterable[Sentence]:
    return ()


@rule(
    id="retention-low",
    title="The retention volume has room",
    severity=Severity.WARNING,
    topologies=CLASSIC,
    hint="Enlarge the retention volume or delete what does not belong there.",
    docs=pages.PREPARE,
)
def retention_low(facts: Facts) -> Iterator[Sentence]:
    name = target_of(facts).server.name
    yield from all_of(*(_full(volume, name) for volume in _meant(facts)))


def _full(volume: RetentionVolume, name: str) -> Iterator[Sentence]:
    capacity = known(volume.capacity_bytes)
    if capacity <= 0:
        return
    told = looked_for(volume.threshold_percent)
    threshold = USED_WARNING_PERCENT if told is ABSENT else told
    free = known(volume.free_bytes)
    used = 100 * (1 - free / capacity)
    if used > threshold:
        yield (
            f"{name}: the retention volume {volume.name} is {used:.1f} % full, {gib(free)} are free "
            f"(threshold {threshold:g} %)."
        )
