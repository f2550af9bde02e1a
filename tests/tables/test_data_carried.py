"""What the package carries, and what it can fetch."""

import csv
import hashlib
from pathlib import Path

import pooch
import pytest

from analytics import tables
from analytics.language import Text
from analytics.tables.source import carried


@pytest.mark.parametrize("name", carried.CARRIED)
def test_what_is_carried_has_a_source_and_nothing_unverified(name: str):
    frame = tables.published(name)
    assert len(frame)
    assert any("source" in column for column in frame.columns)
    assert "unverified" not in carried.path_of(name).read_text(encoding="utf-8")


def test_monthly_revenue_is_read_with_joint_periods_kept():
    table = tables.read("receipts", "published:china_customs_revenue_monthly")
    frame = table.to_pandas()
    assert table.accounting.rows_set_aside == 0
    assert len(frame) == 2 * len(tables.published("china_customs_revenue_monthly"))
    joint = frame[frame["ds"].dt.month == 2]
    assert (joint["months_covered"] == 2).all()
    assert not (frame["ds"].dt.month == 1).any()
    assert frame["unit"].unique().tolist() == ["CNY 100 million"]
    by_item = frame[frame["ds"].dt.year == 2024].groupby("tax_item")["y"].sum()
    assert by_item["duty"] == pytest.approx(2443, abs=2)  # Ministry of Finance, 2024 fiscal statements
    assert by_item["import_vat_and_consumption_tax"] == pytest.approx(19177, abs=2)


def test_items_add_up_to_the_published_total():
    total = tables.published("china_customs_revenue_monthly").set_index("period")["total"]
    frame = tables.read("receipts", "published:china_customs_revenue_monthly").to_pandas()
    summed = frame.groupby(frame["ds"].dt.strftime("%Y-%m"))["y"].sum()
    assert (summed - total).abs().max() < 0.11


def test_districts_keep_their_leading_zeros():
    codes = tables.published("customs_districts")["code"]
    assert codes.str.fullmatch(r"\d{4}").all()
    assert codes.is_unique


def test_the_catalogue_lists_everything_that_can_be_read():
    listed = tables.catalogue()
    assert {f"published:{name}" for name in carried.CARRIED} <= set(listed["name"])
    assert "korea" in set(listed["name"])


def test_unknown_data_are_named_with_their_nearest():
    with pytest.raises(tables.DataError, match='Did you mean "customs_districts"'):
        tables.published("customs_district")
    with pytest.raises(tables.DataError, match='Did you mean "korea"'):
        tables.download("koera")


def test_without_a_network_a_download_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("no route to host")

    monkeypatch.setattr(pooch, "retrieve", fail)
    with pytest.raises(tables.SourceMissing, match=r"no way to the network.*ANALYTICS_DATA"):
        tables.download("korea", tmp_path)


def test_a_download_that_is_there_and_right_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    content, asked = b"Declaration ID\n1\n", []
    name = "df.csv"
    digest = hashlib.sha256(content).hexdigest()
    title = Text("a set", "数据")
    monkeypatch.setitem(carried.DOWNLOADS, "set", carried.Download(title, ("first/", "second/"), "", {name: digest}))

    def fetch(address: str, known_hash: str, fname: str, path: Path, **_: object) -> None:
        asked.append(address)
        if address.startswith("first"):
            raise OSError("not there")
        (path / fname).write_bytes(content)

    monkeypatch.setattr(pooch, "retrieve", fetch)
    assert tables.download("set", tmp_path) == [tmp_path / name]
    assert tables.download("set", tmp_path) == [tmp_path / name]
    assert asked == ["first/df.csv", "second/df.csv"]


def test_a_download_with_another_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def other(*_: object, **__: object) -> None:
        raise ValueError("SHA256 hash of downloaded file does not match the known hash")

    monkeypatch.setattr(pooch, "retrieve", other)
    with pytest.raises(tables.DataError, match="not the one expected"):
        tables.download("korea", tmp_path)


def test_the_readme_names_every_file_beside_it():
    folder = carried.path_of("customs_districts").parent
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for path in folder.glob("*.csv"):
        assert path.name in readme
        with path.open(encoding="utf-8", newline="") as file:
            assert len(next(csv.reader(file))) > 1
