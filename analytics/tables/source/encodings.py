"""Which encoding a text was written in: told by the bytes where they tell it, else asked.

Chinese and Korean share their bytes. In Chinese text every second character has a lead byte above 0xC8 (the syllables
from r to z of GB 2312, ordered by pinyin); in Korean text none has, for KS X 1001 keeps its Hangul below. So the lead
bytes decide, once there are enough characters; too few are a doubt.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from analytics.errors import DataError
from analytics.tables.source.looking import Look
from analytics.tables.source.wrappings.garbled import refuse_garbled

NATURAL = 0.8  # share of the characters beyond ASCII that must be usual ones of the language
FEW = 12  # distinct characters that decide between Chinese and Korean
_LAST_HANGUL = 0xC8
_CUT = 60_000  # a sample as long as this may end within a character
_WESTERN = set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽž€«»°§ºª·’‘“”–—…®©±²³µ¿¡\xa0")
_CENTRAL = set("ĄĆĘŁŃÓŚŹŻąćęłńóśźżÁČĎÉĚÍŇŘŠŤÚŮÝŽáčďéěíňřšťúůýžÄÖÜßäöüŐŰőűĂÂÎŞŢăâîşţĐđ€«»°§’‘“”–—…®©±\xa0")

_TURKISH = set("ÇĞİÖŞÜçğıöşüÂâÎîÛû€«»°§’‘“”–—…®©±\xa0")


@dataclass(frozen=True)
class Reading:
    """A text as one encoding reads it."""

    encoding: str
    text: str
    natural: float


def told(seen: Look, given: str | None, name: str) -> str:
    """Encoding of the file of a name: as the column map gives it, else as its bytes tell.

    Raises
    ------
    DataError
        No such encoding, none recognised, one that reads two ways, or text that was garbled before.
    """
    if given:
        return _python_name(given, name)
    if seen.start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if seen.nulls > seen.size // 5:
        return "utf-16-le" if seen.start[1::2].count(0) > seen.start[0::2].count(0) else "utf-16-be"
    if seen.bad and seen.bad * 10 > seen.good:
        return recognise(seen.odd, name)
    refuse_garbled(seen.odd, name)  # else UTF-8: a damaged line or two the engine sets aside
    return "utf-8"


def _python_name(encoding: str, name: str) -> str:
    try:
        found = codecs.lookup(encoding).name
    except LookupError:
        raise DataError(
            f"{name}: the column map says `encoding: {encoding}`, which is no known encoding. "
            "Allowed: utf-8, gb18030, utf-16, cp949, cp1252 and the other names that Python knows."
        ) from None
    wider = {"utf-8-sig": "utf-8", "utf_8_sig": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "euc_kr": "cp949"}
    return wider.get(found, found)


def recognise(sample: bytes, name: str) -> str:
    """Encoding of a text that is neither UTF-8 nor UTF-16, by the lines that hold bytes beyond ASCII.

    Raises
    ------
    DataError
        No encoding reads it, or more than one does: with an example of each, and the line for the column map.
    """
    found = [r for encoding, usual in _EASTERN.items() if (r := _read(sample, encoding, usual)).natural >= NATURAL]
    byname = {r.encoding: r for r in found}
    if "gb18030" in byname and "cp949" in byname:
        above = _above_hangul(sample, byname["gb18030"].text)
        if above is not None:
            found = [r for r in found if r.encoding != ("cp949" if above else "gb18030")]
    if len(found) > 1 and "gb18030" in byname and "cp949" not in [r.encoding for r in found]:
        found = [max(found, key=lambda r: r.natural)]
    if not found:
        found = _single_byte(sample)
    if len({r.text for r in found}) == 1:
        return found[0].encoding
    raise DataError(_asked(found, name))


def _read(sample: bytes, encoding: str, usual: Callable[[str], float]) -> Reading:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample, final=len(sample) < _CUT)
    except UnicodeDecodeError:
        return Reading(encoding, "", 0.0)
    beyond = [c for c in text if ord(c) > 127]
    return Reading(encoding, text, usual("".join(beyond)) if beyond else 0.0)


def _share(text: str, holds: Callable[[str], bool]) -> float:
    return sum(map(holds, text)) / len(text)


def _encodable(character: str, encoding: str) -> bool:
    try:
        return len(character.encode(encoding)) == 2
    except UnicodeEncodeError:
        return False


def _is_cyrillic(character: str) -> bool:
    return "\u0400" <= character <= "\u045f" or character in "«»№—–“”° "


def _is_kana(character: str) -> bool:
    return "\u3041" <= character <= "\u30fe"


def _chinese(text: str) -> float:
    if _share(text, _is_kana) > 0.05 or _share(text, lambda c: "\u4e00" <= c <= "\u9fff") < 0.5:
        return 0.0
    return _share(text, lambda c: _encodable(c, "gb2312"))


def _korean(text: str) -> float:
    return _share(text, lambda c: "가" <= c <= "힣" or c in "·ㆍ「」（）")


def _japanese(text: str) -> float:
    half_width = _share(text, lambda c: "\uff61" <= c <= "\uff9f")
    return 0.0 if _share(text, _is_kana) < 0.05 or half_width > 0.1 else _share(text, lambda c: _encodable(c, "euc_jp"))


def _shift_jis(text: str) -> float:
    """As Japanese; where kana are few, by characters of the first level alone: other code pages have no such bytes."""
    if (usual := _japanese(text)) or _share(text, lambda c: "\uff61" <= c <= "\uff9f") > 0.1:
        return usual
    first = _share(text, lambda c: _encodable(c, "euc_jp") and c.encode("euc_jp")[0] < 0xD0)
    return first if first > 0.95 and len(set(text)) >= FEW else 0.0


def _traditional(text: str) -> float:
    trails = [c.encode("big5")[1] for c in set(text) if _encodable(c, "big5")]
    if len(trails) >= FEW and not any(trail < 0x80 for trail in trails):
        return 0.0  # two fifths of the characters of Big5 have such a second byte, none of Korean or GB 2312
    return _share(text, lambda c: _encodable(c, "big5") and c.encode("big5")[0] <= 0xC6)


_EASTERN: dict[str, Callable[[str], float]] = {
    "gb18030": _chinese, "cp949": _korean, "big5": _traditional, "cp932": _shift_jis, "euc_jp": _japanese,
}  # fmt: skip


def _above_hangul(sample: bytes, text: str) -> bool | None:
    """Whether characters have lead bytes that Hangul never has; None where there are too few to tell."""
    characters = {c for c in text if ord(c) > 127 and _encodable(c, "gb2312") and c.encode("gb2312")[0] >= 0xB0}
    high = sum(c.encode("gb2312")[0] > _LAST_HANGUL for c in characters)
    if high:
        return True
    return False if len(characters) >= FEW else None


def _single_byte(sample: bytes) -> list[Reading]:
    """Readings in which every byte beyond ASCII is a usual letter or mark of a language."""
    words = re.findall(rb"[A-Za-z\x80-\xff]+", sample)
    odd = [w for w in words if any(b >= 0xC0 for b in w)]  # below stand marks: blanks that do not break, £, €
    inside = sum(any(b < 128 for b in w) for w in odd)
    if inside * 2 >= len(odd):  # single letters within Latin words
        pairs = (("cp1252", _WESTERN), ("cp1250", _CENTRAL), ("cp1254", _TURKISH))
        return [r for encoding, usual in pairs if (r := _read(sample, encoding, _all_in(usual))).natural == 1]
    cyrillic = _likeliest(
        [_read(sample, e, lambda t: _share(t, _is_cyrillic)) for e in ("cp1251", "koi8_r", "iso8859_5")]
    )
    greek = [_read(sample, "cp1253", _greek)]
    thai = [_read(sample, "cp874", _thai)]
    arabic = [_read(sample, "cp1256", lambda t: _share(t, lambda c: "\u060c" <= c <= "\u06d2" or c in "«»\xa0"))]
    found = [r for r in (*cyrillic, *greek) if r.natural >= 0.95]
    found = [r for r in found if r.encoding not in _CYRILLIC or _plausible(r.text)]
    others = [r for r in (*arabic, *thai) if r.natural >= 0.95]
    return found + others if len(set(sample)) < FEW else found or others


_CYRILLIC = ("cp1251", "koi8_r", "iso8859_5")
_LIKELY = -4.2  # mean log-likelihood of letters: Russian has about -2.9, its neighbours -3.6, other code pages below -5


def _plausible(text: str) -> bool:
    """Whether letters are about as frequent as in Russian and its neighbours."""
    letters = sum("\u0400" <= c <= "\u045f" for c in text)
    return 0 < letters < FEW or (letters > 0 and _russian(text) / letters > _LIKELY)


def _greek(text: str) -> float:
    """Share of Greek letters; many capitals behind small letters are those of another code page."""
    odd = len(re.findall(r"[ά-ώ][Α-Ω]", text))
    return 0.0 if odd > 0.1 * len(text) >= 0.1 * FEW else _share(text, lambda c: "\u0384" <= c <= "\u03ce")


def _thai(text: str) -> float:
    """Share of Thai characters; vowels and tones that stand above or below must follow a letter."""
    alone = len(re.findall(r"(?<![\u0e01-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", text))
    return 0.0 if alone else _share(text, lambda c: "\u0e01" <= c <= "\u0e5b" or c in "\xa0–—…“”")


# Letters of Russian in thousandths (Russian National Corpus, frequency of letters).
_RUSSIAN = dict(zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", (
    109.7, 84.5, 80.1, 73.5, 67.0, 62.6, 54.7, 47.3, 45.4, 44.0, 34.9, 32.1, 29.8, 28.1, 26.2, 20.1, 19.0, 17.4,
    17.0, 16.5, 15.9, 14.4, 12.1, 9.7, 9.4, 7.3, 6.4, 4.8, 3.6, 3.2, 2.6, 0.4, 0.4,
), strict=True))  # fmt: skip
_SURELY = 12.0  # difference of log-likelihoods (and of one capital within a word) from which letters decide


def _likeliest(found: list[Reading]) -> list[Reading]:
    """Readings in Cyrillic, the likeliest alone where the frequency of its letters leaves no doubt."""
    fit = [r for r in found if r.natural >= 0.95]
    scores = sorted(((_russian(r.text), i) for i, r in enumerate(fit)), reverse=True)
    if len(scores) > 1 and scores[0][0] - scores[1][0] >= _SURELY:
        return [fit[scores[0][1]]]
    return found


def _russian(text: str) -> float:
    letters = [c for c in text if "\u0400" <= c <= "\u045f"]
    within = len(re.findall(r"[а-яё][А-ЯЁ]", text))  # capitals inside words: another code page
    return sum(math.log(_RUSSIAN.get(c.lower(), 0.2) / 1000) for c in letters) - 3.0 * within


def _all_in(usual: set[str]) -> Callable[[str], float]:
    return lambda text: _share(text, usual.__contains__)


def _asked(found: list[Reading], name: str) -> str:
    if not found:
        return (
            f"{name}: the encoding is not recognised (neither UTF-8, GB18030 nor UTF-16). Set `encoding:` in the "
            "column map to what the file was written in (gb18030, cp949, cp1252 and others), or save it as UTF-8."
        )
    lines = [f"{name}: the encoding reads more than one way, and the file has too little text to tell."]
    lines += [f'  as {r.encoding} it holds "{_example(r, found)}": set `encoding: {r.encoding}`' for r in found]
    return "\n".join([*lines, "Add the line that fits to the column map, or save the file as UTF-8."])


def _example(reading: Reading, others: list[Reading]) -> str:
    """A word that the readings do not share."""
    known = {w for other in others if other is not reading for w in re.findall(r"\w+", other.text)}
    words = [w for w in re.findall(r"\w+", reading.text) if not w.isascii() and w not in known]
    return max(words, key=len, default=reading.text[:20])[:30]
