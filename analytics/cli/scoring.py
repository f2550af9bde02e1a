"""`analytics score`: declarations scored and selected by a saved model whose card was approved."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("source", required=False)
@click.option("--map", "column_map", help="Column map of the source.")
@click.option("--out", type=click.Path(path_type=Path), help="CSV to be written; beside the model by default.")
@click.option("--rate", default=0.04, show_default=True, help="Share of declarations to be selected.")
@click.option("--explore", default=0.1, show_default=True, help="Share of the selection drawn at random.")
@click.option("--seed", default=0, show_default=True, help="Of the random draw.")
@click.option("--card", is_flag=True, help="Show the model's card and stop.")
@click.option("--approve", metavar="NAME", help="Write who approves the model into it, and stop.")
def score(
    model: Path,
    source: str | None,
    column_map: str | None,
    out: Path | None,
    rate: float,
    explore: float,
    seed: int,
    card: bool,
    approve: str | None,
) -> None:
    """Score the declarations of SOURCE with the saved, approved MODEL and select what to inspect."""
    from analytics import smuggling, tables

    if card:
        click.echo(json.dumps(smuggling.card(model), ensure_ascii=False, indent=1))
        return
    if approve:
        smuggling.approve(model, approve)
        click.echo(f"{model}: approved by {approve}")
        return
    if source is None:
        raise click.UsageError("Name the SOURCE of the declarations to be scored.")
    scores = smuggling.scorer(model)(tables.read("declarations", source, column_map))
    chosen = smuggling.select(scores, rate, explore, seed=seed)
    target = out or model.with_suffix(".targeting.csv")
    chosen.to_csv(target, index=False, encoding="utf-8-sig")
    n = chosen.drop_duplicates("declaration_id")["selected"].sum()
    click.echo(f"{target}: {len(chosen):,} lines scored, {n:,} declarations selected")
