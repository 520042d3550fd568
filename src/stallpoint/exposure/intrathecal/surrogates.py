"""Tofersen in CSF as other oligonucleotides would have it: its own population parameters were never published.

Two surrogates are run, because they disagree sixfold on how slowly CSF levels fall in the end. None of it is tofersen data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stallpoint.exposure.intrathecal.doses import HOURS_PER_DAY, DoseSchedule, find_label
from stallpoint.exposure.intrathecal.people import typical_people, virtual_people
from stallpoint.exposure.intrathecal.solve import Course, cns_half_lives_h, concentration, simulate_course
from stallpoint.knowledge.intrathecal import find_linear_model, load_tofersen_facts
from stallpoint.knowledge.linear_model import LinearModel

Array = npt.NDArray[np.float64]

DRUG = "tofersen"
SURROGATES = ("tominersen", "nusinersen")
PERCENTILES = (2.5, 50.0, 97.5)

ASSUMPTIONS = (
    "tofersen moves in CSF as the surrogate does: same chemistry, another sequence",
    "people with SOD1-ALS clear CSF as the surrogate's patients did (adults with Huntington's disease; children with SMA)",
    "the model is linear up to 100 mg; nusinersen was given at 1 to 12 mg",
    "the 10 mL of CSF taken before each dose change nothing",
)


@dataclass(frozen=True)
class CsfPrediction:
    """CSF of one surrogate at `time_days` (t,): the typical person and the 2.5, 50 and 97.5% of virtual people, all (t,), ng/mL."""

    surrogate: str
    time_days: Array
    typical_ng_ml: Array
    low_ng_ml: Array
    median_ng_ml: Array
    high_ng_ml: Array
    terminal_half_life_days: float
    evidence: str = "assumed"
    assumptions: tuple[str, ...] = ASSUMPTIONS


def predict_tofersen_csf(
    surrogate: str, schedule: DoseSchedule, time_days: npt.ArrayLike, *, n: int, rng: np.random.Generator
) -> CsfPrediction:
    """CSF concentrations of tofersen by the model of another oligonucleotide; at a dose they are those just before it.

    Raises:
        StallpointError: no such surrogate, a dose of another order of magnitude than those of tofersen, or times that cannot be.
    """
    model, covariates = surrogate_model(surrogate)
    times = np.atleast_1d(np.asarray(time_days, dtype=np.float64))
    typical = typical_people(model, covariates)
    people = virtual_people(model, n, rng=rng, covariates=covariates)
    low, median, high = np.percentile(_csf(simulate_course(people, schedule, times * HOURS_PER_DAY)), PERCENTILES, axis=0)
    return CsfPrediction(
        surrogate=surrogate,
        time_days=times,
        typical_ng_ml=_csf(simulate_course(typical, schedule, times * HOURS_PER_DAY))[0],
        low_ng_ml=low,
        median_ng_ml=median,
        high_ng_ml=high,
        terminal_half_life_days=float(cns_half_lives_h(typical)[0, -1]) / HOURS_PER_DAY,
    )


def predict_tofersen_csf_by_all(
    schedule: DoseSchedule, time_days: npt.ArrayLike, *, n: int, rng: np.random.Generator
) -> dict[str, CsfPrediction]:
    """The same by each surrogate. Where they differ, CSF levels alone don't tell which is right, nor how long tissue keeps drug."""
    return {name: predict_tofersen_csf(name, schedule, time_days, n=n, rng=rng) for name in SURROGATES}


def surrogate_model(name: str) -> tuple[LinearModel, dict[str, float]]:
    """A surrogate's model in an adult, asked for tofersen's doses: the model and the adult's covariates.

    Raises:
        StallpointError: there is no such model; the nearest name is given.
    """
    model = replace(find_linear_model(name), dose_range_mg=find_label(DRUG).dose_range_mg)
    adult = {"weight_kg": load_tofersen_facts()["human_weight_kg"].value}
    return model, {covariate: adult.get(covariate, reference) for covariate, reference in model.covariates.items()}


def _csf(course: Course) -> Array:
    return concentration(course, course.people.model.dose_state)
