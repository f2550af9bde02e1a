"""Districts with their ports, and countries of origin with what they supply and the preferences they enjoy."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.world.published import published

# Relative numbers of lines of the busiest districts: assumptions of plausible size, not statistics.
_BUSY = {
    "2200": 20.0, "5300": 11.0, "2300": 8.0, "3100": 5.5, "5200": 6.5, "5100": 6.0, "0200": 5.0,
    "4200": 5.0, "3700": 3.5, "2900": 4.0, "0900": 3.0, "5700": 2.5, "3500": 1.8, "6800": 1.5, "4600": 1.5,
    "8000": 1.2, "7900": 1.5, "4700": 1.2, "3300": 1.0, "7200": 1.2, "0800": 0.9, "1500": 0.7, "8600": 0.8,
    "4300": 1.2, "9400": 0.6, "6000": 0.7, "8800": 0.08, "9700": 0.08, "9600": 0.15, "9500": 0.2, "8300": 0.25,
}  # fmt: skip
# The package carries only confirmed district codes. Stand-ins of no meaning take the place of the others, so that
# there are 42 districts as in life: code, relative number of lines, kind.
_STAND_INS = [
    ("9100", 5.0, "inland"), ("9200", 1.8, "coastal"), ("9300", 1.2, "coastal"), ("9800", 1.0, "inland"),
    ("9900", 0.15, "inland"),
]  # fmt: skip
_DISTRICTS = 42
_USUAL = {"coastal": 0.6, "border": 0.45, "inland": 0.5, "-": 0.6}

# country, price level (log), preference factor on the duty (1 = none), what it supplies (group: weight)
_COUNTRIES = """
US 0.10 1.00 grain:9 pasture:4 chemical:6 pharma:6 electronics:5 machine:8 vehicle:4 energy:4 consumer:5
    parts:4 luxury:3 forest:5 garden:1 mining:2
JP 0.15 0.80 chemical:9 electronics:10 machine:10 vehicle:8 parts:10 consumer:5 cloth:3 luxury:3
    pharma:3 fish:3
