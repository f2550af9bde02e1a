"""Every parameter of the simulated customs, with its meaning, unit, range and default."""

import difflib
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any


def _number(default: float, title: str, unit: str, low: float, high: float) -> Any:
    return field(default=default, metadata={"title": title, "unit": unit, "low": low, "high": high})


def _date(default: str, title: str) -> Any:
    return field(default=default, metadata={"title": title, "unit": "date"})


@dataclass(frozen=True)
class Parameters:
    """The simulated customs, parameter by parameter; the defaults are the setting "standard".

    Each field carries `title`, `unit` and, for numbers, the allowed range `low`..`high` in its metadata;
    docs/simulation.md is generated from them.
    """

    start: str = _date("2024-01-01", "First day of the declarations")
    end: str = _date("2025-12-31", "Last day of the declarations; outcomes after it are not known yet")
    # size and shape
    districts: int = _number(42, "Customs districts, the busiest first", "districts", 1, 42)
    chapters: int = _number(96, "HS chapters, the most traded first", "chapters", 1, 96)
    products: int = _number(0, "Tariff codes in trade; 0 lets them grow with the lines", "codes", 0, 13_000)
    enterprises: int = _number(0, "Enterprises; 0 lets them grow with the lines", "enterprises", 0, 1_000_000)
    hs_digits: int = _number(10, "Digits of a tariff code, 8 or 10", "digits", 8, 10)
    mfn_average: float = _number(0.0, "Simple average of the most-favoured-nation duty; 0 takes the year's", "%", 0, 60)
    lines_per_declaration: float = _number(2.0, "Mean lines of a declaration", "lines", 1, 10)
    enterprise_tail: float = _number(
        1.1, "Tail exponent of the enterprises' volumes; lower is more concentrated", "", 0.8, 4
    )
    growth: float = _number(0.03, "Growth of the number of lines", "per year", -0.5, 0.5)
    export_share: float = _number(0.0, "Share of enterprises that export, without tax", "share", 0, 1)
    # prices
    code_spread: float = _number(
        0.22, "Median standard deviation of a line's log unit value within product, origin and month", "log", 0, 2
    )
    contract_spread: float = _number(0.05, "Standard deviation among an enterprise's contracts", "log", 0, 1)
    enterprise_spread: float = _number(0.02, "Standard deviation among enterprises", "log", 0, 1)
    enterprise_district_spread: float = _number(
        0.01, "Standard deviation of an enterprise's price level in its second district", "log", 0, 1
    )
    commodity_drift: float = _number(
        0.02, "Standard deviation of a month's common price change by commodity group", "log", 0, 0.5
    )
    currency_drift: float = _number(0.01, "Standard deviation of a month's exchange rate change", "log", 0, 0.5)
    size_discount: float = _number(
        0.02, "Fall of the log unit value for each log unit of quantity above the usual", "elasticity", 0, 0.5
    )
    quality_step: float = _number(0.10, "Log price of the premium grade over the usual one", "log", 0, 1)
    quality_shift: float = _number(
        0.0, "Standard deviation among district x chapter of the log odds of the premium grade", "log odds", 0, 3
    )
    interaction_spread: float = _number(
        0.0, "Standard deviation of product x district price interactions", "log", 0, 0.5
    )
    tail_df: float = _number(0.0, "Degrees of freedom of the t errors in log unit values; 0 is normal", "", 0, 30)
    small_lot_surcharge: float = _number(
        0.0, "Additive surcharge on a lot of the usual size, larger on small ones", "share", 0, 0.5
    )
    composition_shift: float = _number(
        0.0, "Share of enterprises whose order of goods turns round half way", "share", 0, 1
    )
    # clerical errors and later versions
    slip_share: float = _number(0.003, "Lines with a unit or decimal slip", "share", 0, 0.2)
    swap_share: float = _number(0.001, "Lines with quantity and weight swapped", "share", 0, 0.2)
    duplicate_share: float = _number(0.003, "Rows that repeat another row", "share", 0, 0.2)
    resubmitted_share: float = _number(0.010, "Rows of a newer version of an earlier declaration", "share", 0, 0.2)
    # price bias of districts
    bias_share: float = _number(0.15, "Share of district x chapter cells with a price bias", "share", 0, 1)
    bias_low: float = _number(0.07, "Smallest bias of such a cell", "share", 0, 0.9)
    bias_high: float = _number(0.12, "Largest bias of such a cell", "share", 0, 0.9)
    bias_down_share: float = _number(0.5, "Share of the biases that are downward", "share", 0, 1)
    bias_concentrated_share: float = _number(
        0.25, "Share of the biased cells in which one to three large enterprises cause it", "share", 0, 1
    )
    # non-compliance and inspection
    prevalence: float = _number(
        0.041, "Non-compliant lines if all contracts ran throughout and nobody were found out", "share", 0, 0.3
    )
    one_off_share: float = _number(0.10, "Share of them that anybody may commit once", "share", 0, 1)
    scheme_share: float = _number(0.20, "Share of them in organised schemes", "share", 0, 1)
    broker_share: float = _number(0.20, "Share of them that a few brokers bring about", "share", 0, 1)
    reaction: float = _number(0.3, "Probability that an enterprise found out changes its ways", "share", 0, 1)
    inspection_rate: float = _number(0.04, "Declarations inspected in a week", "share", 0, 1)
    random_share: float = _number(0.10, "Share of the inspections chosen at random", "share", 0, 1)
    rule_bias: float = _number(1.0, "Weight of the watch lists that do not rest on facts; 0 removes them", "", 0, 3)
    detection: float = _number(
        1.0, "Skill of the inspectors; 1 finds 60-88 % by kind of non-compliance", "factor", 0, 1.15
    )
    # with detail="full"
    officer_ring: float = _number(
        0.02,
        "Share of the declarations of one broker at one port that one officer draws to himself; 0: none",
        "share",
        0,
        0.2,
    )
    enterprise_rings: float = _number(
        0.3, "Share of persistent offenders in rings of the same address, telephone or legal person", "share", 0, 1
    )
    outcome_days: float = _number(21.0, "Mean days from declaration to outcome", "days", 4, 365)


