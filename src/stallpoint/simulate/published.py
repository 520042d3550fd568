"""The simulated world beside published margins."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from stallpoint.knowledge.natural_history import load_natural_history
from stallpoint.simulate.natural_history import NaturalHistory
from stallpoint.simulate.people import Floats
from stallpoint.simulate.trial import SimulatedCohort, simulate_cohort
from stallpoint.simulate.trial_design import TrialDesign

LABELS: Mapping[str, str] = {
    "alsfrs_r_baseline_mean": "ALSFRS-R at time zero, mean",
    "alsfrs_r_baseline_sd": "ALSFRS-R at time zero, SD",
    "slope_mean": "true slope, mean",
    "slope_sd": "true slope, SD between people",
    "onset_rate_mean": "points lost per month since onset, mean",
    "onset_months_mean": "months since onset, mean",
    "fvc_percent_mean": "vital capacity, mean",
    "deaths_12_months": "died on study within 12 months",
    "attrition_6_months": "died or left within 6 months",
    "attrition_12_months": "died or left within 12 months",
    "hazard_ratio_per_point": "hazard ratio of death per point of the score at time zero",
    "nfl_median_pg_ml": "serum NfL, median",
    "nfl_lower_quartile_pg_ml": "serum NfL, lower quartile",
    "nfl_upper_quartile_pg_ml": "serum NfL, upper quartile",
    "nfl_slope_spearman": "serum NfL with slope, rank correlation",
}


def compare_with_published(n: int, *, natural_history: NaturalHistory | None = None, rng: np.random.Generator) -> pl.DataFrame:
    """One row per margin: quantity, simulated, published, low, high, within, unit, tag, source.

    `low` and `high` bound what published data allow: an interval or the range over sources, as the fact's note says.

    Args:
        n: people to simulate; the Monte Carlo error falls with its root.
        natural_history: the world to look at.
        rng: source of randomness.
    """
    margins = _margins(simulate_cohort(TrialDesign(n=n), natural_history=natural_history, rng=rng))
    facts = load_natural_history()
    rows = []
    for key, label in LABELS.items():
        fact, simulated = facts[f"published_{key}"], margins[key]
        low, high = fact.value if fact.low is None else fact.low, fact.value if fact.high is None else fact.high
        rows.append(
            {
                "quantity": label,
                "simulated": simulated,
                "published": fact.value,
                "low": low,
                "high": high,
                "within": low <= simulated <= high,
                "unit": fact.unit,
                "tag": fact.tag,
                "source": fact.source,
            }
        )
    return pl.DataFrame(rows)


def _margins(simulated: SimulatedCohort) -> dict[str, float]:
    cohort, slope = simulated.cohort, simulated.people["slope"].to_numpy()
    baseline = cohort.visits.filter(pl.col("time_months") == 0)["alsfrs_r"].to_numpy()
    nfl = cohort.markers.filter(pl.col("time_months") == 0)["value"].to_numpy()
    onset = cohort.patients["onset_months"].to_numpy()
    lower, median, upper = np.quantile(nfl, [0.25, 0.5, 0.75])
    return {
        "alsfrs_r_baseline_mean": float(baseline.mean()),
        "alsfrs_r_baseline_sd": float(baseline.std(ddof=1)),
        "slope_mean": float(slope.mean()),
        "slope_sd": float(slope.std(ddof=1)),
        "onset_rate_mean": float(((48 - baseline) / onset).mean()),
        "onset_months_mean": float(onset.mean()),
        "fvc_percent_mean": float(cohort.patients["fvc_percent"].to_numpy().mean()),
        "deaths_12_months": _share(cohort.events, ("death",), 12),
        "attrition_6_months": _share(cohort.events, ("death", "withdrawal"), 6),
        "attrition_12_months": _share(cohort.events, ("death", "withdrawal"), 12),
        "hazard_ratio_per_point": _hazard_ratio_per_point(baseline, cohort.events),
        "nfl_median_pg_ml": float(median),
        "nfl_lower_quartile_pg_ml": float(lower),
        "nfl_upper_quartile_pg_ml": float(upper),
        "nfl_slope_spearman": _spearman(nfl, slope),
    }


def _share(events: pl.DataFrame, kinds: tuple[str, ...], months: float) -> float:
    happened = events["event"].is_in(kinds) & (events["time_months"] <= months)
    return float(happened.to_numpy().mean())


def _hazard_ratio_per_point(baseline: Floats, events: pl.DataFrame) -> float:
    """Cox regression of death on the score at time zero, with lifelines."""
    from lifelines import CoxPHFitter

    frame = events.select("time_months", died=(pl.col("event") == "death").cast(pl.Int8)).with_columns(score=baseline)
    fit = CoxPHFitter().fit(frame.to_pandas(), duration_col="time_months", event_col="died")
    return float(fit.hazard_ratios_["score"])


def _spearman(first: Floats, second: Floats) -> float:
    """Rank correlation of two continuous variables, without ties."""
    ranks = np.argsort(np.argsort([first, second], axis=1), axis=1).astype(np.float64)
    centred = ranks - ranks.mean()
    return float((centred[0] @ centred[1]) / (centred[0] @ centred[0]))
