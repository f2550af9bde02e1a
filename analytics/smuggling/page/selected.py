"""What was selected: risk leads with reasons, lanes, enterprises, indicators, and on whom it falls."""

from __future__ import annotations

import pandas as pd

from analytics import targets
from analytics.briefing import Column, Lead, Listing, Points, Section, cells, named
from analytics.language import Text, number
from analytics.smuggling.evaluation.indicators import indicators as computed
from analytics.smuggling.evaluation.monitoring import fairness
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page.words import BASIS, BY, GROUPS, HIT_RATE, LANES, UNITS, both, texts

RANDOM = Text("Drawn at random", "随机抽取")
_FIRMS = 5  # enterprises on the board, before the declarations


def leads(study: Study, rows: int = 8) -> Section:
    """What was targeted, highest score first, each with its riskiest line; and the lanes."""
    chosen = _targeted(study)
    note = Text(
        "Reasons are of the riskiest line, in points: each point doubles the odds of a finding, and with the typical "
        "line and the others they add up to its score (0 points: even odds). All lines: targeting.csv.",
        "原因针对风险最高的一项，以分计：每增加1分，查获几率翻倍；与一般记录及其他因素相加即为其得分（0分为一半对一半）。"
        "全部记录见targeting.csv。",
    )
    columns = (
        Column("declaration_id", Text("Declaration", "报关单")),
        Column("line_no", Text("Line", "项号")),
        Column("hs_code", Text("Code", "商品编码")),
        Column("enterprise_id", Text("Enterprise (masked)", "企业（已脱敏）")),
        Column("risk", Text("Risk", "风险概率"), "percent", digits=0),
        Column("why", Text("Reasons", "原因")),
    )
    caption, n = Text("Highest scores with their reasons", "得分最高的记录及原因"), number(len(chosen))
    finding = Text(f"{n} risk leads: suggest verification", f"{n}条风险线索，建议核查")
    listing = Listing("risk_leads", caption, chosen, columns, note, rows)
    parts = (listing, _lanes(study), _priced_above(study, rows))
    return Section(finding, Text("Risk leads", "风险线索"), parts)


def priced_above(study: Study) -> pd.DataFrame:
    """Lines whose price lies well above the peers', selected or not, most value beyond theirs first."""
    t = study.targeting
    kept = ["declaration_id", "line_no", "date", "hs_code", "price_to_peers", "beyond_peers", "selected"]
    above = t.loc[t["price_to_peers"].notna(), kept]
    return above.sort_values("beyond_peers", ascending=False, kind="stable", ignore_index=True)


def _priced_above(study: Study, rows: int) -> Listing:
    """What no ranking here looks for."""
    table = priced_above(study)
    columns = (
        Column("declaration_id", Text("Declaration", "报关单")),
        Column("line_no", Text("Line", "项号")),
        Column("hs_code", Text("Code", "商品编码")),
        Column("price_to_peers", Text("Price over like goods'", "单价与同类之比"), "number", digits=1),
        Column("beyond_peers", Text("Value beyond like goods'", "超出同类的货值"), "number", digits=0),
    )
    n, chosen = number(len(table)), number(int(table["selected"].sum()))
    note = Text(
        "Too high a value loses no tax: no ranking by tax seeks it, and one by risk only as far as past findings "
        "taught it. Where value moved abroad, transfer prices or rebates are the question, begin with this list; most "
        f"such lines have an honest cause. {n} lines, {chosen} of them selected. All lines: priced_above.csv.",
        "申报价格偏高一般不造成税款流失：按税款排序不会寻找此类情形，按风险排序也仅限于以往查获所及。如关注资金外流、"
        f"转让定价或退税问题，可由此表入手；其中多数有正当原因。共{n}条，其中已布控{chosen}条。全部记录见priced_above.csv。",
    )
    caption = Text("Prices well above like goods (not sought by the ranking)", "价格明显高于同类的记录（不属排序所寻）")
    return Listing("priced_above", caption, table, columns, note, rows)


