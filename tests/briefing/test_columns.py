"""Columns that many tables hold: words in cells keep their row, an interval is two columns."""

import pandas as pd

from analytics import briefing
from analytics.language import Text


def test_words_stay_in_their_rows_whatever_the_index():
    frame = pd.DataFrame({"code": ["b", "a"]}, index=[7, 3])
    words = {"a": Text("first", "甲"), "b": Text("second", "乙")}
    shown = frame.assign(name=briefing.named(words, frame["code"]))
    assert shown.loc[7, "name"] == words["b"]
    assert shown.loc[3, "name"] == words["a"]
    assert briefing.labelled(frame, name=[words["b"], words["a"]]).equals(shown)


def test_a_code_without_a_word_stands_for_itself():
    assert list(briefing.named({}, [8471])) == [Text("8471", "8471")]


def test_an_interval_is_shown_as_its_two_ends():
    low, high = briefing.interval("percent", 0, sign=True)
    assert (low.key, high.key) == ("low95", "high95")
    assert (low.kind, low.digits, low.sign) == (high.kind, high.digits, high.sign) == ("percent", 0, True)


def test_what_has_nothing_to_show_is_no_part_of_the_page():
    points = briefing.Points(Text("To watch", "关注"), (Text("this", "此"),))
    assert briefing.present(first=None, second=points) == {"second": points}
