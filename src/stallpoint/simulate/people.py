"""The people of a simulated study as they are at time zero."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.simulate.natural_history import NaturalHistory

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ONSET_ORDER = ("limb", "bulbar", "respiratory", "other")
AGE_RANGE = (18.0, 90.0)
FVC_RANGE = (30.0, 150.0)
WEIGHT_RANGE = (35.0, 160.0)
SHARE_RANGE = (0.05, 0.95)


@dataclass(frozen=True)
class People:
    """One entry per person; `intercept` and `slope` are latent, without treatment.

    `patients` has the columns of the patients table but for `arm`. `carriers` is people by genes, true carriage whether
    tested or not. `nfl_log` is the latent log level of NfL in pg/mL.
    """

    patients: pl.DataFrame
    intercept: Floats
    slope: Floats
    nfl_log: Floats
    carriers: Flags

    @property
    def n(self) -> int:
        """Number of people."""
        return self.patients.height


def simulate_people(n: int, history: NaturalHistory, rng: np.random.Generator) -> People:
    """Draw n people: latent course, baseline table, genes and latent NfL."""
    intercept_z = rng.standard_normal(n)
    slope_z = _correlated(intercept_z, history.slope_intercept_correlation, rng)
    return People(
        patients=_baseline(n, intercept_z, slope_z, history, rng),
        intercept=history.alsfrs_r_intercept_mean + history.alsfrs_r_intercept_sd * intercept_z,
        slope=history.slope_mean + history.slope_sd * _skewed(slope_z, history.slope_skew),
        nfl_log=_nfl_log(slope_z, history, rng),
        carriers=rng.random((n, len(history.genes))) < np.array([gene.share for gene in history.genes]),
    )


def _correlated(z: Floats, correlation: float, rng: np.random.Generator) -> Floats:
    return correlation * z + math.sqrt(1 - correlation**2) * rng.standard_normal(z.size)


def _skewed(z: Floats, skew: float) -> Floats:
    """Standard normal scores carried to a skew-normal of mean 0 and SD 1, rank by rank.

    Source: Azzalini A (1985) A class of distributions which includes the normal ones. Scand J Stat 12:171-178.
    """
    if skew == 0:
        return z
    from scipy.stats import norm, skewnorm  # slow to import, and seldom asked for

    raw = skewnorm.ppf(norm.cdf(z), skew)
    mean, variance = skewnorm.stats(skew)
    return np.asarray((raw - mean) / np.sqrt(variance), dtype=np.float64)


def _nfl_log(slope_z: Floats, history: NaturalHistory, rng: np.random.Generator) -> Floats:
    """Latent log NfL, so that a measured value has the published SD and rank correlation with the slope.

    For normal scores, Pearson r = 2 sin(pi rho / 6) of Spearman rho (Pearson 1907).
    """
    of_measured = 2 * math.sin(math.pi * history.nfl_slope_spearman / 6)
    latent_sd = math.sqrt(history.nfl_log_sd**2 - history.nfl_measurement_log_sd**2)
    scores = _correlated(slope_z, of_measured * history.nfl_log_sd / latent_sd, rng)
    return math.log(history.nfl_median_pg_ml) + latent_sd * scores


def _baseline(n: int, intercept_z: Floats, slope_z: Floats, history: NaturalHistory, rng: np.random.Generator) -> pl.DataFrame:
    onset_months = _log_normal(
        history.onset_months_mean, history.onset_months_sd, _correlated(slope_z, history.onset_slope_correlation, rng)
    )
    diagnosis_share = _within(rng.normal(history.diagnosis_share_mean, history.diagnosis_share_sd, n), SHARE_RANGE)
    fvc_z = _correlated(intercept_z, history.fvc_intercept_correlation, rng)
    columns: dict[str, Any] = {
        "patient": [f"P{number:04d}" for number in range(1, n + 1)],
        "age_years": _within(rng.normal(history.age_years_mean, history.age_years_sd, n), AGE_RANGE),
        "sex": _chosen(("female", "male"), (1 - history.male_share, history.male_share), n, rng),
        "onset_site": _chosen(ONSET_ORDER, _onset_shares(history), n, rng),
        "onset_months": onset_months,
        "diagnosis_months": onset_months * diagnosis_share,
        "fvc_percent": _within(history.fvc_percent_mean + history.fvc_percent_sd * fvc_z, FVC_RANGE),
        "weight_kg": _within(rng.normal(history.weight_kg_mean, history.weight_kg_sd, n), WEIGHT_RANGE),
        "smoker": rng.random(n) < history.smoker_share,
        "riluzole": rng.random(n) < history.riluzole_share,
    }
    return pl.DataFrame(columns)


def _onset_shares(history: NaturalHistory) -> tuple[float, ...]:
    named = (history.bulbar_share, history.respiratory_share, history.other_onset_share)
    return (1 - sum(named), *named)


def _chosen(values: tuple[str, ...], shares: tuple[float, ...], n: int, rng: np.random.Generator) -> pl.Series:
    return pl.Series(values).gather(rng.choice(len(values), n, p=shares))


def _within(values: Floats, limits: tuple[float, float]) -> Floats:
    return np.clip(values, *limits)


def _log_normal(mean: float, sd: float, z: Floats) -> Floats:
    variance = math.log1p((sd / mean) ** 2)
    return np.exp(math.log(mean) - variance / 2 + math.sqrt(variance) * z)
