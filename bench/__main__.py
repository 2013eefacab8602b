"""`python -m bench [NAME ...]`: measures and prints; a missed goal is printed, not an error."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter

import click
from rich.console import Console

from . import ack, picker, plan, rules, show, startup, vcenter, waits
from .figures import Figure, seconds

Measure = Callable[[bool], Awaitable[list[Figure]]]

MEASUREMENTS: Mapping[str, Measure] = {
    "ack": lambda quick: ack.measure(quick=quick),
    "vcenter": lambda quick: vcenter.measure(quick=quick),
    "plan": lambda quick: plan.measure(quick=quick),
    "picker": lambda quick: picker.measure(quick=quick),
    "rules": lambda quick: rules.measure(quick=quick),
    "startup": lambda quick: startup.measure(quick=quick),
    "waits": lambda quick: waits.measure(quick=quick),
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(MEASUREMENTS)))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--markdown", is_flag=True, help="Also write the table into docs/performance.md.")
@click.option("--quick", is_flag=True, help="Tiny counts: shows that everything runs; the figures mean nothing.")
def main(names: tuple[str, ...], *, as_json: bool, markdown: bool, quick: bool) -> None:
    """Measures NAMES, or everything, on loopback. Every figure is a ratio of two things measured in one run."""
    if markdown and (names or quick):
        raise click.UsageError("--markdown writes the whole table, of a whole run.")
    results: dict[str, list[Figure]] = {}
    aside = Console(stderr=True, highlight=False)
    for name in names or tuple(MEASUREMENTS):
        started = perf_counter()
        results[name] = asyncio.run(_run(MEASUREMENTS[name], quick=quick))
        aside.print(f"{name}: measured in {seconds(perf_counter() - started)}", style="dim")
    if quick:
        aside.print("--quick: these figures mean nothing.")
    if as_json:
        click.echo(show.as_json(results))
    else:
        show.table(Console(highlight=False), results)
    if markdown:
        show.write(results)


async def _run(measure: Measure, *, quick: bool) -> list[Figure]:
    return await measure(quick)


if __name__ == "__main__":
    main()
