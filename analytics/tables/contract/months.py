"""Months of the year by number and by name, in the languages of the files that come."""

from __future__ import annotations

_NAMES = (
    "jan january janvier janv ene enero janeiro januar januari jaen gennaio gen ocak январь января янв มกราคม ม.ค",
    "feb february février fevrier févr fevr febrero fevereiro fev februar februari febbraio şubat февраль февраля фев "
    "กุมภาพันธ์ ก.พ",
    "mar march mars marzo março marco märz maerz mär maart maret mart март марта มีนาคม มี.ค",
    "apr april avril avr abr abril aprile nisan апрель апреля апр เมษายน เม.ย",
    "may mai mayo maio mei maggio mag mayıs май мая พฤษภาคม พ.ค",
    "jun june juin junio junho juni giugno giu haziran июнь июня июн มิถุนายน มิ.ย",
    "jul july juillet juil julio julho juli luglio lug temmuz июль июля июл กรกฎาคม ก.ค",
    "aug august août aout agosto ago augustus agustus ağustos август августа авг สิงหาคม ส.ค",
    "sep sept september septembre septiembre setiembre setembro set settembre eylül сентябрь сентября сен กันยายน ก.ย",
    "oct october octobre octubre outubro out okt oktober ottobre ott ekim октябрь октября окт ตุลาคม ต.ค",
    "nov november novembre noviembre novembro kasım ноябрь ноября ноя พฤศจิกายน พ.ย",
    "dec december décembre decembre déc dic diciembre dezembro dez dezember dicembre desember aralık декабрь декабря "
    "дек ธันวาคม ธ.ค",
)
_BY_NAME = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_ASIDE = str.maketrans("", "", " ._-'’")
LABELS = (
    {f"{i}": i for i in range(1, 13)}
    | {f"{i:02d}": i for i in range(1, 13)}
    | {f"{i}{unit}": i for i in range(1, 13) for unit in ("月", "월", "月份")}
    | {f"m{i}": i for i in range(1, 13)}
    | {f"m{i:02d}": i for i in range(1, 13)}
    | {name.translate(_ASIDE): number for name, number in _BY_NAME.items()}
)


def month_named(word: str) -> int:
    """Number of a month by its name, with or without the point of an abbreviation; 0 where the word is none."""
    return _BY_NAME.get(word.lower().rstrip("."), 0)


def month_labelled(text: str) -> int:
    """Number of a month that a label is by itself: 3, 03, M3, 3月, März; 0 where it is none."""
    return LABELS.get(text.strip().lower().translate(_ASIDE), 0)


def is_thai(word: str) -> bool:
    """Whether a word is written in Thai, whose years are those of the Buddha."""
    return any("฀" <= c <= "๿" for c in word)
