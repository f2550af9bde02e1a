"""`analytics check`: what a file holds, said before anything is computed from it."""

from __future__ import annotations

import sys

import click


@click.command()
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
