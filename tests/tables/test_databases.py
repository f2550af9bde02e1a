"""Tables of real databases: PostgreSQL and MySQL as Debian packages them, started for these tests alone."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics import tables
from analytics.tables.source import database

LINES = """CREATE TABLE lines AS SELECT 'D' || lpad(g::text, 9, '0') AS declaration_id, 1::smallint AS line_no,
date '2023-01-01' + (g % 700)::int AS date, (ARRAY['5100','5200','5300'])[1 + g % 3] AS district,
(ARRAY['03038900','87032319','84713000'])[1 + g % 3] AS hs_code, 'kg' AS unit, (1 + g % 97)::numeric(12,3) AS quantity,
(100 + g % 991)::numeric(18,2) AS value, timestamptz '2024-01-05 00:30:00+08' AS released_at
FROM generate_series(1, 20000) g"""


def found(name: str) -> str | None:
    """Program of a server, which Debian keeps off the path."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(places[-1]) if places else shutil.which(name)


def as_server(command: list[str], folder: Path) -> list[str]:
    """Servers do not run as root: there the user of Debian's package runs them."""
    if os.getuid():
        return command
    shutil.chown(folder, "postgres")
    return ["runuser", "-u", "postgres", "--", *command]


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL server with a table of declarations."""
    initdb, pg_ctl = found("initdb"), found("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server here (Debian: apt-get install postgresql)")
    folder = Path(
        subprocess.run(["mktemp", "-d", "/tmp/pg-XXXXXX"], capture_output=True, text=True, check=True).stdout.strip()
    )
    data, options = folder / "data", f"-k {folder} -c listen_addresses= -c TimeZone=Asia/Shanghai"
    subprocess.run(
        as_server([initdb, "-D", str(data), "-A", "trust", "-U", "tester"], folder),
        check=True,
        capture_output=True,
        cwd="/",
    )
    control = [pg_ctl, "-D", str(data), "-w", "-l", str(folder / "log")]
    subprocess.run(as_server([*control, "-o", options, "start"], folder), check=True, capture_output=True, cwd="/")
    address = f"postgresql://tester@/postgres?host={folder}"
    try:
        import adbc_driver_postgresql.dbapi as dbapi

        with dbapi.connect(address) as link, link.cursor() as cursor:
            cursor.execute(LINES)
            link.commit()
        yield address
    finally:
        subprocess.run(
            as_server([*control, "-m", "immediate", "stop"], folder), check=False, capture_output=True, cwd="/"
        )
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.database
def test_a_table_of_postgresql_is_read_whole_and_typed(postgres: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUSTOMS_DB", postgres)
    table = tables.read("declarations", "database:CUSTOMS_DB/public.lines")
    assert (table.accounting.rows_read, table.accounting.rows_used) == (20_000, 20_000)
    frame = table.to_pandas().set_index("declaration_id")
    assert frame.loc["D000000001", ["hs_code", "quantity", "value"]].tolist() == ["87032319", 2.0, 101.0]
    assert str(frame.loc["D000000001", "date"].date()) == "2023-01-02"
    assert str(frame.loc["D000000001", "released_at"]) == "2024-01-05 00:30:00"  # the clock of the server's zone
    with pytest.raises(tables.DataError, match=r'no table "line"\. Did you mean "lines"'):
        tables.read("declarations", "database:CUSTOMS_DB/line")


@pytest.mark.database
def test_a_table_of_postgresql_gives_a_page_in_two_steps(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_page
):
    monkeypatch.setenv("CUSTOMS_DB", postgres)
    monkeypatch.chdir(tmp_path)
    assert first_page("database:CUSTOMS_DB/lines", tmp_path)["inputs"][0]["rows_used"] == 20_000
    written = "".join(
        p.read_text(encoding="utf-8") for p in tmp_path.rglob("*") if p.suffix in (".yaml", ".json", ".csv")
    )
    assert "tester" not in written


ENTRIES = [
    (f"D{i:06d}", f"2024-{i % 12 + 1:02d}-05", f"51{i % 4}0", f"E{i % 6}", ("03038900", "87032319")[i % 2], "kg",
     10 + i % 17, 10 + i % 17, round((10 + i % 17) * (30 + i % 7), 2), "CNY")
    for i in range(360)
]  # fmt: skip


@pytest.fixture(scope="module")
def mysql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a MySQL (MariaDB) server with a table of declarations."""
    server = shutil.which("mariadbd") or shutil.which("mysqld")
    if server is None:
        pytest.skip("no MySQL server here (Debian: apt-get install mariadb-server)")
    import pymysql

    folder = tmp_path_factory.mktemp("mysql")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "data").mkdir()
    process = subprocess.Popen([
        server, "--no-defaults", f"--datadir={folder / 'data'}", f"--socket={folder / 's'}", f"--port={port}",
        "--user=root",
        "--bind-address=127.0.0.1", "--skip-grant-tables", "--innodb-buffer-pool-size=32M",
    ], stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        for _ in range(100):
            try:
                link = pymysql.connect(host="127.0.0.1", port=port, user="root", autocommit=True)
                break
            except pymysql.err.OperationalError:
                time.sleep(0.3)
        with link.cursor() as cursor:
            cursor.execute("CREATE DATABASE customs CHARACTER SET utf8mb4")
            cursor.execute(
                "CREATE TABLE customs.`lines` (declaration_id varchar(20), date date, hs_code varchar(10), "
                "value decimal(18,4), quantity int, net_mass_kg double, description text)"
            )
            cursor.execute("SET sql_mode = ''")
            cursor.execute(
                "INSERT INTO customs.`lines` VALUES ('A1','2024-01-05','03038900',12345.6789,3,1.5,'冻鱼'), "
                "('A2','2024-01-06','87032319',0.1,NULL,NULL,NULL), ('A3','0000-00-00','87032319',1,1,1,'')"
            )
            cursor.execute(
                "CREATE TABLE customs.entries (declaration_id varchar(20), date date, district char(4), enterprise_id "
                "varchar(9), hs_code char(8), unit char(2), quantity decimal(12,2), net_mass_kg double, "
                "value decimal(18,2), currency char(3))"
            )
            cursor.executemany("INSERT INTO customs.entries VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", ENTRIES)
        yield f"mysql://root:@127.0.0.1:{port}/customs"
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.database
def test_a_table_of_mysql_is_read_and_a_date_of_zeros_set_aside(mysql: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUSTOMS_DB", mysql)
    table = tables.read("declarations", "database:CUSTOMS_DB/lines")
    assert table.accounting.rows_read == 3
    assert table.accounting.reasons["code"].tolist() == ["missing"]
    frame = table.to_pandas().set_index("declaration_id")
    assert frame.loc["A1", ["value", "quantity", "net_mass_kg", "description"]].tolist() == [
        12345.6789,
        3.0,
        1.5,
        "冻鱼",
    ]
    assert frame.loc["A2", "value"] == 0.1


@pytest.mark.database
def test_a_table_of_mysql_gives_a_page_in_two_steps(
    mysql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_page
):
    monkeypatch.setenv("CUSTOMS_DB", mysql)
    monkeypatch.chdir(tmp_path)
    assert first_page("database:CUSTOMS_DB/entries", tmp_path)["inputs"][0]["rows_used"] == len(ENTRIES)


@pytest.mark.parametrize(("address", "extra"), [("postgresql://a@b/c", "postgres"), ("mysql://a@b/c", "mysql")])
def test_a_driver_that_is_missing_is_named_by_its_extra(address, extra, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUSTOMS_DB", address)
    monkeypatch.setitem(sys.modules, "pymysql", None)
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    with pytest.raises(tables.DataError, match=rf"customs-analytics\[{extra}\]"):
        tables.read("declarations", "database:CUSTOMS_DB/lines")
    assert database.opened
