"""What the error catalogue answers: each code in full, words by their best entry, and what is not known, plainly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from homeward.checks.catalogue import Answer, Cause, Entry, Stack

from .. import ids
from ..escape import link, mrkdwn, person
from .blocks import (
    MESSAGE_BLOCKS,
    MESSAGE_LETTERS,
    VALUE,
    Json,
    Message,
    actions,
    built,
    button,
    context,
    divider,
    letters,
    listed,
    many,
    packed,
    section,
)

if TYPE_CHECKING:
    from slack_sdk.models.blocks import Block

MOST_FULL = 5
"""So many entries in full; more is no answer but a list."""
MOST_LISTED = 12
MOST_STEPS = 30
NAME = 80
CODE = VALUE - 100
"""A longer one has no button: its value could not name it beside a thread."""
SEPARATOR = "\n"
"""Between the codes in a button's value; no code has one."""
_THREAD = re.compile(r"@([0-9]{1,20}\.[0-9]{1,10})")
"""A first line that names the thread, where what the button shows goes on in one."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a button means: these entries, by code, and the thread that they may be shared in, "" for the channel."""

    codes: tuple[str, ...]
    thread: str


_STACKS = {
    Stack.CLASSIC: "classic",
    Stack.MODERNIZED: "modernized",
    Stack.BOTH: "classic and modernized",
    Stack.HYPER_V: "Hyper-V",
}


def answer_message(answer: Answer, *, command: str, thread: str = "") -> Message:
    """The private answer to a question, with buttons to share it and to open what it only names."""
    if answer.found:
        full, more = answer.found[:MOST_FULL], answer.found[MOST_FULL:]
    elif answer.answered and answer.sure:
        full, more = answer.matches[:1], answer.matches[1:]
    else:
        full, more = (), answer.matches
    blocks: list[Json] = []
    texts: list[str] = []
    if answer.unknown_codes:
        text = not_known(answer.unknown_codes)
        texts.append(text)
        blocks += built(
            section(f"? *{text}*"), context("No answer is made up for a code that the catalogue does not have.")
        )
    if answer.answered and not answer.sure and not answer.found:
        texts.append(f"Several entries of the catalogue fit “{mrkdwn(answer.query, 200)}”: which one?")
        blocks += built(section(f"*{texts[-1]}*"))
    elif not full and not answer.unknown_codes:
        texts.append(f"Nothing in the catalogue fits “{mrkdwn(answer.query, 200)}” well.")
        blocks += built(
            section(f"? *{texts[-1]}*"), context(f"`{mrkdwn(command, NAME)} help` shows what can be asked.")
        )
    shown: list[Entry] = []
    for entry in full:
        entry_blocks = _entry(entry)
        if not _room(blocks, entry_blocks):
            break
        blocks += entry_blocks
        shown.append(entry)
        texts.append(f"{mrkdwn(entry.code, NAME)}: {mrkdwn(entry.title, 200)}")
    left = (*full[len(shown) :], *more)
    if left:
        blocks += _offer(_lead(answer), left, thread)
    if answer.nearest:
        blocks += _offer(
            "Did you mean one of these?" if not shown else "The nearest that are known:", answer.nearest, thread
        )
    if shown:
        blocks += _share(shown, thread)
    return Message("\n".join(texts), tuple(blocks))


def _lead(answer: Answer) -> str:
    """What stands above entries that are only named."""
    if answer.found:
        return "Also asked for:"
    return "It could also be:" if answer.sure else "It could be one of these:"


def shared_message(entries: Sequence[Entry], *, shared_by: str) -> Message:
    """The same for everybody, saying who brought it."""
    blocks: list[Json] = []
    for entry in entries[:MOST_FULL]:
        if _room(blocks, _entry(entry)):
            blocks += _entry(entry)
    text = "\n".join(f"{mrkdwn(entry.code, NAME)}: {mrkdwn(entry.title, 200)}" for entry in entries[:MOST_FULL])
    return Message(text, (*blocks, *built(context(f"shared by {person(shared_by)}"))))


def entry_message(entry: Entry, *, thread: str = "") -> Message:
    """One entry in full, in place of the list that it was chosen from."""
    text = f"{mrkdwn(entry.code, NAME)}: {mrkdwn(entry.title, 200)}"
    return Message(text, (*_entry(entry), *_share([entry], thread)))


