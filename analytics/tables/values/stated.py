"""What a header states of the unit of its figures: (t), (千元), %, USD thousand; against the unit of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analytics.errors import fold_width
from analytics.language import Text, parse_unit
from analytics.tables.contract.definition import Column
from analytics.tables.contract.doubts import Doubt, Way

_WEIGHTS = {
    **dict.fromkeys(("kg", "kgs", "kgm", "kilogram", "kilograms", "kilo", "千克", "公斤"), 1.0),
    **dict.fromkeys(("t", "ton", "tons", "tonne", "tonnes", "mt", "tne", "吨", "公吨", "噸", "톤"), 1000.0),
    **dict.fromkeys(("g", "gram", "grams", "克"), 0.001),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "磅"), 0.45359237),
    **dict.fromkeys(("quintal", "quintals"), 100.0),
}
_SHARES = {
    **dict.fromkeys(("%", "pct", "percent", "per cent", "percentage", "百分比", "百分数", "百分率"), 0.01),
    **dict.fromkeys(("‰", "per mille", "permille"), 0.001),
}
_SIZES = {
    **dict.fromkeys(("thousand", "thousands", "'000", "'000s", "000", "000s", "千"), 1e3),
    **dict.fromkeys(("万", "萬", "만"), 1e4),
    **dict.fromkeys(("million", "millions", "mn", "mln", "mio", "百万", "百萬"), 1e6),
    **dict.fromkeys(("billion", "billions", "bn"), 1e9),
    **dict.fromkeys(("亿", "億", "억"), 1e8),
}
_SAFE = {"t", "g", "m", "k", "000", "kilo", "千", "万", "亿", "pound", "pounds", "scale"}  # alone at the end of a name
# Three letters of a header that are surely a currency: those of trading nations (ISO 4217).
CURRENCIES = frozenset(
    "AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CZK DKK DZD EGP ETB EUR GBP GHS HKD HUF IDR ILS INR JPY KES KRW "  # noqa: SIM905
    "KZT LKR MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN RON RSD RUB RWF SAR SEK SGD THB TRY TWD TZS UAH UGX USD UYU "
    "UZS VND XAF XOF ZAR ZMW".split()
)
UNIT_MULTIPLIERS = ("unitmult", "unitmultiplier", "单位倍数")


def stated_factor(column: Column, header: str) -> float | None:
    """Factor that makes of a header's figures those of the contract; None where the header states none.

    Parameters
    ----------
    column : of the contract, in kilograms, shares or money
    header : as it stands in the file
    """
    for text in _stated(header):
        if (factor := _factor(column, text)) is not None:
            return factor
    return None


def _stated(header: str) -> Iterator[str]:
    """Texts of a header that may state a unit: what stands in brackets, then its last words."""
    plain = fold_width(header).lower().replace("’", "'").strip()
    for inside in re.findall(r"[(\[]([^)\]]+)[)\]]", plain):
        yield inside.strip().removeprefix("单位:").removeprefix("unit:").removeprefix("in ").strip()
    if plain.endswith(("%", "‰")):
        yield plain[-1]
    words = [w for w in re.split(r"[\s_,;:/()\[\]]+", plain) if w]
    for count in (2, 1):
        if len(words) > count and (last := " ".join(words[-count:])) not in _SAFE - {"t"}:
            yield last


def _factor(column: Column, text: str) -> float | None:
    if column.unit == "kg":
        size, bare = _size_before(text)
        return None if (known := _WEIGHTS.get(bare)) is None else known * size
    if column.unit.startswith("share"):
        return _SHARES.get(text)
    if column.kind != "number" or not (column.unit.startswith("as given") or column.unit == "CNY"):
        return None
    if text in _SIZES:
        return _SIZES[text]
    if "currency" not in column.unit and column.unit != "CNY":
        return None
    for written in (text.upper(), text, re.sub(r"'?000s?", "thousand", text), _upper_code(text)):
        try:
            return parse_unit(written)[1]
        except ValueError:
            continue
    return None


def stated_currency(header: str) -> str | None:
    """Currency that a header names: value_usd, Customs value (EUR), CIF USD thousand."""
    for text in _stated(header):
        for written in (text.upper(), _upper_code(text)):
            if re.fullmatch(r"[A-Z]{3}", written) and written not in CURRENCIES:
                continue
            try:
                return parse_unit(written)[0]
            except ValueError:
                continue
    return None


def _upper_code(text: str) -> str:
    """Currency codes in capitals, sizes in words: "usd '000" is USD thousand."""
    words = re.sub(r"'?000s?", "thousand", text).split()
    return " ".join(w.upper() if re.fullmatch(r"[a-z]{3}", w) else w for w in words)


def _size_before(text: str) -> tuple[float, str]:
    for word, size in _SIZES.items():
        if text.startswith(word) and text != word and (bare := text.removeprefix(word).strip()) in _WEIGHTS:
            return size, bare
    return 1.0, text


def header_doubt(column: Column, header: str, beneath: str = "") -> Doubt | None:
    """Doubt about figures whose header states another unit than the contract, while the map gives no factor.

    Parameters
    ----------
    beneath : what stands under the header in a row of units; "" where there is none
    """
    factor = stated_factor(column, f"{header} ({beneath})" if beneath else header)
    if factor is None or factor == 1:
        return None
    where, where_zh = (f', "{beneath}" beneath it,', f"（其下为“{beneath}”）") if beneath else ("", "")
    read = "single units of the currency" if column.unit.startswith("as given") else column.unit
    said = Text(
        f'the header "{header}"{where} states another unit than the {read} that is read here.',
        f"表头“{header}”{where_zh}所示单位与读取单位不同。",
    )
    return Doubt(column.name, "header", said, (
        Way(Text(f"its figures are to be multiplied by {factor:g}", f"数值应乘以{factor:g}"),
            f'{column.name}: {{from: "{header}", factor: {factor:g}}}'),
        Way(Text("its figures are right as they stand", "数值无须换算"), f"accept: [{column.name}.header]"),
    ))  # fmt: skip
