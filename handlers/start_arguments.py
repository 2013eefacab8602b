"""Reading what somebody typed to start something, as people and phones type it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from homeward.checks.subjects import Wish, Wishes

from .arguments import NAME_LIMIT, QUOTES, Usage, bare, unescaped
from .starting_time import Spoken, belongs, spoken

REASON_LIMIT = 500
TEXT_LIMIT = 8000
OPTIONS = {
    "target": "target",
    "process-server": "process_server",
    "datastore": "datastore",
    "retention": "retention",
    "log-storage": "log_storage",
    "policy": "policy",
    "exclude-disk": "exclude_disk",
}
"""The options of a reprotect that choose a value, and the wishes they fill."""
POINT, AT, ZONE, TO = "point", "at", "zone", "to"
FORM = "form"
"""It takes no value: whoever gives it gets the form, with all else filled in."""
REPROTECT = (*OPTIONS, TO, FORM)
FAILBACK = (POINT, AT, ZONE, FORM)
PLAIN: tuple[str, ...] = ()
"""What has no option but its reason."""
MANY = "exclude-disk"
"""The one that may be given more than once for a machine."""
NEAR = 0.5
SURE = 0.75
"""How near a recovery point's word must be: other words may be a point's name."""
LATEST, APP_CONSISTENT = "latest", "app-consistent"
POINTS = {
    LATEST: LATEST,
    APP_CONSISTENT: APP_CONSISTENT,
    "application-consistent": APP_CONSISTENT,
    "appconsistent": APP_CONSISTENT,
    "app": APP_CONSISTENT,
}
"""The words for a recovery point, each in its one spelling; anything else is a point's id."""

NEEDS = {POINT: "latest, app-consistent or a point's id", AT: "a time", ZONE: "a time zone", TO: "azure"}
"""What stands after an option; after any other, a name."""

_REASON = "reason"
_TIME = re.compile(r"\bat (\d{1,2}[:.]\d{2})\b", re.IGNORECASE)
_ALL = tuple(dict.fromkeys((*REPROTECT, *FAILBACK, _REASON)))
_LONG = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_DASHES = _LONG + "-"
_HEAD = re.compile(rf"(?:-[{_DASHES}]|[{_LONG}][{_DASHES}]?)([^\W\d][\w{_DASHES}]*)$")
_SHORT = re.compile(rf"-([^\W\d][\w{_DASHES}]*)$")
_LINKED = re.compile(r"<((?:https?|mailto):[^<>|\s]+)>")


@dataclass(frozen=True, slots=True)
class Start:
    """What shall be started."""

    subject: str
    wishes: Wishes
    reason: str
    point: str = ""
    """As it was said, with the words that everybody says spelled in one way."""
    at: Spoken | None = None
    zone: str = ""
    to_azure: bool = False
    form: bool = False
    """Whether it is to be shown as a form first; only then may the subject be ""."""


@dataclass(frozen=True, slots=True)
class _Word:
    """`equals` are the places of its "=" outside quotes; `quoted` tells that it begins with a quote."""

    text: str
    quoted: bool = False
    equals: tuple[int, ...] = ()

    def parted(self) -> "tuple[_Word, _Word] | None":
        """What stands before and after its first "=", if it has one."""
        if not self.equals:
            return None
        at, *later = self.equals
        return (
            _Word(self.text[:at], self.quoted),
            _Word(self.text[at + 1 :], equals=tuple(place - at - 1 for place in later)),
        )


@dataclass(slots=True)
class _Said:
    """What has been read so far: words that belong to no option, and values by option. `known` are the options."""

    known: Sequence[str]
    before: list[_Word] = field(default_factory=list[_Word])
    reason: list[str] = field(default_factory=list[str])
    explicit: bool = False
    form: bool = False
    wishes: dict[str, list[Wish]] = field(default_factory=dict[str, list[Wish]])
    values: dict[str, str] = field(default_factory=dict[str, str])


