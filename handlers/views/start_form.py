"""The form of a start: what it is about, the values that it would take, why, and, of a failback, when."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    DateTimePickerElement,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from homeward.actions.preparing import ForMachine, ForValue, Offered, Points
from homeward.actions.states import Operation
from homeward.checks.subjects import Named
from homeward.checks.way import BEGINS

from .. import ids
from ..escape import mrkdwn
from ..form_state import AT, CHANNEL, EVERY, METADATA, POINT, Form
from ..picking import search_element
from ..start_arguments import APP_CONSISTENT, LATEST, REASON_LIMIT
from .blocks import Message, Modal, actions, button, context, listed, many, packed, section
from .machine_form import machine_inputs, option, seed, shown, unfit
from .operations import words
from .trouble import notice

NAME = 80
VALUE = 60
PAGE = 20
"""So many machines stand on a page."""
CARRIED = 1000
"""A name that is longer stands on no button."""
PLAIN_MACHINES = 2
"""So many paragraphs of names, where a machine has nothing to choose."""
TITLES = {
    Operation.REPROTECT: "Reprotect",
    Operation.TO_AZURE: "Protect to Azure",
    Operation.FAILBACK: "Fail back",
}
WHICH = "A machine, group or plan"


def picking_form(form: Form, initial: Named | None = None, *, problem: str = "") -> Modal:
    """Nothing is chosen yet, or nothing that there is: `problem` says so."""
    told = [section(mrkdwn(problem, 1000))] if problem else []
    return _form(form, [_which(initial), *told], submit=False)


def reading_form(form: Form) -> Modal:
    """While what there is is being read. It holds no input, so nothing can be changed meanwhile."""
    return _form(form, [section(f"Reading {mrkdwn(form.named, NAME)}…")], submit=False)


def asking_message(name: str) -> Message:
    """While the ledger writes it down."""
    return notice(f"Asking for {mrkdwn(name, NAME)}…")


def too_long_form(form: Form) -> Modal:
    """Its metadata would not pass: whoever closes it has asked for nothing."""
    what = mrkdwn(form.named, NAME)
    told = (
        f"More was changed for {what} than a form can carry (Slack keeps {METADATA:,} characters). Ask for it in "
        "smaller parts, machine by machine or group by group, or with the command's options."
    )
    return shown(Form(form.operation), ids.FORM_VIEW, TITLES[form.operation], "", [section(told)])


def start_form(form: Form, offered: Offered, initial: Named | None = None, *, channels: Sequence[str] = ()) -> Modal:
    """The whole form. `channels` are those in which it may be asked for; none means any."""
    machines = offered.machines
    if len(machines) == 1:
        (machine,) = machines
        trouble = [section(f"? {_unread(machine)}")] if machine.trouble else []
        values = [*trouble, *machine_inputs(form, machine), *unfit(machines)]
    elif any(machine.values for machine in machines):
        values = _machines(form, machines)
    else:
        values = _names(machines)
    blocks = [_which(initial), *_about(form, offered), *values, *_when(form, offered.points), _why(form)]
    return _form(form, [*blocks, *_where(form, channels)], submit=True)


def asks_where(form: Form, channels: Sequence[str]) -> bool:
    """Whether the place that it was opened in is none where it could be asked for."""
    return form.place[:1] in ("", "D") or (bool(channels) and form.place not in channels)


def _form(form: Form, blocks: Sequence[Block], *, submit: bool) -> Modal:
    return shown(form, ids.FORM_VIEW, TITLES[form.operation], "Ask for it" if submit else "", blocks)


def _which(initial: Named | None) -> Block:
    """In a section, not an input: what is picked is told at once, and a form without an answer needs no button."""
    return SectionBlock(
        block_id=ids.SUBJECT,
        text=MarkdownTextObject(text="*Which machine, group or plan?*", verbatim=True),
        accessory=search_element(WHICH, initial),
    )


def _about(form: Form, offered: Offered) -> list[Block]:
    subject, count = offered.subject, len(offered.machines)
    told = f"*{mrkdwn(subject.name, NAME)}*, {subject.kind.value} in vault {mrkdwn(subject.vault, NAME)}"
    if count > 1:
        told = f"{told}: {many(count, 'machine')}, which start together as one request."
    if open_ := sum(1 for machine in offered.machines if _needs(machine)):
        told = (
            f"{told}\n*{many(open_, 'machine')} {'needs' if open_ == 1 else 'need'} a choice.*" if count > 1 else told
        )
    return [section(told), *_out_of_turn(offered)]


def _out_of_turn(offered: Offered) -> list[Block]:
    """What the checks would refuse, said before it is asked for."""
    names = [f"{mrkdwn(one.machine, NAME)} ({one.elsewhere.value})" for one in offered.machines if one.elsewhere]
    if not names:
        return []
    noun, begins = words(offered.operation).noun, BEGINS[offered.operation].value
    return [section(f"! A {noun} begins where a machine is {begins}. The checks will refuse {listed(names)}.")]


def _machines(form: Form, machines: Sequence[ForMachine]) -> list[Block]:
    """A line for each of a page's machines, with what changes it."""
    pages = -(-len(machines) // PAGE)
    page = min(form.page, pages - 1)
    here = machines[page * PAGE : (page + 1) * PAGE]
    blocks: list[Block] = [actions([button("Change for all…", ids.FORM_MACHINE, EVERY)])]
    for machine in here:
        can = machine.values and len(machine.machine) <= CARRIED and machine.machine.strip()
        change = button("Change…", ids.FORM_MACHINE, machine.machine) if can else None
        blocks.append(section(_line(machine), change))
    if pages > 1:
        turns = [button("Next page", ids.FORM_PAGE, str(page + 1))] if page + 1 < pages else []
        turns = [*([button("Previous page", f"{ids.FORM_PAGE}.0", str(page - 1))] if page else []), *turns]
        blocks += [context(f"Page {page + 1} of {pages}"), actions(turns)]
    return [*blocks, *unfit(machines)]


def _line(machine: ForMachine) -> str:
    name = f"*{mrkdwn(machine.machine, NAME)}*"
    if machine.trouble:
        return f"{name}\n? {_unread(machine)}"
    parts = [part for value in machine.values if (part := _value(value))]
    return f"{name}\n{' · '.join(parts)}"


def _value(value: ForValue) -> str:
    names = listed([mrkdwn(one.shown, VALUE) for one in value.chosen], 3)
    if names:
        why = next((one.why_not for one in value.chosen if one.why_not), "")
        return f"{value.word} {names}{f' (*{mrkdwn(why, 200)}*)' if why else ''}"
    if not value.required:
        return ""
    if value.unread:
        return f"{value.word} not known: {mrkdwn(value.unread, 200)}"
    return f"*needs a {value.word}*"


def _needs(machine: ForMachine) -> bool:
    return any(value.required and not value.chosen and not value.unread for value in machine.values)


def _names(machines: Sequence[ForMachine]) -> list[Block]:
    """Where there is nothing to choose for a machine."""
    troubled = [f"• *{mrkdwn(one.machine, NAME)}* ? {_unread(one)}" for one in machines if one.trouble]
    others = [mrkdwn(one.machine, NAME) for one in machines if not one.trouble]
    lines = [*troubled[:20], *([listed(others, 40)] if others else [])]
    return [section(paragraph) for paragraph in packed(lines)[:PLAIN_MACHINES]]


def _unread(machine: ForMachine) -> str:
    return f"It could not be read: {mrkdwn(machine.trouble, 300)}"


def _when(form: Form, points: Points | None) -> list[Block]:
    """Of a failback: the recovery point, and the time."""
    if points is None:
        return []
    options = [option(LATEST, "The latest", ("the newest data, as is advised",))]
    if not points.inconsistent:
        options.append(option(APP_CONSISTENT, "App-consistent", ("the newest that applications wrote in order",)))
    options += [option(one.wish, one.shown, (one.wish,)) for one in points.listed]
    chosen = next((one for one in options if one.value == form.point), options[0])
    no = [context(f"*Not offered:* app-consistent: {mrkdwn(points.inconsistent, 300)}")] if points.inconsistent else []
    if form.point not in ("", chosen.value, APP_CONSISTENT):
        what = mrkdwn(form.point, NAME)
        no.append(context(f"*Not offered:* {what}: no point that could be read is called so. The latest is chosen."))
    return [
        InputBlock(
            block_id=f"{POINT}.{seed(form)}",
            label=PlainTextObject(text="Recovery point", emoji=False),
            element=StaticSelectElement(action_id=POINT, options=options, initial_option=chosen),
        ),
        *no,
        InputBlock(
            block_id=AT,
            label=PlainTextObject(text="When shall it start?", emoji=False),
            element=DateTimePickerElement(action_id=AT, initial_date_time=form.at),
            hint=PlainTextObject(text="Left empty: as soon as it is approved. At most a week ahead.", emoji=False),
            optional=True,
        ),
    ]


def _why(form: Form) -> Block:
    return InputBlock(
        block_id=ids.REASON,
        label=PlainTextObject(text="Why?", emoji=False),
        element=PlainTextInputElement(
            action_id=ids.REASON, initial_value=form.reason or None, max_length=REASON_LIMIT, multiline=True
        ),
        hint=PlainTextObject(text="Those who approve read it.", emoji=False),
        optional=True,
    )


def _where(form: Form, channels: Sequence[str]) -> list[Block]:
    if not asks_where(form, channels):
        return []
    allowed = listed([f"<#{channel}>" for channel in channels], 10)
    told = [context(f"It is asked for in {allowed}, so that the right people see it.")] if channels else []
    return [
        InputBlock(
            block_id=CHANNEL,
            label=PlainTextObject(text="Where everybody follows it", emoji=False),
            element=ConversationSelectElement(
                action_id=CHANNEL,
                initial_conversation=form.channel or None,
                filter=ConversationFilter(include=["public", "private"], exclude_bot_users=True),
            ),
        ),
        *told,
    ]
