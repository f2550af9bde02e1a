"""What other programs read: flat figures and the tables of the contract."""

from __future__ import annotations

import pandas as pd

from analytics.compliance.study import Study


def figures(study: Study) -> dict[str, float]:
    """Flat figures for result.json; what was not measured is missing."""
    value, low, high = study.rate
    sure = study.status != "insufficient"
    nothing = float("nan")
    made: dict[str, float] = {
        "full_collection_estimated": value if sure else nothing,
        "full_collection_low95": low if study.due is not None and not study.sample.doubts else nothing,
        "full_collection_high95": high if sure else nothing,
        "full_collection_proved": study.collected_share(study.proved),
        "gap_found": study.found.value,
        "gap_due": study.due.value if study.due is not None and sure else nothing,
        "gap_above_cap": study.gap.above_cap,
        "hits": study.found.hits,
        "effective_hits": study.gap.effective_hits,
        "detection": study.detection.value if study.detection else nothing,
        "lines_drawn": study.sample.drawn,
    }
    whole = study.declarations_without_loss
    refused = bool(study.sample.doubts)
    made["declarations_without_loss_least"] = nothing if refused else whole.least
    made["declarations_without_loss_most"] = nothing if refused else whole.most
    for name, told in study.rates.items():
        rate = None if refused else told
        made[name] = rate.value if rate else nothing
        made[f"{name}_low95"] = rate.low if rate else nothing
        made[f"{name}_high95"] = rate.high if rate else nothing
    return made


def gap_table(study: Study) -> pd.DataFrame:
    """The table `gap`: stratum, cause, rate, amount, low95, high95; missing where only an upper bound is known."""
    total = study.gap
    sure = not study.thin and not study.sample.doubts
    rows = study.causes[["cause", "rate", "amount", "low95", "high95"]].copy()
    whole = {
        "cause": "all",
        "rate": total.value / study.frame.tax if sure and study.frame.tax > 0 else None,
        "amount": total.value if sure else None,
        "low95": total.low if sure else None,
        "high95": total.high if not study.sample.doubts else None,
    }
    frame = pd.concat([rows, pd.DataFrame([whole])], ignore_index=True)
    frame.insert(0, "stratum", "all")
    return frame.astype(dict.fromkeys(("rate", "amount", "low95", "high95"), float))


def sample_frame(study: Study, lines: int, seed: int) -> pd.DataFrame:
    """The lines of the next draw, each with its stored chance: declaration_id, line_no, probability, size.

    Parameters
    ----------
    lines : how many to draw; 0 takes the planner's number
    seed : recorded with the draw, so that it can be repeated
    """
    from analytics.sampling import design, draw

    made = design(study.frame_sizes, lines or study.next_sample.lines)
    at = draw(made, seed)
    drawn = study.lines.iloc[at][["declaration_id", "line_no"]].reset_index(drop=True)
    return drawn.assign(probability=made.probability[at], size=made.size[at])
