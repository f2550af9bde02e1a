"""Units of mass are one unit, kilograms; others differ in their spelling only where letters are large or small."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

KILOGRAMS = {
    "kg": 1.0, "kgs": 1.0, "kgm": 1.0, "kilo": 1.0, "kilos": 1.0, "kilogram": 1.0, "kilograms": 1.0, "kilogramme": 1.0,
    "kilos netos": 1.0, "kilo neto": 1.0, "kilogramo": 1.0, "kilogramos": 1.0, "kilogrammes": 1.0,
    "千克": 1.0, "公斤": 1.0,
    "g": 1e-3, "gr": 1e-3, "grm": 1e-3, "gram": 1e-3, "grams": 1e-3, "克": 1e-3,
    "t": 1e3, "tn": 1e3, "tne": 1e3, "ton": 1e3, "tons": 1e3, "tonne": 1e3, "tonnes": 1e3, "mt": 1e3,
    "metric ton": 1e3, "metric tons": 1e3, "吨": 1e3, "公吨": 1e3,
    "lb": 0.45359237, "lbs": 0.45359237, "lbr": 0.45359237, "pound": 0.45359237, "pounds": 0.45359237, "磅": 0.45359237,
}  # fmt: skip
_FEW = 16  # spellings of units that are faster asked about one by one than by cleaning the text of each line


def in_one_unit(text: ir.StringValue, spellings: Mapping[str, str]) -> tuple[ir.StringValue, ir.FloatingValue | float]:
    """Unit of each line, "kg" for all of mass, and its size in that.

    Only what occurs is asked about: to test each line for all spellings costs more than a pass.

    Parameters
    ----------
    text : unit as it is declared
    spellings : units that occur, each with itself in small letters without spaces around it
    """
    masses = {spelt: KILOGRAMS[spelt] for spelt in spellings.values() if spelt in KILOGRAMS}
    if len(spellings) > _FEW:
        unit = text.strip().lower()
        cases = [(unit == spelt, size) for spelt, size in masses.items()]
        named = ibis.ifelse(unit.isin(list(masses)), "kg", unit) if masses else unit
        return named, ibis.cases(*cases, else_=1.0) if cases else 1.0
    kind = {said: "kg" if spelt in masses else spelt for said, spelt in spellings.items()}
    names = [(text == said, name) for said, name in kind.items() if name != said]
    sizes = [(text == said, masses[spelt]) for said, spelt in spellings.items() if masses.get(spelt, 1.0) != 1.0]
    return ibis.cases(*names, else_=text) if names else text, ibis.cases(*sizes, else_=1.0) if sizes else 1.0
