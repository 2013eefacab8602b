"""Finding the error codes in what somebody typed or pasted, and nothing that only looks like one.

Three degrees of certainty: a code of the catalogue standing alone counts wherever it is; another number, hex value or
name counts only where the text says that it is a code ("error id 12345"); and a number that is all the text has to
say counts as the code somebody asks for. Addresses, times, versions, sizes and ports are blanked before looking.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

MAX_TEXT = 10_000
MAX_UNKNOWN = 20
MAX_ASKED = 20
"""Nobody asks for more bare numbers than this at once; a longer column of numbers is data."""

FIRST_HRESULT, LAST_HRESULT = 0x80000000, 0xCFFFFFFF
"""Failures of Windows; higher values are just small negative numbers."""

# A known code with fewer digits also is a plausible count or port, so it needs a word beside it that says "code".
SHORT_CODE_DIGITS = 3

# Possessive counts ("{1,9}+"), so that a long run of digits is read once and not once for each of its parts.
_NOT_CODES = re.compile(
    r"""
      https?://[^\s<>|"']{1,2000}+                                                # addresses
    | /(?:subscriptions|providers|resourcegroups)/[^\s<>|"']{1,2000}+             # ARM ids
    | (?<![a-z0-9-])[a-z0-9-]{1,60}+(?:\.[a-z0-9-]{1,60}+){1,6}+:[0-9]{1,5}\b     # host:port
    | \b(?:
        [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b            # GUIDs
      | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t\ ][0-9:.,]{4,18}(?:z|[+-][0-9:]{4,6})?)?  # ISO dates and times
      | (?:19|20)[0-9]{2}(?=[-/][0-9]{1,2}\b)                                     # year and month
      | [0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{2,4}\b(?!\.[0-9])                       # other dates
      | [0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?\b                    # times of day
      | (?:[0-9]{1,10}+\.){1,6}[0-9]{1,10}+(?::[0-9]{1,5})?\b                     # IP addresses, versions, decimals
      | (?:[0-9a-f]{0,4}+:){2,7}[0-9a-f]{1,4}\b                                   # IPv6 addresses, MAC addresses
      | [0-9]{1,5}/(?:tcp|udp)\b
      | [0-9]{1,4}+\s(?:of|out\sof)\s[0-9]{1,4}\b                                 # 2 of 3
      | [0-9]{1,12}+\s?(?:
          %|°|(?:percent|[kmgt]i?b(?:it)?(?:/s|ps)?|bytes?|blocks?|files?|items?|rows?|records?|packets?|iops|ms|secs?|
          seconds?|mins?|minutes?|hours?|hrs?|h|s|days?|weeks?|months?|years?|times|disks?|vms?|machines?|servers?|
          users?)\b)                                                              # counts and sizes
      | (?:http|status)[\s_/-]{0,2}(?:status[\s_-]?)?(?:code|error)?["']?\s{0,2}[:=]?\s{0,2}[0-9]{3}\b
      | (?:tcp|udp|ports?)[\s/:=]{1,3}[0-9]{1,5}+(?:(?:\s?,\s?|\s(?:and|or)\s|/)[0-9]{1,5}+){0,8}\b
      | (?:windows|server|ubuntu|rhel|centos|sles|esxi|vsphere|sql|year|in|since|until)\s{1,2}
        (?:server\s{1,2})?(?:19|20)[0-9]{2}\b                                     # years, with what they belong to
      | (?:pid|line|lun|vlan|disk|ticket|incident|case|build|version|v)[\s\#:=]{1,3}[0-9]{1,10}\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)

_LIST = r"(?:[\s\"'\])]{0,3}(?:,|;|/|&|\+|\band\b|\bor\b)[\s\"'\[(#]{0,3}"
_LABEL = (
    r"(?<![a-z0-9])(?P<label>errors?|err|codes?|event|failure|fault)"
    r"(?P<kind>[\s_-]?(?:ids?|codes?|no|nr|numbers?))?\.?[\"']?(?:[\s:=#\[(<]|-\s){0,4}(?:is\s|was\s)?[\"'`*]{0,2}"
)
_LABELLED_NUMBERS = re.compile(
    rf"{_LABEL}(?P<codes>-?[0-9]{{1,20}}+(?![\w%-]){_LIST}-?[0-9]{{1,20}}+(?![\w%-])){{0,19}})",
    re.IGNORECASE,
)
_LABELLED_HEX = re.compile(rf"{_LABEL}(?P<code>0x[0-9a-f]{{1,8}})(?!\w)", re.IGNORECASE)
_LABELLED_NAME = re.compile(
    r"(?<![a-z0-9])(?:(?:error|event|health)[\s_]?)?(?:codes?|(?<=[\s_r])ids?)[\"']?\s{0,2}[:=]?\s{0,2}[\"'`]{0,2}"
    r"(?P<code>(?-i:[A-Z][A-Za-z0-9_]{5,80}))(?![\w+/=])",
    re.IGNORECASE,
)
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"(?<![\w.:/@+-])#?(?P<code>-?[0-9]{1,20}+)(?![\w/@%+-])")
_ASKED_NUMBER = re.compile(r"(?:(?<![0-9])-)?[0-9]{1,20}+")
_ESCAPE = re.compile(r"\\[nrt](?![a-z])")
_HRESULT = re.compile(r"(?<!\w)(?P<code>0x[89c][0-9a-f]{7}|800[47][0-9a-f]{4})(?!\w)", re.IGNORECASE)
_TOOL = re.compile(
    r"(?<![a-z0-9])(?P<tool>curl|ssl|tls|vss)(?P<gap>[\s:_(\[-]{1,3}(?:error\s?)?(?:code\s?)?[(\[:]{0,2})"
    r"(?P<number>[0-9]{1,3})(?!\w)",
    re.IGNORECASE,
)
_TOOL_TEXT = re.compile(
    r"\((?P<number>[0-9]{1,2})\)[\s-]{1,4}(?:couldn|could\snot|failed\sto\sconnect|peer\scert|ssl\b|tls\b)",
    re.IGNORECASE,
)
_EXIT_CODE = re.compile(r"(?<![a-z0-9])exit\s?(?:code|status)[\s:=]{1,3}(?P<number>[0-9]{1,5})(?!\w)", re.IGNORECASE)
_FAMILY = re.compile(r"(?<![\w-])(?P<code>(?:E[AP]|ACS|(?:InMageCommon_)?ECH)[0-9]{4,6})(?!\w)", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w-])(?P<code>[A-Za-z][A-Za-z0-9_]{5,80})(?![\w-])")
_SLUG = re.compile(r"(?<![\w-])(?P<code>[a-z]{2,20}(?:-[a-z0-9]{1,20}){1,6})(?![\w-])", re.IGNORECASE)
_HUMP = re.compile(r"[A-Z][a-z]+|[A-Z]{2,}|[0-9]{3,}")
_READABLE = re.compile(r"[A-Z][a-z]{2,}")
READABLE_SHARE = 0.6
"""So much of a name is words that can be read; of a key or other noise about a quarter is."""
_THOUSANDS = re.compile(
    rf"(?P<lead>{_LABEL})?(?<![\w.,:/@+-])(?P<number>[1-9][0-9]{{0,2}}(?P<mark>[,.\ ])[0-9]{{3}}"
    r"(?:(?P=mark)[0-9]{3}){0,2})(?![\w/@%+-]|[.,:][0-9])",
    re.IGNORECASE,
)
_VALUE = re.compile(r"0x[0-9a-f]{1,8}\b|[0-9]{1,20}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")

# Words around a number that leave it the only thing said: "what does error 12345 mean?"
_FILLERS = frozenset(
    (  # noqa: SIM905 - as a list of quoted words nobody can read it
        "a about an and are asr azure code codes do does error errors event explain exit fix for get getting got had "
        "have hello help hex hi how i id ids is it mean means me my number of on or please recovery see seeing site "
        "tell that the these this to us vm was we what whats why with x "
    ).split()
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The codes of a text in its order, each once: those that are known, those that are not, and what is left."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    code: str
    certain: bool
    """Whether the text says that this is a code, so that it counts though nobody knows it."""


def clean(text: str) -> str:
    """One line of at most MAX_TEXT ordinary characters: without control characters, wide digits made plain."""
    plain = unicodedata.normalize("NFKC", text[:MAX_TEXT])[:MAX_TEXT]
    visible = (" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in plain)
    return "".join(visible).strip()


def hresult(code: str) -> str | None:
    """The 0x form of an HRESULT given as hex or as a number: unsigned, signed, or signed with its sign left out."""
    try:
        value = int(code, 16) if code.lower().startswith("0x") else int(code)
    except ValueError:
        return None
    if value < 0:
        value += 1 << 32
    return f"0x{value:08X}" if FIRST_HRESULT <= value <= LAST_HRESULT else None


def recognise(text: str, names: Mapping[str, str]) -> Recognised:
    """The codes in a cleaned text; `names` gives a code of the catalogue for each of its names in lower case."""
    bare = _is_bare(text)
    text = _joined(text, names, bare)
    # A message copied out of JSON has its line ends in letters.
    shown = _ESCAPE.sub("  ", text)
    shown = _NOT_CODES.sub(lambda match: " " * len(match.group()), shown)
    mentions: list[_Mention] = []
    for find in (_symbols, _tools, _hexes, _labelled, _numbers):
        fresh = list(find(shown, names, bare))
        mentions += fresh
        shown = _without(shown, fresh)
    known: dict[str, None] = {}
    unknown: dict[str, str] = {}
    for mention in sorted(mentions, key=lambda mention: mention.start):
        code = _known(mention.code, names)
        if code is not None:
            known.setdefault(code)
        elif mention.certain and len(unknown) < MAX_UNKNOWN:
            unknown.setdefault(hresult(mention.code) or mention.code.lower(), mention.code)
    return Recognised(tuple(known), tuple(unknown.values()), " ".join(_without(text, mentions).split()))


def _without(text: str, mentions: Iterable[_Mention]) -> str:
    """The text with the mentions blanked, so that every position stays where it was."""
    parts: list[str] = []
    end = 0
    for mention in sorted(mentions, key=lambda mention: mention.start):
        start = max(mention.start, end)
        parts += [text[end:start], " " * (mention.end - start)]
        end = max(mention.end, end)
    return "".join((*parts, text[end:]))


def _joined(text: str, names: Mapping[str, str], bare: bool) -> str:
    """The text with "78,093" as 78093, where that is a code of the catalogue and the text asks for a code."""

    def join(match: re.Match[str]) -> str:
        parts = match["number"].split(match["mark"])
        code = "".join(parts)
        asked = bare or (match["lead"] and match["mark"] != " ")
        if not asked or _known(code, names) is None or any(_known(part, names) for part in parts):
            return match.group()
        return f"{match['lead'] or ''}{code}"

    return _THOUSANDS.sub(join, text)


def _known(code: str, names: Mapping[str, str]) -> str | None:
    return names.get(code.lower()) or names.get((hresult(code) or "").lower())


def _is_bare(text: str) -> bool:
    """Whether values are all that the text says, apart from words of asking."""
    words = _WORD.findall(_VALUE.sub(" ", text).lower())
    return 0 < len(_VALUE.findall(text)) <= MAX_ASKED and all(word in _FILLERS for word in words)


def _symbols(text: str, names: Mapping[str, str], bare: bool) -> Iterator[_Mention]:
    taken: set[int] = set()
    whole = text.strip().strip("\"'`*?!.,:;()[]{}<>")
    for pattern in (_FAMILY, _LABELLED_NAME, _SLUG, _NAME):
        for match in pattern.finditer(text):
            code, start = match["code"], match.start("code")
            alone = pattern is _NAME and code == whole and len(code) >= 12
            least = 2 if pattern is _LABELLED_NAME else 3
            named = (pattern is _LABELLED_NAME or alone) and len(_HUMP.findall(code)) >= least and _is_readable(code)
            certain = pattern is _FAMILY or named
            if start not in taken and (certain or _known(code, names)):
                taken.add(start)
                yield _Mention(start, match.end("code"), code, certain)


def _is_readable(name: str) -> bool:
    """Whether a name is made of words, and not noise such as a key in base64."""
    return sum(map(len, _READABLE.findall(name))) >= READABLE_SHARE * len(name)


def _tools(text: str, names: Mapping[str, str], bare: bool) -> Iterator[_Mention]:
    for match in _EXIT_CODE.finditer(text):
        code = f"VSS-{match['number']}"
        yield _Mention(match.start(), match.end(), code if code.lower() in names else match["number"], bare)
    for match in _TOOL.finditer(text):
        tool, gap = match["tool"].upper(), match["gap"].lower()
        explicit = "-" in gap or "(" in gap or "error" in gap or "code" in gap
        if not explicit and tool != "CURL":
            continue
        # curl's numbers are written after its own name or after the protocol that failed.
        forms = [f"{tool}-{match['number']}"] + [
            f"{other}-{match['number']}" for other in ("SSL", "CURL") if tool != "VSS"
        ]
        code = next((form for form in forms if form.lower() in names), forms[0])
        certain = "-" in gap or (tool == "CURL" and explicit)
        if certain or code.lower() in names:
            yield _Mention(match.start(), match.end(), code, certain)
    for match in _TOOL_TEXT.finditer(text):
        forms = [f"{tool}-{match['number']}" for tool in ("CURL", "SSL")]
        named = next((form for form in forms if form.lower() in names), None)
        if named is not None:
            yield _Mention(match.start("number"), match.end("number"), named, False)


def _hexes(text: str, names: Mapping[str, str], bare: bool) -> Iterator[_Mention]:
    for match in _HRESULT.finditer(text):
        prefixed = match["code"].lower().startswith("0x")
        code = match["code"] if prefixed else f"0x{match['code']}"
        if prefixed or _known(code, names):
            yield _Mention(match.start(), match.end(), f"0x{code[2:].upper()}", prefixed)
    for match in _LABELLED_HEX.finditer(text):
        if not _HRESULT.fullmatch(match["code"]):
            yield _Mention(match.start("code"), match.end("code"), f"0x{match['code'][2:].upper()}", True)
    if bare:
        for match in _VALUE.finditer(text):
            if match.group().lower().startswith("0x") and not _HRESULT.fullmatch(match.group()):
                yield _Mention(match.start(), match.end(), f"0x{match.group()[2:].upper()}", True)


def _labelled(text: str, names: Mapping[str, str], bare: bool) -> Iterator[_Mention]:
    for match in _LABELLED_NUMBERS.finditer(text):
        label, first = match["label"].lower(), match.start("codes")
        # "errors: 120" counts something and "event 2024" dates it; nobody's codes have one or two digits.
        least = 3 if match["kind"] or label in {"error", "err", "code", "codes"} else 5
        for number in _INTEGER.finditer(text, first, match.end("codes")):
            digits = number.group().lstrip("-")
            code = number.group() if hresult(number.group()) else digits
            year = number.start() > first and len(digits) == 4 and digits[:2] in {"19", "20"}
            certain = bare or (len(digits) >= least and not year)
            yield _Mention(number.start(), number.end(), code, certain)


def _numbers(text: str, names: Mapping[str, str], bare: bool) -> Iterator[_Mention]:
    if bare:
        for match in _ASKED_NUMBER.finditer(text):
            yield _Mention(match.start(), match.end(), match.group(), True)
        return
    brief = len(text.split()) <= 6
    for match in _NUMBER.finditer(text):
        code = match["code"]
        signed_hresult = len(code) == 11 and code.startswith("-2147")
        if signed_hresult or ((brief or len(code) > SHORT_CODE_DIGITS) and _known(code, names)):
            yield _Mention(match.start("code"), match.end("code"), code, signed_hresult)
