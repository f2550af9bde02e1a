"""All that the risk page shows, computed from one study: the notebook only places it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Column, Tile, Verdict
from analytics.language import Text, number
from analytics.smuggling.page import figures, findings
from analytics.smuggling.page.findings import both
from analytics.smuggling.page.model_card import model_card
from analytics.smuggling.study import Study

LABELS = {
    "en": {k: v.en for k, v in figures.STRATEGIES.items()},
    "zh": {k: v.zh for k, v in figures.STRATEGIES.items()},
}


@dataclass(frozen=True)
class Report:
    """The page's elements; each is computed when asked for.

    Parameters
    ----------
    study : Study
    language : "en" or "zh"; tables hold words of one language
    enterprises_shown, lines_shown : rows of the tables
    """

    study: Study
    language: str = "en"
    enterprises_shown: int = 10
    lines_shown: int = 10

    @cached_property
    def verdict(self) -> Verdict:
        """The finding, judged."""
        return findings.verdict(self.study)

    @cached_property
    def tiles(self) -> list[Tile]:
        """Four tiles."""
        return findings.tiles(self.study)

    def kicker(self, place: Text) -> Text:
        """Place, training period and evaluation period."""
        s = self.study
        first, last = s.model.trained_from.date(), s.model.trained_to.date()
        return Text(
            f"{place.en} · trained {first} to {last} · judged from {s.start.date()}",
            f"{place.zh} · 训练{first}至{last} · 自{s.start.date()}起评判",
        )

    # ---- hit rate

    @property
    def hit_rate_title(self) -> Text:
        """Finding of the hit-rate figure."""
        return findings.hit_rate_title(self.study)

    hit_rate_caption = Text("Hit rate against inspection rate", "查获率与布控比例")
    hit_rate_note = Text(
        "The bar is a 95 % interval from drawing enterprises (or identical goods) together. The ceiling is the share "
        "of findings divided by the share selected. The simulated or recorded outcome is a "
        "risk lead until it is decided.",
        "误差线为按企业（或相同货物）整体重抽得到的95%区间。上限为可查获比例除以布控比例。",
    )

    @property
    def hit_rate_alt(self) -> Text:
        """Text alternative of the hit-rate figure."""
        return findings.hit_rate_alt(self.study)

    def hit_rate_figure(self) -> Figure:
        """Hit rate by share selected, with the plan's cross and the ceiling."""
        return figures.hit_rate(self.study)

    @property
    def hit_rate_data(self) -> pd.DataFrame:
        """Curve behind the figure."""
        return self.study.curve

    # ---- strategies

    @cached_property
    def strategies(self) -> pd.DataFrame:
        """Every strategy at the selected share on the split that counts."""
        t = self.study.table
        rows = t[np.isclose(t["selected_share"], self.study.selected_rate) & (t["split"] == self.study.split)]
        rows = rows.sort_values("precision", ascending=False, kind="stable").reset_index(drop=True)
        names = LABELS[self.language]
        return rows.assign(name=[names.get(s, s) for s in rows["strategy"]])

    @property
    def strategies_title(self) -> Text:
        """Finding of the table of strategies."""
        best = self.strategies.iloc[0]
        name = figures.STRATEGIES.get(str(best["strategy"]), Text(str(best["strategy"]), str(best["strategy"])))
        hit = both(float(best["precision"]))
        return Text(f"Best hit rate: {name.en}, {hit[0]}", f"查获率最高：{name.zh}，{hit[1]}")

    strategies_caption = Text("Strategies side by side", "各策略对比")
    strategies_note = Text(
        "Hit rate rewards many small easy cases; the share of tax reached shows the other side.",
        "查获率偏向容易的小额案件；税款覆盖率反映另一面。",
    )

    @property
    def strategy_columns(self) -> list[Column]:
        """Columns of the table of strategies."""
        columns = [
            Column("name", Text("Strategy", "策略")),
            Column("precision", Text("Hit rate", "查获率"), "percent"),
            Column("low95", Text("low", "下限"), "percent"),
            Column("high95", Text("high", "上限"), "percent"),
            Column("recall", Text("Findings reached", "查获覆盖"), "percent"),
        ]
        if self.strategies["recovered_share"].notna().any():
            columns.append(Column("recovered_share", Text("Tax reached", "税款覆盖"), "percent"))
        return columns

    def strategies_figure(self) -> Figure:
        """Hit rate with interval by strategy."""
        return figures.strategies(self.strategies, self.study.prevalence)

    @property
    def strategies_alt(self) -> Text:
        """Text alternative of the strategies."""
        rows = [(str(r["strategy"]), both(float(r["precision"]))) for r in self.strategies.to_dict("records")]
        label = figures.STRATEGIES
        return Text(
            "Hit rates: " + "; ".join(f"{label.get(n, Text(n, n)).en} {p[0]}" for n, p in rows),
            "查获率：" + "；".join(f"{label.get(n, Text(n, n)).zh}{p[1]}" for n, p in rows),
        )

    # ---- leak audit

    @property
    def audit_title(self) -> Text:
        """Finding of the leak audit."""
        return findings.audit_title(self.study)

    @property
    def audit_lead(self) -> Text:
        """What it means."""
        return findings.audit_lead(self.study)

    audit_caption = Text("Leak audit", "泄漏审计")

    @cached_property
    def audit_table(self) -> pd.DataFrame:
        """What each split says at the selected share: beside each other only here."""
        t = self.study.table
        rows = t[np.isclose(t["selected_share"], self.study.selected_rate)]
        leaks = rows["split"] == "official (leaks)"
        keep = leaks | rows["strategy"].isin(["blend", "boosting", "random"] if leaks.any() else ["blend", "random"])
        split = {"time": Text("time", "时间划分"), "purged": Text("time, purged", "时间划分（剔除重复）"),
                 "official (leaks)": Text("time, leaking: do not quote", "时间划分（有泄漏，勿引用）")}  # fmt: skip
        rows = rows[keep].reset_index(drop=True)
        word = 1 if self.language == "zh" else 0
        return rows.assign(
            split_name=[split[s][word] for s in rows["split"]],
            name=[LABELS[self.language].get(s, s) for s in rows["strategy"]],
        )

    audit_columns = (
        Column("split_name", Text("Split", "划分")),
        Column("name", Text("Strategy", "策略")),
        Column("precision", Text("Hit rate", "查获率"), "percent"),
        Column("low95", Text("low", "下限"), "percent"),
        Column("high95", Text("high", "上限"), "percent"),
    )

    @property
    def audit_note(self) -> Text:
        """The audit's counts."""
        a = self.study.audit
        return Text(
            f"{number(a.rows)} lines looked up; agreement beyond chance (kappa) {number(a.kappa, 2)}; goods per "
            f"training line {number(a.distinct, 2)}; {number(a.purged_rows)} training lines copy judged lines.",
            f"比对{number(a.rows)}条；标签一致性（kappa）{number(a.kappa, 2)}；每条训练记录对应不同货物"
            f"{number(a.distinct, 2)}种；{number(a.purged_rows)}条训练记录与评判记录重复。",
        )

    # ---- calibration

    @property
    def calibration_title(self) -> Text:
        """Finding of the calibration figure."""
        ece = both(self.study.ece)
        return Text(f"Predicted and observed risk differ by {ece[0]} on average", f"预测与实际风险平均相差{ece[1]}")

    calibration_caption = Text("Calibration", "校准")
    calibration_note = Text(
        "Each point is a tenth of the judged lines. Probabilities are Platt-scaled with inverse-propensity weights, "
        "since inspected lines are not like the others.",
        "每点为评判记录的十分之一。概率经Platt校准并按逆倾向加权，因为已查验记录与其他记录不同。",
    )

    @property
    def calibration_alt(self) -> Text:
        """Text alternative of the calibration figure."""
        top = self.study.reliability.iloc[-1]
        p, o = both(float(top["predicted"])), both(float(top["observed"]))
        return Text(
            f"In the riskiest tenth {p[0]} were predicted and {o[0]} found.",
            f"风险最高的十分之一预测{p[1]}，实际{o[1]}。",
        )

    def calibration_figure(self) -> Figure:
        """Predicted against observed rates."""
        return figures.calibration(self.study.reliability)

    # ---- lines and enterprises

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Selected lines of the targeted stream, highest score first."""
        t = self.study.targeting
        chosen = t[t["stream"] == "targeted"].sort_values("score", ascending=False, kind="stable")
        return chosen.assign(why=chosen["reasons_zh" if self.language == "zh" else "reasons"]).reset_index(drop=True)

    @property
    def lines_title(self) -> Text:
        """Finding above the list of lines."""
        n = len(self.lines)
        return Text(f"{number(n)} risk leads: suggest verification", f"{number(n)}条风险线索，建议核查")

    lines_caption = Text("Highest scores with their reasons", "得分最高的记录及原因")
    lines_note = Text(
        "Reasons are in points: each point doubles the odds of a finding, and with the typical line and the others "
        "they add up to the score (0 points: even odds). All lines: targeting.csv.",
        "原因以分计：每增加1分，查获几率翻倍；与一般记录及其他因素相加即为得分（0分为一半对一半）。全部记录见targeting.csv。",
    )
    line_columns = (
        Column("declaration_id", Text("Declaration", "报关单")),
        Column("enterprise_id", Text("Enterprise (masked)", "企业（已脱敏）")),
        Column("probability", Text("Risk", "风险概率"), "percent", digits=0),
        Column("why", Text("Reasons", "原因")),
    )

    @cached_property
    def enterprises(self) -> pd.DataFrame:
        """Enterprises of the highest levels of attention."""
        e = self.study.enterprises
        zh = self.language == "zh"
        return e.assign(why=e["reasons_zh" if zh else "reasons"], change=e["next_level_zh" if zh else "next_level"])

    @property
    def enterprises_title(self) -> Text:
        """Finding above the list of enterprises."""
        e = self.study.enterprises
        top = int((e["attention"] == 5).sum())
        return Text(
            f"{number(top)} of {number(len(e))} enterprises are proposed for the closest attention",
            f"{number(len(e))}家企业中，建议对{number(top)}家给予最高关注（五级）",
        )

    enterprises_lead = Text(
        "Legal grades come from legal facts and are shown as given. The level only proposes where to look.",
        "企业信用等级依法定事实认定，此处按原样列示；关注级别仅为关注建议。",
    )
    enterprises_caption = Text("Highest levels of attention", "关注级别最高的企业")

    @property
    def enterprise_columns(self) -> list[Column]:
        """Columns of the list of enterprises."""
        columns = [
            Column("enterprise_id", Text("Enterprise (masked)", "企业（已脱敏）")),
            Column("attention", Text("Attention", "关注级别"), "number"),
            Column("score", Text("Score", "得分"), "percent"),
            Column("why", Text("Reasons", "原因")),
            Column("change", Text("What would change it", "变动条件")),
        ]
        if (self.study.enterprises["legal_category"] != "").any():
            columns.insert(2, Column("legal_category", Text("Legal category, as given", "信用等级（原样）")))
        return columns

    # ---- watch and method

    @property
    def watch(self) -> list[Text]:
        """What to watch."""
        return findings.watch(self.study)

    @property
    def method(self) -> list[Text]:
        """Model card and method, folded away."""
        return model_card(self.study.model)

    # ---- results

    @cached_property
    def figures(self) -> dict[str, float]:
        """Key figures for result.json."""
        s = self.study
        values = {
            "prevalence": s.prevalence, "ceiling": s.ceiling, "calibration_error": s.ece,
            "copied_share": s.audit.copied_share, "copy_agreement": s.audit.agreement, "copy_kappa": s.audit.kappa,
            "finding_rate": s.rate.value, "finding_rate_low95": s.rate.low, "finding_rate_high95": s.rate.high,
            "labelled_lines": float(s.model.labelled), "selected_lines": float(s.targeting["selected"].sum()),
        }  # fmt: skip
        for row in s.table[s.table["split"] == s.split].to_dict("records"):
            if row["strategy"] == "blend":
                values[f"precision_at_{round(100 * row['selected_share'])}pct"] = float(row["precision"])
        mixture = s.table[(s.table["strategy"] == "blend, mixture") & np.isclose(s.table["selected_share"], 0.04)]
        if len(mixture):
            values["mixture_precision_at_4pct"] = float(mixture["precision"].iloc[0])
            values["mixture_recovered_share_at_4pct"] = float(mixture["recovered_share"].iloc[0])
        return values

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables that other programs read."""
        why = "reasons_zh" if self.language == "zh" else "reasons"
        targeting = self.study.targeting
        keep = ["declaration_id", "score", "expected_recovery", "selected", "stream"]
        return {
            "targeting": targeting[keep].assign(reasons=targeting[why]),
            "evaluation": self.study.table,
            "enterprises": self.study.enterprises[["enterprise_id", "attention", "score", "legal_category"]].assign(
                reasons=self.study.enterprises[why]
            ),
        }
