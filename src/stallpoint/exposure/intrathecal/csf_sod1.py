"""SOD1 in CSF as a diluted mixture of what is left in tissue, set beside what was seen in people.

CSF SOD1 = (1 - f) + f * sum over regions of weight * protein left. The part f that comes from modelled tissue is known from nothing
but the fall that was seen at 100 mg: there the model fits because it was made to, and only the other doses test it.
Source of what was seen: Miller 2020 doi:10.1056/NEJMoa2003715.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal import tissue
from stallpoint.exposure.intrathecal.doses import dose_schedule, find_label, label_schedule, require_usual_doses
from stallpoint.exposure.intrathecal.knockdown import remaining_mrna, remaining_protein
from stallpoint.exposure.intrathecal.sod1_draws import CALIBRATION_DOSE_MG, Sod1Draws, seen_change, stated_sod1
from stallpoint.knowledge.intrathecal import load_tofersen_facts, range_of

Array = npt.NDArray[np.float64]

DRUG = "tofersen"
TESTED_DOSES_MG = (20, 40, 60)
STEP_DAYS = 0.5
PERCENTILES = (2.5, 50.0, 97.5)
SAME = 1e-9

ASSUMPTIONS = (
    *tissue.ASSUMPTIONS,
    "the EC50 and the largest knock-down of rodent lumbar cord hold in every human region",
    "part of the SOD1 in CSF comes from cord and cortex, by equal parts unless said otherwise, and the rest does not change",
    "placebo does not change CSF SOD1, so that a difference between arms is a fall from baseline",
)


@dataclass(frozen=True)
class CsfSod1Prediction:
    """CSF SOD1 at day 85 by dose, beside what was seen.

    Attributes:
        table: one row for each dose: what was seen with its interval, the model's median and 95% band, in percentage points;
            `calibrated` where the model was made to fit, `agrees` where its median lies within the interval that was seen,
            `share_within` the share of draws that do.
        dilution: the part of CSF SOD1 that comes from modelled tissue: 2.5%, 50%, 97.5%.
        out_of_reach: share of draws in which no dilution gives what was seen at 100 mg.
        text: what this says and does not say.
    """

    table: pl.DataFrame
    dilution: tuple[float, float, float]
    out_of_reach: float
    text: str
    evidence: str = "assumed"
    assumptions: tuple[str, ...] = ASSUMPTIONS


def predict_csf_sod1(draws: Sod1Draws, *, weights: Mapping[str, float] | None = None) -> CsfSod1Prediction:
    """Calibrate the dilution on 100 mg, draw by draw, and predict the other doses of the trial.

    Raises:
        StallpointError: weights that name no region, are negative or don't add up to 1.
    """
    shares = csf_weights() if weights is None else _checked(weights)
    full = fall_in_tissue(draws, CALIBRATION_DOSE_MG, shares)
    needed = -draws.seen_points / full
    dilution = np.clip(needed, 0.0, 1.0)
    falls = {dose: fall_in_tissue(draws, dose, shares) for dose in TESTED_DOSES_MG} | {CALIBRATION_DOSE_MG: full}
    table = pl.DataFrame([_row(dose, -dilution * fall) for dose, fall in falls.items()])
    low, median, high = (float(value) for value in np.percentile(dilution, PERCENTILES))
    return CsfSod1Prediction(table, (low, median, high), float(np.mean(needed != dilution)), _text(table))


def calibrate_dilution(draws: Sod1Draws | None = None, *, weights: Mapping[str, float] | None = None) -> Array:
    """The part of CSF SOD1 (n,) that must come from modelled tissue for the change that was seen at 100 mg.

    Raises:
        StallpointError: no part between 0 and 1 gives it.
    """
    one = stated_sod1() if draws is None else draws
    needed = -one.seen_points / fall_in_tissue(one, CALIBRATION_DOSE_MG, csf_weights() if weights is None else _checked(weights))
    if ((needed < 0) | (needed > 1)).any():
        raise StallpointError(
            f"a dilution of {needed[(needed < 0) | (needed > 1)][0]:.2f} would be needed, and none outside 0 to 1 can be",
            where="CSF SOD1",
            do="the tissue model and what was seen contradict each other: look at the tissue ratio and the EC50",
        )
    return np.asarray(needed)


def fall_in_tissue(draws: Sod1Draws, dose_mg: float, weights: Mapping[str, float]) -> Array:
    """Fall of SOD1 protein at day 85 (n,), percentage points, over the regions by weight, before any dilution in CSF.

    Raises:
        StallpointError: a dose of another order of magnitude than those of tofersen.
    """
    times = _days(STEP_DAYS)
    falls = np.zeros(draws.ec50_ug_g.shape)
    for region, conc in tissue_courses(draws, dose_mg).items():
        mrna = remaining_mrna(conc, ec50_ug_g=draws.ec50_ug_g[:, None], max_knockdown=draws.max_knockdown[:, None])
        falls += weights[region] * (1 - remaining_protein(mrna, times, half_life_days=draws.half_life_days)[:, -1])
    return 100 * falls


def tissue_courses(draws: Sod1Draws, dose_mg: float) -> dict[str, Array]:
    """Tissue concentrations (n, t) by region, ug/g, until day 85; they are as the dose, and thinner the heavier the tissue.

    Raises:
        StallpointError: a dose of another order of magnitude than those of tofersen.
    """
    label = find_label(DRUG)
    require_usual_doses(dose_schedule(0, dose_mg), label.dose_range_mg, where=DRUG)
    share = dose_mg / label.dose_mg * tissue.human_scaling().tissue_mass_ratio / draws.tissue_mass_ratio
    return {region: share[:, None] * conc for region, conc in _label_courses(STEP_DAYS).items()}


@cache
def _label_courses(step_days: float) -> Mapping[str, Array]:
    """The typical courses of the label's dose, which all others are multiples of."""
    schedule = label_schedule(DRUG, until_day=_day())
    return tissue.predict_tofersen_tissue(schedule, _days(step_days), tissue.human_scaling())


