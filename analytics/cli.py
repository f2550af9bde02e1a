"""The command `analytics`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

import click
import yaml

from analytics import __version__
from analytics.language import Language


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="analytics")
def main() -> None:
    """Analytics for customs administrations: revenue forecast, price level, risk selection.

    Parameter sets (params/) run notebooks (notebooks/) on your data; briefings come out (reports/).
    """


@main.command()
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


@main.command()
@click.argument("table", type=click.Choice(["receipts", "declarations", "enterprises", "indicators"]))
@click.argument("source")
@click.option("--map", "column_map", help="Column map: a shipped one's name, or a YAML file.")
def check(table: str, source: str, column_map: str | None) -> None:
    """Read SOURCE as TABLE and say what was found: columns, rows used, rows set aside and why."""
    from analytics import tables

    try:
        report = tables.check(table, source, column_map)
    except tables.DataError as error:
        raise click.ClickException(str(error)) from error
    click.echo(report.text)
    if not report.ok:
        sys.exit(1)


@main.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write to.")
@click.option("--lines", required=True, type=click.IntRange(min=1000), help="Declaration lines.")
@click.option("--seed", required=True, type=click.IntRange(min=0), help="The same seed gives the same bytes.")
@click.option("--setting", default="standard", show_default=True, type=click.Choice(["standard", "hostile"]))
def simulate(out: Path, lines: int, seed: int, setting: Literal["standard", "hostile"]) -> None:
    """Simulate a customs with known truth: declarations, enterprises, receipts and what is true of them."""
    from analytics.simulation import simulate as make

    make(lines, seed, setting=setting).write(out)
    click.echo(f"{lines:,} simulated lines (seed {seed}, setting {setting}) in {out}")


@main.group()
def data() -> None:
    """List the data the package knows, or get public ones."""


@data.command("list")
def list_data() -> None:
    """List what the package carries and what it can download."""
    from analytics import tables

    click.echo(tables.catalogue().to_string(index=False))


@data.command("get")
@click.argument("name")
def get_data(name: str) -> None:
    """Download a public data set and verify its checksum."""
    from analytics import tables

    try:
        paths = tables.download(name)
    except tables.DataError as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(str(p) for p in paths))


@main.command()
@click.argument("pillar", required=False)
@click.option("--write", type=click.Path(exists=True, path_type=Path), help="Renew the tables in this Markdown file.")
def params(pillar: str | None, write: Path | None) -> None:
    """Print the reference of a pillar's parameters."""
    from analytics import parameters

    try:
        if write:
            write.write_text(parameters.renew_reference(write.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            click.echo("\n\n".join(parameters.reference(p) for p in ([pillar] if pillar else parameters.pillars())))
    except parameters.ParameterError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), help="Zip file to write; by default beside the folder.")
def pack(folder: Path, to: Path | None) -> None:
    """Pack a briefing with its tables as one zip whose links work. Private tables are never packed."""
    from analytics import briefing

    target = to or folder.with_name(folder.name + ".zip")
    briefing.pack(folder, target)
    click.echo(str(target))


@main.command()
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), help="Page to write; by default where the notebook's files are.")
@click.option("--language", default="en", show_default=True, type=click.Choice(["en", "zh"]), help="Its language.")
def page(notebook: Path, to: Path | None, language: Language) -> None:
    """Write the HTML page of a notebook that was run by hand in JupyterLab and saved with its outputs."""
    from analytics import briefing
    from analytics.root import project_root

    by_hand = project_root() / "reports" / language / notebook.resolve().parent.name / "by_hand"
    target = to or (by_hand if by_hand.is_dir() else notebook.parent) / "briefing.html"
    try:
        click.echo(str(briefing.export(notebook, target, language)))
    except ValueError as error:
        raise click.ClickException(f"{notebook}: {error}") from error
