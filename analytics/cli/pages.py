"""`analytics pack` and `page`: what is done with a briefing once it stands."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.language import Language


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), help="Zip file to write; by default beside the folder.")
@click.option("--outside", is_flag=True, help="To leave the house: only a briefing made with run --outside.")
def pack(folder: Path, to: Path | None, *, outside: bool) -> None:
    """Pack a briefing with its tables as one zip whose links work. Private tables are never packed."""
    from analytics import briefing
    from analytics.errors import AnalystError

    target = to or folder.with_name(folder.name + ".zip")
    try:
        briefing.pack(folder, target, outside=outside)
    except AnalystError as error:
        raise click.ClickException(str(error)) from error
    click.echo(str(target))


@click.command()
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
