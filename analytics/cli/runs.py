"""`analytics run`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import yaml

from analytics.language import Language


@click.command()
@click.argument("params", nargs=-1)
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="Notebooks run at a time.")
@click.option("--out", default="reports", show_default=True, type=click.Path(path_type=Path), help="Folder of reports.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Replace a parameter in every set named.")
@click.option(
    "--language", default="en", show_default=True, type=click.Choice(["en", "zh"]), help="Language of the pages."
)
@click.option("--force", is_flag=True, help="Run even what is up to date.")
def run(
    params: tuple[str, ...], jobs: int, out: Path, settings: tuple[str, ...], language: Language, *, force: bool
) -> None:
    """Run parameter sets and write their briefings.

    PARAMS are YAML files, folders of them, or names of pillars; none means every set directly under params/<pillar>/.
    """
    from analytics import preload

    preload.begin(jobs)
    from analytics import batch  # after the fork server has begun: both take seconds
    from analytics.parameters import ParameterError

    try:
        sets = batch.find_sets(params, _settings(settings))
    except ParameterError as error:
        raise click.ClickException(f"{error}\nNothing was run.") from error
    outcomes = batch.run_sets(sets, out, language, jobs=jobs, force=force, report=_report)
    states = [o.state for o in outcomes]
    click.echo(
        f"{states.count('done')} run, {states.count('up_to_date')} up to date, {states.count('skipped')} skipped, "
        f"{states.count('failed')} failed: {out / language / 'index.html'}"
    )
    if "failed" in states:
        sys.exit(1)


def _settings(pairs: tuple[str, ...]) -> dict[str, Any]:
    values = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f'--set takes KEY=VALUE, got "{pair}".')
        values[key.strip()] = yaml.safe_load(value)
    return values


def _report(outcome: Any) -> None:
    sign = {"done": "✓", "up_to_date": "=", "skipped": "-", "failed": "✗"}[outcome.state]
    words = outcome.message.splitlines()[:12] if outcome.state in ("failed", "skipped") else []
    first = f"{sign} {outcome.pillar}/{outcome.name}  {outcome.state.replace('_', ' ')}  {outcome.seconds:.1f} s"
    click.echo("\n      ".join([first, *words]), err=outcome.state == "failed")
