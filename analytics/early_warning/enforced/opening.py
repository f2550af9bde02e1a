"""The page's head: who stands apart, how much was compared, how much could be told."""

from __future__ import annotations

from analytics.briefing import Headline, Tile, Verdict
from analytics.early_warning.enforced.decisions import DECISIONS, UNITS
from analytics.early_warning.enforced.study import EnforcementFindings
from analytics.language import Text, month, number, percent


def headline(found: EnforcementFindings, place: Text) -> Headline:
    """Finding, three figures, place and months."""
    first, last = found.months
    kicker = Text(
        f"{place.en} · {month(first)} to {month(last)}", f"{place.zh} · {month(first, 'zh')}至{month(last, 'zh')}"
    )
    return Headline(verdict(found), (_compared(found), _blind(found), _rules(found)), kicker)


def said(row: object) -> Text:
    """A unit and its decision in words: "district 5300, goods examined: 1.2 % against 2.9 %"."""
    unit, decision = UNITS[row.kind], DECISIONS[row.decision]  # type: ignore[attr-defined]
    a, b = row.observed, row.others  # type: ignore[attr-defined]
    name = row.unit  # type: ignore[attr-defined]
    return Text(
        f"{unit.en} {name}, {decision.en}: {percent(a, 1)} against {percent(b, 1)} of others on like goods",
        f"{unit.zh}{name}{decision.zh}：{percent(a, 1, 'zh')}，他处同类为{percent(b, 1, 'zh')}",
    )


def verdict(found: EnforcementFindings) -> Verdict:
    """Name who stands apart; none apart is no finding that all are treated alike."""
    apart, n = found.apart, len(found.apart)
    share = _half(found)
    if not n:
        text = Text(
            f"None of {number(found.comparisons)} comparisons stands apart from its like",
            f"{found.comparisons}项比较中未见偏离同类者",
        )
        lead = Text(
            f"Half or twice the usual odds would have been told in {percent(share, 0)} of them: this is no finding "
            "that all are treated alike.",
            f"仅在其中{percent(share, 0, 'zh')}的比较中可发现减半或加倍的差异，因此不能据此认定执法一致。",
        )
        return Verdict("", "watch", None, None, None, text, lead, Text("None apart", "未见偏离"))
    first = said(next(apart.itertuples()))
    text = Text(
        f"{n} of {number(found.comparisons)} comparisons {'stands' if n == 1 else 'stand'} apart; first {first.en}",
        f"{found.comparisons}项比较中{n}项偏离同类；首位为{first.zh}",
    )
    lead = Text(
        "A difference beyond chance on like goods is a reason to ask: goods, instructions and risks that the data do "
        "not hold may explain it. All comparisons are taken together at 5 %; on ten simulated customs without unequal "
        "treatment two pages named one unit each. Half or twice the usual odds would be told in "
        f"{percent(share, 0)} of the comparisons.",
        "同类货物上超出偶然的差异只是询问的理由：数据未载的货物、指令与风险可能是其原因。全部比较按5%一并校正；"
        "十个无差别执法的模拟海关中，有两份各误提示一个单位。"
        f"减半或加倍的差异可在{percent(share, 0, 'zh')}的比较中发现。",
    )
    return Verdict("", "watch", None, None, None, text, lead, Text(f"{n} apart", f"{n}项偏离"))


def _half(found: EnforcementFindings) -> float:
    table = found.table
    of = found.comparisons + found.small
    return float(table["half"].sum()) / of if of else 0.0


def _compared(found: EnforcementFindings) -> Tile:
    return Tile(
        Text("Comparisons", "比较项"),
        Text(number(found.comparisons), number(found.comparisons, 0, "zh")),
        note=Text(
            f"of a unit on a decision; {number(found.small)} more rest on too few declarations",
            f"单位×决定；另有{found.small}项样本过少，未作判断",
        ),
    )


def _blind(found: EnforcementFindings) -> Tile:
    share = _half(found)
    return Tile(
        Text("Would show half or double", "可见减半或加倍"),
        Text(percent(share, 0), percent(share, 0, "zh")),
        note=Text("of all units and decisions, with chance .8", "占全部单位与决定（概率0.8）"),
    )


def _rules(found: EnforcementFindings) -> Tile:
    title = Text("Rules better than chance", "优于随机的规则")
    if found.rules is None:
        return Tile(title, Text("not given", "未提供"), note=Text("no table of rules", "未提供规则表"))
    counts = found.rules["state"].value_counts()
    if counts.get("unknown", 0):
        none = Text("no random examinations to compare with", "无随机查验可比")
        return Tile(title, Text("not known", "未知"), note=none)
    better, worse = int(counts.get("better", 0)), int(counts.get("worse", 0))
    return Tile(
        title,
        Text(f"{better} of {len(found.rules)}", f"{better}/{len(found.rules)}"),
        note=Text(f"{worse} worse; the others cannot be told", f"{worse}条劣于随机；其余无法判断"),
    )
