"""What a header states of the unit of its figures: (t), (千元), %, USD thousand; against the unit of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analytics.errors import fold_width
from analytics.language import Text, parse_unit
from analytics.tables.contract.definition import Column
from analytics.tables.contract.doubts import Doubt, Way

_WEIGHTS = {
    **dict.fromkeys(
        (
            "kg",
            "kgs",
            "kgm",
            "kilogram",
            "kilograms",
            "kilo",
            "千克",
            "公斤",
            "кг",
            "килограмм",
            "kilogramos",
            "quilograma",
            "quilogramas",
            "キログラム",
        ),
        1.0,
    ),
    **dict.fromkeys(
        (
            "t",
            "ton",
            "tons",
            "tonne",
            "tonnes",
            "mt",
            "tne",
            "吨",
            "公吨",
            "噸",
            "톤",
            "т",
            "тонн",
            "тонны",
            "toneladas",
            "tấn",
            "トン",
            "ตัน",
        ),
        1000.0,
    ),
    **dict.fromkeys(("g", "gram", "grams", "克"), 0.001),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "磅"), 0.45359237),
    **dict.fromkeys(("quintal", "quintals"), 100.0),
}
_SHARES = {
    **dict.fromkeys(("%", "pct", "percent", "per cent", "percentage", "百分比", "百分数", "百分率"), 0.01),
    **dict.fromkeys(("‰", "per mille", "permille"), 0.001),
}
_SIZES = {
    **dict.fromkeys(("thousand", "thousands", "'000", "'000s", "000", "000s", "千", "тыс", "тыс."), 1e3),
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
    "UZS VND XAF XOF ZAR ZMW AFN AMD AOA AZN BAM BBD BHD BND BOB BWP BYN CDF CRC DJF DOP FJD GEL GMD GNF GTQ GYD HNL "
    "HTG IQD IRR ISK JMD JOD KGS KHR KWD LAK LBP LRD LSL LYD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MZN NAD NIO NPR "
    "OMR PAB PGK PYG QAR SCR SDG SLE SOS SRD SZL TJS TMT TND TTD VES YER".split()
)
UNIT_MULTIPLIERS = ("unitmult", "unitmultiplier", "单位倍数", "scale")
_SHORT = 20  # characters of a line that holds a unit and nothing else
SIZE_WORDS = re.compile(
    r"million|thousand|billion|crore|lakh|万|亿|億|千|百万|\bmio\b|\bmrd\b|\bmln\b|\bbn\b|[£$€]m\b|тыс|млн|млрд|ล้าน|พัน|triệu|nghìn"
    r"|\bt[ỷỉ]\b|مليون|مليار|ألف|میلیون|میلیارد|هزار|milyon|milyar|\bbin\b|millones|milhões|milhares|\bjuta\b|miliar|tausend"
    r"|백만|억|천원|लाख|करोड़", re.IGNORECASE)  # fmt: skip


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
    if "," in plain:
        yield plain.rpartition(",")[2].strip()
    words = [w for w in re.split(r"[\s_,;:/()\[\]]+", plain) if w]
    for count in (4, 3, 2, 1):
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
        if (unit := _money(written)) is not None:
            return unit[1]
    return None


def _money(text: str) -> tuple[str, float] | None:
    """Currency and size of a unit in a header: there three letters are a currency only if they surely are one."""
    try:
        unit = parse_unit(text)
    except ValueError:
        return None
    return unit if unit[0] in CURRENCIES else None


def stated_currency(header: str) -> str | None:
    """Currency that a header names: value_usd, Customs value (EUR), CIF USD thousand."""
    for text in _stated(header):
        for written in (text.upper(), _upper_code(text)):
            if (unit := _money(written)) is not None:
                return unit[0]
    within = re.findall(r"US\$|R\$|[€£₹₽₺฿₫]|\b[A-Z]{3}\b", fold_width(header))
    known = [c for c in within if not c.isalpha() or c in CURRENCIES]
    return parse_unit(known[0])[0] if known else None


def stated_unit(text: str) -> str | None:
    """Money unit that a header or a title states, as `parse_unit` reads it: (£ million), Customs duty £m, in EUR."""
    inside = [
        t.strip().removeprefix("单位：").removeprefix("单位:") for t in re.findall(r"[(（\[]([^)）\]]+)[)）\]]", text)
    ]
    words = re.sub(r"[(（\[][^)）\]]+[)）\]]", " ", text).split()
    tails = [" ".join(words[-count:]) for count in (4, 3, 2, 1) if len(words) > count]
    for unit in [*inside, *tails]:
        if _money(unit) is not None:
            return unit
    return None


def units_above(above: Sequence[str]) -> list[str]:
    """Units that lines above the header state: 单位：万元、吨, (in millions of rand), Unit: USD thousand, £ million."""
    found = []
    for cell in above:
        alone = [cell, *re.findall(r"[(（\[]([^)）\]]+)[)）\]]", cell)]
        found += [t.strip() for t in alone if SIZE_WORDS.search(t) and len(t) < _SHORT]
        stated = re.search(
            r"(?:单位|單位|単位|단위|đơn vị(?: tính)?|единица|unit|units|unidad|unidade|unité|einheit)\s*[:：]\s*(.+)",
            cell,
            re.I,
        )
        within = re.search(r"\b(in (?:thousands?|millions?|billions?) (?:of )?[\w .]+)", cell, re.I)
        for match in filter(None, (stated, within)):
            found += [t.strip(" )）") for t in re.split(r"[,，、;；]", match[1]) if t.strip(" )）")]
    return found


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
