"""Doubts about declarations: per cents read as shares, weights a thousand times off."""

from __future__ import annotations

import ibis.expr.types as ir

from analytics.language import Text
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.engine import connection as engine

_LOOKED_AT = 1_000_000  # rows
_MANY = 0.5  # share of the rows at hand that must say so
_FEWEST = 3
_MANY_ALIKE = 10
_TINY = 0.01  # no tariff holds nothing above one per cent
_KILOGRAMS = ["kg", "kgm", "千克", "公斤", "035"]
DIRECTIONS = ("import", "export", "i", "e", "进口", "出口")
_FEW_CODES = 30
_SLIPS = (("large", 0.001, "thousand times", "1000倍"), ("small", 1000, "thousandth", "千分之一"))


def doubts(rows: ir.Table) -> list[Doubt]:
    """Find what can hardly be meant.

    Parameters
    ----------
    rows : declarations
    """
    looked_at = rows.limit(_LOOKED_AT)
    asked: dict[str, ir.Value] = {}
    has = set(rows.columns)
    if "duty_rate" in has:
        asked |= _of_rate(looked_at, has)
    if "value" in has:
        amount = looked_at["value"]
        asked |= {"value:rows": looked_at.count(), "value:there": amount.count(), "value:some": (amount != 0).sum()}
        if "quantity" in has:
            size = looked_at["quantity"]
            asked |= {"value:same": (amount.min() == amount.max()).cast("int8"), "value:sizes": size.max() / size.min()}
    pairs = [p for p in (("net_mass_kg", "quantity"), ("net_mass_kg", "gross_mass_kg")) if has.issuperset(p)]
    for one, other in pairs:
        asked |= _of_weights(looked_at, one, other, has)
    if not asked:
        return []
    counted = engine.one_row(looked_at.aggregate(**asked))
    seen = {k: float(v) if v == v and v is not None else 0.0 for k, v in counted.items()}
    found = _rate(seen) if "duty_rate" in has else []
    found += _direction(looked_at) if "direction" in has else []
    found += _empty(seen) + _same(seen) if "value" in has else []
    return found + [d for pair in pairs for d in _weights(seen, *pair)]


def _of_rate(rows: ir.Table, has: set[str]) -> dict[str, ir.Value]:
    rate = rows["duty_rate"]
    asked: dict[str, ir.Value] = {"rates": (rate > 0).sum(), "above": (rate > 1).sum(), "largest": rate.max()}
    if {"tax", "value"} <= has:
        paid = rows["tax"] / rows["value"].nullif(0)
        known = (rate > 0) & (rows["tax"] > 0) & (rows["value"] > 0)
        asked |= {
            "known": known.sum(),
            # Other taxes come on top of duty: what was paid is hardly less than half of it.
            "far": (known & (paid < rate / 2) & (paid > rate / 150)).sum(),
            "beyond": (known & (paid > rate * 20)).sum(),
        }
    return asked


def _rate(seen: dict[str, float]) -> list[Doubt]:
    if (
        seen["rates"] >= _FEWEST
        and seen["largest"] <= _TINY
        and (not seen.get("known") or seen["beyond"] > _MANY * seen["known"])
    ):
        return [_divided_twice(seen["largest"])]
    by_tax = seen.get("known", 0) >= 1 and seen["far"] > _MANY * seen["known"]
    by_size = not seen.get("known") and seen["rates"] >= 1 and seen["above"] > _MANY * seen["rates"]
    if not by_tax and not by_size:
        return []
    largest = seen["largest"]
    why = (
        Text("the tax paid is far less than that of the value", "税款与价值之比远低于此")
        if by_tax
        else Text("most rates are above 1", "多数税率大于1")
    )
    said = Text(
        f"rates up to {largest:g} are read as shares ({largest:g} is {largest * 100:,.0f} %), but {why.en}.",
        f"税率（最大{largest:g}）按份额读取（即{largest * 100:.0f}%），但{why.zh}。",
    )
    return [Doubt("duty_rate", "per_cent", said, (
        Way(Text(f"they are per cents ({largest:g} is {largest:g} %)", f"为百分数（{largest:g}即{largest:g}%）"),
            "duty_rate: {from: duty_rate, factor: 0.01}"),
        Way(Text("they are shares", "为份额"), "accept: [duty_rate.per_cent]"),
    ))]  # fmt: skip


