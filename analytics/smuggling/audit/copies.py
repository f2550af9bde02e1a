"""The leak audit: whether lines to be judged stand in the training lines already, label and all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from analytics.smuggling.features.frames import goods_key

SHARE_ALLOWED = 0.10
AGREEMENT_ALLOWED = 0.50


@dataclass(frozen=True)
class LeakAudit:
    """Copies of evaluation lines among the training lines.

    Attributes
    ----------
    rows : evaluation lines with a label
    copied_share : share of them whose goods (code, origin, duty rate, net mass) stand in training
    agreement : share of copied lines whose label is the majority label of their copies in training
    kappa : the same beyond chance (Cohen); 1 is perfect, 0 what chance gives
    lookup_precision : hit rate at 4 % of a mere look-up of the copies' labels
    distinct : distinct goods in training divided by training lines
    purged_rows : training lines that would be removed
    flagged : copies are common and give the label away
    """

    rows: int
    copied_share: float
    agreement: float
    kappa: float
    lookup_precision: float
    distinct: float
    purged_rows: int
    flagged: bool


def audit(train: pd.DataFrame, evaluation: pd.DataFrame) -> LeakAudit:
    """Look every evaluation line up among the training lines by its goods, ignoring who declared it and when.

    Parameters
    ----------
    train, evaluation : DataFrame from `frames.prepare`

    Notes
    -----
    Flagged when more than 10 % of the labelled evaluation lines are copies and their labels agree beyond chance by a
    kappa above 0.5. Regular shipments of the same goods are copies too, but do not carry each other's label.
    """
    known = train[train["label"].notna()]
    asked = evaluation[evaluation["label"].notna()]
    train_key, asked_key = goods_key(known), goods_key(asked)
    rate = known["label"].groupby(train_key.to_numpy()).mean()
    looked_up = asked_key.map(rate)
    copied = looked_up.notna().to_numpy()
    label = asked["label"].to_numpy()
    guess = (looked_up.to_numpy() >= 0.5).astype(float)
    agreement = float(np.mean(guess[copied] == label[copied])) if copied.any() else float("nan")
    both = copied.any() and len(np.unique(np.concatenate([guess[copied], label[copied]]))) > 1
    kappa = float(cohen_kappa_score(guess[copied], label[copied])) if both else 0.0
    share = float(copied.mean()) if len(asked) else 0.0
    count = max(1, round(0.04 * len(asked)))
    best = np.argsort(-looked_up.fillna(float(known["label"].mean())).to_numpy(), kind="stable")[:count]
    return LeakAudit(
        rows=len(asked),
        copied_share=share,
        agreement=agreement,
        kappa=kappa,
        lookup_precision=float(label[best].mean()) if len(asked) else float("nan"),
        distinct=float(goods_key(known).nunique() / max(len(known), 1)),
        purged_rows=int(goods_key(train).isin(set(goods_key(evaluation))).sum()),
        flagged=bool(share > SHARE_ALLOWED and kappa > AGREEMENT_ALLOWED),
    )


def purge(train: pd.DataFrame, evaluation: pd.DataFrame) -> pd.DataFrame:
    """Training lines without those whose goods occur in the evaluation lines."""
    return train[~goods_key(train).isin(set(goods_key(evaluation))).to_numpy()]


def duplicated(frame: pd.DataFrame) -> bool:
    """Whether labelled lines of one period are copies of each other that share their label (chance set aside).

    The same test as `audit`, inside one set of lines: every second line against the others.
    """
    known = frame[frame["label"].notna()]
    half = np.arange(len(known)) % 2 == 0
    return audit(known[half], known[~half]).flagged if len(known) > 40 else False
