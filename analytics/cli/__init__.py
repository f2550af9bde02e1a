"""The command `analytics`: each shelf of commands in a module of its own."""

from __future__ import annotations

import click

from analytics import __version__
from analytics.cli import checks, dossiers, files, known, pages, runs, scoring, starting, watching
from analytics.cli.plain import PlainErrors


@click.group(cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="analytics")
def main() -> None:
    """Analytics for customs administrations: revenue forecast, price level, risk selection.

    Parameter sets (params/) run notebooks (notebooks/) on your data; briefings come out (reports/).
    """


for _command in (
    runs.run,
    files.check,
    starting.start,
    known.simulate,
    known.data,
    known.params,
    pages.pack,
    pages.page,
    checks.diff,
    checks.verify,
    scoring.score,
    dossiers.queries,
    watching.next_step,
):
    main.add_command(_command)
