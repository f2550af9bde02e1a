"""Whom to audit: ranked by what nobody has seen yet, promised by what audits brought, never met before they close."""

import numpy as np
import pandas as pd
import pytest

from analytics import briefing, smuggling, tables
from analytics.language import Text
from analytics.simulation.simulated import Simulation
from analytics.smuggling.features.frames import InputError
from analytics.smuggling.followup.classes import ORDERS, facts, order_on
from analytics.smuggling.followup.promise import promise
from analytics.smuggling.followup.trusted import trusted_traders
from analytics.smuggling.page import followup


@pytest.fixture(scope="module")
def planned(simulated: Simulation, declared: pd.DataFrame) -> smuggling.AuditPlan:
    lost = lost_by_firm(simulated, declared)
    audits = past_audits(lost, np.random.default_rng(0), 240)
    return smuggling.audit_plan(declared, enterprises=simulated.enterprises, audits=audits)


def test_the_board_is_told_every_enterprise_planned_most_at_stake_first(planned: smuggling.AuditPlan):
    leads, chosen = followup.leads(planned), planned.firms[planned.firms["planned"]]
    assert len(leads) == len(chosen) > 0
    assert chosen["at_stake"].idxmax() in leads[0].text.en
    assert all("audit proposed" in lead.text.en and "建议稽查" in lead.text.zh for lead in leads)


def lost_by_firm(simulated: Simulation, declared: pd.DataFrame) -> pd.Series:
    keys = ["declaration_id", "line_no"]
    truth = simulated.truth["lines"].drop_duplicates(keys)[[*keys, "tax_lost"]]
    joined = declared[[*keys, "enterprise_id", "finding"]].merge(truth, how="left", on=keys)
    open_ = joined["finding"].isna()
    return (joined["tax_lost"].clip(lower=0).fillna(0) * open_).groupby(joined["enterprise_id"]).sum()


def past_audits(lost: pd.Series, rng: np.random.Generator, n: int) -> pd.DataFrame:
    firms = rng.choice(lost.index.to_numpy(), n)
    finding = (lost.reindex(firms).to_numpy() > 0) & (rng.random(n) < 0.6)
    recovered = np.where(finding, lost.reindex(firms).to_numpy() * rng.uniform(0.2, 0.6, n), 0.0)
    return pd.DataFrame(
        {
            "audit_id": np.arange(n).astype(str), "enterprise_id": firms, "finding": finding, "recovered": recovered,
            "closed_on": pd.Timestamp("2025-06-01"), "hours": rng.gamma(4, 12, n),
        }
    )  # fmt: skip


def test_five_per_cent_of_the_enterprises_reach_most_of_the_tax_at_stake(planned, simulated, declared):
    lost = lost_by_firm(simulated, declared)
    count = round(0.05 * len(planned.firms))
    first = lost.reindex(planned.firms.index[:count]).fillna(0).sum() / lost.sum()
    by_tax = declared.groupby("enterprise_id")["tax"].sum().nlargest(count).index
    assert first > 0.5
    assert first > lost.reindex(by_tax).fillna(0).sum() / lost.sum() + 0.1


def test_both_coverages_of_the_plan_are_kept(planned):
    assert planned.enterprises_covered >= 0.05
    assert planned.value_covered >= 0.15
    asked = smuggling.AuditQuestion(enterprise_coverage=0.01, business_coverage=0.4)
    from analytics.smuggling.followup.plan import _planned

    why = _planned(planned.firms, asked)
    assert planned.firms.loc[why != "", "value"].sum() >= 0.4 * planned.firms["value"].sum()
    assert (why == "stake").sum() == int(np.ceil(0.01 * len(planned.firms)))
    assert (why == "coverage").any()


def test_trusted_traders_are_spared_where_asked(planned):
    assert not planned.firms.loc[planned.firms["trusted"], "planned"].any()
    assert planned.firms["trusted"].any()


def test_inspected_lines_are_not_at_stake_again(planned, declared):
    seen = declared.groupby("enterprise_id")["finding"].apply(lambda x: x.notna().all())
    only_seen = planned.firms.index.intersection(seen.index[seen])
    assert len(only_seen) > 0
    assert (planned.firms.loc[only_seen, "at_stake"] == 0).all()


def test_a_promise_holds_for_audits_of_the_same_kind(planned, simulated, declared):
    lost = lost_by_firm(simulated, declared)
    firms = planned.firms.index[planned.firms["planned"]]
    true = lost.reindex(firms).fillna(0)
    promised = planned.promise
    assert promised.effective.low <= 0.6 * (true > 0).mean() <= promised.effective.high
    assert promised.recovery.low <= 0.6 * 0.4 * true.sum() <= promised.recovery.high