KR 0.02 0.55 chemical:9 electronics:10 machine:6 vehicle:2 parts:6 consumer:6 cloth:4 luxury:5 energy:2
DE 0.18 1.00 chemical:6 pharma:7 electronics:4 machine:10 vehicle:9 parts:8 consumer:4 luxury:2
TW 0.00 0.90 chemical:5 electronics:10 machine:5 parts:5 cloth:4
FR 0.20 1.00 luxury:10 pharma:4 chemical:3 machine:4 consumer:3 parts:2 pasture:2
IT 0.18 1.00 luxury:9 cloth:8 machine:5 consumer:4 parts:4 vehicle:2 pharma:2
GB 0.15 1.00 luxury:4 pharma:4 vehicle:4 machine:3 consumer:3
CH 0.25 0.35 luxury:6 pharma:5 machine:3 electronics:3
NL 0.08 1.00 garden:8 pasture:4 machine:3 chemical:3 consumer:3 grain:1
BE 0.06 1.00 chemical:3 pharma:3 luxury:2 forest:1
ES 0.02 1.00 pasture:3 luxury:3 consumer:3 cloth:2 vehicle:1
SE 0.12 1.00 forest:3 machine:3 pharma:2 parts:2
AT 0.12 1.00 machine:3 parts:3 consumer:1
DK 0.10 1.00 pasture:3 pharma:2 fish:2 consumer:1
IE 0.15 1.00 pharma:5 pasture:2
FI 0.06 1.00 forest:5 machine:1
PL -0.06 1.00 parts:3 vehicle:2 pasture:1 consumer:2
CZ -0.05 1.00 parts:3 machine:2 vehicle:1
HU -0.05 1.00 vehicle:2 electronics:2 parts:1
TR -0.10 1.00 mining:3 cloth:4 consumer:1
RU -0.12 1.00 energy:9 forest:9 mining:4 fish:6 grain:3
KZ -0.12 1.00 energy:3 mining:4 grain:2
MN -0.20 1.00 mining:5 pasture:2
SA -0.02 1.00 energy:10 chemical:4
AE -0.02 1.00 energy:5 luxury:1 mining:1
IQ -0.04 1.00 energy:6
IR -0.10 1.00 energy:3 chemical:3 mining:2
QA -0.02 1.00 energy:4 chemical:1
AO -0.04 0.30 energy:5
ZA -0.05 1.00 mining:7 tropic:3 vehicle:1 luxury:1
CD -0.10 0.20 mining:5
AU 0.05 0.05 mining:10 pasture:9 grain:5 energy:5 luxury:4 consumer:3 fish:2
NZ 0.06 0.02 pasture:9 forest:6 fish:3 tropic:2 consumer:2
CL -0.02 0.02 mining:8 tropic:6 fish:5 luxury:3 forest:3
PE -0.05 0.10 mining:7 fish:6 tropic:4
BR -0.05 1.00 grain:10 mining:7 pasture:7 energy:3 forest:5
AR -0.05 1.00 grain:5 pasture:6 fish:4 luxury:1
UY -0.05 1.00 pasture:4 forest:2 grain:1
CA 0.04 1.00 grain:5 forest:8 mining:4 fish:4 pasture:2
MX -0.06 1.00 vehicle:4 electronics:3 machine:2 mining:2 tropic:2
VN -0.15 0.02 cloth:9 electronics:8 tropic:9 consumer:6 fish:6 parts:4 forest:3
TH -0.10 0.03 tropic:10 electronics:5 parts:6 chemical:4 machine:3 consumer:4 fish:3
MY -0.08 0.03 electronics:9 tropic:7 chemical:5 energy:4 machine:2 parts:3
ID -0.14 0.03 tropic:8 mining:6 energy:5 cloth:5 fish:5 forest:5 consumer:2
PH -0.12 0.03 electronics:6 tropic:6 mining:3
SG 0.05 0.02 chemical:5 electronics:5 pharma:3 machine:3 energy:3
KH -0.20 0.00 cloth:5 tropic:3 parts:1
MM -0.20 0.00 mining:3 tropic:4 cloth:3
LA -0.20 0.00 tropic:3 mining:2 forest:3
IN -0.15 1.00 mining:4 cloth:5 chemical:4 pharma:3 fish:4 tropic:3 luxury:2
PK -0.18 0.40 cloth:5 grain:2 mining:1
BD -0.20 0.10 cloth:6
HK 0.10 0.00 luxury:1 consumer:2 electronics:1
"""


@dataclass(frozen=True)
class Geography:
    """Districts (d), ports and countries (o) as arrays."""

    districts: np.ndarray  # code, text
    district_weight: np.ndarray  # share of the lines
    district_kind: np.ndarray  # coastal, border, inland
    ports: np.ndarray  # code, text; the ports of district d are first_port[d] .. + port_count[d]
    first_port: np.ndarray
    port_count: np.ndarray
    countries: np.ndarray  # ISO 3166 alpha-2
    country_price: np.ndarray  # log price level
    preference: np.ndarray  # factor on the most-favoured-nation duty
    supply: dict[str, np.ndarray]  # group -> weight by country


def geography(count: int) -> Geography:
    """The `count` busiest districts in the order of their codes, with ports and countries."""
    kinds = {row["code"]: row["type_2010"] for row in published("customs_districts.csv")}
    weight = {code: _BUSY.get(code, _USUAL.get(kind, 0.5)) for code, kind in kinds.items()}
    for code, share, kind in _STAND_INS[: max(0, _DISTRICTS - len(kinds))]:
        kinds[code], weight[code] = kind, share
    kept = sorted(sorted(kinds, key=lambda code: -weight[code])[:count])
    shares = np.array([weight[code] for code in kept])
    port_count = np.clip(np.rint(1.5 * shares**0.5 + 1), 1, 9).astype(np.int64)
    ports = [f"{code[:2]}{i + 1:02d}" for code, n in zip(kept, port_count, strict=True) for i in range(n)]
    rows = [line.split() for line in _COUNTRIES.replace("\n    ", " ").split("\n") if line.strip()]
    groups = sorted({cell.split(":")[0] for row in rows for cell in row[3:]})
    supply = {g: np.zeros(len(rows)) for g in groups}
    for i, row in enumerate(rows):
        for cell in row[3:]:
            group, number = cell.split(":")
            supply[group][i] = float(number)
    return Geography(
        districts=np.array(kept),
        district_weight=shares / shares.sum(),
        district_kind=np.array([kinds[code] for code in kept]),
        ports=np.array(ports),
        first_port=np.concatenate([[0], np.cumsum(port_count)[:-1]]),
        port_count=port_count,
        countries=np.array([row[0] for row in rows]),
        country_price=np.array([float(row[1]) for row in rows]),
        preference=np.array([float(row[2]) for row in rows]),
        supply=supply,
    )
