"""The command line: `homeward check`, `errors`, `doctor`, `serve`, `audit`, `sandbox`, `demo`."""

import os
from pathlib import PurePath
from traceback import extract_tb

import click

from homeward import __version__

# The commands import what they need when they run: `homeward errors` must not wait for the Azure SDK.


class ExitCode:
    """What a command's exit tells a program."""

    READY = FOUND = OK = 0
    BLOCKED = NOT_FOUND = FAILED = 1
    USAGE = 2
    """Wrong use, wrong settings, an unknown or ambiguous name (click's own code for usage)."""
    UNKNOWN = 3
    """It could not be told; also after an error of Homeward's own, which must never look like BLOCKED."""
    INTERRUPTED = 130


class Edge(click.Group):
    """The edge: whatever goes wrong below ends in one line and a code that means it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            ctx.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            # Nobody reads any more. What Python still wants to write at its end must not fail as well.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            ctx.exit(ExitCode.UNKNOWN)
        except Exception as error:  # noqa: BLE001 # nothing is above but Python, which would exit with 1: BLOCKED
            click.echo(_own_fault(error), err=True)
            ctx.exit(ExitCode.UNKNOWN)


def _own_fault(error: Exception) -> str:
    """One line that finds the place, without the error's words: they may hold anything."""
    frames = extract_tb(error.__traceback__)
    place = f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"Homeward failed by a fault of its own ({type(error).__name__} at {place}); please report it."


@click.group(cls=Edge, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="homeward")
def main() -> None:
    """Brings virtual machines home from Azure: readiness checks and error help for Azure Site Recovery.

    \b
    Try it without any settings:
      homeward demo
      homeward check --sandbox web02
      homeward errors 78093
    """


OPERATIONS = ("reprotect", "failback", "commit", "cancel", "reprotect-to-azure")


@main.command()
@click.argument("name", required=False)
@click.option(
    "--for",
    "operation",
    type=click.Choice(OPERATIONS),
    default=OPERATIONS[0],
    show_default=True,
    help="The step of the way home that is checked.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--sandbox", is_flag=True, help="Check the embedded sandbox's estate; needs no settings.")
@click.option("--save-facts", metavar="FILE", help="Also write everything that was read to FILE.")
@click.option("--facts", metavar="FILE", help="Judge facts saved earlier instead of reading anything.")
@click.option("--config", metavar="FILE", help="The settings file (default: $HOMEWARD_CONFIG or homeward.toml).")
@click.pass_context
def check(
    context: click.Context,
    *,
    name: str | None,
    operation: str,
    as_json: bool,
    sandbox: bool,
    save_facts: str | None,
    facts: str | None,
    config: str | None,
) -> None:
    """Can the machine, replication group or recovery plan NAME come home (--for), and what to mend first?

    NAME is a machine's name, its Azure VM's name, a plan's or group's name, or an ARM id. Exits with 0 when it is
    ready, 1 when it is blocked, 3 when it could not be told, 2 on wrong use.

    \b
    Examples:
      homeward check web01
      homeward check payroll --json
      homeward check web01 --for failback
      homeward check web01 --save-facts incident.json
      homeward check --facts incident.json
    """
    from .check import run

    context.exit(
        run(
            name,
            operation=operation,
            as_json=as_json,
            sandbox=sandbox,
            save_facts=save_facts,
            facts=facts,
            config=config,
        )
    )


@main.command()
@click.argument("words", nargs=-1, required=True, metavar="CODE_OR_TEXT...")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def errors(context: click.Context, *, words: tuple[str, ...], as_json: bool) -> None:
    """What an error code, a pasted message or a symptom means, and what to do.

    Exits with 0 when something was found, 1 when nothing was.

    \b
    Examples:
      homeward errors 78093
      homeward errors "ErrorCode: 95226"
      homeward errors datastore empty
    """
    from .errors import run

    context.exit(run(" ".join(words), as_json=as_json))


@main.command()
@click.option("--config", metavar="FILE", help="The settings file (default: $HOMEWARD_CONFIG or homeward.toml).")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(context: click.Context, *, config: str | None, as_json: bool) -> None:
    """Checks the settings and the reach: Slack, approvers, state database, vaults, Azure Compute, vCenters."""
    from .doctor import run

    context.exit(run(config, as_json=as_json))


@main.command()
@click.option("--config", metavar="FILE", help="The settings file (default: $HOMEWARD_CONFIG or homeward.toml).")
@click.pass_context
def serve(context: click.Context, *, config: str | None) -> None:
    """Runs the standalone bot (Socket Mode or HTTP) with /healthz, /readyz and /metrics, until it is stopped."""
    from .serve import run

    context.exit(run(config))


@main.group()
def audit() -> None:
    """The audit chain: who asked, who decided, what was started; in an order that nobody can change unseen."""


@audit.command()
@click.option(
    "--head", metavar="FILE", help="An export, or its last line, kept elsewhere: shows a cut of later events."
)
@click.option("--json", "as_json", is_flag=True, help="Print the finding as JSON.")
@click.option("--config", metavar="FILE", help="The settings file (default: $HOMEWARD_CONFIG or homeward.toml).")
@click.pass_context
def verify(context: click.Context, *, head: str | None, as_json: bool, config: str | None) -> None:
    """Is every event as it was written, and none missing?

    Exits with 0 when the chain is whole, 1 when it is broken (the place is told), 2 when it can't be read.

    \b
    Examples:
      homeward audit verify
      homeward audit verify --head /safe/place/head.json
    """
    from .audit import run_verify

    context.exit(run_verify(config, head=head, as_json=as_json))


@audit.command()
@click.option("--head-only", is_flag=True, help="Only the last line, which proves later that nothing was cut off.")
@click.option("-o", "--output", metavar="FILE", help="Write there, for its owner alone, instead of to the terminal.")
@click.option("--config", metavar="FILE", help="The settings file (default: $HOMEWARD_CONFIG or homeward.toml).")
@click.pass_context
def export(context: click.Context, *, head_only: bool, output: str | None, config: str | None) -> None:
    """Every event as a line of JSON, and the chain's head as the last line.

    \b
    Examples:
      homeward audit export -o events.jsonl
      homeward audit export --head-only -o /safe/place/head.json
    """
    from .audit import run_export

    context.exit(run_export(config, head_only=head_only, output=output))


@main.command()
@click.option("--port", default=0, show_default="any free ones", help="First of the four ports to listen on.")
@click.option("--no-bot", is_flag=True, help="Without a bot: run `homeward serve` yourself, in another terminal.")
@click.option("--open/--no-open", "open_browser", default=False, show_default=True, help="Open the page in a browser.")
@click.pass_context
def sandbox(context: click.Context, *, port: int, no_bot: bool, open_browser: bool) -> None:
    """Tries Homeward in a browser: a page that shows the sandbox's Slack, with an estate that can be broken.

    \b
    Examples:
      homeward sandbox --open
      homeward sandbox --port 9400
      homeward sandbox --no-bot
    """
    from .sandbox import run

    context.exit(run(port, with_bot=not no_bot, open_browser=open_browser))


@main.command()
@click.option("--fast", is_flag=True, help="Without the pauses for reading.")
@click.pass_context
def demo(context: click.Context, *, fast: bool) -> None:
    """Plays the story on the embedded sandbox: an error looked up, checks, a start, its approval, a crash, an end."""
    from .demo import run

    context.exit(run(fast=fast))
