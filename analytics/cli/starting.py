"""`analytics start`: a first column map and parameter set for a file; and what a run would need of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mode
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # the command starts faster without
    from analytics.tables import Report, Table

_NAMED = 5  # districts named in a doubt
PILLARS = {
    "valuation": "declarations",
    "smuggling": "declarations",
    "scorecard": "declarations",
    "tax_forecast": "receipts",
}


@dataclass(frozen=True)
class Fit:
    """What a pillar can use of a table, and what is to be looked into before its page is believed.

    Attributes
    ----------
    said : a line on what can be used
    doubts : sentences; none where nothing is in the way
    """

    said: str
    doubts: tuple[str, ...] = ()

    def after(self, report: Report) -> str:
        """The report with what the pillar says; a table with a doubt is not called ready."""
        if not self.doubts:
            return f"{report.text}\n{self.said}"
        text = report.text.rpartition("\n")[0]
        told = [f"Look into it first: {doubt}." for doubt in self.doubts]
        return "\n".join([text, self.said, *told])


def fit_for(pillar: str, read: Table, column_map: str | None) -> Fit:
    """Do with a table what a run of the pillar does first, and say what it would refuse.

    Parameters
    ----------
    read : without open doubts
    column_map : that it was read by

    Returns
    -------
    Fit

    Raises
    ------
    AnalystError
        What the run would be refused with.
    """
    fit = {"valuation": _prices, "smuggling": _risks, "scorecard": _goals, "tax_forecast": _receipts}[pillar]
    found = fit(read, column_map)
    return Fit(f"for {pillar}: {found.said}", found.doubts)


def _receipts(read: Table, _: str | None) -> Fit:
    """Series and periods that a forecast can be made of."""
    import numpy as np

    from analytics.tax_forecast.inputs.receipts import prepare

    panel = prepare(read)
    unit = panel.total.unit or "no unit: the page shows plain figures"
    return Fit(f"{max(len(panel.leaves), 1)} series, {int(np.isfinite(panel.total.grid).sum())} periods, {unit}")


def breakdown(columns: Sequence[str]) -> list[str]:
    """Groups that prices are compared between: districts, else enterprises, else the quarters of a single office."""
    others = ["enterprise"] if "enterprise_id" in columns else ["period"]
    return [*(["district"] if "district" in columns else others), "chapter"]


def _prices(read: Table, column_map: str | None) -> Fit:
    """Lines that the price level can be made of."""
    from analytics import tables, valuation
    from analytics.errors import DataError
    from analytics.valuation.comparison.lines import look

    needed = valuation.needed(breakdown(read.columns))
    if not set(needed) <= set(read.columns):
        tables.read("declarations", read.source, column_map, columns=needed)  # says what is missing, and what is near
    used = valuation.usable(read)
    left = used.accounting.rows_used
    if not left:
        raise DataError(f"{read.source}: no import line with positive quantity and value is left for the price level.")
    stated = look(used.ibis).currency or "no currency stated: say it as `currency:` in the set, or the page will say so"
    groups = "" if "district" in read.columns else f"; no district: set `by: [{', '.join(breakdown(read.columns))}]`"
    return Fit(f"{left:,} import lines with quantity and value, {stated}{groups}", _far_off(used, read.columns))


def _far_off(used: Table, columns: Sequence[str]) -> tuple[str, ...]:
    """Say which districts declare at a multiple or a fraction of the others' prices."""
    from analytics.valuation.alike.at_sight import far_off

    if "district" not in columns:
        return ()
    said = [f"{row.place} at {row.ratio:.3g} times" for row in far_off(used).head(_NAMED).itertuples()]
    if not said:
        return ()
    which = "district " + said[0] if len(said) == 1 else "districts " + ", ".join(said)
    return (
        f"{which} the others' unit values, over all goods; settle whether amounts or quantities there are in another "
        "unit (the map can convert them); if not, that is their price, and the page says so",
    )


def _risks(read: Table, _: str | None) -> Fit:
    """Lines that risk can be told of, and what is lacking."""
    from analytics.smuggling.audit.outcomes import left_out
    from analytics.smuggling.audit.records import Records
    from analytics.smuggling.features.frames import prepare
    from analytics.smuggling.inquiry.periods import leaks_in

    lines = prepare(read)
    known = {"inspected", "finding"} <= set(read.columns)
    said = "with outcomes" if known else "no outcomes: expert rules rank, and the page says so"
    lacking = [f"no {name}" for name in ("enterprise_id", "origin", "tax") if name not in read.columns]
    leaks = leaks_in(lines)[1] if known else []
    told = [f"{', '.join(leaks)}: tells outcomes that nobody knew then, and is left out of the study"] if leaks else []
    doubts = [_NOT_JUDGED[name] for name in Records.of(left_out(lines, leaks), _DELAY).doubts] if known else []
    told += [f"the page will judge nothing: {', '.join(doubts)}"] if doubts else []
    return Fit(f"{len(lines):,} lines, {', '.join([said, *lacking])}", tuple(told))


_DELAY = 28  # days until an outcome is usually known, as in params/smuggling/schema.json
_NOT_JUDGED = {
    "repeated": "lines stand more than once",
    "unrecorded": "inspected lines have no outcome",
    "reused": "numbers of declarations are used again",
    "apart": "declarations are split by line",
    "late": "findings are recorded later than clean outcomes",
    "uneven": "lines called random are not spread as all lines are",
    "parties": "outcomes are those of a handful of enterprises",
}


def _goals(read: Table, _: str | None) -> Fit:
    """Goals of the plan that the declarations alone can judge."""
    from analytics import scorecard, tables

    card = scorecard.score(scorecard.Sources(declarations=read), root=tables.project_root())
    measured = sum(card.measure(goal) is not None for goal in card.distinct)
    return Fit(f"{read.accounting.rows_used:,} lines measure {measured} of {len(card.distinct)} goals of {card.year}")


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
    fit, todo = _next(report, pillar, column_map)
    click.echo(report.text if fit is None else fit.after(report))
    target = folder / pillar / f"{stem}.yaml"
    _write(target, _set_text(pillar, source, column_map, report.table), force=force)
    click.echo(f"\ncolumn map: {column_map}\nparameter set: {target}\n{todo.format(target=target)}")


def _next(report: Report, pillar: str, column_map: str) -> tuple[Fit | None, str]:
    """What the pillar says of the table, and what to do next: run, or first what a run would refuse."""
    from analytics.errors import AnalystError

    settle = "next: settle what is said above in the column map, then analytics run {target}"
    if not report.ok:
        return None, settle
    try:
        fit = fit_for(pillar, report.table, column_map)
    except AnalystError as error:
        return None, f"A run for {pillar} would be refused:\n{error}".replace("{", "{{").replace("}", "}}")
    return fit, settle if fit.doubts else "next: analytics run {target}"


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
    if pillar == "valuation" and "district" not in table.columns:
        by = breakdown(table.columns)
        lines += [f"by: [{', '.join(by)}]  # no district is given", f"drill_down: [{', '.join(by[::-1])}]"]
        lines += ["period: quarter"] if "period" in by else []
    if pillar == "valuation":
        given = [] if "currency" not in table.columns else table.to_pandas(["currency"])["currency"].dropna().tolist()
        lines += [f"currency: {mode(given)}" if given else "# currency: USD  # none is stated: say it, or pages will"]
    if pillar == "smuggling":
        lines += ["enterprises: null"]
    return "\n".join(lines) + "\n"