def start_arguments(said: str, known: Sequence[str] = REPROTECT) -> Start | Usage:
    """The arguments of a start, from a `line` without the command's own words. `known` are the options it takes.

    The first word, or the first quoted text, names the subject; words that belong to no option are the reason.
    """
    if len(said) > TEXT_LIMIT:
        return Usage(f"This is too long: at most {TEXT_LIMIT:,} characters.")
    words = _words(said)
    if isinstance(words, Usage):
        return words
    read = _read(words, known)
    if isinstance(read, Usage):
        return read
    if not read.before and not read.form:
        return Usage("Which machine, group or plan? Its name comes first.")
    first, *free = read.before or [_Word("")]
    if read.explicit and free:
        name = " ".join(word.text for word in read.before)
        return Usage(
            f'A name with spaces stands in quotes: "{_short(name)}". Or is it the reason? Then after --reason.'
        )
    subject = " ".join(first.text.split()) if first.quoted else bare(first.text)
    reason = " ".join([*(word.text for word in free), *read.reason]).strip(" " + _DASHES)
    if not subject and read.before:
        return Usage("The name is empty.")
    if len(subject) > NAME_LIMIT:
        return Usage(f"The name is too long: at most {NAME_LIMIT} characters.")
    if len(reason) > REASON_LIMIT:
        return Usage(f"The reason is too long: at most {REASON_LIMIT} characters, not {len(reason)}.")
    if AT in known and AT not in read.values and not read.explicit and (said_at := _TIME.search(reason)):
        # Forgotten dashes must not shut an application down at noon.
        return Usage(f"To start at that time, say --at {said_at[1]}; as a reason, put it after --reason.")
    wishes = {OPTIONS[option]: tuple(given) for option, given in read.wishes.items()}
    return _with_values(Start(subject, Wishes(**wishes), reason, form=read.form), read.values)


def _with_values(start: Start, values: Mapping[str, str]) -> Start | Usage:
    """The same with what is said once for all machines."""
    at = spoken(values[AT]) if AT in values else None
    if isinstance(at, Usage):
        return at
    if ZONE in values and at is None:
        return Usage("--zone tells the time zone of --at: say both, or none.")
    to = values.get(TO, "")
    if to and to.casefold() != "azure":
        return Usage(f"--to takes azure alone, not “{_short(to)}”; without it, machines come home from Azure.")
    point = values.get(POINT, "")
    folded = point.casefold().replace("_", "-").replace(" ", "-")
    if near := nearest(folded, POINTS, cutoff=SURE):
        if folded not in POINTS.values() and folded not in POINTS:
            return Usage(f"There is no point “{_short(point)}”. Did you mean --point {POINTS[near]}?")
        point = POINTS[near]
    return replace(start, point=point, at=at, zone=values.get(ZONE, ""), to_azure=bool(to))


def readable(text: str) -> str:
    """What was typed, on one line, with plain quotes, and without what a database could not keep."""
    linked = _LINKED.sub(r"\1", unescaped(text))
    kept = "".join(" " if (sort := unicodedata.category(c)) == "Cc" else "" if sort == "Cs" else c for c in linked)
    return " ".join(kept.translate(QUOTES).split())


def line(text: str) -> str:
    """The same, without formatting around all of it."""
    said = readable(text)
    return inner if (inner := bare(said)) and said[0] not in inner else said


def nearest(word: str, known: Iterable[str], *, cutoff: float = NEAR) -> str:
    """The known word that looks most like this one, "" if none does."""
    return next(iter(get_close_matches(word.casefold(), list(known), n=1, cutoff=cutoff)), "")


def _read(words: Sequence[_Word], known: Sequence[str]) -> _Said | Usage:
    """Sorts the words into the subject with what follows it, the options, and the reason."""
    said = _Said(known)
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        option, value = _option(word)
        if not option:
            _free(said, word)
        elif option in ("--", _REASON) and not said.before and not said.form:
            return Usage("Which machine, group or plan? Its name comes before the reason.")
        elif option == "--":
            said.explicit = True
            said.reason += [later.text for later in words[place:]]
            break
        elif option == _REASON:
            said.explicit = True
            said.reason += [value.text] if value and value.text else []
        elif option not in known:
            return _unknown(word, option, known)
        elif option == FORM:
            said.form = True
        else:
            if value is None and place < len(words) and not _option(words[place])[0]:
                value, place = words[place], place + 1
            if value is None or not value.text:
                return Usage(f"--{option} needs {NEEDS.get(option, 'a name')} after it.")
            if option == AT and not value.quoted:
                while place < len(words) and not words[place].quoted and belongs(words[place].text):
                    value, place = _Word(f"{value.text} {words[place].text}"), place + 1
            if problem := _wish(said, option, value) if option in OPTIONS else _value(said, option, value):
                return problem
    return said


def _free(said: _Said, word: _Word) -> None:
    if said.explicit:
        said.reason.append(word.text)
    else:
        said.before.append(word)


