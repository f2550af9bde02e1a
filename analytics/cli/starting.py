"""`analytics start`: a first column map and parameter set for a file; and what a run would need of it."""

from __future__ import annotations

from pathlib import Path

import click

PILLARS = {
    "valuation": "declarations",
    "smuggling": "declarations",
    "scorecard": "declarations",
    "tax_forecast": "receipts",
}


def fit_for(pillar: str, source: str, column_map: str | None) -> str:
    """Do with a source what a run of the pillar does first, and say what it would refuse.

    Returns
    -------
    str : a line on what the pillar can use

    Raises
    ------
    AnalystError
        What the run would be refused with.
    """
    from analytics import tables, valuation
    from analytics.errors import DataError
    from analytics.smuggling.features.frames import prepare as lines_of
    from analytics.tax_forecast.inputs.receipts import prepare as panel_of

    if pillar == "tax_forecast":
        panel = panel_of(tables.read("receipts", source, column_map))
        months = len(panel.total.ends)
        unit = panel.total.unit or "no unit: the page shows plain figures"
        return f"for tax_forecast: {len(panel.leaves)} series, {months} periods, {unit}"
    if pillar == "valuation":
        by = ["district", "chapter"]
        read = tables.read("declarations", source, column_map, columns=valuation.needed(by))
        left = valuation.usable(read).accounting.rows_used
        if not left:
            raise DataError(f"{source}: no import line with positive quantity and value is left for the price level.")
        return f"for valuation: {left:,} import lines with quantity and value"
    read = tables.read("declarations", source, column_map)
    if pillar == "smuggling":
        frame = lines_of(read)
        known = "inspected" in read.columns and "finding" in read.columns
        said = "with outcomes" if known else "no outcomes: expert rules rank, and the page says so"
        return f"for smuggling: {len(frame):,} lines, {said}"
    return f"for {pillar}: {read.accounting.rows_used:,} lines"


@click.command()
@click.argument("source")
@click.option("--for", "pillar", type=click.Choice(list(PILLARS)), help="Use; by default told by the file.")
@click.option("--force", is_flag=True, help="Write over a map and a set that are there.")
def start(source: str, pillar: str | None, *, force: bool) -> None:
    """Look at SOURCE and write a first column map and parameter set beside it, ready for `analytics run`."""
    from analytics import tables
    from analytics.tables.start.guess import guess

    found = guess(source, PILLARS.get(pillar or ""))
    pillar = pillar or next(p for p, t in PILLARS.items() if t == found.table)
    folder, stem = _beside(source)
    column_map = found.shipped
    if not found.shipped:
        path = folder / f"{stem}.map.yaml"
        _write(path, _map_text(source, found.lines, found.left), force=force)
        column_map = str(path)
    report = tables.check(found.table, source, column_map)
    if report.table.accounting.doubts and not found.shipped:
        open_ = [line for d in report.table.accounting.doubts for line in ["", *d.text.en.splitlines()]]
        told = ["Open doubts: nothing runs before they are settled.", *open_]
        comments = "\n".join(f"# {line}".rstrip() for line in told)
        _write(path, path.read_text(encoding="utf-8") + "\n" + comments + "\n", force=True)
    click.echo(report.text)
    target = folder / pillar / f"{stem}.yaml"
    _write(target, _set_text(pillar, source, column_map, report.table), force=force)
    click.echo(f"\ncolumn map: {column_map}\nparameter set: {target}\nnext: analytics run {target}")


def _beside(source: str) -> tuple[Path, str]:
    from analytics.tables.source.sources import resolve

    if source.partition(":")[0] == "database":
        return Path.cwd(), source.rpartition("/")[2].replace(".", "_")
    path = resolve(source)
    return path.parent, path.name.split(".")[0]


def _write(path: Path, text: str, *, force: bool) -> None:
    if path.exists() and not force:
        raise click.ClickException(f"{path} is there already. Use it, or --force to write it anew.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _map_text(source: str, lines: tuple[str, ...], left: tuple[str, ...]) -> str:
    head = [f"# Column map for {Path(source).name}, written by `analytics start`: look it over, it is a guess.",
            "# Each line: column of the data contract: column of the file."]  # fmt: skip
    unused = [f"# not used: {', '.join(left)}"] if left else []
    return "\n".join([*head, *lines, *unused]) + "\n"


def _set_text(pillar: str, source: str, column_map: str, table: object) -> str:
    from analytics.tables import Table
    from analytics.tables.source.sources import resolve

    assert isinstance(table, Table)
    where = source if source.partition(":")[0] == "database" else str(resolve(source))
    keys = ("receipts", "receipts_map") if pillar == "tax_forecast" else ("declarations", "column_map")
    lines = [f"# Parameter set for {Path(source).name} by `analytics start`; docs/parameters.md explains each line.",
             f'{keys[0]}: "{where}"', f'{keys[1]}: "{column_map}"', 'place: "data as given"  # name it',
             'place_zh: "所给数据"']  # fmt: skip
    last = table.accounting.last_period
    if pillar == "tax_forecast" and last is not None:
        lines += [f"year: {last.year}", f'as_of: "{last:%Y-%m}"']
    if pillar == "valuation" and "currency" in table.columns:
        known = table.to_pandas(["currency"])["currency"].dropna()
        lines += [f"currency: {known.mode().iloc[0]}"] if len(known) else []
    if pillar == "smuggling":
        lines += ["enterprises: null"]
    return "\n".join(lines) + "\n"
