"""What the risk page shows of the selection at work: weekly loop, lanes, indicators, even-handedness, drift."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics import targets
from analytics.briefing import Column
from analytics.language import Text, number
from analytics.smuggling.evaluation.indicators import indicators
from analytics.smuggling.evaluation.monitoring import drift, fairness, performance_by_month
from analytics.smuggling.page import figures
from analytics.smuggling.page.findings import both
from analytics.smuggling.selection.weekly import summary
from analytics.smuggling.study import Study

GROUPS = {
    "1-5 lines": Text("1–5 lines", "1—5条"),
    "6-20": Text("6–20 lines", "6—20条"),
    "21-100": Text("21–100 lines", "21—100条"),
    "over 100": Text("over 100 lines", "100条以上"),
    "under 1 year": Text("registered under 1 year", "注册不足1年"),
    "1-3": Text("registered 1–3 years", "注册1—3年"),
    "3-10": Text("registered 3–10 years", "注册3—10年"),
    "over 10": Text("registered over 10 years", "注册10年以上"),
    "others": Text("all other ports", "其他口岸"),
}
BY = {
    "size": Text("enterprise size", "企业规模"),
    "age": Text("enterprise age", "企业年限"),
    "place": Text("district and port", "关区与口岸"),
}
LANES = {
    "red": Text("red: inspection", "红通道：查验"),
    "yellow": Text("yellow: document check", "黄通道：单证审核"),
    "green": Text("green: release", "绿通道：放行"),
}
VARIABLES = {
    "score": Text("risk score", "风险得分"),
    "value": Text("declared value", "申报货值"),
    "quantity": Text("quantity", "数量"),
    "net_mass_kg": Text("net mass", "净重"),
    "duty_rate": Text("duty rate", "关税税率"),
    "unit_value_gap": Text("unit value against peers", "单价偏离"),
    "unit_weight_gap": Text("weight per unit against peers", "单位重量偏离"),
    "value_per_kg_gap": Text("value per kg against peers", "每千克价值偏离"),
    "gross_to_net_gap": Text("gross to net weight against peers", "毛净重比偏离"),
}
READING = {"stable": Text("stable", "稳定"), "watch": Text("watch", "关注"), "moved": Text("moved", "已变化")}


@dataclass(frozen=True)
class Oversight:
    """Elements of the page; each is computed when asked for.

    Parameters
    ----------
    study : Study
    language : "en" or "zh"; tables hold words of one language
    capacity : most targeted lines a port can take in a day, as the selection was told
    """

    study: Study
    language: str = "en"
    capacity: int | None = None

    def _word(self, text: Text) -> str:
        return text.zh if self.language == "zh" else text.en

    def shown(self, element: str) -> dict[str, Any]:
        """Title, columns, note and file name of a table: what `briefing.table` asks for beside its rows.

        Parameters
        ----------
        element : "loop", "lanes", "indicators", "fairness", "months" or "drift"
        """
        title, columns, note, name = {
            "loop": (Text("The whole period", "全期结果"), self.loop_columns, None, "loop_strategies"),
            "lanes": (self.lanes_caption, self.lane_columns, self.lanes_note, "lanes"),
            "indicators": (self.indicators_caption, self.indicator_columns, None, "indicators"),
            "fairness": (self.fairness_caption, self.fairness_columns, self.fairness_note, "fairness"),
            "months": (self.months_caption, self.month_columns, None, "performance_by_month"),
            "drift": (self.drift_caption, self.drift_columns, self.drift_note, "drift"),
        }[element]
        return {"title": title, "columns": columns, "note": note, "name": name}

    # ---- weekly loop

    @cached_property
    def loop(self) -> pd.DataFrame:
        """Strategies of the weekly loop over the whole period."""
        if self.study.weeks is None:
            raise ValueError("oversight.loop: the study ran no weekly loop.")
        table = summary(self.study.weeks)
        return table.assign(name=[self._word(figures.STRATEGIES[s]) for s in table["strategy"]])

    @property
    def loop_title(self) -> Text:
        """Finding of the weekly loop."""
        t = self.loop.set_index("strategy")[["hit_rate", "low95", "high95"]].astype(float).to_dict("index")
        explore, only = t["model, 10 % random"], t["model only"]
        cost = 100 * (only["hit_rate"] - explore["hit_rate"])
        low, high = both(explore["low95"]), both(explore["high95"])
        change = (
            (f"costs {number(cost, 1)} points of hit rate", f"使查获率降低{number(cost, 1)}个百分点")
            if cost >= 0.05
            else ("costs no hit rate here", "在此并未降低查获率")
        )
        return Text(
            f"A random tenth {change[0]} and bounds the true rate: {low[0]} to {high[0]}",
            f"一成随机抽查{change[1]}，并给出真实比例的区间：{low[1]}至{high[1]}",
        )

    @property
    def loop_lead(self) -> Text:
        """How the loop was played."""
        w = self.study.weeks
        weeks = 0 if w is None else int(w["week"].max())
        return Text(
            f"{number(weeks)} weeks: each strategy chooses {both(self.study.selected_rate, 0)[0]} of the "
            f"lines, learns only the outcomes of its own choices, {self.study.model.label_delay} days late, and fits "
            "its model anew every few weeks. Targeted inspections alone cannot tell how much there is to find.",
            f"共{number(weeks)}周：每种策略每周选{both(self.study.selected_rate, 0)[1]}，只获知自身所选的结果，"
            f"滞后{self.study.model.label_delay}天，并定期重新拟合模型。仅凭定向查验无法得知全部有多少问题。",
        )

    loop_caption = Text("Hit rate so far, and what each strategy would believe", "累计查获率与各策略推算的比例")
    loop_note = Text(
        "Enterprises do not react to what is found in this exercise. Without a random stream a strategy knows only its "
        "own hit rate; the true rate stands beside it.",
        "推演中企业不因被查获而改变行为。没有随机抽查的策略只知道自身的查获率；旁列真实比例。",
    )

    @property
    def loop_alt(self) -> Text:
        """Text alternative of the loop's figure."""
        t = self.loop
        rows = [(figures.STRATEGIES[s], both(p)) for s, p in zip(t["strategy"], t["hit_rate"], strict=True)]
        return Text(
            "Hit rate over the whole period: " + "; ".join(f"{n.en} {p[0]}" for n, p in rows),
            "全期查获率：" + "；".join(f"{n.zh}{p[1]}" for n, p in rows),
        )

    def loop_figure(self) -> Figure:
        """Hit rate by week, and the estimated rate."""
        if self.study.weeks is None:
            raise ValueError("oversight.loop_figure: the study ran no weekly loop.")
        return figures.weekly(self.study.weeks)

    loop_columns = (
        Column("name", Text("Strategy", "策略")),
        Column("hit_rate", Text("Hit rate", "查获率"), "percent"),
        Column("recovered_share", Text("Tax reached", "税款覆盖"), "percent"),
        Column("estimate", Text("Rate it would believe", "其推算比例"), "percent"),
        Column("low95", Text("low", "下限"), "percent"),
        Column("high95", Text("high", "上限"), "percent"),
        Column("true_rate", Text("True rate", "真实比例"), "percent"),
    )

    # ---- lanes and capacity

    @cached_property
    def lanes(self) -> pd.DataFrame:
        """Lines by lane, with the expected risk and the random draws in it."""
        t = self.study.targeting
        by = t.groupby("lane").agg(
            lines=("lane", "size"), risk=("probability", "mean"), random=("stream", lambda s: (s == "random").sum())
        )
        by = by.reindex([lane for lane in LANES if lane in by.index])
        names = [self._word(LANES[str(lane)]) for lane in by.index]
        return by.assign(share=by["lines"] / by["lines"].sum(), name=names).reset_index()

    lanes_caption = Text("Lanes", "通道")
    lane_columns = (
        Column("name", Text("Lane", "通道")),
        Column("lines", Text("Lines", "记录数"), "number"),
        Column("share", Text("Share", "占比"), "percent"),
        Column("risk", Text("Expected risk", "预期风险"), "percent"),
        Column("random", Text("Drawn at random", "随机抽取"), "number"),
    )

    @property
    def lanes_note(self) -> Text:
        """Load of the ports by day."""
        t = self.study.targeting
        chosen = t[t["selected"]]
        if chosen.empty or chosen["port"].isna().all():
            return Text(
                "The data name no port: the load by port and day is unknown.", "数据无口岸：各口岸每日负荷未知。"
            )
        load = chosen.groupby([chosen["district"].fillna(""), chosen["port"], "date"]).size()
        most, usual = int(load.max()), float(load.median())
        limit = Text("no limit was set", "未设上限")
        if self.capacity is not None:
            limit = Text(f"at most {number(self.capacity)} targeted", f"定向查验上限{number(self.capacity)}条")
        return Text(
            f"Busiest port and day: {number(most)} lines, median {number(usual)} where any was selected; {limit.en}.",
            f"单个口岸单日最多{number(most)}条，有布控时中位数{number(usual)}条；{limit.zh}。",
        )

    # ---- plan indicators and even-handedness

    indicators_title = Text("The plan's indicators of the judged period", "评判期内的规划指标")
    indicators_caption = Text("Indicators with the definition used", "指标及所用口径")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Indicators of the evaluation period as recorded, and the rate proposed."""
        table = indicators(self.study.evaluation, self.study.targeting)
        basis = {"recorded": Text("as recorded", "实际记录"), "proposed": Text("proposed here", "本页建议")}
        return table.assign(
            name=[self._word(targets.target(i).name) for i in table["indicator_id"]],
            on=[self._word(basis[b]) for b in table["basis"]],
            meant=table["definition_zh" if self.language == "zh" else "definition"],
        )

    indicator_columns = (
        Column("name", Text("Indicator", "指标")),
        Column("on", Text("Basis", "依据")),
        Column("value", Text("Value", "数值"), "percent"),
        Column("meant", Text("Definition used", "所用口径")),
    )

    fairness_caption = Text("Who bears the selection", "布控落在谁身上")
    fairness_note = Text(
        "Clean lines selected: the share of lines without a finding that were selected all the same.",
        "无问题而被布控：无查获记录中仍被选中的比例。",
    )

    @cached_property
    def fairness(self) -> pd.DataFrame:
        """Selection by enterprise size and age, and by port."""
        s = self.study
        answer = None
        if len(s.targeting) == len(s.evaluation):
            answer = np.full(len(s.evaluation), np.nan)
            answer[s.judged] = s.answer
        table = fairness(s.targeting, answer, s.firms)
        return table.assign(
            kind=[self._word(BY[b]) for b in table["by"]],
            name=[self._word(GROUPS[g]) if g in GROUPS else g for g in table["group"]],
        )

    fairness_columns = (
        Column("kind", Text("By", "按")),
        Column("name", Text("Group", "分组")),
        Column("lines", Text("Lines", "记录数"), "number"),
        Column("selected_share", Text("Selected", "布控比例"), "percent"),
        Column("hit_rate", Text("Hit rate", "查获率"), "percent"),
        Column("clean_selected_share", Text("Clean lines selected", "无问题而被布控"), "percent"),
    )

    # ---- drift

    @cached_property
    def drift(self) -> pd.DataFrame:
        """Population stability of the declared figures from training to the judged lines."""
        s = self.study
        table = drift(s.model, s.train, s.evaluation)
        return table.assign(
            name=[self._word(VARIABLES.get(v, Text(v, v))) for v in table["variable"]],
            told=[self._word(READING[r]) for r in table["reading"]],
        )

    @property
    def drift_title(self) -> Text:
        """Finding of the comparison with the training period."""
        moved = self.drift[self.drift["reading"] != "stable"]
        if moved.empty:
            return Text("The lines judged are like those learnt from", "评判记录与训练记录分布一致")
        n = len(moved)
        verb = "figure has" if n == 1 else "figures have"
        return Text(f"{number(n)} declared {verb} moved since training", f"{number(n)}项申报指标自训练期以来已变化")

    drift_caption = Text("Population stability index", "总体稳定性指数（PSI）")
    drift_note = Text(
        "Below 0.10 stable, from 0.25 moved: fit anew.", "低于0.10为稳定，0.25及以上为已变化，应重新拟合。"
    )
    drift_columns = (
        Column("name", Text("Figure", "指标")),
        Column("index", Text("Index", "指数"), "number", digits=3),
        Column("told", Text("Reading", "判断")),
    )

    @cached_property
    def months(self) -> pd.DataFrame:
        """Hit rate at the selected share by month of the judged lines."""
        s = self.study
        lines = s.scored_lines.iloc[s.judged].reset_index(drop=True)
        return performance_by_month(lines, s.answer, s.selected_rate)

    months_caption = Text("Performance by month", "分月表现")
    month_columns = (
        Column("month", Text("Month", "月份"), "month"),
        Column("lines", Text("Lines judged", "评判记录数"), "number"),
        Column("finding_share", Text("Share with a finding", "可查获比例"), "percent"),
        Column("hit_rate", Text("Hit rate", "查获率"), "percent"),
    )
