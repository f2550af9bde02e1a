"""Lines read as codes are the lines, and tables that hold texts as codes answer as if they held texts."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import DataError
from analytics.tables.engine import coded
from analytics.tables.engine import connection as engine


@pytest.fixture
def lines() -> pd.DataFrame:
    seed = np.random.default_rng(5)
    place = pd.Series(seed.choice(["beta", "", "中文", "alpha", None], 400), dtype="str")
    return pd.DataFrame({"row": range(400), "place": place, "size": seed.choice([1.5, np.nan, 3.0], 400)})


@pytest.mark.parametrize("parts", [1, 3])
def test_what_is_read_as_codes_is_what_was_there_in_its_order(lines: pd.DataFrame, parts: int):
    sizes = [int((lines["place"].fillna("").str.len() % parts == part).sum()) for part in range(parts)]
    read = coded.read(engine.load_frame(lines), ["place"], sizes, "place", lambda text: len(text) % parts)
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


def test_a_source_that_grows_while_it_is_read_is_not_cut(lines: pd.DataFrame):
    with pytest.raises(DataError, match="changed while it was read"):
        coded.read(engine.load_frame(lines), ["place"], [len(lines) - 1])


def test_more_values_than_a_byte_numbers_keep_their_numbers():
    many = pd.DataFrame({"name": [f"n{k % 70_000:05}" for k in range(140_000)]})
    read = coded.read(engine.load_frame(many), ["name"], [len(many)])
    assert [read.distinct["name"][code].as_py() for code in read.take()["name"][[0, 255, 69_999, 139_999]]] == [
        "n00000", "n00255", "n69999", "n69999",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "kind"), [([1, 127], "i1"), ([-129], "i2"), ([3, 40_000], "i4"), ([2**40], "i8"), ([1, None], "f8")]
)
def test_whole_numbers_are_held_in_as_few_bytes_as_they_need(number: list, kind: str):
    read = coded.read(engine.load_frame(pd.DataFrame({"number": number})), [], [len(number)])
    assert read.fewest_bytes("number") == np.dtype(kind)
    np.testing.assert_array_equal(read.take()["number"].astype(kind), np.array(number, dtype=float))
