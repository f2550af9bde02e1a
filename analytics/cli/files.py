"""`analytics check`: what a file holds, said before anything is computed from it."""

from __future__ import annotations

import sys

import click

from analytics.cli.starting import PILLARS, fit_for


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="[TABLE] SOURCE")
@click.option("--map", "column_map", help="Column map: a shipped one's name, or a YAML file.")
@click.option("--for", "pillar", type=click.Choice(list(PILLARS)), help="Say what a run of this pillar would refuse.")
def check(names: tuple[str, ...], column_map: str | None, pillar: str | None) -> None:
    """Read SOURCE as TABLE and say what was found: columns, rows used, rows set aside and why.

    With --for the table is the one that the pillar needs.
    """
    from analytics import tables
    from analytics.errors import AnalystError

    table, source = _table_and_source(names, pillar)
    try:
        report = tables.check(table, source, column_map)
        fit = fit_for(pillar, report.table, column_map) if pillar and report.ok else None
        click.echo(report.text if fit is None else fit.after(report))
        if not report.ok or (fit is not None and fit.doubts):
            sys.exit(1)
        looked_at = [name for name, needed in PILLARS.items() if needed == table]
        if not pillar and looked_at:
            click.echo(f"What the figures say is not looked at here: --for {' or '.join(looked_at)} does.")
    except AnalystError as error:
        raise click.ClickException(str(error)) from error


def _table_and_source(names: tuple[str, ...], pillar: str | None) -> tuple[str, str]:
    from analytics.tables import CONTRACTS

    table, source = names if len(names) == 2 else (PILLARS.get(pillar or "", ""), names[-1])
    if len(names) > 2 or not table:
        raise click.UsageError("Name a table and a source, or a source and --for: analytics check declarations a.csv.")
    if table not in CONTRACTS:
        raise click.UsageError(f'"{table}" is not a table of the contract. Tables: {", ".join(CONTRACTS)}.')
    return table, source