def _share(entries: Sequence[Entry], thread: str) -> tuple[Json, ...]:
    label = "Share in the thread" if thread else "Share in channel"
    return built(actions([button(label, ids.SHARE_ENTRY, _value([entry.code for entry in entries], thread))]))


def _room(blocks: Sequence[Json], more: Sequence[Json]) -> bool:
    """Whether a message bears these too, and a list of others below; the first entry always stands."""
    if not any(block["type"] == "divider" for block in blocks):
        return True
    return len(blocks) + len(more) <= MESSAGE_BLOCKS - 8 and letters(blocks) + letters(more) <= MESSAGE_LETTERS - 4000


def not_known(codes: Sequence[str]) -> str:
    """Says plainly that these codes are not in the catalogue."""
    names = listed([mrkdwn(code, NAME) for code in codes], 10)
    return f"{names} {'is' if len(codes) == 1 else 'are'} not in the catalogue."


def meant(value: str) -> Meant:
    """What a button's value says."""
    first, *others = value.split(SEPARATOR)
    thread = _THREAD.fullmatch(first)
    codes = others if thread else [first, *others]
    return Meant(tuple(code for code in codes[:MOST_FULL] if code), thread[1] if thread else "")


def _value(codes: Sequence[str], thread: str) -> str:
    lead = f"@{thread}{SEPARATOR}" if thread else ""
    value = lead + SEPARATOR.join(codes)
    return value if len(value) <= VALUE else (lead + codes[0])[:VALUE]


@lru_cache(maxsize=512)
def _entry(entry: Entry) -> tuple[Json, ...]:
    """An entry: what happened, why, what to do, which check finds it, where this is from."""
    parts = [
        f"in {mrkdwn(entry.component, NAME)}" if entry.component else "",
        mrkdwn(entry.phase, NAME),
        _STACKS[entry.stack],
    ]
    blocks: list[Block] = [
        section(f"*{mrkdwn(entry.code, NAME)} · {mrkdwn(entry.title, 300)}*\n{mrkdwn(entry.what, 1500)}"),
        context(" · ".join(filter(None, parts))),
    ]
    causes = [_cause(cause) for cause in entry.causes]
    steps = [f"{place}. {mrkdwn(step, 600)}" for place, step in enumerate(entry.steps[:MOST_STEPS], start=1)]
    if len(entry.steps) > MOST_STEPS:
        steps.append(f"and {len(entry.steps) - MOST_STEPS} more steps: see the source.")
    for paragraph in packed(["*Why*", *causes]):
        blocks.append(section(paragraph))
    for paragraph in packed(["*What to do*", *steps]):
        blocks.append(section(paragraph))
    if entry.note:
        blocks.append(section(f"i  {mrkdwn(entry.note, 1000)}"))
    if small := _small_print(entry):
        blocks.append(context(small))
    return built(*blocks, divider())


def _cause(cause: Cause) -> str:
    tell = f"\n      _How to tell:_ {mrkdwn(cause.tell, 500)}" if cause.tell else ""
    return f"• {mrkdwn(cause.text, 700)}{tell}"


def _small_print(entry: Entry) -> str:
    links = [link(source.url, source.title) for source in entry.sources[:4]]
    parts = [
        f"found by {listed([f'`{mrkdwn(rule, NAME)}`' for rule in entry.rules], 8)}" if entry.rules else "",
        f"see also {listed([mrkdwn(code, NAME) for code in entry.related], 8)}" if entry.related else "",
        f"source: {', '.join(links)}" if links else "",
    ]
    return " · ".join(filter(None, parts))


def _offer(headline: str, entries: Sequence[Entry], thread: str) -> tuple[Json, ...]:
    """Entries by name, with a button for each of the first few."""
    lines = [f"• {mrkdwn(entry.code, NAME)}: {mrkdwn(entry.title, 120)}" for entry in entries[:MOST_LISTED]]
    if len(entries) > MOST_LISTED:
        lines.append(f"and {many(len(entries) - MOST_LISTED, 'more')}: ask for them one by one.")
    blocks: list[Block] = [section(paragraph) for paragraph in packed([f"*{headline}*", *lines])]
    chosen = [
        button(entry.code, f"{ids.SHOW_ENTRY}.{place}", _value([entry.code], thread))
        for place, entry in enumerate(entries[:MOST_LISTED])
        if len(entry.code) <= CODE
    ]
    return built(*blocks, *([actions(chosen)] if chosen else []))
