"""Do the indicators agree with one another? What one implies for another is checked and said."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.language import Text
from analytics.scorecard.card import Scorecard


@dataclass(frozen=True)
class Check:
    """One agreement between indicators: what it is, whether it holds (None: cannot be told), and the figures."""

    what: Text
    holds: bool | None
    found: Text


def checks(card: Scorecard) -> tuple[Check, ...]:
    """Agreements that the plan's own numbers imply."""
    return (_selection(card), _fences(card), _releases(card), _coverage(card), _found(card))


def _value(card: Scorecard, name: str) -> float | None:
    found = card.measures.get((name, card.year, card.district))
    return None if found is None else found.value


_ROUNDING = 0.05  # points

_UNKNOWN = Text("not all of them are known", "并非各项均已知")


def _selection(card: Scorecard) -> Check:
    what = Text(
        "4 % selected with 25 % effectiveness means findings on at least 1 % of the declarations",
        "布控率4%、有效率25%意味着至少1%的报关单有查获",
    )
    rate, effect = _value(card, "risk_control_rate"), _value(card, "risk_control_effectiveness")
    if rate is None or effect is None:
        return Check(what, None, _UNKNOWN)
    product = rate * effect / 100
    found = Text(f"{rate:.2f} % x {effect:.1f} % = {product:.2f} %", f"{rate:.2f}%×{effect:.1f}%＝{product:.2f}%")
    return Check(what, product >= 1, found)


def _fences(card: Scorecard) -> Check:
    what = Text(
        "physical (25 %) and information fence (95 %) overlap: they must not be added, and neither may pass 100 %",
        "物理围网（25%）与信息围网（95%）相互重叠，不得相加，且均不超过100%",
    )
    physical, info = _value(card, "physical_fence_share"), _value(card, "info_fence_share")
    if physical is None or info is None:
        return Check(what, None, _UNKNOWN)
    overlap = max(physical + info - 100, 0)
    found = Text(
        f"{physical:.1f} % and {info:.1f} %: at least {overlap:.1f} % of the trade is behind both",
        f"{physical:.1f}%与{info:.1f}%：至少{overlap:.1f}%同属两者",
    )
    return Check(what, max(physical, info) <= 100, found)


def _releases(card: Scorecard) -> Check:
    what = Text("goods by sea are released no faster than by other modes", "海运货物放行不快于其他方式")
    names = [f"{d}_{m}_same_day_release" for d in ("import", "export") for m in ("sea", "other")]
    values = [_value(card, name) for name in names]
    pairs = [(a, b) for a, b in (values[:2], values[2:]) if a is not None and b is not None]
    if not pairs:
        return Check(what, None, _UNKNOWN)
    en = "; ".join(f"{a:.1f} % by sea, {b:.1f} % by others" for a, b in pairs)
    zh = "；".join(f"海运{a:.1f}%，其他{b:.1f}%" for a, b in pairs)
    return Check(what, all(a <= b for a, b in pairs), Text(en, zh))


def _coverage(card: Scorecard) -> Check:
    what = Text(
        "few enterprises with much trade: coverage of the business is at least that of the enterprises",
        "稽查侧重大企业：业务覆盖面不低于企业覆盖面",
    )
    firms, trade = _value(card, "followup_enterprise_coverage"), _value(card, "followup_business_coverage")
    if firms is None or trade is None:
        return Check(what, None, _UNKNOWN)
    found = Text(f"{firms:.1f} % of enterprises, {trade:.1f} % of trade", f"企业{firms:.1f}%，业务{trade:.1f}%")
    return Check(what, trade >= firms, found)


def _found(card: Scorecard) -> Check:
    what = Text(
        "enterprises with a finding are at least those that audits found: coverage x effectiveness",
        "有查获企业不少于稽查有效的企业（覆盖面×有效率）",
    )
    rate, cover, effect = (
        _value(card, n)
        for n in ("enterprise_compliance_rate", "followup_enterprise_coverage", "followup_effectiveness")
    )
    if rate is None or cover is None or effect is None:
        return Check(what, None, _UNKNOWN)
    # Some enterprises were audited more than once, and last year's are not all of this year's: a tenth is allowed.
    least = 0.9 * cover * effect / 100 - _ROUNDING
    found = Text(f"100 - {rate:.2f} % = {100 - rate:.2f} %, audits alone {cover * effect / 100:.2f} %",
                 f"100%－{rate:.2f}%＝{100 - rate:.2f}%，仅稽查即为{cover * effect / 100:.2f}%")  # fmt: skip
    return Check(what, 100 - rate >= least, found)
