"""`analytics simulate`, `data` and `params`: what the package knows by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write to.")
@click.option("--lines", required=True, type=click.IntRange(min=1000), help="Declaration lines.")
@click.option("--seed", required=True, type=click.IntRange(min=0), help="The same seed gives the same bytes.")
@click.option("--setting", default="standard", show_default=True, type=click.Choice(["standard", "hostile"]))
def simulate(out: Path, lines: int, seed: int, setting: Literal["standard", "hostile"]) -> None:
    """Simulate a customs with known truth: declarations, enterprises, receipts and what is true of them."""
    from analytics.simulation import simulate as make

    make(lines, seed, setting=setting).write(out)
    click.echo(f"{lines:,} simulated lines (seed {seed}, setting {setting}) in {out}")


@click.group()
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


@click.command()
@click.argument("pillar", required=False)
@click.option("--write", type=click.Path(path_type=Path), help="Write the reference of all parameters to this file.")
def params(pillar: str | None, write: Path | None) -> None:
    """Print the reference of a pillar's parameters."""
    from analytics import parameters

    try:
        if write:
            write.write_text(parameters.reference_page(), encoding="utf-8")
        else:
            click.echo("\n\n".join(parameters.reference(p) for p in ([pillar] if pillar else parameters.subjects())))
    except parameters.ParameterError as error:
        raise click.ClickException(str(error)) from error
