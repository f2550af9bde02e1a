"""What keeps a sample from speaking for the declarations: chances, lines and second looks that are not as said."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from analytics.language import Text

_FAR = 4.0  # standard errors beyond which sample and frame do not belong together
_APART = 0.05  # and at least so far apart
_KNOWN = 0.95  # lines drawn that must be among the declarations
_UNTAXED = 0.01  # lines of the frame without a tax figure
_OTHER_TAX, _SAME = 0.01, 0.005  # lines whose tax differs from that declared, by more than this share of it
_UNIT = 5.0  # times that confirmed tax usually differs from tax declared, beyond which another unit is likelier
_BY_CHANCE = 0.001  # chance of a random half as unlike as the one looked at twice


def usable(rows: pd.DataFrame) -> pd.Series:
    """Lines whose chance is one: above 0 and at most 1."""
    chance = pd.to_numeric(rows["probability"], errors="coerce")
    return (chance > 0) & (chance <= 1 + 1e-9)


def of_lines(rows: pd.DataFrame, unusable: int, lines: pd.DataFrame | None, keys: list[str]) -> list[Text]:
    """Lines without a usable chance, drawn twice, or of other declarations."""
    found = []
    if unusable:
        found.append(Text(
            f"{unusable:,} lines drawn have no chance between 0 and 1 (column probability)",
            f"{unusable:,}个抽中商品项的抽中概率不在0至1之间（probability列）",
        ))  # fmt: skip
    twice = int(rows.duplicated(keys).sum())
    if twice:
        found.append(Text(f"{twice:,} lines stand in the sample twice", f"样本中有{twice:,}个商品项重复"))
    if lines is not None and set(keys) <= set(lines.columns):
        known = lines[keys].drop_duplicates().astype({"line_no": "int64"})
        there = rows[keys].astype({"line_no": "int64"}).merge(known, on=keys, how="inner")
        share = len(there) / len(rows)
        if share < _KNOWN:
            found.append(Text(
                f"only {share:.0%} of the lines drawn are among the declarations read",
                f"抽中商品项仅{share:.0%}见于所读报关单",
            ))  # fmt: skip
        found += _amended(rows, lines, keys)
        empty = float(lines["tax"].isna().mean())
        if empty > _UNTAXED:
            found.append(Text(
                f"{empty:.0%} of the declarations' lines have no tax figure", f"{empty:.0%}的商品项缺税款数据",
            ))  # fmt: skip
    return found


def _amended(rows: pd.DataFrame, lines: pd.DataFrame, keys: list[str]) -> list[Text]:
    """Tax of the sample that is not the tax of the declarations: put right after the inspection it hides the loss."""
    declared = lines[[*keys, "tax"]].drop_duplicates(keys).astype({"line_no": "int64"}).rename(columns={"tax": "first"})
    both = rows[[*keys, "tax"]].astype({"line_no": "int64"}).merge(declared, on=keys).dropna()
    if both.empty:
        return []
    gap = (both["tax"] - both["first"]).abs()
    share = float((gap > (_SAME * both["first"].abs()).clip(lower=1.0)).mean())
    if share <= _OTHER_TAX:
        return []
    return [Text(
        f"the tax of {share:.0%} of the lines drawn is not that of the declarations: where it was put right after the "
        "inspection the loss is hidden; give the tax first declared (column tax)",
        f"{share:.0%}的抽中商品项税款与报关单数据不符：若为查验后更正数，则损失被掩盖；请填首次申报的税款（tax列）",
    )]  # fmt: skip


def of_amounts(rows: pd.DataFrame) -> list[Text]:
    """Confirmed tax that stands in another unit than the tax declared."""
    taxed = rows[(rows["tax"] > 0) & (rows["confirmed_tax"] > 0)]
    usual = float((taxed["confirmed_tax"] / taxed["tax"]).median()) if len(taxed) else 1.0
    if 1 / _UNIT <= usual <= _UNIT:
        return []
    return [Text(
        f"confirmed tax is usually {usual:,.4g} times the tax declared: another unit (columns confirmed_tax, tax)",
        f"核定税款通常为申报税款的{usual:,.4g}倍：单位不一致（confirmed_tax与tax列）",
    )]  # fmt: skip


def of_second_look(hit: np.ndarray, twice: np.ndarray) -> list[Text]:
    """A second inspection that was not of a random part of the sample says nothing of what the first missed."""
    if twice.all() or not twice.any():
        return []
    table = [[int((hit & side).sum()), int((~hit & side).sum())] for side in (twice, ~twice)]
    if float(fisher_exact(table).pvalue) >= _BY_CHANCE:
        return []
    first, other = (a / max(a + b, 1) for a, b in table)
    return [Text(
        f"the second inspection was not of a random half: the first team found something on {first:.1%} of the lines "
        f"inspected twice and on {other:.1%} of the others",
        f"第二次盲查并非随机一半样本：首组在复查项中的查获率为{first:.1%}，其余为{other:.1%}",
    )]  # fmt: skip


def against_frame(rows: pd.DataFrame, frame_lines: int, frame_tax: float) -> list[Text]:
    """Totals known from the frame as the sample would estimate them: the chances must be those of the draw."""
    chance, found = rows["chance"].to_numpy(float), []
    checks = [
        (np.ones(len(rows)), float(frame_lines), Text("number of lines", "商品项数")),
        (rows["tax"].to_numpy(float), frame_tax, Text("tax collected", "已征税款")),
    ]
    for values, known, what in checks:
        u = values / chance
        open_ = u[chance < 1]
        spread = float(((1 - chance[chance < 1]) * open_**2).sum())
        error = np.sqrt(max(spread - float(open_.sum()) ** 2 / max(len(open_), 1), 0.0))
        gap = float(u.sum()) - known
        if known > 0 and abs(gap) > max(_FAR * error, _APART * known):
            found.append(
                Text(
                    f"by its chances the sample gives {u.sum() / known:.2f} times the {what.en} of the declarations: "
                    "the chances are not those of the draw, or the months differ",
                    f"按抽中概率推算的{what.zh}为报关单数据的{u.sum() / known:.2f}倍"
                    f"：抽中概率与实际抽样不符，或期间不一致",
                )
            )
    return found