def _targeted(study: Study) -> pd.DataFrame:
    """What was targeted, highest score first: a row a line, or a declaration with its riskiest line."""
    t = study.targeting
    by = "score" if study.question.unit == "line" else "declaration_score"
    chosen = t[t["stream"] == "targeted"].sort_values([by, "probability"], ascending=False, kind="stable")
    if study.question.unit == "declaration":
        size = chosen.groupby("declaration_id")["line_no"].transform("size")
        chosen = chosen.assign(lines=size, risk=chosen["declaration_risk"]).drop_duplicates("declaration_id")
    else:
        chosen = chosen.assign(lines=1, risk=chosen["probability"])
    return chosen.assign(why=texts(chosen)).reset_index(drop=True)


def for_board(study: Study) -> list[Lead]:
    """Enterprises of the highest attention, the first few, then what was targeted, for the board."""
    e = study.enterprises
    top = e if e.empty else e[e["attention"] == 5]  # empty where the data name no enterprise
    firms = [] if e.empty else [
        Lead(Text(f"Enterprise {firm}: closest attention proposed, {both(share, 0).en} of the expected recovery",
                  f"企业{firm}：建议最高关注（五级），占期望追补的{both(share, 0).zh}"))
        for firm, share in top.head(_FIRMS)[["enterprise_id", "share_of_all"]].to_numpy()
    ]  # fmt: skip
    return firms + declarations(_targeted(study))


def declarations(chosen: pd.DataFrame) -> list[Lead]:
    """A lead for each row chosen: number, code, risk where it is known, and the first reason."""
    made = []
    for row in chosen.to_dict("records"):
        risk = both(row["risk"], 0) if "risk" in row else None
        known = Text("", "") if risk is None else Text(f", risk {risk.en}", f"，风险概率{risk.zh}")
        why = Text(str(row["why"].en).split("; ")[0], str(row["why"].zh).split("；")[0])
        text = Text(
            f"Declaration {row['declaration_id']} line {row['line_no']}, code {row['hs_code']}{known.en}: {why.en}",
            f"报关单{row['declaration_id']}第{row['line_no']}项，商品编码{row['hs_code']}{known.zh}：{why.zh}",
        )
        place = row.get("district")
        made.append(Lead(text, "" if pd.isna(place) else str(place), str(row["date"])[:10]))
    return made


def _lanes(study: Study) -> Listing:
    """Units by lane, with the expected risk and the random draws in it."""
    by = (
        study.heads(study.targeting)
        .groupby("lane")
        .agg(units=("lane", "size"), risk=("probability", "mean"), random=("stream", lambda s: (s == "random").sum()))
    )
    by = by.reindex([lane for lane in LANES if lane in by.index])
    by = by.assign(share=by["units"] / by["units"].sum(), name=named(LANES, by.index)).reset_index()
    columns = (
        Column("name", Text("Lane", "通道")),
        Column("units", Text(UNITS[study.question.unit].en.capitalize(), UNITS[study.question.unit].zh), "number"),
        Column("share", Text("Share", "占比"), "percent"),
        Column("risk", Text("Expected risk", "预期风险"), "percent"),
        Column("random", RANDOM, "number"),
    )
    note = _load(study)
    inspected = Text(" A random draw is inspected whatever its lane.", "随机抽中的，无论通道均予查验。")
    return Listing("lanes", Text("Lanes", "通道"), by, columns, Text(note.en + inspected.en, note.zh + inspected.zh))


def _load(study: Study) -> Text:
    """Load of the ports by day."""
    heads, capacity, unit = study.heads(study.targeting), study.question.capacity, UNITS[study.question.unit]
    chosen = heads[heads["selected"]]
    if chosen.empty or chosen["port"].isna().all():
        return Text("The data name no port: the load by port and day is unknown.", "数据无口岸：各口岸每日负荷未知。")
    load = chosen.groupby([chosen["district"].fillna(""), chosen["port"], "date"]).size()
    most, usual = number(int(load.max())), number(float(load.median()))
    limit = Text("no limit was set", "未设上限")
    if capacity is not None:
        limit = Text(f"at most {number(capacity)} targeted", f"定向查验上限{number(capacity)}票")
    return Text(
        f"Busiest port and day: {most} {unit.en}, median {usual} where any was selected; {limit.en}.",
        f"单个口岸单日最多{most}票，有布控时中位数{usual}票；{limit.zh}。",
    )


