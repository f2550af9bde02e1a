"""The page of a price level: every part keeps the rules of the house, and one thing has one number."""

import dataclasses
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from analytics import briefing, tables, valuation
from analytics.language import Text
from analytics.valuation import page
from analytics.valuation.level.verdicts import OUT

SCHEMA = Path(__file__).resolve().parents[2] / "params" / "valuation" / "schema.json"


@pytest.fixture(scope="module", params=[("district", "chapter"), ("district",)], ids="-".join)
def found(request) -> page.Findings:
    lines = tables.as_pandas(tables.simulate(30_000, 11, districts=8, chapters=4).declarations)
    return page.Findings(valuation.price_level(lines, by=request.param))


def test_every_part_of_the_page_keeps_the_rules_of_the_house(found):
    parts = page.exhibits(found, Text("a place", "某地"))
    assert [name for name in ("headline", *page.SECTIONS) if name in parts] == list(parts)
    assert set(page.SECTIONS) - set(parts) <= {"mixed", "nation", "queries"}
    for name, part in parts.items():
        assert not briefing.faults(part), name


def test_title_tile_and_result_name_one_cell_with_one_number(found):
    head = page.headline(found, Text("a place", "某地"))
    verdict, tile = head.verdict, head.tiles[0]
    cells = found.level.levels
    assert verdict.value in set(cells["level"])
    if verdict.status in ("watch", "not_met"):
        assert tile.value == f"{verdict.value:.2f}"
        assert tile.unit.en in verdict.text.en
    assert page.figures(found)["at_stake"] == pytest.approx(cells.loc[cells["status"].isin(OUT), "duty_at_stake"].sum())


def test_what_nobody_can_judge_is_counted_beside_what_is_judged(found):
    """As many groups as the table has no verdict for, and none of them is explained by chance."""
    cells, lead = found.level.levels, page.headline(found, Text("a place", "某地")).verdict.lead.en
    untold = int((cells["status"] == "insufficient").sum())
    groups = "1 group" if untold == 1 else f"{untold} groups"
    assert (f"{groups} cannot be judged" in lead) == bool(untold)
    made = dataclasses.replace(found.level, levels=cells.assign(status="insufficient").astype(cells.dtypes.to_dict()))
    assert (
        f"{len(cells)} groups cannot be judged"
        in page.headline(page.Findings(made), Text("a place", "某地")).verdict.lead.en
    )
    known = cells["level"].notna() & cells["high95"].notna()
    far = cells["level"].where(~known, 1.5), cells["low95"].where(~known, 1.4), cells["high95"].where(~known, 1.6)
    status = cells["status"].where(cells.index != cells.index[known][0], "met")
    status = status.where(cells.index == cells.index[known][0], "insufficient")
    far_off = cells.assign(level=far[0], low95=far[1], high95=far[2], status=status, reason="wide interval")
    said = page.exhibits(page.Findings(dataclasses.replace(found.level, levels=far_off)), Text("a place", "某地"))
    assert "1 group reads outside the band: chance is enough to explain it" in said["funnel"].finding.en
    assert "cannot be told" in said["funnel"].finding.en


def test_the_funnel_counts_every_group_that_stands_out_the_widest_too(found):
    cells = found.level.levels
    at = cells.index[cells["level"].notna() & cells["high95"].notna()][:2]
    status = cells["status"].mask(cells["status"].isin(OUT), "insufficient")
    status[at] = "watch"
    log = {"level": 1.4, "low95": 1.3, "high95": 1.5}
    far = cells.assign(status=status, **{c: cells[c].where(~cells.index.isin(at), v) for c, v in log.items()})
    far.loc[at[1], ["low95", "high95"]] = 0.02, 90.0
    head = page.funnel(page.Findings(dataclasses.replace(found.level, levels=far))).finding
    assert "too uncertain to be drawn" in head.en
    assert "因不确定性过大未绘出" in head.zh
    assert sum(map(int, re.findall(r"(\d+) (?:group|more)", head.en))) == 2


def test_the_board_is_told_every_cell_outside_with_its_district(found):
    leads = page.leads(found)
    assert len(leads) == len(found.outside)
    assert leads or "chapter" not in found.level.by
    for lead, row in zip(leads, found.outside.to_dict("records"), strict=True):
        assert lead.district == row["district"]
        assert ("confirmed" in lead.text.en) == (row["status"] == "not_met")
        assert lead.text.zh.strip()
    told = sum(int(m[1]) for lead in leads if (m := re.search(r"(\d+) lines to verify", lead.text.en)))
    assert told == len(found.lines)


def test_every_chart_can_be_drawn(found):
    for part in page.exhibits(found, Text("a place", "某地")).values():
        for exhibit in getattr(part, "exhibits", ()):
            if isinstance(exhibit, briefing.Chart):
                assert exhibit.draw().axes


def test_parameters_and_question_agree_on_names_and_defaults():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
    defaults = {name: rule["default"] for name, rule in schema.items()}
    plain, asked = valuation.Question(by=("district", "chapter")), valuation.Question.of(defaults)
    for field in dataclasses.fields(valuation.Question):
        if field.name != "words":
            assert getattr(asked, field.name) == getattr(plain, field.name), field.name


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"by": ("districts",)}, "Allowed: district"),
        ({"by": ()}, "by: empty"),
        ({"method": "cdp"}, 'Did you mean "cpd"'),
        ({"period": "weeks"}, "Allowed: all, month, quarter, year"),
        ({"band": (1.1, 1.2)}, "band"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_can(wrong, said):
    with pytest.raises(valuation.ValuationError, match=re.escape(said)):
        valuation.Question(**wrong)


def test_the_room_lists_its_public_names_only():
    assert dir(valuation) == sorted(valuation.__all__)


def test_earlier_queries_are_told_with_what_they_brought_and_mark_the_lines_asked_again(found):
    rows = found.lines.head(12)
    value = rows["quantity"] * rows["unit_value"]
    book = pd.DataFrame({
        "query_id": [f"Q{i}" for i in range(len(rows))], "declaration_id": rows["declaration_id"],
        "line_no": rows["line_no"], "opened_on": pd.Timestamp("2025-01-10"), "declared_value": value,
        "accepted_value": 1.5 * value, "outcome": "raised",
    })  # fmt: skip
    asked = dataclasses.replace(found, ledger=valuation.evidence.ledger(book))
    section = page.queries(asked)
    assert not briefing.faults(section)
    assert page.queries(found) is None
    if rows.empty:
        assert section.finding.en == "No price query is closed yet"
        return
    assert f"100 % of {len(rows)} closed price queries raised the value" in section.finding.en.replace("\u00a0", " ")
    marks = page.breaches(asked).exhibits[1].frame["mark"]
    assert sum(m is not None and "queried: raised" in m.en for m in marks) == len(rows)
