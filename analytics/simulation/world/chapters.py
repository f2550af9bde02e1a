"""The 96 chapters of the Harmonized System as this simulated customs trades them.

The figures are assumptions of plausible size (they describe no country's statistics): weight in the number of
lines, typical import price (CNY a kilogram), duty against the tariff's average, statutory unit and its typical
mass (kg), share of headings counted in that unit instead of kilograms, VAT rate (%), consumption tax (%), share
that travels by air, commodity group of the common price movement, and the group of countries that supply it.
"""

from typing import NamedTuple

import numpy as np

# chapter weight price duty unit unit_kg share vat excise air commodity supply
_TABLE = """
01 0.10 60 0.6 piece 400 0.9 9 0 0.50 farm pasture
02 0.90 32 1.5 kg 1 0 9 0 0.02 farm pasture
03 1.10 38 1.0 kg 1 0 9 0 0.15 farm fish
04 0.80 35 1.2 kg 1 0 9 0 0.05 farm pasture
05 0.15 40 1.2 kg 1 0 9 0 0.03 farm pasture
06 0.15 55 1.0 piece 0.3 0.7 9 0 0.60 farm garden
07 0.35 9 1.1 kg 1 0 9 0 0.05 farm tropic
08 1.10 16 1.6 kg 1 0 9 0 0.15 farm tropic
09 0.30 30 1.4 kg 1 0 9 0 0.05 farm tropic
10 0.25 2.3 3.0 kg 1 0 9 0 0.00 farm grain
11 0.20 5 2.6 kg 1 0 9 0 0.00 farm grain
12 0.50 5 0.9 kg 1 0 9 0 0.02 farm grain
13 0.15 90 1.3 kg 1 0 9 0 0.10 farm tropic
14 0.05 4 0.7 kg 1 0 9 0 0.00 farm tropic
15 0.40 8 1.3 kg 1 0 9 0 0.00 farm tropic
16 0.40 35 1.4 kg 1 0 13 0 0.05 farm fish
17 0.30 9 2.6 kg 1 0 13 0 0.01 farm tropic
18 0.35 38 1.3 kg 1 0 13 0 0.02 farm luxury
19 0.70 30 1.6 kg 1 0 13 0 0.03 farm consumer
20 0.60 14 1.4 kg 1 0 13 0 0.01 farm consumer
21 1.00 45 1.8 kg 1 0 13 0 0.08 farm consumer
22 1.10 38 1.9 litre 1.05 1 13 10 0.01 farm luxury
23 0.40 5 0.7 kg 1 0 9 0 0.00 farm grain
24 0.08 90 5.0 kg 1 0 13 36 0.02 farm tropic
25 0.60 1.1 0.5 kg 1 0 13 0 0.00 metal mining
26 0.50 1.6 0.1 kg 1 0 13 0 0.00 metal mining
27 0.90 4.2 0.6 kg 1 0 13 3 0.00 energy energy
28 1.30 18 0.7 kg 1 0 13 0 0.05 chemical chemical
29 2.20 32 0.8 kg 1 0 13 0 0.08 chemical chemical
30 1.60 1900 0.5 kg 1 0 13 0 0.70 stable pharma
31 0.15 2.8 1.2 kg 1 0 9 0 0.00 energy mining
32 1.60 48 1.0 kg 1 0 13 0 0.08 chemical chemical
33 2.00 150 1.1 kg 1 0 13 8 0.15 stable luxury
34 1.20 38 1.0 kg 1 0 13 0 0.05 chemical chemical
35 0.70 60 1.2 kg 1 0 13 0 0.08 chemical chemical
36 0.05 40 1.0 kg 1 0 13 0 0.02 chemical chemical
37 0.30 190 1.6 m2 0.4 0.6 13 0 0.15 chemical electronics
38 2.40 75 0.9 kg 1 0 13 0 0.15 chemical chemical
39 6.50 24 0.9 kg 1 0 13 0 0.10 chemical chemical
40 2.60 30 1.3 kg 1 0.0 13 0 0.12 chemical parts
41 0.40 28 1.0 kg 1 0 13 0 0.03 farm pasture
42 1.20 900 1.4 piece 0.6 0.9 13 0 0.50 stable luxury
43 0.08 1500 1.9 piece 1.5 0.8 13 0 0.50 stable luxury
44 0.90 3.4 0.3 m3 650 0.8 13 0 0.00 metal forest
45 0.04 70 0.9 kg 1 0 13 0 0.02 metal forest
46 0.03 30 1.1 kg 1 0 13 0 0.05 farm tropic
47 0.35 4.8 0.1 kg 1 0 13 0 0.00 metal forest
48 1.50 13 0.6 kg 1 0 13 0 0.05 metal forest
49 0.80 110 0.5 kg 1 0 9 0 0.30 stable consumer
50 0.08 350 1.1 m 0.09 0.6 13 0 0.20 textile cloth
51 0.25 95 1.6 m 0.35 0.4 13 0 0.08 textile cloth
52 0.70 24 1.1 m 0.25 0.5 13 0 0.05 textile cloth
53 0.15 30 0.9 m 0.25 0.4 13 0 0.03 textile cloth
54 0.80 32 1.0 m 0.2 0.4 13 0 0.06 textile cloth
55 0.50 20 1.0 kg 1 0 13 0 0.03 textile cloth
56 0.50 42 1.2 kg 1 0 13 0 0.05 textile cloth
57 0.12 55 1.2 m2 2 0.9 13 0 0.10 textile cloth
58 0.50 110 1.2 m 0.15 0.5 13 0 0.15 textile cloth
59 0.80 70 1.1 m2 0.4 0.4 13 0 0.10 textile cloth
60 0.50 60 1.1 kg 1 0 13 0 0.10 textile cloth
61 1.80 420 1.2 piece 0.3 0.98 13 0 0.40 textile cloth
62 2.20 520 1.2 piece 0.5 0.98 13 0 0.40 textile cloth
63 0.60 70 1.0 piece 0.5 0.6 13 0 0.15 textile cloth
64 1.40 330 1.7 pair 0.8 0.95 13 0 0.30 textile cloth
65 0.35 330 1.2 piece 0.15 0.9 13 0 0.40 textile cloth
66 0.06 70 1.3 piece 0.4 0.9 13 0 0.10 textile cloth
67 0.08 240 1.8 kg 1 0 13 0 0.20 textile cloth
68 0.70 26 1.3 kg 1 0 13 0 0.05 metal parts
69 0.60 22 1.2 kg 1 0 13 0 0.08 metal parts
70 1.30 34 1.4 m2 8 0.3 13 0 0.08 metal parts
71 0.70 24000 1.0 gram 0.001 0.7 13 5 0.80 metal luxury
72 1.80 8 0.6 kg 1 0 13 0 0.02 metal mining
73 3.20 42 1.1 kg 1 0 13 0 0.20 metal parts
74 1.00 68 0.7 kg 1 0 13 0 0.08 metal mining
75 0.20 190 0.6 kg 1 0 13 0 0.10 metal mining
76 1.20 38 0.9 kg 1 0 13 0 0.10 metal parts
78 0.04 15 0.5 kg 1 0 13 0 0.02 metal mining
79 0.10 20 0.5 kg 1 0 13 0 0.02 metal mining
80 0.05 170 0.5 kg 1 0 13 0 0.08 metal mining
81 0.30 260 0.8 kg 1 0 13 0 0.25 metal mining
82 1.90 260 1.3 piece 0.4 0.7 13 0 0.30 stable parts
83 1.50 95 1.2 kg 1 0 13 0 0.20 stable parts
84 13.50 210 1.0 set 18 0.75 13 0 0.28 stable machine
85 14.00 480 1.0 piece 0.35 0.85 13 0 0.45 stable electronics
86 0.15 110 0.6 piece 60 0.5 13 0 0.05 stable machine
87 3.30 85 1.8 piece 9 0.6 13 4 0.12 stable vehicle
88 0.60 5200 0.4 piece 3 0.6 13 0 0.70 stable machine
89 0.05 60 1.0 piece 900 0.8 13 2 0.05 stable machine
90 7.50 950 0.8 piece 0.8 0.8 13 0 0.50 stable electronics
91 0.60 6500 1.6 piece 0.1 0.95 13 6 0.60 stable luxury
92 0.25 200 1.8 piece 6 0.8 13 0 0.15 stable consumer
93 0.02 400 1.8 piece 2 0.9 13 0 0.20 stable machine
94 1.70 75 0.9 piece 6 0.7 13 0 0.08 stable consumer
95 1.30 130 0.9 piece 0.6 0.7 13 4 0.20 stable consumer
96 1.20 150 1.5 piece 0.05 0.6 13 0 0.25 stable consumer
97 0.10 3500 0.8 piece 5 0.9 13 0 0.50 stable luxury
"""


class Chapter(NamedTuple):
    """One chapter of the table above."""

    code: str
    weight: float
    price: float
    duty: float
    unit: str
    unit_kg: float
    unit_share: float
    vat: float
    excise: float
    air: float
    commodity: str
    supply: str


def chapters(count: int = 96) -> list[Chapter]:
    """The `count` most traded chapters, in the order of their codes."""
    rows = []
    for line in _TABLE.split("\n"):
        if cells := line.split():
            weight, price, duty, unit_kg, share, vat, excise, air = map(float, cells[1:4] + cells[5:10])
            rows.append(
                Chapter(cells[0], weight, price, duty, cells[4], unit_kg, share, vat, excise, air, *cells[10:12])
            )
    heaviest = np.argsort([-r.weight for r in rows], kind="stable")[:count]
    return [rows[i] for i in sorted(heaviest)]