HOSTILE = {
    "tail_df": 3.0,
    "quality_step": 0.25,
    "quality_shift": 0.5,
    "interaction_spread": 0.05,
    "size_discount": 0.06,
    "small_lot_surcharge": 0.05,
    "composition_shift": 0.35,
    "slip_share": 0.012,
}
"""What the setting "hostile" changes: structure, not only size, so that no estimator is favoured."""


def parameters(setting: str, **overrides: Any) -> Parameters:
    """Parameters of a setting with overrides, checked.

    Parameters
    ----------
    setting : "standard" or "hostile".
    **overrides : values for fields of `Parameters`, by name.

    Raises
    ------
    ValueError
        Names the parameter, the value found, what is allowed and the nearest name.
    """
    if setting not in ("standard", "hostile"):
        raise ValueError(f'setting: "{setting}" is not known; it must be "standard" or "hostile".')
    known = {f.name: f for f in fields(Parameters)}
    for name in overrides:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            raise ValueError(f'simulate: unknown parameter "{name}".{hint}')
    values = {**(HOSTILE if setting == "hostile" else {}), **overrides}
    for name, value in values.items():
        values[name] = _checked(name, value, known[name].type, known[name].metadata)
    result = replace(Parameters(), **values)
    _check_together(result)
    return result


def _checked(name: str, value: Any, kind: Any, about: Any) -> Any:
    if about["unit"] == "date":
        try:
            return date.fromisoformat(str(value)[:10]).isoformat()
        except ValueError:
            raise ValueError(f'{name}: "{value}" is not a date; write it as 2024-01-31.') from None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f'{name}: "{value}" is not a number.') from None
    if kind is int and number != int(number):
        raise ValueError(f"{name}: {value} must be a whole number.")
    if not about["low"] <= number <= about["high"]:
        raise ValueError(
            f"{name}: {value} is outside the allowed range {about['low']:g} to {about['high']:g} {about['unit']}."
        )
    return int(number) if kind is int else number


def _check_together(p: Parameters) -> None:
    if p.end <= p.start:
        raise ValueError(f"end: {p.end} must be later than start ({p.start}).")
    if p.hs_digits == 9:
        raise ValueError("hs_digits: 9 is not possible; it must be 8 or 10.")
    if p.bias_high < p.bias_low:
        raise ValueError(f"bias_high: {p.bias_high:g} must not be below bias_low ({p.bias_low:g}).")
    if p.one_off_share + p.scheme_share + p.broker_share > 1:
        raise ValueError("one_off_share, scheme_share and broker_share together must not exceed 1.")