def enterprises(study: Study, rows: int = 8) -> Section | Points:
    """Enterprises of the highest levels of attention."""
    e = study.enterprises
    if e.empty:
        return Points(Text("Enterprises", "企业"), (Text(
            "No level of attention can be given: the data name no enterprise.", "数据未注明企业，无法给出关注级别。"
        ),))  # fmt: skip
    top, n, held = (
        number(int((e["attention"] == 5).sum())),
        number(len(e)),
        e.loc[e["attention"] == 5, "share_of_all"].sum(),
    )
    finding = Text(
        f"{top} of {n} enterprises hold {both(held, 0).en} of the expected recovery: closest attention proposed",
        f"{n}家企业中，{top}家占期望追补的{both(held, 0).zh}，建议给予最高关注（五级）",
    )
    lead = Text(
        "Ranked by what all declared lines of the period are expected to bring. Legal grades come from legal facts and "
        "are shown as given; the level only proposes where to look.",
        "按期内全部申报的期望追补排序。企业信用等级依法定事实认定，此处按原样列示；关注级别仅为关注建议。",
    )
    columns = [
        Column("enterprise_id", Text("Enterprise (masked)", "企业（已脱敏）")),
        Column("attention", Text("Attention", "关注级别"), "number"),
        Column("share_of_all", Text("Of all expected recovery", "占期望追补"), "percent"),
        Column("score", Text("Risk of a line", "单项风险"), "percent"),
        Column("why", Text("Reasons", "原因")),
        Column("change", Text("What would change it", "变动条件")),
    ]
    if (e["legal_category"] != "").any():
        columns.insert(2, Column("legal_category", Text("Legal category, as given", "信用等级（原样）")))
    frame = e.assign(why=texts(e), change=texts(e, "next_level"))
    caption = Text("Highest levels of attention", "关注级别最高的企业")
    listing = Listing("enterprise_levels", caption, frame, tuple(columns), rows=rows)
    return Section(finding, Text("Enterprises", "企业"), (listing,), lead)


def indicators(study: Study) -> Section:
    """Indicators of the evaluation period as recorded with the rate proposed, and on whom the selection falls."""
    table = computed(study.evaluation, study.targeting)
    table = table.assign(
        name=cells(targets.target(i).name for i in table["indicator_id"]),
        on=named(BASIS, table["basis"]),
        meant=texts(table, "definition"),
    )
    columns = (
        Column("name", Text("Indicator", "指标")),
        Column("on", Text("Basis", "依据")),
        Column("value", Text("Value", "数值"), "percent"),
        Column("meant", Text("Definition used", "所用口径")),
    )
    caption = Text("Indicators with the definition used", "指标及所用口径")
    finding = Text("The plan's indicators of the judged period", "评判期内的规划指标")
    return Section(
        finding, Text("Indicators", "指标"), (Listing("indicators", caption, table, columns), _burden(study))
    )


def _burden(study: Study) -> Listing:
    """Selection by enterprise size and age, and by port."""
    answer, unit = None, UNITS[study.question.unit]
    heads = study.heads(study.targeting)
    if len(heads) == len(study.answers.units) and study.answers.basis == "truth":
        answer = study.answers.finding
    table = fairness(heads, answer, study.firms)
    table = table.assign(kind=named(BY, table["by"]), name=named(GROUPS, table["group"]))
    columns = (
        Column("kind", Text("By", "按")),
        Column("name", Text("Group", "分组")),
        Column("lines", Text(unit.en.capitalize(), unit.zh), "number"),
        Column("selected_share", Text("Selected", "布控比例"), "percent"),
        Column("hit_rate", HIT_RATE, "percent"),
        Column("clean_selected_share", Text("Clean but selected", "无问题而被布控"), "percent"),
    )
    note = Text(
        "Clean but selected: the share without a finding that was selected all the same.",
        "无问题而被布控：无查获记录中仍被选中的比例。",
    )
    return Listing("fairness", Text("Who bears the selection", "布控落在谁身上"), table, columns, note)
