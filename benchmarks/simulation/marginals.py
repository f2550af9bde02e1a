"""How the simulated declarations compare with the real sets at hand; renews docs/simulation.md and its pictures.

    ANALYTICS_DATA=... python benchmarks/simulation/marginals.py

Reads korea/df_syn_train_eng.csv, eu10_fish_imports_hs6_monthly.csv.gz and china_customs_revenue_monthly.csv.
"""

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from analytics.simulation import Parameters, simulate
from analytics.simulation.world.parameters import HOSTILE

ROOT = Path(__file__).resolve().parents[2]
PAGE, PICTURES = ROOT / "docs" / "simulation.md", ROOT / "docs" / "simulation"
GREY, ACCENT, MID = "#9aa3ad", "#1f5fa8", "#5b6673"
KEYS = ["declaration_id", "line_no"]


def canvas(width: float = 6.4, height: float = 2.9) -> tuple[Figure, plt.Axes]:
    mpl.rcParams.update({"svg.hashsalt": "simulation", "svg.fonttype": "path", "font.size": 9})
    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def save(figure: Figure, name: str) -> None:
    figure.savefig(PICTURES / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def read_sets() -> dict[str, pd.DataFrame]:
    folder = Path(os.environ["ANALYTICS_DATA"])
    korea = pd.read_csv(folder / "korea" / "df_syn_train_eng.csv", parse_dates=["Date"], dtype={"HS6 Code": str})
    fish = pd.read_csv(folder / "eu10_fish_imports_hs6_monthly.csv.gz", dtype={"cmd_code": str})
    china = pd.read_csv(folder / "china_customs_revenue_monthly.csv")
    return {"korea": korea, "fish": fish[(fish["net_wgt"] > 0) & (fish["primary_value"] > 0)], "china": china}


def latest(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("version", kind="stable").drop_duplicates(KEYS, keep="last")


def values(sim: pd.DataFrame, sets: dict[str, pd.DataFrame]) -> list[tuple[str, ...]]:
    price = sets["korea"]["Item Price"]
    logs = {
        "simulated lines (CNY)": np.log(sim["value"]),
        "Korea, lines (KRW)": np.log(price[price > 0]),
        "EU fish, monthly flows (USD)": np.log(sets["fish"]["primary_value"]),
    }
    figure, axes = canvas()
    places = [(0.4, "left"), (-2.3, "right"), (1.2, "left")]
    for (name, x), colour, (at, side) in zip(logs.items(), [ACCENT, GREY, MID], places, strict=True):
        height, edges = np.histogram((x - x.median()) / np.log(10), bins=np.arange(-5, 5.01, 0.25), density=True)
        middle = edges[:-1] + 0.125
        axes.plot(middle, height, color=colour, lw=2)
        level = float(np.interp(at, middle, height))
        shift = (-5, 6) if side == "right" else (6, 6)
        axes.annotate(name, (at, level), color=colour, xytext=shift, textcoords="offset points", ha=side)
    axes.set(xlabel="Powers of ten from the median value", ylabel="Density")
    save(figure, "values")
    return [
        ("Standard deviation of log value", *(f"{x.std():.2f}" for x in logs.values()), "-"),
        ("Share of value in the largest 1 % of rows", *(f"{top_value(x):.0%}" for x in logs.values()), "-"),
    ]


def top_value(logs: pd.Series) -> float:
    x = np.sort(np.exp(logs - logs.max()))
    return float(x[-len(x) // 100 :].sum() / x.sum())


def spread(sim: pd.DataFrame, sets: dict[str, pd.DataFrame]) -> list[tuple[str, ...]]:
    korea = sets["korea"]
    korea = korea[(korea["Item Price"] > 0) & (korea["Net Mass"] > 0)]
    fish = sets["fish"]
    frames = {
        "simulated": (sim, "value", "quantity", ["hs_code"], "origin", sim["date"].dt.strftime("%Y%m")),
        "Korea": (korea, "Item Price", "Net Mass", ["HS6 Code"], "Country of Origin", korea["Date"].dt.strftime("%m")),
        "EU fish": (fish, "primary_value", "net_wgt", ["cmd_code"], "partner_iso", fish["period"].astype(str)),
    }
    results: dict[str, list[pd.Series]] = {}
    for name, (frame, value, quantity, code, origin, month) in frames.items():
        u = np.log(frame[value] / frame[quantity])
        levels = [[frame[c] for c in code], [frame[c] for c in code] + [frame[origin]]]
        levels.append([*levels[1], month])
        results[name] = [deviation(u, by) for by in levels]
    figure, axes = canvas()
    for (name, levels), colour, shift in zip(results.items(), [ACCENT, GREY, MID], [-0.2, 0, 0.2], strict=True):
        low, mid, high = np.array([[x.quantile(q) for q in (0.25, 0.5, 0.75)] for x in levels]).T
        at = np.arange(3) + shift
        axes.vlines(at, low, high, color=colour, lw=3)
        axes.plot(at, mid, "o", color=colour, ms=6)
        axes.annotate(name, (at[0], high[0]), color=colour, ha="center", xytext=(0, 4), textcoords="offset points")
    axes.set_xticks(range(3), ["code", "code x origin", "code x origin x month"])
    axes.set(ylabel="Robust sd of log unit value", ylim=(0, None))
    save(figure, "spread")
    names = ["code", "code x origin", "code x origin x month"]
    return [
        (f"Robust sd of log unit value within {n}, median", *(f"{results[s][i].median():.2f}" for s in results), "-")
        for i, n in enumerate(names)
    ]


def deviation(u: pd.Series, by: list[pd.Series]) -> pd.Series:
    """1.4826 x median absolute deviation in groups of at least ten rows."""
    far = (u - u.groupby(by).transform("median")).abs()
    group = far.groupby(by)
    return (1.4826 * group.median())[group.size() >= 10]


def concentration(sim: pd.DataFrame, sets: dict[str, pd.DataFrame]) -> list[tuple[str, ...]]:
    korea = sets["korea"]
    pairs = {
        "Importers": ("enterprise_id", "Importer ID"),
        "Declarants": ("declarant_id", "Declarant ID"),
        "Sellers": ("seller_id", "Seller ID"),
        "Codes": ("hs_code", "HS6 Code"),
        "Origins": ("origin", "Country of Origin"),
    }
    figure, axes = canvas()
    rows = []
    for i, (name, (ours, theirs)) in enumerate(pairs.items()):
        shares = [sim[ours].value_counts(), korea[theirs].value_counts()]
        tenth = [float(x.head(max(1, len(x) // 10)).sum() / x.sum()) for x in shares]
        axes.plot(tenth, [i, i], color="#d5dae0", zorder=0)
        axes.plot(tenth[0], i, "o", color=ACCENT)
        axes.plot(tenth[1], i, "o", color=GREY)
        rows.append(
            (f"{name}: share of lines held by the largest tenth", f"{tenth[0]:.0%}", f"{tenth[1]:.0%}", "-", "-")
        )
        if i == 0:
            for x, label, colour in zip(tenth, ["simulated", "Korea"], [ACCENT, MID], strict=True):
                axes.annotate(label, (x, i), color=colour, xytext=(0, 7), textcoords="offset points", ha="center")
    axes.set_yticks(range(len(pairs)), list(pairs))
    axes.set(xlabel="Share of lines held by the largest tenth", xlim=(0, 1), ylim=(-0.6, len(pairs) - 0.3))
    save(figure, "concentration")
    cell = sim.groupby(["district", sim["hs_code"].str[:2], "enterprise_id"]).size()
    busy = cell.groupby(level=[0, 1]).filter(lambda x: x.sum() >= 200).groupby(level=[0, 1])
    rows.append(
        ("Largest enterprise of a district x chapter of 200 lines or more, median share",
         f"{(busy.max() / busy.sum()).median():.0%}", "-", "-", "-")
    )  # fmt: skip
    return rows


def seasons(sim: pd.DataFrame, sets: dict[str, pd.DataFrame]) -> list[tuple[str, ...]]:
    def profile(frame: pd.DataFrame, date: str) -> pd.Series:
        month = frame[date].dt.month.clip(lower=2)
        share = frame.groupby([frame[date].dt.year, month]).size()
        share = share / share.groupby(level=0).transform("sum")
        return share.groupby(level=1).mean()

    china = sets["china"][sets["china"]["period"].str[:4].astype(int).between(2014, 2025)]
    month = china["period"].str[5:].astype(int)
    total = china["total"] / china.groupby(china["period"].str[:4])["total"].transform("sum")
    lines = {
        "simulated lines": profile(sim, "date"),
        "Korea, lines": profile(sets["korea"], "Date"),
        "China, receipts 2014-2025": total.groupby(month).mean(),
    }
    figure, axes = canvas()
    for (name, y), colour in zip(lines.items(), [ACCENT, GREY, MID], strict=True):
        per_month = y.copy()
        per_month.loc[2] /= 2
        axes.plot(per_month.index, 100 * per_month, color=colour, lw=2)
        axes.annotate(
            name, (12, 100 * per_month.loc[12]), color=colour, xytext=(4, 0), textcoords="offset points", va="center"
        )
    axes.set_xticks(range(2, 13), ["Jan-Feb", *["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]])
    axes.set(ylabel="% of the year, per month", xlim=(2, 15), ylim=(5, 11))
    save(figure, "seasons")
    return [
        (f"{label} of the year", f"{lines['simulated lines'].loc[m]:.1%}", f"{lines['Korea, lines'].loc[m]:.1%}", "-",
         f"{lines['China, receipts 2014-2025'].loc[m]:.1%}")
        for label, m in (("January and February, share", 2), ("December, share", 12))
    ]  # fmt: skip


def repeats(sim: pd.DataFrame, raw: pd.DataFrame, sets: dict[str, pd.DataFrame]) -> list[tuple[str, ...]]:
    korea = sets["korea"]
    kept = ["HS6 Code", "Country of Departure", "Country of Origin", "Tax Rate", "Tax Type", "Net Mass", "Fraud"]
    ours = ["hs_code", "origin", "duty_rate", "net_mass_kg", "finding"]
    return [
        ("Rows that repeat another row", f"{raw.duplicated().mean():.2%}", f"{korea.duplicated().mean():.2%}",
         "-", "-"),
        ("Rows of a newer version", f"{(raw['version'] > 1).mean():.2%}", "no versions", "-", "-"),
        ("Rows whose goods, origin, rate, mass and outcome repeat another's",
         f"{sim.duplicated(ours).mean():.1%}", f"{korea.duplicated(kept).mean():.1%}", "-", "-"),
        ("Non-compliant rows (Korea: inspected rows only)", "see below", f"{korea['Fraud'].mean():.1%}", "-", "-"),
    ]  # fmt: skip


def parameter_table() -> str:
    rows = ["| parameter | meaning | unit | default | hostile | range |", "|---|---|---|---|---|---|"]
    for f in fields(Parameters):
        hostile = f"{HOSTILE[f.name]:g}" if f.name in HOSTILE else ""
        number = f.metadata["unit"] != "date"
        default = f"{f.default:g}" if number else f.default
        span = f"{f.metadata['low']:g} to {f.metadata['high']:g}" if number else ""
        rows.append(f"| `{f.name}` | {f.metadata['title']} | {f.metadata['unit']} | {default} | {hostile} | {span} |")
    return "\n".join(rows)


def replace(text: str, name: str, content: str) -> str:
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, rest = text.split(begin)
    return f"{head}{begin}\n{content}\n{end}{rest.split(end)[1]}"


def kinds(seeds: range) -> str:
    rows = []
    for setting in ("standard", "hostile"):
        for seed in seeds:
            made = simulate(200_000, seed, setting)
            lines, truth = latest(made.declarations), made.truth["lines"]
            share = truth["kind"].value_counts() / len(lines)
            lost = truth["tax_lost"].clip(lower=0).sum() / lines["tax"].sum()
            targeted = lines["selection_stream"] == "targeted"
            marked = lines[targeted].merge(truth[KEYS], on=KEYS)
            rows.append(
                {"setting": setting, "all": share.sum(), **share, "tax lost": lost,
                 "targeted inspections": len(marked) / targeted.sum()}
            )  # fmt: skip
    mean = pd.DataFrame(rows).groupby("setting", sort=False).mean().T
    names = [n.replace("_", " ") for n in mean.index]
    text = ["| share of lines, mean of seeds | standard | hostile |", "|---|---|---|"]
    labels = {"tax lost": "tax lost, share of tax declared", "targeted inspections": "non-compliant among targeted"}
    for name, (_, row) in zip(names, mean.iterrows(), strict=True):
        text.append(f"| {labels.get(name, name)} | {row['standard']:.2%} | {row['hostile']:.2%} |")
    return "\n".join(text)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    sets = read_sets()
    raw = simulate(200_000, 1).declarations
    sim = latest(raw)
    parts: list[Callable[[], list[tuple[str, ...]]]] = [
        lambda: values(sim, sets),
        lambda: spread(sim, sets),
        lambda: concentration(sim, sets),
        lambda: seasons(sim, sets),
        lambda: repeats(sim, raw, sets),
    ]
    rows = [row for part in parts for row in part()]
    table = ["| figure | simulated | Korea | EU fish | China receipts |", "|---|---|---|---|---|"]
    table += ["| " + " | ".join(row) + " |" for row in rows]
    text = PAGE.read_text(encoding="utf-8")
    text = replace(text, "figures", "\n".join(table))
    text = replace(text, "parameters", parameter_table())
    text = replace(text, "kinds", kinds(range(1, 6)))
    PAGE.write_text(text, encoding="utf-8")
    print("\n".join(table))


if __name__ == "__main__":
    main()
