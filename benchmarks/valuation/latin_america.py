"""Public import lines of two Latin American administrations: what is at stake, and which code is one grade?

    ANALYTICS_DATA=FOLDER python benchmarks/valuation/latin_america.py

The folder holds latin_american_import_lines.csv: real lines of potassium sulphate (310430, one grade) and calcium
phosphates (283525, several grades) of Chile and Colombia, 2017-2023. Wanted: at most 12 % of the value declared at
stake, at most 1 % of it on lines under a tenth of their reference, none without five compared lines; the sulphate in
order and the phosphates mixed.
"""

import os
import warnings
from pathlib import Path

import pandas as pd

from analytics import valuation
from analytics.valuation.evidence import lines
from analytics.valuation.page.numbers import at_stake

SHOWN = ["key", "level", "low95", "high95", "level_weighted", "lines", "matched_value_share", "status", "reason"]


def declared() -> pd.DataFrame:
    """Lines of both countries, country as district."""
    frame = pd.read_csv(Path(os.environ["ANALYTICS_DATA"]) / "latin_american_import_lines.csv", dtype={"hs_code": str})
    frame = frame.rename(columns={"country": "district", "value_usd_cif": "value"})
    return frame.assign(date=pd.to_datetime(frame["date"]), currency="USD")


def shown(title: str, frame: pd.DataFrame, like: tuple[str, ...] = ()) -> None:
    """Print cells, goods and what is at stake."""
    level = valuation.price_level(frame, by=("district", "product"), product_digits=6, like=like)
    called = level.levels[level.levels["status"].isin(["watch", "not_met"])]["key"].tolist()
    listed = lines(level, called)
    deep = listed.loc[listed["relative"] < 0.1, "duty_at_stake"].sum()
    share = at_stake(level)[0] / level.levels["tax_weight"].sum()
    fewest = listed["compared_lines"].min() if len(listed) else None
    print(
        f"{title}: at stake {share:.3f} of what is declared; of lines listed {deep / frame['value'].sum():.4f} under "
        f"a tenth of the reference, fewest compared lines {fewest}"
    )
    print(level.levels[SHOWN].round(3).to_string(index=False))
    print(level.goods.groupby("product")[["between"]].max().round(3).to_string())


def main() -> None:
    """Declared quantities, net mass, and size classes as like goods."""
    warnings.filterwarnings("ignore")
    frame = declared()
    mass = frame.assign(quantity=frame["net_mass_kg"], unit="kg")
    shown("as declared", frame)
    shown("net mass", mass)
    shown("net mass by size class", mass, ("size_class",))


if __name__ == "__main__":
    main()
