"""Lines read as codes are the lines, and tables that hold texts as codes answer as if they held texts."""

import numpy as np
import pandas as pd
import pytest

from analytics.tables.engine import coded
from analytics.tables.engine import connection as engine


@pytest.fixture
def lines() -> pd.DataFrame:
    seed = np.random.default_rng(5)
    place = pd.Series(seed.choice(["beta", "", "中文", "alpha", None], 400), dtype="str")
    return pd.DataFrame({"row": range(400), "place": place, "size": seed.choice([1.5, np.nan, 3.0], 400)})


@pytest.mark.parametrize("parts", [1, 3])
def test_what_is_read_as_codes_is_what_was_there_in_its_order(lines: pd.DataFrame, parts: int):
    read = coded.read(engine.load_frame(lines), ["place"], parts, "place", lambda text: len(text) % parts)
    texts = read.distinct["place"].to_pylist()
    assert texts == sorted(texts)
    for part in range(parts):
        expected = lines.fillna({"place": ""}).query("place.str.len() % @parts == @part")
        found = read.take(part)
        assert [texts[code] for code in found["place"]] == expected["place"].tolist()
        np.testing.assert_array_equal(found["row"], expected["row"])
        np.testing.assert_array_equal(found["size"], expected["size"])


def test_a_table_that_holds_codes_answers_as_one_of_texts(lines: pd.DataFrame):
    lines = lines.fillna({"place": ""})
    kind = pd.CategoricalDtype(sorted(lines["place"].unique()))
    frames = (part.astype({"place": kind}) for part in (lines[:150], lines[150:]))
    plain = engine.load_frame(lines)
    held = engine.load_frames(frames, plain.schema(), beside=plain)
    for asked in (
        lambda t: t.filter((t.place != "") & t.place.isin(["alpha", "gamma"])).order_by("row"),
        lambda t: t.group_by("place").agg(n=t.count(), size=t["size"].sum()).order_by("place"),
        lambda t: t.mutate(key=t.place.substr(0, 2) + "|", missing=t["size"].fill_null(-1)).order_by("row"),
    ):
        pd.testing.assert_frame_equal(engine.fetch(asked(held)), engine.fetch(asked(plain)))
    told = engine.fetch(held, coded=True)["place"]
    assert told.dtype == "category"
    assert told.astype("str").tolist() == lines["place"].tolist()