def test_without_audits_nothing_is_promised(planned):
    nothing = promise(planned.firms, planned.firms.index[:20], None)
    assert np.isnan(nothing.effective.value)
    few = promise(
        planned.firms, planned.firms.index[:20], past_audits(planned.firms["at_stake"], np.random.default_rng(1), 9)
    )
    assert np.isnan(few.recovery.high)
    assert few.closed == 9


def test_a_promise_is_watched_and_never_met(planned):
    from dataclasses import replace

    from analytics.smuggling.followup.promise import Range

    sure = replace(planned, promise=replace(planned.promise, effective=Range(0.6, 0.5, 0.7)))
    assert followup.verdict(sure).status == "watch"
    poor = replace(planned, promise=replace(planned.promise, effective=Range(0.05, 0.02, 0.1)))
    assert followup.verdict(poor).status == "not_met"


@pytest.mark.parametrize(
    ("findings", "lines", "verdict"),
    [(0, 300, "deserved"), (40, 300, "not deserved"), (24, 300, "not told"), (0, 10, "too few")],
)
def test_sparing_is_called_deserved_only_where_findings_say_so(findings: int, lines: int, verdict: str):
    frame = pd.DataFrame(
        {
            "enterprise_id": ["T"] * lines + ["O"] * 600,
            "label": np.r_[np.arange(lines) < findings, np.arange(600) < 60].astype(float),
            "selection_stream": pd.Series(["random"] * (lines + 600), dtype="str"),
        }
    )
    told = trusted_traders(frame, pd.Series({"T": 1.0, "O": 3.0}), pd.Index(["T"]))
    assert told.verdict == verdict
    assert told.share_of_stake == pytest.approx(0.25)
    chosen = trusted_traders(frame.assign(selection_stream="risk"), pd.Series({"T": 1.0}), pd.Index(["T"]))
    assert chosen.verdict == {"deserved": "by choice"}.get(verdict, verdict)


def test_orders_stand_in_time_and_a_class_of_another_time_is_told(declared):
    assert [o.since for o in ORDERS] == sorted(o.since for o in ORDERS)
    assert order_on("2006-03-01").levels == ("A", "B", "C", "D")  # AA came in 2008
    assert "AA" in order_on("2008-04-01").levels
    assert order_on("2026-04-01").trusted == ("高级认证", "认证")
    from analytics.smuggling.features.frames import prepare

    frame = prepare(declared)
    firm = frame["enterprise_id"].iloc[0]
    made = facts(frame, pd.Series({firm: "AA"}), frame["date"].max())
    assert not made.loc[firm, "known"]
    assert made.drop(firm)["known"].all()
    year = frame[frame["date"] > frame["date"].max() - pd.DateOffset(years=1)]
    assert made.loc[firm, "declarations"] == year.loc[year["enterprise_id"] == firm, "declaration_id"].nunique()


def test_the_page_keeps_the_rules_of_the_house(planned):
    parts = followup.exhibits(planned, Text("here", "本地"))
    assert {name: found for name, part in parts.items() if (found := briefing.faults(part))} == {}
    told = " ".join(t.en + t.zh for part in parts.values() for t in briefing.texts(part))
    assert not any(word in told for word in ("smuggling", "violation", "走私", "违规"))
    assert set(followup.tables(planned)) == {"audit_plan", "class_facts", "ring_members", "successors"}
    assert set(followup.key_figures(planned)) >= {"effectiveness", "stake_covered"}


def test_linked_enterprises_stand_on_the_page_where_identifiers_are_given(planned):
    from dataclasses import replace

    firms = planned.firms.index[:3]
    table = pd.DataFrame({"enterprise_id": firms, "phone": "tel-1", "address": ["a", "a", "b"]})
    linked = replace(planned, rings=smuggling.rings(table, planned.model.outcomes))
    section = followup.exhibits(linked, Text("here", "本地"))["links"]
    assert briefing.faults(section) == []
    assert "1 groups" not in section.finding.en
    assert "links" not in followup.exhibits(replace(planned, rings=None), Text("here", "本地"))


def test_a_plan_without_enterprises_asks_for_them():
    lines = tables.simulate(2_000, 1).declarations.drop(columns="enterprise_id")
    with pytest.raises(InputError, match="a plan names enterprises"):
        smuggling.audit_plan(lines)
