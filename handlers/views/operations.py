"""What each operation is called: the words of its command, its headlines, its machines, and of what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeward.actions.states import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Of one operation. In a template `{}` is whom it is about, escaped; `{vm}` is "its VM" or "their VMs" (`{the}`:
    "the VMs"), `{It}` "It" or "They", `{them}` "it" or "them", `{runs}` "runs" or "run".
    """

    noun: str
    """ "reprotect": of the card's small print, and of "failback started"."""
    word: str
    """What follows the command's name when it is asked for."""
    option: str = ""
    """What stands behind the name, always."""
    can: str
    cannot: str
    aim: str
    """After "waiting for approval to"."""
    start: str
    """Before "starts as soon as ..."."""
    goes: str
    came: str
    """What a machine is that came through: "1 of 3 machines protected"."""
    through: str
    """After "it is", of those that came through."""
    running: str = ""
    """What people do, or leave alone, while it runs."""
    after: str
    """What there is to do when it has come through."""
    summary: str
    """The same at more length, under "What comes next"."""
    failed: str
    """What to mind about a machine that failed."""
    job_done: str
    """Where a machine is whose job has ended well."""
    passing: str
    """Where it is from then on, until it has come through."""
    standing: str
    """Where it is when it came through."""
    job_ended: str
    """Said when its job ended well."""
    done: str
    """Said when it came through."""


_OFF = "Leave {the} on-premises switched off."

WORDS: Mapping[Operation, Words] = {
    Operation.REPROTECT: Words(
        noun="reprotect",
        word="start",
        can="{} can come home",
        cannot="{} cannot come home yet",
        aim="bring {} home",
        start="{}",
        goes="{} is on its way home",
        came="protected",
        through="protected and may fail back",
        running=_OFF,
        after=f"{_OFF} Azure sends every change home from now on; the return itself (failback) is the next step.",
        summary="Do not power on {vm} on-premises: every change in Azure is sent there now. The return itself "
        "(failback) is the next step, when you want it.",
        failed="Leave its VM on-premises switched off.",
        job_done="its job is done, the initial replication comes next",
        passing="initial replication",
        standing="protected, may fail back",
        job_ended="It is not protected yet: its data is sent now.",
        done="protected, may fail back. Do not power on its VM on-premises.",
    ),
    Operation.FAILBACK: Words(
        noun="failback",
        word="start",
        can="{} can fail back",
        cannot="{} cannot fail back yet",
        aim="fail back {}",
        start="the failback of {}",
        goes="{} is failing back",
        came="home",
        through="home, not committed yet",
        running="Leave {vm} alone in Azure and on-premises: Azure shuts down the one and starts the other.",
        after="See whether the application works on-premises. If it does, the commit is the next step; if not, a "
        "modernized one can still be cancelled.",
        summary="{It} {runs} on-premises now, as Azure tells it; what vCenter shows stands above. See whether the "
        "application works. If it does, commit the failback; if not, a modernized one can be cancelled before that. "
        "Nothing is replicated to Azure before it is committed and protected again.",
        failed="Switch on nothing by hand before you know where it runs: it must run in one place only, in Azure or "
        "on-premises.",
        job_done="its job is done, its VM on-premises is looked at",
        passing="its start on-premises",
        standing="home, not committed",
        job_ended="Its VM on-premises is looked at now.",
        done="home, not committed. See whether the application works there.",
    ),
    Operation.COMMIT: Words(
        noun="commit",
        word="commit",
        can="the failback of {} can be committed",
        cannot="the failback of {} cannot be committed yet",
        aim="commit the failback of {}",
        start="the commit of {}",
        goes="the failback of {} is being committed",
        came="committed",
        through="home and committed",
        after="Nothing is replicated to Azure yet: the protection to Azure is the next step.",
        summary="{It} {runs} on-premises for good, and nothing would take over for {them}: nothing is replicated to "
        "Azure before you ask for the protection to Azure, which is the next step.",
        failed="It still runs on-premises; only the commit did not come through.",
        job_done="its job is done",
        passing="its commit",
        standing="home, committed",
        job_ended="It is looked whether Azure shows it as committed.",
        done="committed. It stays on-premises, and is not protected until it is replicated to Azure again.",
    ),
    Operation.CANCEL: Words(
        noun="cancel of the failback",
        word="cancel",
        can="the failback of {} can be cancelled",
        cannot="the failback of {} cannot be cancelled",
        aim="cancel the failback of {}",
        start="the cancel of the failback of {}",
        goes="the failback of {} is being cancelled",
        came="back in Azure",
        through="in Azure again and may fail back once more",
        running="Leave {vm} alone in Azure and on-premises: Azure shuts down the one and starts the other.",
        after=f"{_OFF} See whether the application works in Azure; a failback can be asked for again.",
        summary="{It} {runs} in Azure again, and what was changed on-premises since the failback is lost. Do not power "
        "on {vm} on-premises. A failback can be asked for again, when you want it.",
        failed="Switch on nothing by hand before you know where it runs: it must run in one place only, in Azure or "
        "on-premises.",
        job_done="its job is done, it replicates back again",
        passing="its replication back on-premises",
        standing="in Azure again, may fail back",
        job_ended="It replicates back on-premises again.",
        done="runs in Azure again, and may fail back once more. Do not power on its VM on-premises.",
    ),
    Operation.TO_AZURE: Words(
        noun="protection to Azure",
        word="start",
        option="--to azure",
        can="{} can be protected to Azure",
        cannot="{} cannot be protected to Azure yet",
        aim="protect {} to Azure again",
        start="the protection of {} to Azure",
        goes="{} is being protected to Azure",
        came="protected",
        through="protected to Azure again",
        running="Until it is done, nothing in Azure could take over.",
        after="The way home ends here: at home, and Azure could take over again.",
        summary="Nothing has to be done: the way home ends here. {It} {runs} on-premises, and Azure could take over "
        "again.",
        failed="It still runs on-premises, without protection.",
        job_done="its job is done, the initial replication to Azure comes next",
        passing="initial replication to Azure",
        standing="protected to Azure",
        job_ended="It is not protected yet: its data is sent to Azure now.",
        done="protected to Azure again: the end of its way home.",
    ),
}


def words(operation: Operation) -> Words:
    return WORDS[operation]


def told(template: str, *, several: bool) -> str:
    """One of the sentences about the machines, for one or for several of them."""
    filled = template.format(
        vm="their VMs" if several else "its VM",
        the="the VMs" if several else "its VM",
        It="They" if several else "It",
        them="them" if several else "it",
        runs="run" if several else "runs",
    )
    return f"{filled[:1].upper()}{filled[1:]}"


def opening(template: str, whom: str) -> str:
    """A template with its subject, as a sentence begins; a name that stands first is left as it is."""
    told = template.format(whom)
    return told if template.startswith("{}") else f"{told[:1].upper()}{told[1:]}"


def command_of(operation: Operation, *, reprotect: str, failback: str) -> str:
    """The command that asks for it, as it is called in this workspace."""
    return reprotect if operation in (Operation.REPROTECT, Operation.TO_AZURE) else failback


def next_label(operation: Operation) -> str:
    """ "Ask for failback": the button that leads on to it."""
    return {Operation.TO_AZURE: "Ask for protection to Azure"}.get(operation, f"Ask for {WORDS[operation].noun}")
