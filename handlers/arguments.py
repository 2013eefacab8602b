"""Reading what somebody typed after a command, as people and phones type it."""

import re
from dataclasses import dataclass

NAME_LIMIT = 500
"""The longest ARM id of a protected item is about 400 characters."""

QUOTES = str.maketrans("“”„‟«»‘’‚‛", '""""""' + "''''")
"""The quotes of phones and of other languages, to those of programs."""
_JSON = re.compile(r"[-—–‒―]{1,2}json$", re.IGNORECASE)
_FLAG = re.compile(r"(?:--|[—–‒―])\w\S*$|-[a-z]$", re.IGNORECASE)
_HELP = {"help", "--help", "-h", "?", "—help", "–help"}
_WORD = re.compile(r'"([^"]*)"|\'([^\']*)\'|(\S+)')
_LINK = re.compile(r"<(?:mailto:|https?://|([@#])[A-Z0-9]+)[^<>|]*\|([^<>|]*)>")
_FORMATTING = "*_`~"
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A subject to check, and whether its JSON is wanted."""

    name: str
    as_json: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """Nothing that could be done: `why` says what was wrong, "" where somebody asked for help."""

    why: str


def check_arguments(text: str) -> Asked | Usage:
    """The arguments of the check command. A name with spaces may stand in quotes of any kind, or without."""
    said = bare(unescaped(text).translate(QUOTES).strip())
    if not said or said.casefold() in _HELP:
        return Usage("")
    if len(said) > NAME_LIMIT:
        return Usage(f"The name is too long: at most {NAME_LIMIT} characters.")
    name: list[str] = []
    as_json = quoted = False
    for match in _WORD.finditer(said):
        word = match[3]
        if word is None:
            name.append(match[1] or match[2] or "")
            quoted = True
        elif _JSON.match(word):
            as_json = True
        elif _FLAG.match(word):
            return Usage(f"There is no option {word}.")
        else:
            name.append(word)
    subject = " ".join(" ".join(name).split())
    subject = subject if quoted else bare(subject)
    if not subject:
        return Usage("Which machine, group or plan?" if as_json else "The name is empty.")
    return Asked(subject, as_json)


def bare(text: str) -> str:
    """Without the formatting that is pasted along with a name."""
    while len(text) > 2 and text[0] == text[-1] and text[0] in _FORMATTING:
        text = text[1:-1].strip()
    return text


def wants_help(text: str) -> bool:
    """Whether the text asks for help, or asks nothing."""
    said = text.strip().casefold()
    return not said or said in _HELP


def unescaped(text: str) -> str:
    """What was typed: Slack links names of hosts, people and channels, and escapes three characters."""
    linked = _LINK.sub(r"\1\2", text)
    return re.sub(r"&(?:lt|gt|amp);", lambda match: _ESCAPED[match[0]], linked)
