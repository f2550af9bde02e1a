"""`analytics next`: a further month or week of the watch, without its history."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="next")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("source")
@click.option("--map", "column_map", metavar="FILE", help="Column map of a source in another shape.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the alarms to this CSV file.")
@click.option("--unfinished", is_flag=True, help="Judge a last month or week that is not complete all the same.")
def next_step(folder: Path, source: str, column_map: str | None, out: Path | None, unfinished: bool) -> None:
    """Judge the months or weeks that SOURCE brings after those kept in FOLDER, and keep the watch after them.

    FOLDER is what a parameter set of the watch named as `state`. Movements of whole goods, partners or districts are
    taken out, not told: they stand on the page of the whole watch.
    """
    from analytics import early_warning, tables
    from analytics.briefing.files import write_csv
    from analytics.early_warning.continued import kind_of

    read = tables.read(kind_of(folder), source, column_map)
    found = early_warning.go_on(folder, read, unfinished=unfinished)
    opened = found.alarms[found.alarms["opened"]]
    for alarm in opened.itertuples():
        change = "no longer declared" if alarm.kind == "silence" else f"{alarm.measure} {alarm.size:+.0%}"
        click.echo(f"{alarm.told:%Y-%m-%d}  {alarm.series}  {change}  {alarm.kind}  since {alarm.since:%Y-%m-%d}")
    steps = f"{found.steps[0]:%Y-%m-%d}" + (f" to {found.steps[-1]:%Y-%m-%d}" if len(found.steps) > 1 else "")
    click.echo(f"{len(opened)} alarms opened ({steps}), {found.series} series watched; leads, no findings.")
    if found.unknown:
        click.echo(f"{len(found.unknown)} names are not watched until the whole history is read again.")
    if out is not None:
        write_csv(out, found.alarms)