def _option(word: _Word) -> tuple[str, _Word | None]:
    """The option that a word is, "" if it is none, and the value that it holds itself."""
    if word.quoted:
        return "", None
    if word.text == "--":
        return "--", None
    parted = word.parted()
    head, value = parted or (word, None)
    if match := _HEAD.match(head.text):
        return _spelled(match[1]), value
    match = _SHORT.match(head.text)
    name = _spelled(match[1]) if match else ""
    # One dash is enough for what is known; -x is a slip, and anything longer is a word of the reason.
    return (name, value) if name in _ALL or len(name) == 1 else ("", None)


def _spelled(name: str) -> str:
    """An option's name as it is listed, whatever dashes, lines and capitals it was typed with."""
    spelled = re.sub(rf"[_{_DASHES}]+", "-", name.casefold()).strip("-")
    return next((known for known in _ALL if known.replace("-", "") == spelled.replace("-", "")), spelled)


def _unknown(word: _Word, option: str, known: Sequence[str]) -> Usage:
    if option in FAILBACK:
        return Usage(f"--{option} is for the start of a failback. In a reason, put it in quotes.")
    if option in REPROTECT:
        return Usage(f"--{option} is for the start of a reprotect. In a reason, put it in quotes.")
    near = nearest(option, [*known, _REASON])
    others = f"There are --{', --'.join(known)} and --reason." if known else "There is --reason alone."
    asked = f"Did you mean --{near}?" if near else others
    return Usage(f"There is no option {_short(word.text)}. {asked} In a reason, put it in quotes.")


def _value(said: _Said, option: str, value: _Word) -> Usage | None:
    """Keeps what is said once for all machines."""
    text = _name(value)
    if not text or len(text) > NAME_LIMIT:
        return Usage(f"--{option} needs {NEEDS[option]} after it, of at most {NAME_LIMIT} characters.")
    if said.values.setdefault(option, text) != text:
        return Usage(f"--{option} is given twice: {_short(said.values[option])} and {_short(text)}.")
    return None


def _wish(said: _Said, option: str, value: _Word) -> Usage | None:
    """Keeps a value: `NAME` for all machines, `MACHINE=NAME` for one."""
    parted = value.parted()
    machine, named = parted if parted else (_Word(""), value)
    wish = Wish(_name(named), _name(machine))
    if not wish.value or (parted and not wish.machine):
        return Usage(f"--{option} needs a name: --{option} NAME, or --{option} MACHINE=NAME for one machine.")
    if max(len(wish.value), len(wish.machine)) > NAME_LIMIT:
        return Usage(f"The name after --{option} is too long: at most {NAME_LIMIT} characters.")
    given = said.wishes.setdefault(option, [])
    if option != MANY:
        before = next((one for one in given if one.machine.casefold() == wish.machine.casefold()), None)
        if before and before.value != wish.value:
            whom = f"for {_short(wish.machine)}" if wish.machine else "for every machine"
            return Usage(f"--{option} is given twice {whom}: {_short(before.value)} and {_short(wish.value)}.")
    if wish not in given:
        given.append(wish)
    return None


def _name(word: _Word) -> str:
    return word.text.strip() if word.quoted else bare(word.text)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _words(text: str) -> list[_Word] | Usage:
    """The words of a line; a quote opens at a word's start, or right after its "="."""
    words: list[_Word] = []
    place = 0
    while place < len(text):
        if text[place] == " ":
            place += 1
            continue
        letters: list[str] = []
        equals: list[int] = []
        quoted, may_open, length = False, True, 0
        while place < len(text) and text[place] != " ":
            letter = text[place]
            if may_open and letter in "\"'":
                close = _close(text, place)
                if close:
                    part = text[place + 1 : close]
                    quoted = quoted or not length
                    letters.append(part)
                    length, place, may_open = length + len(part), close + 1, False
                    continue
                if letter == '"':
                    return Usage("A quotation mark is not closed.")
            if letter == "=":
                equals.append(length)
            may_open = letter == "="
            letters.append(letter)
            length, place = length + 1, place + 1
        words.append(_Word("".join(letters), quoted, tuple(equals)))
    return words


def _close(text: str, opened: int) -> int:
    """Where the quote that opens here is closed, 0 if nowhere. An apostrophe inside a word closes nothing."""
    quote = text[opened]
    at = text.find(quote, opened + 1)
    while at > 0:
        after = text[at + 1 : at + 2]
        if quote == '"' or after in ("", " ", "="):
            return at
        at = text.find(quote, at + 1)
    return 0