def _days(step_days: float) -> Array:
    return np.append(np.arange(0.0, _day(), step_days), _day())


def csf_weights() -> dict[str, float]:
    """The part of each region in the SOD1 of CSF that comes from tissue. Assumed."""
    facts = load_tofersen_facts()
    return {region: facts[f"csf_weight_{region}"].value for region in tissue.REGIONS}


def _checked(weights: Mapping[str, float]) -> dict[str, float]:
    given = {tissue.require_region(region): float(weight) for region, weight in weights.items()}
    if min(given.values(), default=0.0) < 0 or abs(sum(given.values()) - 1) > SAME:
        raise StallpointError("the weights of the regions are negative or do not add up to 1", do="give parts of 1")
    return {region: given.get(region, 0.0) for region in tissue.REGIONS}


def _day() -> float:
    return load_tofersen_facts()["csf_sod1_day"].value


def _row(dose_mg: int, change: Array) -> dict[str, float | bool]:
    seen = seen_change(dose_mg)
    seen_low, seen_high = range_of(seen)
    low, median, high = np.percentile(change, PERCENTILES)
    return {
        "dose_mg": float(dose_mg),
        "seen": seen.value,
        "seen_low": seen_low,
        "seen_high": seen_high,
        "predicted": float(median),
        "predicted_low": float(low),
        "predicted_high": float(high),
        "share_within": float(np.mean((change >= seen_low) & (change <= seen_high))),
        "calibrated": dose_mg == CALIBRATION_DOSE_MG,
        "agrees": bool(seen_low <= median <= seen_high),
    }


def _text(table: pl.DataFrame) -> str:
    tested = table.filter(~pl.col("calibrated"))
    missed = [_describe_miss(row) for row in tested.filter(~pl.col("agrees")).iter_rows(named=True)]
    verdict = f"misses what was seen at {' and '.join(missed)}" if missed else "misses none"
    return (
        f"Made to fit at {CALIBRATION_DOSE_MG} mg. Of the {tested.height} other doses the model {verdict}. "
        f"{_describe_seen(table)} A fall of SOD1 in CSF is engagement of the target, not benefit."
    )


def _describe_miss(row: dict[str, float]) -> str:
    seen = f"{row['seen']:.0f} ({row['seen_low']:.0f} to {row['seen_high']:.0f})"
    return f"{row['dose_mg']:g} mg: {row['predicted']:.0f} for {seen}, with {row['share_within']:.0%} of its draws within"


def _describe_seen(table: pl.DataFrame) -> str:
    """Whether what was seen falls with dose, and whether one change could be behind all of it."""
    seen = table.sort("dose_mg")["seen"].to_numpy()
    low, high = table["seen_low"].to_numpy().max(), table["seen_high"].to_numpy().min()
    course = "falls with every step of dose" if (np.diff(seen) < 0).all() else "does not fall with every step of dose"
    shared = f", and all intervals hold the changes from {low:.0f} to {high:.0f}" if low <= high else ""
    return f"What was seen {course}{shared}: these data hardly tell one dose response from another."
