"""The chain of an antisense drug given into CSF: tissue level against potency, by region. Only tofersen has numbers for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.core.drug import Drug
from stallpoint.exposure.chain import Steps
from stallpoint.exposure.engagement import reached_share
from stallpoint.exposure.intrathecal.csf_sod1 import DRUG, tissue_courses
from stallpoint.exposure.intrathecal.sod1_draws import CALIBRATION_DOSE_MG, draw_sod1
from stallpoint.knowledge.exposure_scenarios import ExposureScenario

Array = npt.NDArray[np.float64]

SITE = "lumbar"
GROUND = "monkey tissue model scaled to people, against potency in rodent cord; all of it assumed for people"


def antisense_steps(drug: Drug, scenario: ExposureScenario, *, count: int, rng: np.random.Generator) -> Steps | None:
    """Draws of the tissue level at day 85 of the label's doses, and of the share of the largest knock-down in lumbar cord.

    Doses that are missed lower the level in proportion, since the model is linear.

    Returns:
        None for every drug without a tissue model.
    """
    if drug.name != DRUG:
        return None
    draws = draw_sod1(count, rng=rng)
    levels = {region: course[:, -1] * scenario.taken for region, course in tissue_courses(draws, CALIBRATION_DOSE_MG).items()}
    share = np.asarray(reached_share(levels[SITE], draws.ec50_ug_g))
    return Steps(np.full(count, scenario.taken), None, None, np.ones(count), None, share, None, tissue_ug_g=levels)
