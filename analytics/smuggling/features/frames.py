"""Declaration lines as this pillar sees them: the columns it uses, days as integers, labels, identity of goods."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import AnalystError
from analytics.tables.contract.contracts import contract
from analytics.tables.currency import mixed

EPOCH = pd.Timestamp("2000-01-01")

REQUIRED = ("declaration_id", "date", "hs_code", "value")  # what is missing beyond them is said, not refused
TEXT = (
    "declaration_id", "district", "port", "enterprise_id", "declarant_id", "seller_id",
    "hs_code", "origin", "regime", "transport_mode", "unit", "description",
)  # fmt: skip
NUMBERS = ("quantity", "net_mass_kg", "gross_mass_kg", "value", "duty_rate", "tax", "scanned_weight_kg", "price_gap")
OUTCOMES = ("inspected", "finding", "recovered", "outcome_date", "selection_stream", "selection_probability")
COMPOSITES = ("regime", "transport_mode")  # a source may join several codes in one, parted by "/"
GOODS = ("hs_code", "origin", "duty_rate", "net_mass_kg")
# declared before anybody looked; all other columns of the contract beyond `TEXT` name parties or tell what came after
DECLARED = ("preference", "trade_term", "departure_country", "brand")
# written when or after somebody chose or looked: never read as a feature, whatever a test says of them
LATER = (
    "lane", "officer_id", "examined_at", "released_at", "finding_kind", "confirmed_value", "confirmed_hs_code",
    "confirmed_origin",
)  # fmt: skip


STREAMS = {
    "random": (
        "random", "r", "rnd", "random sample", "sample", "随机", "随机布控", "随机查验", "随机抽查", "随机抽取",
        "随机选查",
    ),
    "targeted": (
        "targeted", "t", "target", "rule", "rules", "规则", "风险", "专项布控", "model", "profile", "risk", "manual",
        "定向", "定向布控", "精准布控",
        "风险布控", "人工布控", "指令布控", "规则布控", "布控", "预定式布控", "即决式布控",
    ),
}  # fmt: skip


class InputError(AnalystError, ValueError):
    """Declarations that this use cannot work with: which column or value, and what to do."""


def as_pandas(declarations: Any) -> pd.DataFrame:
    """Return a DataFrame from a Table of `analytics.tables`, an Ibis table or a DataFrame."""
    if isinstance(declarations, pd.DataFrame):
        return declarations
    return pd.DataFrame(declarations.to_pandas())


def columns_of(declarations: Any) -> list[str]:
    """Names of the columns of a Table, an Ibis table or a DataFrame."""
    columns = getattr(declarations, "columns", None)
    return [str(c) for c in (declarations.ibis.columns if columns is None else columns)]


def require(frame: pd.DataFrame, columns: Iterable[str], use: str) -> None:
    """Raise InputError when a column is missing, naming it and its nearest match."""
    for column in columns:
        if column not in frame.columns:
            near = get_close_matches(column, list(frame.columns), n=1)
            hint = f' Did you mean to map "{near[0]}" to it?' if near else " Add it by the column map."
            raise InputError(
                f'{use}: column "{column}" is missing. Columns found: {", ".join(map(str, frame.columns))}.{hint}'
            )


def attributes(frame: pd.DataFrame) -> list[str]:
    """Names of further text columns: declared ones, and those that a source carries beside the contract's.

    Columns of the contract that come after the inspection (confirmed figures, kind of finding, lane, times, officer)
    are never among them.
    """
    known = {*contract("declarations").names, *TEXT, "hs2", "hs4", "hs6", "assumed_delay"} - set(DECLARED)
    return [
        str(c)
        for c in frame.columns
        if c not in known
        and (isinstance(frame[c].dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(frame[c]))
    ]


def prepare(declarations: Any, *, label_delay: int = 28, use: str = "declarations") -> pd.DataFrame:
    """Lines with every column this pillar knows (missing ones empty), dates as day numbers and codes cut to levels.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame
        Canonical declarations; see `REQUIRED` for the columns that must be there.
    label_delay : int, days
        When a line has a finding but no outcome_date, its outcome is taken as known this many days after the date.
    use : str
        Named in errors.

    Returns
    -------
    DataFrame with a fresh index; adds day and known_day (days since 2000-01-01; known_day is missing where there
    is no outcome), hs2, hs4, hs6, label (1.0, 0.0 or missing).

    Raises
    ------
    InputError
        A required column is missing, or there is no line.
    """
    source = as_pandas(declarations)
    require(source, REQUIRED, use)
    if source.empty:
        raise InputError(f"{use}: there is no line. Check the source's filters and its quarantine file.")
    if (said := mixed(source)) is not None:
        raise InputError(f"{use}, {said}")
    frame = pd.DataFrame(index=pd.RangeIndex(len(source)))
    for column in (*TEXT, *attributes(source)):
        given = source[column].reset_index(drop=True).astype("str") if column in source else None
        frame[column] = pd.Series(pd.NA, index=frame.index, dtype="str") if given is None else given
    for column in (*NUMBERS, "recovered", "selection_probability"):
        values = source[column].to_numpy(dtype="float64", na_value=np.nan) if column in source else np.nan
        frame[column] = values
    frame["line_no"] = source["line_no"].to_numpy() if "line_no" in source else 1
    frame["date"] = pd.to_datetime(source["date"]).to_numpy()
    frame["day"] = days(frame["date"]).to_numpy(dtype="float64")
    if frame["day"].isna().any():
        raise InputError(f"{use}: {int(frame['day'].isna().sum())} lines have no date. Set them aside on reading.")
    if "version" in source:
        frame["version"] = source["version"].to_numpy(dtype="float64", na_value=np.nan)
    _outcomes(frame, source, label_delay)
    for column in COMPOSITES:
        _part(frame, column)
    for digits in (2, 4, 6):
        frame[f"hs{digits}"] = frame["hs_code"].str[:digits]
    return frame


def _part(frame: pd.DataFrame, column: str) -> None:
    """Part a composite code, such as "11/21/B": its first part stays, the others get columns regime.2, regime.3 ..."""
    codes = frame[column].unique()
    parts = pd.Series(codes, dtype="str").str.split("/", expand=True)
    if parts.shape[1] < 2:
        return
    at = pd.Index(codes).get_indexer(frame[column])
    for i in range(parts.shape[1]):
        frame[f"{column}.{i + 1}" if i else column] = pd.Series(parts[i].astype("str").to_numpy()[at], dtype="str")


def _outcomes(frame: pd.DataFrame, source: pd.DataFrame, label_delay: int) -> None:
    label = (
        source["finding"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
        if "finding" in source
        else np.nan
    )
    frame["label"] = label
    if "inspected" in source:
        inspected = source["inspected"].astype("boolean").fillna(False).to_numpy(dtype=bool)
        frame.loc[~inspected, "label"] = np.nan
    else:
        inspected = frame["label"].notna().to_numpy()
    frame["inspected"] = inspected
    stream = source["selection_stream"].reset_index(drop=True) if "selection_stream" in source else pd.NA
    frame["selection_stream"] = streams(pd.Series(stream, index=frame.index, dtype="str"))
    known = frame["day"] + label_delay
    given_day = pd.Series(np.nan, index=frame.index)
    if "outcome_date" in source:
        given_day = days(pd.to_datetime(source["outcome_date"]).reset_index(drop=True))
        known = given_day.fillna(known)
    frame["outcome_day"] = given_day
    # an outcome cannot be known before the line is declared, whatever its date says
    known = known.where(known >= frame["day"], frame["day"] + label_delay)
    frame["assumed_delay"] = given_day.isna() & frame["label"].notna()
    frame["known_day"] = known.where(frame["label"].notna())


def streams(given: pd.Series) -> pd.Series:
    """Streams as "random" or "targeted", whatever spelling the source has; missing stays missing.

    Raises
    ------
    InputError
        A value that is neither: names it and asks for a code in the column map.
    """
    plain = given.str.strip().str.lower()
    known = {name: stream for stream, names in STREAMS.items() for name in names}
    strange = sorted(given[plain.notna() & ~plain.isin([*known, ""])].unique())
    if strange:
        raise InputError(
            f'column "selection_stream": "{strange[0]}" is no stream that is known here (of {len(strange)} such values '
            f"in {int(given.isin(strange).sum()):,} lines). Only the random stream tells what targeting misses, so say "
            "in the column map which is which, for example selection_stream: {from: ..., codes: "
            f'{{"{strange[0]}": targeted}}}}. Known: {", ".join(known)}.'
        )
    return plain.map(known).astype("str")


def days(dates: pd.Series) -> pd.Series:
    """Days since 2000-01-01 as numbers; missing stays missing."""
    return (dates - EPOCH) / pd.Timedelta(days=1) // 1


def goods_key(frame: pd.DataFrame, columns: Iterable[str] = GOODS) -> pd.Series:
    """Identity of the goods of a line: its attribute tuple as one integer code per distinct tuple.

    Two lines with the same key are copies of each other in everything that describes the goods, whoever declared
    them. Missing values count as a value.
    """
    parts = pd.DataFrame({c: frame[c].astype("str").fillna("") for c in columns})
    return pd.Series(pd.util.hash_pandas_object(parts, index=False).to_numpy(), index=frame.index, name="goods")


def fingerprint(frame: pd.DataFrame) -> str:
    """sha256 over the goods, parties, dates and outcomes of prepared lines, independent of their order."""
    columns = ["declaration_id", "date", "enterprise_id", "hs_code", "value", "label"]
    codes = np.sort(pd.util.hash_pandas_object(frame[columns].astype("str"), index=False).to_numpy())
    return hashlib.sha256(codes.tobytes()).hexdigest()


class FewOutcomesError(InputError):
    """Outcomes that no model can learn from; rules can rank all the same."""


def enough_labels(label: pd.Series, use: str, least: int = 20) -> None:
    """Raise FewOutcomesError unless both outcomes occur often enough to learn from."""
    positives, negatives = int((label == 1).sum()), int((label == 0).sum())
    if positives + negatives == 0:
        raise FewOutcomesError(
            f"{use}: no line has an outcome. Map the inspection result to inspected and finding; without any result "
            "use the expert rules (smuggling.expert_rules), which need no outcome."
        )
    if min(positives, negatives) == 0:
        only = "a finding" if negatives == 0 else "no finding"
        raise FewOutcomesError(
            f"{use}: all {positives + negatives} inspected lines have {only}; a model needs both outcomes. "
            "Check how the finding was coded in the column map."
        )
    if min(positives, negatives) < least:
        raise FewOutcomesError(
            f"{use}: {positives} lines with a finding and {negatives} without; at least {least} of each are needed. "
            "Use a longer period or the expert rules (smuggling.expert_rules)."
        )
