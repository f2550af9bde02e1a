"""Money units as offices write them: CNY 100 million, 亿元, £m, ₹ crore, R million, millions of US dollars."""

from __future__ import annotations

import re

_POWERS = {
    "": 1.0, "hundred": 1e2, "thousand": 1e3, "thousands": 1e3, "k": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6,
    "mio": 1e6, "mln": 1e6, "m": 1e6, "billion": 1e9, "billions": 1e9, "bn": 1e9, "bln": 1e9, "trillion": 1e12,
    "trillions": 1e12, "tn": 1e12, "lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7, "cr": 1e7,
    "百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "十万": 1e5, "百万": 1e6, "百萬": 1e6,
    "千万": 1e7, "亿": 1e8, "億": 1e8,
    "ths": 1e3, "тыс": 1e3, "тысяч": 1e3, "млн": 1e6, "миллионов": 1e6, "млрд": 1e9, "миллиардов": 1e9, "трлн": 1e12,
    "พัน": 1e3, "ล้าน": 1e6, "พันล้าน": 1e9, "nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9,
    "ribu": 1e3, "juta": 1e6, "miliar": 1e9, "triliun": 1e12, "bin": 1e3, "milyon": 1e6, "milyar": 1e9,
    "miles": 1e3, "millones": 1e6, "mil millones": 1e9, "milhares": 1e3, "milhões": 1e6, "bilhões": 1e9,
    "milliers": 1e3, "milliard": 1e9, "milliards": 1e9, "tausend": 1e3, "tsd": 1e3, "millionen": 1e6,
    "milliarden": 1e9, "mrd": 1e9, "mld": 1e9, "migliaia": 1e3, "milioni": 1e6, "miliardi": 1e9,
    "ألف": 1e3, "مليون": 1e6, "مليار": 1e9, "هزار": 1e3, "میلیون": 1e6, "میلیارد": 1e9, "लाख": 1e5, "करोड़": 1e7,
    "十亿": 1e9, "万亿": 1e12, "兆": 1e12, "천": 1e3, "만": 1e4, "백만": 1e6, "억": 1e8, "조": 1e12,
}  # fmt: skip
_CURRENCIES = {
    "元": "CNY", "人民币": "CNY", "人民币元": "CNY", "元人民币": "CNY",
    "rmb": "CNY", "yuan": "CNY", "美元": "USD", "欧元": "EUR",
    "日元": "JPY", "港元": "HKD", "英镑": "GBP", "韩元": "KRW", "卢布": "RUB", "円": "JPY", "원": "KRW",
    "us$": "USD", "usd$": "USD",
    "us dollar": "USD", "us dollars": "USD",
    "u.s. dollars": "USD", "£": "GBP", "pound sterling": "GBP", "€": "EUR",
    "euro": "EUR", "euros": "EUR", "₹": "INR", "indian rupees": "INR", "r": "ZAR", "rand": "ZAR",
    "r$": "BRL", "reais": "BRL",
    "hk$": "HKD", "a$": "AUD", "c$": "CAD", "nz$": "NZD", "₩": "KRW", "yen": "JPY", "₽": "RUB", "₫": "VND",
    "฿": "THB", "₦": "NGN",
    "taka": "BDT", "৳": "BDT", "долл. сша": "USD", "долларов сша": "USD", "руб": "RUB", "рублей": "RUB", "евро": "EUR",
    "บาท": "THB", "baht": "THB", "đồng": "VND", "vnđ": "VND", "tl": "TRY", "₺": "TRY", "lira": "TRY", "rupiah": "IDR",
    "rp": "IDR", "ringgit": "MYR", "rm": "MYR", "soles": "PEN", "s/": "PEN", "dólares": "USD", "u$s": "USD",
    "dollars us": "USD",
}  # fmt: skip
UNKNOWN = (
    '"{unit}" is not a money unit. Write a currency code with an optional size, such as "CNY", "USD million" or '
    '"CNY 100 million"; 万元, 亿元, £m, ₹ crore and R million are understood too.'
)


def money_unit(text: str) -> tuple[str, float]:
    """Currency code and size of a money unit.

    Raises
    ------
    ValueError
        Not a unit that says its currency: "$", "¥" and "Rs" belong to several.
    """
    text_only = re.sub(r"[_、，]|,(?!\d)", " ", text)
    text_only = re.sub(r"(?<![\d,])['’]?000s?\b", "thousand", text_only)  # KES '000
    unit = re.sub(r"^in\s+|\s+(in|of|de|di|von)(?=\s)", " ", " ".join(text_only.split()), flags=re.IGNORECASE).strip()
    unit = re.sub(r"\b10\^(\d{1,2})$", lambda m: str(10 ** int(m[1])), unit)  # a code with its power, as in SDMX
    counts = re.findall(r"\d[\d,]*", unit)
    if unit and len(counts) <= 1:
        words = re.sub(r"\d[\d,]*", " ", unit).strip()
        size = float(counts[0].replace(",", "")) if counts else 1.0
        if size == 0:
            raise ValueError(UNKNOWN.format(unit=text))
        for at in range(len(words), 0, -1):  # 万美元, £m, million rand: either may stand first, with or without a space
            for currency, power in ((words[:at], words[at:]), (words[at:], words[:at])):
                if known := _known(currency, power):
                    return known[0], known[1] * size
    raise ValueError(UNKNOWN.format(unit=text))


def _known(currency: str, power: str) -> tuple[str, float] | None:
    name, size = currency.strip(" .()"), _POWERS.get(power.strip(" .()").lower())
    code = name if re.fullmatch(r"[A-Z]{3}", name) else _CURRENCIES.get(name.lower())
    return None if code is None or size is None else (code, size)
