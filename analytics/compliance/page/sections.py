"""Sections of the page: gap by cause, rates, what the estimate rests on, the next sample, method."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Listing, Section, cells
from analytics.briefing.parts import Column
from analytics.compliance.accuracy import Bounds
from analytics.compliance.engine.rates import Rate
from analytics.compliance.study import LEAST_OF_CAUSE, Study
from analytics.language import Text, told
from analytics.language.both import money, number, percent, span


def causes(study: Study) -> Section:
    """Gap by cause, with intervals where enough was found."""
    data = study.causes
    sure = data[data["printable"]].sort_values("amount", ascending=False)
    cash = study.question.currency
    if sure.empty:
        finding = Text(
            "No cause has enough findings for an amount: only upper bounds", "各原因命中均不足，只能给出上限"
        )
    else:
        top = sure.iloc[0]
        finding = told(
            "{cause} is the largest cause: {amount} ({low} to {high})", "{cause}为首要原因：{amount}（{low}至{high}）",
            cause=top["label"], amount=money(top["amount"], cash), low=money(top["low95"], cash),
            high=money(top["high95"], cash),
        )  # fmt: skip
    basis = (
        Text("As a second careful inspection would find.", "按再次认真查验可发现的口径。")
        if study.due is not None
        else Text(
            "As found by the first inspection; what it missed is not in it.", "按首次查验查实口径，不含漏查部分。"
        )
    )
    note = told(
        "{basis} With fewer than {least} effective hits only the upper bound is given. Losses are cut at twice what "
        "was at stake on the line.",
        "{basis}有效命中不足{least}的只给出上限；单项损失以风险规模两倍为限。",
        basis=basis, least=f"{LEAST_OF_CAUSE:g}",
    )  # fmt: skip
    shown = data.assign(bound=cells(_bound(row, cash) for _, row in data.iterrows()))
    listing = Listing(
        "causes", told("Gap by cause, {cash}", "分原因的税款差距，{cash}", cash=cash), shown,
        (
            Column("label", Text("Cause", "原因")),
            Column("amount", Text("Gap", "差距"), "money", unit=cash),
            Column("bound", Text("95 % interval", "95%区间")),
            Column("rate", Text("Of tax collected", "占已征税款"), "percent", 2),
            Column("hits", Text("Lines found", "查获项数"), "number"),
            Column("effective_hits", Text("Effective hits", "有效命中数"), "number", 1),
        ),
        note,
    )  # fmt: skip
    return Section(finding, Text("Causes", "原因"), (listing,))


def _bound(row: pd.Series, cash: str) -> Text:
    if not row["printable"]:
        return told("at most {high}", "不超过{high}", high=money(row["high95"], cash))
    return told("{low} to {high}", "{low}至{high}", low=money(row["low95"], cash), high=money(row["high95"], cash))


_NAMES = {
    "lines_without_loss": Text("Lines without a loss of tax", "无少征税款的商品项"),
    "lines_declared_right": Text("Lines with neither loss nor overpayment (declaration accuracy)", "申报准确的商品项"),
    "value_without_loss": Text("Value on lines without a loss", "无少征税款商品项的货值"),
    "classification_lines": Text("Lines whose code was confirmed (classification accuracy)", "归类准确的商品项"),
    "classification_tax": Text("Tax on lines whose code was confirmed", "归类准确商品项的税款"),
}


def rates(study: Study) -> Section:
    """Rates of compliance and accuracy, as found, and those that cannot be given with the reason."""
    rows = [_rate(_NAMES[name], rate) for name, rate in study.rates.items()]
    firms = study.enterprises_with_finding
    rows.append(
        (
            Text("Enterprises with a finding, of those sampled", "抽中企业中有查获的企业"),
            percent(firms.value) if firms else Text("not given", "未给出"), Text(
                "\N{EM DASH}", "\N{EM DASH}") if not firms else Text(
                f"at least {100 * firms.low:.1f} %", f"不低于{100 * firms.low:.1f}%"),
            Text("a lower bound: few lines of each were looked at", "下限：每家企业仅查少数商品项")
            if firms else Text("column enterprise_id is missing", "缺enterprise_id列"),
        )
    )  # fmt: skip
    rows.append(_declarations(study.declarations_without_loss))
    frame = pd.DataFrame(rows, columns=["what", "share", "interval", "note"], dtype=object)
    k = study.rates["classification_lines"]
    finding = (
        Text("The sample does not speak for the declarations: the shares hold for the lines drawn only",
             "样本不能代表这些报关单：下列比例仅就抽中商品项而言")
        if study.sample.doubts
        else told("{k} of the lines carry the "
             "code that customs confirmed", "{k}的商品项归类与海关认定一致", k=percent(k.value))
        if k
        else told(
            "{k} of the lines are without a loss", "{k}的商品项无少征税款", k=rows[0][1]
        )
    )  # fmt: skip
    listing = Listing(
        "rates", Text("Shares of all lines, as the "
                      "first inspection found", "全部商品项中的比例（首次查验查实口径）"), frame,
        (
            Column("what", Text("Share", "比例")), Column("share", Text("Value", "数值")),
            Column("interval", Text("95 % interval", "95%区间")), Column("note", Text("To know", "说明")),
        ),
        Text("No inspection finds everything: the shares are upper bounds of what is right.",
             "任何查验都可能漏查，上述比例为准确率的上限。"),
    )  # fmt: skip
    return Section(finding, Text("Rates", "比率"), (listing,))


def _declarations(whole: Bounds) -> tuple[Text, Text, Text, Text]:
    name = Text("Declarations without a loss", "无少征税款的报关单")
    if whole.whole:
        return name, percent(whole.least), span(whole.low, whole.high), Text(
            "whole declarations were drawn", "抽样单位为整票报关单")  # fmt: skip
    between = told("{a} to {b}", "{a}至{b}", a=percent(whole.least), b=percent(whole.most))
    return name, between, span(whole.low, whole.high), Text(
        "lines were drawn: between all losses on declarations of their own and all of a declaration together",
        "抽样单位为商品项：介于各项损失分属不同报关单与同票集中之间")  # fmt: skip


def _rate(name: Text, rate: Rate | None) -> tuple[Text, Text, Text, Text]:
    if rate is None:
        return name, Text("not given", "未给出"), Text("\N{EM DASH}", "\N{EM DASH}"), Text(
            "its columns are missing in the sample", "样本缺少所需列")  # fmt: skip
    note = told("{n} of {all} lines drawn", "抽中{all}项中的{n}项", n=number(rate.cases), all=number(rate.lines))
    return name, percent(rate.value), span(rate.low, rate.high), note


def rests(study: Study) -> Section:
    """What the estimate rests on: hits, the largest contribution, the part above the cap."""
    g, cash = study.gap, study.question.currency
    facts = [
        (Text("Lines drawn", "抽中商品项"), number(study.sample.drawn)),
        (Text("Lines inspected", "已核查商品项"), number(len(study.sample.rows))),
        (Text("Lines inspected twice, blind", "两次盲查商品项"), number(int(study.sample.twice.sum()))),
        (Text("Lines with a loss", "有少征税款的商品项"), number(g.hits)),
        (Text("Effective hits", "有效命中数"), Text(f"{g.effective_hits:.1f}", f"{g.effective_hits:.1f}")),
        (Text("Largest single contribution to the gap", "单项最大贡献"), percent(g.largest, 0)),
        (Text("Seen above the cap (not measured)", "超出上限部分（未计量）"), money(g.above_cap, cash)),
        (Text("Overpaid on the lines drawn (apart, not netted)", "抽中商品项多征税款（单列，不抵减）"),
         money(float((study.sample.overpaid / study.sample.column("chance")).sum()), cash)),
        *[(told("Proved: {part}", "查实：{part}", part=_PROVED[name]), money(amount, cash))
          for name, amount in study.proved_parts.items()],
    ]  # fmt: skip
    frame = pd.DataFrame(facts, columns=["what", "value"], dtype=object)
    listing = Listing(
        "basis", Text("What the estimate rests on", "估计的依据"), frame,
        (Column("what", Text("Fact", "事项")), Column("value", Text("Value", "数值"))),
    )  # fmt: skip
    finding = told(
        "{hits} lines with a loss stand behind the gap; the largest makes {top} of it",
        "差距估计基于{hits}个有少征税款的商品项，单项最大占{top}",
        hits=number(g.hits), top=percent(g.largest, 0),
    )  # fmt: skip
    return Section(finding, Text("Basis", "依据"), (listing,))


_PROVED = {
    "sample": Text("the sample itself", "本次抽查"), "inspection": Text("inspections", "查验"),
    "audits": Text("audits", "稽查"), "queries": Text(
        "price queries (by the line's tax rate)", "价格质疑（按该项税负推算）"),
}  # fmt: skip
