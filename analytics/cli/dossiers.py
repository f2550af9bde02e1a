"""`analytics queries`: a dossier for every price query that a page of price levels suggests."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import Any

import click
import yaml

from analytics import root
from analytics.cli import runs
from analytics.language import Language

_LINES, _SETS = "lines_to_verify", "queries"


@click.command()
@click.argument("report", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--most", default=10, show_default=True, type=click.IntRange(1, 200), help="Most dossiers to be made.")
@click.option("--out", default="reports", show_default=True, type=click.Path(path_type=Path), help="Folder of reports.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="Dossiers made at a time.")
@click.option("--ledger", metavar="SOURCE", help="Earlier queries and their outcome (table queries).")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Where the data lie on this machine.")
@click.option("--language", default="en", show_default=True, type=click.Choice(["en", "zh"]), help="Of the dossiers.")
def queries(
    report: Path,
    most: int,
    out: Path,
    jobs: int,
    ledger: str | None,
    settings: tuple[str, ...],
    language: Language,
) -> None:
    """Make a dossier for each enterprise and good among the lines to verify of a price level's REPORT, most first.

    REPORT is the folder of one run of the valuation pillar (the one that holds result.json). The parameter sets are
    kept in params/valuation/queries/, so that a dossier can be made anew.
    """
    from analytics import batch
    from analytics.briefing.written.kept import read_result
    from analytics.parameters import ParameterError

    result = read_result(report)
    if result is None:
        raise click.ClickException(f"{report}: no readable result.json. Name the folder of a price level's run.")
    if _LINES not in result.get("tables", {}) or result.get("notebook") != "notebooks/valuation/price_level.ipynb":
        raise click.ClickException(
            f"{report}: no lines to verify here (notebook {result.get('notebook')}). Name the folder of a price "
            "level's run, such as reports/en/valuation/<set>."
        )
    wanted = asked(report / result["tables"][_LINES])[:most]
    if not wanted:
        raise click.ClickException(
            f"{report}: the list of lines to verify names no enterprise: there is nobody to ask."
        )
    folder = root.project_root() / "params" / "valuation" / _SETS / report.name
    folder.mkdir(parents=True, exist_ok=True)
    given = {**known_places(report, result["params"]), **runs.settings_of(settings)}
    files = [written_set(folder, one, given, ledger) for one in wanted]
    try:
        sets = batch.find_sets([str(f) for f in files])
    except ParameterError as error:
        raise click.ClickException(str(error)) from error
    outcomes = batch.run_sets(sets, out, language, jobs=jobs, report=runs.report)
    failed = [o for o in outcomes if o.state == "failed"]
    click.echo(f"{len(outcomes) - len(failed)} dossiers, {len(failed)} failed: {out / language / 'index.html'}")
    if failed:
        click.echo("Where the data are not found, say where they lie: --set declarations=FILE.", err=True)
        sys.exit(1)


def asked(table: Path) -> list[tuple[str, str]]:
    """Enterprise and good of the lines to verify, those with most at stake first.

    Parameters
    ----------
    table : tables/lines_to_verify.csv of a run
    """
    stake: dict[tuple[str, str], float] = {}
    with table.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("enterprise"):
                pair = row["enterprise"], row["product"]
                stake[pair] = stake.get(pair, 0.0) + float(row["duty_at_stake"] or 0)
    return sorted(stake, key=lambda pair: (-stake[pair], pair))


def known_places(report: Path, params: dict[str, Any]) -> dict[str, Any]:
    """Parameters of a run with the places of its files: a result names a file outside the project by its bare name.

    The parameter set that the run was made from still knows the place; what was changed in it since is not taken.
    """
    from analytics.batch.checks import provenance
    from analytics.briefing.written.plain import plain
    from analytics.parameters import ParameterError, load

    told = provenance.read(report)
    try:
        known = load(root.project_root() / told["set"]).values if told else {}
    except (ParameterError, OSError):
        known = {}
    place = root.project_root()
    return params | {k: v for k, v in known.items() if k in params and plain(v, place) == params[k]}


def written_set(folder: Path, one: tuple[str, str], given: dict[str, Any], ledger: str | None) -> Path:
    """Parameter set of one dossier."""
    from analytics.parameters import schema

    allowed = schema("valuation/query")["properties"]
    values = {name: value for name, value in given.items() if name in allowed}
    values |= {"notebook": "query", "enterprise": one[0], "product": one[1]}
    if ledger is not None:  # else that of the page
        values |= {"queries": ledger, "queries_map": None}
    path = folder / (re.sub(r"[^\w-]+", "_", f"{one[0]}_{one[1]}") + ".yaml")
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
