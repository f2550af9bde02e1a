"""`analytics diff` and `verify`: what changed between two briefings, and whether one is what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from analytics.cli.runs import settings_of
from analytics.language import Language

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_LANGUAGE = click.option(
    "--language", default="en", show_default=True, type=click.Choice(["en", "zh"]), help="Language of what is said."
)


@click.command()
@click.argument("run_a", type=_FOLDER)
@click.argument("run_b", type=_FOLDER)
@_LANGUAGE
def diff(run_a: Path, run_b: Path, language: Language) -> None:
    """Say what changed from one briefing's folder to another's, and why: data, parameter, code, definition.

    Exit code 1 where headline, figures or tables differ.
    """
    from analytics.batch.checks.compare import compare
    from analytics.errors import AnalystError

    try:
        found = compare(run_a, run_b)
    except AnalystError as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(found.lines(language)))
    sys.exit(0 if found.same else 1)


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Where the data lie on this machine.")
@_LANGUAGE
def verify(folder: Path, settings: tuple[str, ...], language: Language) -> None:
    """Run a briefing again from its recorded inputs and compare to the byte; check that its files are unaltered.

    Exit code 0 where everything holds, 1 where something differs, 2 where the run could not be repeated.
    """
    from analytics import preload

    preload.begin(1)
    from analytics.batch.checks.verify import verify as verified
    from analytics.errors import AnalystError

    try:
        found = verified(folder, settings_of(settings))
    except AnalystError as error:
        raise click.ClickException(str(error)) from error
    for name in found.altered:
        click.echo(f"altered since it was made: {name}")
    for name in found.unequal:
        click.echo(f"came out otherwise: {name}")
    for note in found.notes:
        click.echo(note.in_language(language))
    click.echo(f"{found.equal} files equal to the byte, {len(found.unequal)} not, {len(found.altered)} altered")
    sys.exit(0 if found.holds else 1 if found.altered or found.unequal else 2)
