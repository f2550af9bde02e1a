"""Published programmes of the kind, by their published figures."""

import numpy as np
import pandas as pd
import pytest

from analytics import compliance
from analytics.compliance import gamma_limits

# United States Customs Service, compliance measurement. Revenue collection rate in per cent and projected net
# underpayment in USD million by fiscal year: GAO/GGD-00-23 (December 1999), as reported by American Shipper
# (FreightWaves), "U.S. GAO: Customs' import industry compliance goal fall short". Customs duties in USD million by
# fiscal year (October to September): Monthly Treasury Statement.
PUBLISHED = {1995: (99.37, 135.0, 19_300.0), 1998: (98.35, 343.0, 18_328.0)}


def _census(collected, missing):
    """Everything inspected: forty lines, the missing revenue on some of them."""
    tax = np.full(40, collected / 40)
    lines = pd.DataFrame({"declaration_id": [f"D{i}" for i in range(40)], "line_no": 1, "tax": tax, "value": 30 * tax,
                          "date": pd.Timestamp("1998-01-01")})  # fmt: skip
    lost = np.where(np.arange(40) % 4 == 0, missing / 10, 0.0)
    sample = lines.rename(columns={"date": "drawn_on"}).assign(
        probability=1.0, confirmed_tax=tax + lost, second_tax=tax + lost
    )
    return compliance.full_collection(sample, lines)


def test_the_rate_of_the_us_programme_follows_from_its_gap_and_its_collections():
    """Duties are not all that is collected; the share is taken from 1995 and gives 1998, which was not used."""
    rate, gap, duties = PUBLISHED[1995]
    collected = gap * rate / (100 - rate)  # what the published pair implies
    assert 1.05 < collected / duties < 1.15  # fees and excise beside the duties
    later, gap, duties_later = PUBLISHED[1998]
    study = _census(duties_later * collected / duties, gap)
    assert study.found.value == pytest.approx(343.0)
    assert 100 * study.collected_share(study.found.value) == pytest.approx(later, abs=0.03)


def test_without_an_error_the_upper_limit_is_that_of_monetary_unit_sampling():
    """An auditing course prints USD 26,882 x 3.0 = 80,646 for no misstatement at 95 % confidence (one-sided)."""
    low, high = gamma_limits(0.0, 0.0, 26_882.0, level=0.90)
    assert low == 0
    assert high == pytest.approx(80_646, rel=2e-3)  # 2.9957, which the table rounds to 3.0


def test_an_even_sample_projects_its_errors_as_auditors_do():
    """A textbook of auditing projects 2,000 found on 100,000 of 3,000,000 to 60,000."""
    book, loss = np.full(100, 1_000.0), np.zeros(100)
    loss[:4] = 500.0
    made = compliance.estimate(loss, book, np.full(100, 100_000 / 3_000_000))
    assert made.value == pytest.approx(60_000)
    assert made.low < 60_000 < made.high
