"""The values of a start as inputs: those of one machine, or those that are changed for all machines at once."""

import hashlib
from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticMultiSelectElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from homeward.actions.preparing import ForMachine, ForValue, Offered, Possible, Value
from homeward.checks.facts import Topology
from homeward.checks.names import fold
from homeward.checks.offers import for_all

from .. import ids
from ..escape import mrkdwn, plain
from ..form_state import EVERY, Form, given
from .blocks import Modal, actions, as_json, button, context, listed, many, packed, section

NAME = 80
OPTION = 75
MOST_OPTIONS = 100
MOST_UNFIT = 30
"""So many things that can't be chosen are named with why; of more the number is told."""
MOST_PARAGRAPHS = 3
ID_LENGTH = 300
_LABELS = {
    Value.TARGET: "Target",
    Value.EXCLUDE_DISK: "Disks that stay behind",
}
_TARGETS = {Topology.CLASSIC: "Master target", Topology.MODERNIZED: "Replication appliance"}


def values_form(form: Form, offered: Offered) -> Modal:
    """What `form.machine` asks for: one machine's values, or those for all. They are kept when it is sent."""
    if form.machine == EVERY:
        values = for_every(form, offered.machines)
        head = "*Every machine*\nWhat is chosen here is given to each machine that it fits; the others keep theirs."
        inputs = _inputs(form, values)
        blocks: list[Block] = [section(head), *inputs]
    else:
        machine = next((one for one in offered.machines if one.machine == form.machine), None)
        inputs = machine_inputs(form, machine) if machine else []
        what = f"*{mrkdwn(form.machine, NAME)}*"
        told = "It is not part of it any more." if machine is None else _says(machine)
        blocks = [section(f"{what}\n{told}" if told else what), *inputs]
        blocks += unfit([machine] if machine else [])
    back = actions([button("Back", ids.FORM_PAGE, str(form.page))])
    submit = "Use these" if _sends(inputs) else ""
    return shown(form, ids.MACHINE_VIEW, "Values", submit, [*blocks, back], close="Close the form")


def machine_inputs(form: Form, machine: ForMachine) -> list[Block]:
    """One input for each value of the machine."""
    return _inputs(form, machine.values, topology=machine.topology, live=True)


def for_every(form: Form, machines: Sequence[ForMachine]) -> list[ForValue]:
    """Each value with what there is of it for any of them; chosen is what was wished for all."""
    found: dict[Value, dict[str, Possible]] = {}
    words: dict[Value, str] = {}
    for each in (value for machine in machines for value in machine.values):
        if each.value is Value.EXCLUDE_DISK:
            continue  # disks of one name are different disks
        words.setdefault(each.value, each.word)
        there = found.setdefault(each.value, {})
        for one in each.fitting:
            there.setdefault(fold(one.wish), one)
    made: list[ForValue] = []
    for value, there in found.items():
        said = [there[fold(name)] for name in for_all(given(form.wishes, value.value)) if fold(name) in there]
        made.append(ForValue(value, words[value], tuple(said[:1]), tuple(there.values()), required=False))
    return made


