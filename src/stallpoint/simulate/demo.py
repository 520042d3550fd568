"""The built-in study: a synthetic trial whose drug is cleared too fast in smokers.

The seed was fixed before anything was seen and is never changed for the sake of a result.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stallpoint.core.cohort import Modifiers
from stallpoint.simulate.exposure import DrugExposure
from stallpoint.simulate.natural_history import default_natural_history
from stallpoint.simulate.planted import only_above_exposure
from stallpoint.simulate.trial import SimulatedTrial, simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

SEED = 20261122
PEOPLE = 400
SMOKER_SHARE = 0.35
BENEFIT_POINTS_PER_MONTH = 0.40
THRESHOLD_NG_ML = 60.0
DRUG = DrugExposure(dose_mg=100.0, trough_median_ng_ml=100.0, between_cv=0.30, within_cv=0.20, smoker_concentration_ratio=0.40)
"""An invented drug. Smoking induces its clearance more than it does riluzole's."""


def simulate_demo() -> SimulatedTrial:
    """DEMO-1: 400 people, 12 months, items, NfL, genotypes and drug levels; the same every time.

    Planted is a benefit of 0.40 points per month in people whose drug level is at least 60 ng/mL. Most smokers stay below it,
    so the effect stalls at the link `absorbed`. The share of smokers is set above that of ALS cohorts, so that a modifier
    named beforehand has a chance.
    """
    return simulate_trial(
        TrialDesign(n=PEOPLE, record_items=True),
        only_above_exposure(BENEFIT_POINTS_PER_MONTH, threshold_ng_ml=THRESHOLD_NG_ML),
        natural_history=replace(default_natural_history(), smoker_share=SMOKER_SHARE),
        exposure=DRUG,
        modifiers=Modifiers(prespecified=("smoker", "nfl_baseline"), explored=("age_years", "onset_site")),
        name="DEMO-1",
        rng=np.random.default_rng(SEED),
    )
