"""All features of a line, by theme; what reasons and the model card call them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from analytics.language import Text
from analytics.smuggling.features.documents import documents
from analytics.smuggling.features.frames import attributes
from analytics.smuggling.features.history import KEYS, History
from analytics.smuggling.features.peers import MEASURES, Peers
from analytics.smuggling.goods.words import Words

CATEGORIES = ("hs2", "hs4", "hs6", "origin", "regime", "transport_mode", "unit", "district", "port")
CROSSINGS = (("hs2", "origin"), ("hs4", "origin"))
LOW_PRICE = -1.5  # robust standard deviations below the peers
THEMES: dict[str, Text] = {
    "enterprise": Text("record of the enterprise", "企业既往记录"),
    "intermediary": Text("record of the declarant and seller", "报关单位与卖方既往记录"),
    "goods": Text("record of the code and origin", "商品与原产地既往记录"),
    "unit_value": Text("unit value against peers", "单价与同类商品的偏离"),
    "weight": Text("weight against peers", "重量与同类商品的偏离"),
    "classification": Text("code and duty against usual", "归类与税率异于常情"),
    "change": Text("new or changed trade", "贸易新变化"),
    "place": Text("place, regime and route", "关区、监管方式与运输"),
    "size": Text("size and consistency of the declaration", "申报规模与单证一致性"),
}


def theme_of(feature: str) -> str:
    """Theme that a feature belongs to (a key of `THEMES`)."""
    for prefix, theme in _PREFIXES:
        if feature.startswith(prefix):
            return theme
    return "size" if feature in _SIZE else "place"


_SIZE = {
    "log_value", "log_quantity", "log_net_mass", "log_tax", "duty_rate", "tax_to_value", "gross_below_net",
    "round_value", "round_mass", "missing_fields", "weekday",
}  # fmt: skip
_PREFIXES = (  # the first that fits counts
    ("enterprise_code", "classification"), ("new_code", "classification"), ("code_", "classification"),
    ("duty_change", "classification"), ("duty_below", "classification"), ("text_", "classification"),
    ("sibling", "classification"),
    ("enterprise_declarant", "intermediary"), ("enterprise_seller", "intermediary"),
    ("enterprise_age", "change"), ("enterprise_gap", "change"), ("enterprise_pace", "change"),
    ("enterprise", "enterprise"), ("declarant", "intermediary"),
    ("seller_origin_share", "change"), ("seller", "intermediary"),
    ("new_", "change"), ("origin_in_heading", "change"),
    ("price_change", "unit_value"), ("price_gap", "unit_value"), ("unit_value", "unit_value"),
    ("value_per_kg", "unit_value"), ("peer_lines", "unit_value"), ("unit_weight", "weight"),
    ("gross_to_net", "weight"), ("scanned", "weight"), ("hs", "goods"), ("origin", "goods"),
)  # fmt: skip


class Features(BaseEstimator):
    """Numbers and codes of every line; learns peers and remembers history in `fit`.

    Parameters
    ----------
    half_life, strength : see `History`
    record : bool
        Use past-only histories. Off where lines are copies of each other (see `leaks`): a record of copies is a
        look-up of the label, and their parties are not the parties of real trade.

    Attributes
    ----------
    numeric_, categories_ : names of the columns that `transform` gives
    levels_ : by category, its codes among the training lines in ascending order; a feature holds a code's position
        here, and -1 where the code was not seen
    """

    def __init__(self, half_life: float = 180.0, strength: float = 10.0, record: bool = True) -> None:
        self.half_life = half_life
        self.strength = strength
        self.record = record

    def fit_transform(
        self, frame: pd.DataFrame, rows: np.ndarray, base_rate: float, further: np.ndarray | None = None
    ) -> pd.DataFrame:
        """Learn from all lines of `frame`; features of those at positions `rows`, past-only inside the frame.

        Those of `further` lines stand below them; they decide neither columns nor levels.
        """
        self.peers_, self.words_ = Peers().fit(frame), Words().fit(frame)
        frame, peers = self.against_peers(frame)
        self.history_ = History(self.half_life, self.strength)
        self.attributes_ = attributes(frame)
        wanted = rows if further is None else np.concatenate([rows, further])
        past = self.history_.fit_transform(frame, wanted, base_rate) if self.record else None
        codes = self.codes(frame.iloc[rows])
        self.levels_ = {str(c): pd.Index(np.sort(codes[c].unique())) for c in codes if codes[c].nunique() > 1}
        self.categories_ = list(self.levels_)
        X = self.assemble(frame, peers, wanted, past)
        names, own = [c for c in X.columns if c not in self.levels_], X.iloc[: len(rows)]
        self.numeric_ = [c for c in names if len(own[c].dropna().unique()) > 1]
        return X[self.get_feature_names_out()]

    def transform(self, frame: pd.DataFrame, rows: np.ndarray | None = None) -> pd.DataFrame:
        """Features of new lines: history in memory and earlier days of `frame` itself."""
        wanted = np.arange(len(frame)) if rows is None else rows
        frame, peers = self.against_peers(frame)
        past = self.history_.transform(frame, wanted) if self.record else None
        return self.assemble(frame, peers, wanted, past)[self.get_feature_names_out()]

    def get_feature_names_out(self) -> list[str]:
        """Names of all feature columns."""
        return [*self.numeric_, *self.categories_]

    def against_peers(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Frame with the deviations whose past averages history keeps (slips cut off), and all deviations."""
        peers = self.peers_.transform(frame)
        unit, z = (peers[f"unit_value_{m}"].fillna(peers[f"value_per_kg_{m}"]) for m in ("gap", "z"))
        gaps = {
            "unit_gap": unit.clip(-1.5, 1.5),
            "weight_gap": peers["unit_weight_gap"].clip(-1.5, 1.5),
            "gross_gap": peers["gross_to_net_gap"].clip(-1, 1),
            "duty_gap": peers["duty_below_heading"],
            "low_price": (z < LOW_PRICE).astype(float),
        }
        return frame.assign(**{name: gap.astype("float64") for name, gap in gaps.items()}), peers

    def assemble(
        self, frame: pd.DataFrame, peers: pd.DataFrame, rows: np.ndarray, past: pd.DataFrame | None
    ) -> pd.DataFrame:
        """All features of the lines at `rows`; `past` are those of history, in the same order."""
        lines = frame.iloc[rows]
        words = pd.DataFrame(self.words_.values(lines), index=lines.index).astype("float32")
        positions = self.positions(lines)
        parts = [peers.iloc[rows], documents(lines), words, positions]
        return pd.concat(parts if past is None else [past, *parts], axis=1)

    def positions(self, lines: pd.DataFrame) -> pd.DataFrame:
        """Codes of lines as positions in `levels_`, int32."""
        codes = self.codes(lines)
        found = {}
        for name, levels in self.levels_.items():
            at, distinct = pd.factorize(codes[name])
            found[name] = levels.get_indexer(pd.Index(distinct)).astype("int32")[at]
        return pd.DataFrame(found, index=lines.index)

    def codes(self, lines: pd.DataFrame) -> pd.DataFrame:
        """Codes of lines as text, and their crossings; "none" where a code is missing."""
        codes = lines.reindex(columns=[*CATEGORIES, *self.attributes_]).astype("str").fillna("none")
        for crossing in CROSSINGS:
            codes["_".join(crossing)] = codes[crossing[0]] + "|" + codes[crossing[1]]
        return codes


__all__ = ["CATEGORIES", "KEYS", "MEASURES", "THEMES", "Features", "theme_of"]
