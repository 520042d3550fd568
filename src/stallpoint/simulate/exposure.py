"""How much drug gets into the blood of whom, and for how long it is taken."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from stallpoint.knowledge.natural_history import load_natural_history
from stallpoint.simulate.people import Floats

HOURS_AT_TROUGH = 24.0
SAMPLES_PER_PERSON = 3


@dataclass(frozen=True)
class DrugExposure:
    """Trough concentrations at steady state, log-normal between people and between occasions.

    Smokers' levels are `smoker_concentration_ratio` times those of non-smokers, as when smoking induces CYP1A2.
    """

    dose_mg: float
    trough_median_ng_ml: float
    between_cv: float
    within_cv: float
    smoker_concentration_ratio: float


@cache
def default_exposure() -> DrugExposure:
    """An invented drug that varies as riluzole does (Bruno 1997, Clin Pharmacol Ther 62:518-526)."""
    facts = load_natural_history()
    return DrugExposure(
        dose_mg=facts["drug_dose_mg"].value,
        trough_median_ng_ml=facts["drug_trough_median_ng_ml"].value,
        between_cv=facts["drug_between_cv"].value,
        within_cv=facts["drug_within_cv"].value,
        smoker_concentration_ratio=facts["drug_smoker_concentration_ratio"].value,
    )


def simulate_exposure(patients: pl.DataFrame, drug: DrugExposure, rng: np.random.Generator) -> Floats:
    """Each person's own trough concentration if treated, ng/mL, shape (n,)."""
    spread = np.exp(_log_sd(drug.between_cv) * rng.standard_normal(patients.height))
    induced = np.where(patients["smoker"].to_numpy(), drug.smoker_concentration_ratio, 1.0)
    return drug.trough_median_ng_ml * induced * spread


def simulate_stop_months(n: int, stop_per_month: float, rng: np.random.Generator) -> Floats:
    """When each person stops treatment while staying in the trial, months, shape (n,); infinite where never."""
    waits = rng.exponential(size=n)
    return waits / stop_per_month if stop_per_month > 0 else np.full(n, np.inf)


def concentrations_frame(
    names: pl.Series, exposure_ng_ml: Floats, drug: DrugExposure, analyte: str, rng: np.random.Generator
) -> pl.DataFrame:
    """Measured troughs, three per treated person, with variation between occasions."""
    person = np.repeat(np.arange(len(names)), SAMPLES_PER_PERSON)
    occasions = np.exp(_log_sd(drug.within_cv) * rng.standard_normal(person.size))
    return pl.DataFrame({"patient": names.gather(person), "value": exposure_ng_ml[person] * occasions}).select(
        "patient",
        pl.lit(HOURS_AT_TROUGH).alias("time_h"),
        pl.lit(analyte).alias("analyte"),
        pl.lit("plasma").alias("matrix"),
        "value",
        pl.lit("ng/mL").alias("unit"),
        pl.lit(False).alias("below_limit"),
    )


def doses_frame(names: pl.Series, arms: pl.Series, dose_mg: Floats, stop_months: Floats, end_months: Floats) -> pl.DataFrame:
    """One course per person from time zero; `stop_months` only where it ended before the person's time in the trial did."""
    stopped = stop_months < end_months
    return pl.DataFrame(
        {"patient": names, "treatment": arms, "dose_mg": dose_mg, "stop_months": stop_months, "stopped": stopped}
    ).select(
        "patient",
        "treatment",
        pl.lit(0.0).alias("time_months"),
        "dose_mg",
        pl.lit("oral").alias("route"),
        pl.when("stopped").then("stop_months").alias("stop_months"),
    )


def _log_sd(coefficient_of_variation: float) -> float:
    return math.sqrt(math.log1p(coefficient_of_variation**2))