def unfit(machines: Sequence[ForMachine]) -> list[Block]:
    """What is not offered, each thing once, with why."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for machine in machines:
        for value in machine.values:
            if value.value is Value.POLICY or (value.value is Value.EXCLUDE_DISK and not value.fitting):
                continue  # policies of another kind are none for it, and one stack leaves no disk behind
            for one in value.unfit:
                named = value.word if one.shown in one.why_not else f"{value.word} {one.shown}"
                reasons.setdefault((named, one.why_not), []).append(machine.machine)
    lines = [
        f"• {mrkdwn(what, NAME)}{_for_whom(whose, machines)}: {mrkdwn(why, 300)}"
        for (what, why), whose in list(reasons.items())[:MOST_UNFIT]
    ]
    if len(reasons) > MOST_UNFIT:
        lines.append(f"and {many(len(reasons) - MOST_UNFIT, 'more thing')} that can't be chosen")
    return [context(text) for text in packed(["*Not offered:*", *lines], 2000)[:MOST_PARAGRAPHS]] if lines else []


def shown(
    form: Form, callback: str, title: str, submit: str, blocks: Sequence[Block], *, close: str = "Not now"
) -> Modal:
    """A view that carries the form; `close` is for giving all of it up."""
    view = View(
        type="modal",
        callback_id=callback,
        title=PlainTextObject(text=plain(title, 24)),
        submit=PlainTextObject(text=submit) if submit else None,
        close=PlainTextObject(text=close),
        private_metadata=form.text,
        blocks=list(blocks),
    )
    return Modal(as_json(view))


def seed(form: Form) -> str:
    """Differs where what is offered may: Slack keeps what was filled in of a block as long as its id stays."""
    told = f"{form.operation.value}\0{form.subject}\0{form.machine}\0{form.wishes!r}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def option(value: str, text: str, told: Iterable[str] = ()) -> Option:
    """One of a select; `value` is what comes back."""
    detail = " · ".join(told)
    return Option(
        value=value,
        text=PlainTextObject(text=plain(text, OPTION), emoji=False),
        description=PlainTextObject(text=plain(detail, OPTION), emoji=False) if detail.strip() else None,
    )


def _inputs(
    form: Form, values: Sequence[ForValue], *, topology: Topology | None = None, live: bool = False
) -> list[Block]:
    blocks: list[Block] = []
    for value in values:
        label = _LABELS.get(value.value) or f"{value.word[:1].upper()}{value.word[1:]}"
        if value.value is Value.TARGET and topology in _TARGETS:
            label = _TARGETS[topology]
        if value.fitting:
            blocks.append(_select(form, value, label, live=live))
        elif value.value is Value.LOG_STORAGE and not value.unread:
            blocks.append(_typed(form, value, label))
        elif value.value is not Value.EXCLUDE_DISK:
            why = f"could not be read: {mrkdwn(value.unread, 300)}" if value.unread else "there is none to choose"
            blocks.append(section(f"*{label}:* {why}"))
    return blocks


def _select(form: Form, value: ForValue, label: str, *, live: bool) -> Block:
    name = f"{ids.FORM_VALUE}.{value.value.value}"
    first = [one for one in value.chosen if not one.why_not]
    rest = [one for one in value.fitting if one not in first]
    options = [option(one.wish, one.shown, one.told) for one in (*first, *rest)][:MOST_OPTIONS]
    left = len(first) + len(rest) - len(options)
    hint = f"and {left} more: name one in the command, after --{value.value.value}" if left else ""
    chosen = options[: len(first)]
    element: StaticSelectElement | StaticMultiSelectElement
    if value.value is Value.EXCLUDE_DISK:
        element = StaticMultiSelectElement(action_id=name, options=options, initial_options=chosen or None)
    else:
        # Slack's own words there would ask for a choice where none is needed.
        placeholder = PlainTextObject(text="As each has it", emoji=False) if form.machine == EVERY else None
        initial = next(iter(chosen), None)
        element = StaticSelectElement(action_id=name, options=options, initial_option=initial, placeholder=placeholder)
    return InputBlock(
        block_id=f"{name}.{seed(form)}",
        label=PlainTextObject(text=label, emoji=False),
        element=element,
        hint=PlainTextObject(text=hint, emoji=False) if hint else None,
        # What the target reaches is offered with it.
        dispatch_action=True if live and value.value is Value.TARGET else None,
        optional=not value.required,
    )


def _typed(form: Form, value: ForValue, label: str) -> Block:
    """An account that no machine uses yet is named by its id."""
    name = f"{ids.FORM_VALUE}.{value.value.value}"
    return InputBlock(
        block_id=f"{name}.{seed(form)}",
        label=PlainTextObject(text=label, emoji=False),
        element=PlainTextInputElement(action_id=name, max_length=ID_LENGTH),
        hint=PlainTextObject(text="None is in use yet: the resource id of a storage account.", emoji=False),
        optional=not value.required,
    )


def _says(machine: ForMachine) -> str:
    return f"It could not be read: {mrkdwn(machine.trouble, 300)}" if machine.trouble else ""


def _sends(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, InputBlock) for block in blocks)


def _for_whom(whose: Sequence[str], machines: Sequence[ForMachine]) -> str:
    if len(machines) == 1 or len(whose) == len(machines):
        return ""
    return f" for {listed([mrkdwn(name, NAME) for name in whose], 3)}"