def _direction(rows: ir.Table) -> list[Doubt]:
    """Codes that are neither import nor export to those who use them: rows would be left out, or exports taken in."""
    said = engine.fetch(rows.select("direction").distinct().limit(_FEW_CODES))["direction"].dropna()
    strange = sorted(code for code in said.str.strip() if code and code.lower() not in DIRECTIONS)
    if not strange:
        return []
    listed = ", ".join(f'"{code}"' for code in strange[:5])
    codes = ", ".join(f'"{code}": {flow_of(code) or "import or export"}' for code in strange[:5])
    text = Text(f"{listed} is neither import nor export.", f"{listed}既非进口也非出口。")
    return [Doubt("direction", "codes", text, (
        Way(Text("they are codes", "为代码"), f"direction: {{from: ..., codes: {{{codes}}}}}"),
        Way(Text("the column is not needed", "不需要该列"), "accept: [direction.codes]"),
    ))]  # fmt: skip


def flow_of(code: str) -> str:
    """Import or export, where a code is usual for one of them; else ""."""
    word = code.strip().lower()
    if word in (
        "m",
        "im",
        "imp",
        "imports",
        "einfuhr",
        "importación",
        "importation",
        "importação",
        "импорт",
        "进境",
        "ик",
    ):
        return "import"
    return "export" if word in ("x", "ex", "exp", "exports", "ausfuhr", "exportación", "exportation", "exportação",
                                "экспорт", "出境", "эк") else ""  # fmt: skip


def _divided_twice(largest: float) -> Doubt:
    said = Text(
        f"no rate is above {largest:.3g} ({largest:.2%}): shares may have been divided by 100 once more.",
        f"所有税率均不高于{largest:.3g}（{largest:.2%}）：份额可能被重复除以100。",
    )
    return Doubt("duty_rate", "tiny", said, (
        Way(Text(f"they are shares (it is {largest * 100:.3g})", f"为份额（应为{largest * 100:.3g}）"),
            "duty_rate: {from: ..., factor: 1}"),
        Way(Text("rates are so low", "税率确实如此之低"), "accept: [duty_rate.tiny]"),
    ))  # fmt: skip


def _empty(seen: dict[str, float]) -> list[Doubt]:
    """Values that are zero or missing throughout: formulas that were never computed, a column left blank."""
    if seen["value:rows"] < _FEWEST or seen["value:some"]:
        return []
    zero = seen["value:there"] > 0
    said = Text(
        f"every value is {'zero' if zero else 'missing'}: formulas of a workbook may not have been computed.",
        f"全部价值{'为零' if zero else '缺失'}：工作簿中的公式可能尚未计算。",
    )
    return [Doubt("value", "empty", said, (
        Way(Text("the workbook is opened, saved and read again", "打开并保存工作簿后重新读取"), ""),
        Way(Text("it is so", "确实如此"), "accept: [value.empty]"),
    ))]  # fmt: skip


def _same(seen: dict[str, float]) -> list[Doubt]:
    """One value for whatever quantity: a price list, a blank filled in, or a column taken for another."""
    if (
        not seen["value:some"]
        or seen["value:there"] < _MANY_ALIKE
        or not seen.get("value:same")
        or seen["value:sizes"] < 2
    ):
        return []
    said = Text(
        f"all {seen['value:there']:,.0f} lines have the same value, whatever their quantity.",
        f"全部{seen['value:there']:.0f}行的价值相同，与数量无关。",
    )
    return [Doubt("value", "same", said, (
        Way(Text("the value stands in another column", "价值在另一列"), "value: ANOTHER COLUMN"),
        Way(Text("it is so", "确实如此"), "accept: [value.same]"),
    ))]  # fmt: skip


def _of_weights(rows: ir.Table, one: str, other: str, has: set[str]) -> dict[str, ir.Value]:
    ratio = rows[one] / rows[other].nullif(0)
    known = ratio > 0
    if other == "quantity":
        known = known & (rows["unit"].lower().isin(_KILOGRAMS) if "unit" in has else (ratio < 0))
    return {
        f"{other}:known": known.sum(),
        f"{other}:large": (known & ratio.between(500, 2000)).sum(),
        f"{other}:small": (known & ratio.between(0.0005, 0.002)).sum(),
    }


def _weights(seen: dict[str, float], one: str, other: str) -> list[Doubt]:
    known = seen[f"{other}:known"]
    for size, factor, en, zh in _SLIPS:
        hits = seen[f"{other}:{size}"]
        if known >= _FEWEST and hits > _MANY * known:
            said = Text(
                f"in {hits:,.0f} of {known:,.0f} lines it is about a {en} of {other}, though both are kilograms.",
                f"{known:.0f}行中有{hits:.0f}行约为{other}的{zh}，而两者均以千克计。",
            )
            line = f"{one}: {{from: {one}, factor: {factor:g}}}"
            return [Doubt(one, "magnitude", said, (
                Way(Text(f"{one} is in another unit", f"{one}为其他单位"), line),
                Way(Text("it is so", "确实如此"), f"accept: [{one}.magnitude]"),
            ))]  # fmt: skip
    return []
