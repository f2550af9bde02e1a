"""A million lines of one code by thousands of enterprises: processor seconds, memory, and whether a true .85 is told.

    python benchmarks/valuation/one_large_code.py [LINES] [ENTERPRISES]

Twenty districts, five origins, two years; enterprises scatter by 0.1 (log), lines by Student's t. All enterprises meet
in a few cells, so that the matrix of their effects would be full.
"""

import resource
import sys
import time

import numpy as np
import pandas as pd

from analytics import valuation

_DISTRICTS, _LOW, _TRUE = 20, 3, 0.85


def declared(lines: int, enterprises: int) -> pd.DataFrame:
    """Lines of one code, one district of which declares at .85."""
    rng = np.random.default_rng(1)
    firm, month, origin = rng.integers(0, enterprises, lines), rng.integers(0, 24, lines), rng.integers(0, 5, lines)
    district, quantity = firm % _DISTRICTS, np.exp(rng.normal(4, 1.2, lines))
    log = 3 + 0.02 * month + 0.1 * origin + rng.normal(0, 0.1, enterprises)[firm] + 0.15 * rng.standard_t(5, lines)
    log += np.where(district == _LOW, np.log(_TRUE), 0)
    return pd.DataFrame(
        {
            "declaration_id": np.arange(lines).astype(str),
            "date": pd.Timestamp("2024-01-15") + pd.to_timedelta(30 * month, unit="D"),
            "district": np.char.add("D", district.astype(str)),
            "enterprise_id": np.char.add("E", firm.astype(str)),
            "hs_code": "8703234110",
            "origin": np.array(["DE", "US", "JP", "KR", "VN"])[origin],
            "unit": "kg",
            "quantity": quantity,
            "value": quantity * np.exp(log),
        }
    )


def main() -> None:
    """Print the figures."""
    lines, enterprises = (int(float(x)) for x in (*sys.argv[1:], *("1e6", "4000")[len(sys.argv) - 1 :]))
    frame = declared(lines, enterprises)
    begun = time.process_time()
    level = valuation.price_level(frame, by=["district"])
    took = time.process_time() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{lines:,} lines, {enterprises:,} enterprises: {took:.1f} s of processor, {memory:.1f} GB at the most")
    low = level.levels.set_index("key").loc[f"D{_LOW}"]
    print(f"true {_TRUE}: {low['level']:.3f} [{low['low95']:.3f}, {low['high95']:.3f}], {low['status']}")
    print(level.levels["status"].value_counts().to_dict())


if __name__ == "__main__":
    main()
