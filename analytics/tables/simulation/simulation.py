"""Draw declarations, enterprises and receipts from a seed (first cut: the interface with plausible content)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

DISTRICTS = (
    "0100 0200 0400 0500 0600 0700 0800 0900 1500 1900 2200 2300 2900 3100 3300 3500 3700 4000 4200 4300 4600 "
    "4700 4900 5100 5200 5300 5700 6000 6400 6700 6800 7200 7900 8000 8300 8600 8800 9000 9400 9500 9600 9700"
).split()
ORIGINS = "US JP KR DE TW VN MY TH ID AU BR FR IT GB CA CL NZ IN SG PH".split()


@dataclass
class Simulation:
    """Simulated tables, and the truth behind them kept apart."""

    declarations: pd.DataFrame
    enterprises: pd.DataFrame
    receipts: pd.DataFrame
    truth: dict[str, pd.DataFrame]

    def write(self, folder: str | Path) -> Path:
        """Write every table as Parquet; the truth in a folder of its own."""
        folder = Path(folder)
        (folder / "truth").mkdir(parents=True, exist_ok=True)
        (folder / "declarations").mkdir(exist_ok=True)
        self.declarations.to_parquet(folder / "declarations" / "part-0.parquet")
        self.enterprises.to_parquet(folder / "enterprises.parquet")
        self.receipts.to_parquet(folder / "receipts.parquet")
        for name, frame in self.truth.items():
            frame.to_parquet(folder / "truth" / f"{name}.parquet")
        return folder


def simulate(
    lines: int,
    seed: int,
    setting: Literal["standard", "hostile"] = "standard",
    *,
    start: str = "2024-01-01",
    end: str = "2025-12-31",
) -> Simulation:
    """Simulate a customs administration's declarations with known truth."""
    rng = np.random.default_rng(seed)
    n = lines
    firms, codes = max(50, n // 60), max(60, int(4 * np.sqrt(n)))
    weight = rng.pareto(1.1, firms) + 0.1
    firm = np.sort(rng.choice(firms, n, p=weight / weight.sum()))
    rng.shuffle(firm)
    chapter = rng.integers(1, 97, codes)
    chapter[chapter == 77] = 84
    hs = np.char.add(
        np.char.zfill(chapter.astype(str), 2), np.char.zfill(rng.integers(0, 10**8, codes).astype(str), 8)
    )
    home = rng.choice(len(DISTRICTS), firms, p=rng.dirichlet(np.full(len(DISTRICTS), 0.6)))
    code = (firm * 7 + (rng.random(n) ** 2 * 6).astype(int)) % codes
    days = pd.date_range(start, end)
    date = pd.Series(days[np.sort(rng.integers(0, len(days), n))]).astype("datetime64[us]")
    base = rng.normal(3.0, 1.2, codes)
    unit = rng.choice(["kg", "piece"], codes, p=[0.7, 0.3])
    unit_mass = np.where(unit == "kg", 1.0, np.exp(rng.normal(0, 1, codes)))
    district = home[firm]
    biased = rng.random((len(DISTRICTS), 98)) < 0.15
    bias = np.where(
        biased,
        np.log1p(rng.uniform(0.07, 0.12, biased.shape) * rng.choice([-1, 1], biased.shape, p=[0.6, 0.4])),
        0.0,
    )
    noise = rng.standard_t(3, n) * 0.2 if setting == "hostile" else rng.normal(0, 0.3, n)
    offender = rng.random(firms) < 0.06
    bad = rng.random(n) < np.where(offender[firm], 0.35, 0.008)
    cut = np.where(bad, np.log1p(-rng.uniform(0.15, 0.5, n)), 0.0)
    quantity = np.ceil(np.exp(rng.normal(5, 1.5, n)))
    value = np.round(quantity * np.exp(base[code] + bias[district, chapter[code]] + noise + cut), 2)
    net = np.round(quantity * unit_mass[code], 3)
    rate = rng.choice([0, 0.03, 0.05, 0.065, 0.08, 0.1, 0.15, 0.25], codes)[code]
    tax = np.round(value * (rate + (1 + rate) * 0.13), 2)
    random, targeted = rng.random(n) < 0.004, rng.random(n) < 0.036
    inspected = random | targeted
    found = bad & (rng.random(n) < 0.8)
    outcome = (date + pd.to_timedelta(np.ceil(rng.gamma(4, 5, n)) + 2, unit="D")).where(inspected)
    known = inspected & (outcome <= days[-1]).to_numpy()
    eid = np.array([f"1{i:09d}" for i in range(firms)])
    bid = np.array([f"B{i:06d}" for i in range(max(5, firms // 20))])
    broker = rng.integers(0, len(bid), firms)
    text = lambda a: pd.Series(a, dtype="str")  # noqa: E731
    number = np.arange(n) // 2
    declarations = pd.DataFrame(
        {
            "declaration_id": text(
                np.char.add(np.array(DISTRICTS)[district], np.char.zfill(number.astype(str), 14))
            ),
            "line_no": np.arange(n) % 2 + 1,
            "date": date,
            "district": text(np.array(DISTRICTS)[district]),
            "enterprise_id": text(eid[firm]),
            "declarant_id": text(bid[broker[firm]]),
            "hs_code": text(hs[code]),
            "origin": text(np.array(ORIGINS)[(code * 3 + (rng.random(n) ** 2 * 5).astype(int)) % len(ORIGINS)]),
            "regime": text(np.array(["0110", "0615", "0214"])[rng.choice(3, firms, p=[0.75, 0.15, 0.1])[firm]]),
            "transport_mode": text(np.array(["sea", "air", "road", "rail"])[code % 4]),
            "unit": text(unit[code]),
            "quantity": quantity,
            "net_mass_kg": net,
            "value": value,
            "duty_rate": rate,
            "tax": tax,
            "version": 1,
            "direction": text(np.full(n, "import")),
            "currency": text(np.full(n, "CNY")),
            "port": text(np.char.add(np.char.ljust(np.array(DISTRICTS), 2).astype("U2"), "01")[district]),
            "seller_id": text(np.char.add("S", (firm % 997 * 10 + code % 10).astype(str))),
            "gross_mass_kg": np.round(net * 1.06, 3),
            "inspected": pd.array(inspected, dtype="boolean"),
            "finding": pd.array(found, dtype="boolean"),
            "recovered": np.where(known, found * np.round(tax * -np.expm1(cut) / np.exp(cut), 2), np.nan),
            "outcome_date": outcome.where(known),
            "selection_stream": text(np.where(random, "random", "targeted")),
            "selection_probability": 0.0398,
        }
    )
    declarations.loc[~known, "finding"] = pd.NA
    declarations["selection_stream"] = declarations["selection_stream"].where(inspected)
    enterprises = pd.DataFrame(
        {
            "enterprise_id": text(eid),
            "registered_on": pd.Timestamp(start)
            - pd.to_timedelta(rng.integers(30, 7000, firms), unit="D").as_unit("us"),
            "district": text(np.array(DISTRICTS)[home]),
            "category": text(rng.choice(["高级认证", "其他", "失信"], firms, p=[0.06, 0.93, 0.01])),
            "kind": text(np.full(firms, "consignee")),
        }
    )
    month = declarations["date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    month = month.mask(month.dt.month == 1, month + pd.offsets.MonthBegin(1))
    duty = (value * rate).round(2)
    parts = []
    for item, y in (("duty", duty), ("import VAT", tax - duty)):
        part = pd.DataFrame({"ds": month, "y": y / 1e8}).groupby("ds", as_index=False)["y"].sum()
        parts.append(part.assign(unique_id=item, tax_item=item))
    receipts = pd.concat(parts, ignore_index=True)
    receipts["months_covered"] = np.where(receipts["ds"].dt.month == 2, 2, 1)
    receipts["unit"], receipts["currency"] = "CNY 100 million", "CNY"
    wrong = np.flatnonzero(bad)
    truth = {
        "lines": declarations.iloc[wrong][["declaration_id", "line_no"]].assign(kind="undervaluation"),
        "enterprises": pd.DataFrame({"enterprise_id": eid, "offender": offender}),
        "price_bias": pd.DataFrame(
            {
                "district": np.repeat(DISTRICTS, 98),
                "chapter": [f"{c:02d}" for c in range(98)] * len(DISTRICTS),
                "log_bias": bias.ravel(),
            }
        ),
        "schemes": pd.DataFrame({"scheme_id": [], "kind": [], "start": [], "end": []}),
    }
    return Simulation(declarations, enterprises, receipts, truth)
