"""From monkey tissue to human tissue: the 15-state monkey model scaled to an adult, with every assumption named.

Sources: Monine 2021 doi:10.1007/s10928-021-09761-0 (rates, by a third-party transcription, one constant corrected), scaling of rates
and volumes by Biliouris 2018 doi:10.1002/psp4.12323.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.exposure.intrathecal.doses import HOURS_PER_DAY, DoseSchedule, find_label
from stallpoint.exposure.intrathecal.people import typical_people
from stallpoint.exposure.intrathecal.solve import concentration, simulate_course
from stallpoint.knowledge.intrathecal import find_linear_model, load_tofersen_facts
from stallpoint.knowledge.linear_model import LinearModel, Parameter

Array = npt.NDArray[np.float64]

REGIONS = ("lumbar", "thoracic", "cervical", "cortex")
"""Where motor neurons are: three segments of the cord, and cortex."""

ASSUMPTIONS = (
    "tofersen spreads and is taken up as the oligonucleotide of the monkey study was",
    "every rate scales with weight to the power -0.08, one exponent for flow of CSF, uptake and return alike",
    "human tissue is larger than the monkey's by one ratio for cord and cortex, though human cortex grew more than cord",
    "the shares of the dose that each region takes up are those of the monkey",
    "tissue of people with ALS takes up drug as healthy monkey tissue does",
)


@dataclass(frozen=True)
class HumanScaling:
    """How many times larger human volumes are than the monkey's, and how many times faster human rates."""

    csf_volume_ratio: float
    tissue_mass_ratio: float
    body_volume_ratio: float
    rate_ratio: float
    evidence: str = "assumed"
    assumptions: tuple[str, ...] = ASSUMPTIONS


def human_scaling(*, tissue_mass_ratio: float | None = None) -> HumanScaling:
    """The scaling that is assumed; tissue grows as CSF does (9.3 times) unless another ratio is given.

    Raises:
        StallpointError: a ratio that is not above 0.
    """
    facts = load_tofersen_facts()
    weights = facts["human_weight_kg"].value / facts["monkey_weight_kg"].value
    csf = facts["human_csf_volume_ml"].value / monkey_csf_volume_ml()
    tissue = csf if tissue_mass_ratio is None else tissue_mass_ratio
    if not tissue > 0:
        raise StallpointError(
            f"a ratio of tissue masses of {tissue:g}", do="give how many times heavier human tissue is, above 0"
        )
    return HumanScaling(
        csf_volume_ratio=csf,
        tissue_mass_ratio=tissue,
        body_volume_ratio=weights ** facts["volume_weight_exponent"].value,
        rate_ratio=weights ** facts["rate_weight_exponent"].value,
    )


def tissue_mass_ratio_range() -> tuple[float, float]:
    """The ratios between which the truth is taken to lie: by CSF volume (9.3) and by body weight (25). Assumed."""
    scaling = human_scaling()
    return scaling.csf_volume_ratio, scaling.body_volume_ratio


def monkey_csf_volume_ml() -> float:
    """The five CSF compartments of the monkey together."""
    monkey = find_linear_model("monkey")
    return sum(monkey.parameters[state.volume].value for state in monkey.states if state.matrix == "CSF")


def scale_to_human(monkey: LinearModel, scaling: HumanScaling) -> LinearModel:
    """The monkey's model in an adult, for tofersen's doses. Its numbers are no longer anybody's measurement: all are assumed."""
    ratios = {"CSF": scaling.csf_volume_ratio, "CNS tissue": scaling.tissue_mass_ratio}
    volumes = {state.volume: ratios.get(state.matrix, scaling.body_volume_ratio) for state in monkey.states}
    return replace(
        monkey,
        name=f"{monkey.name} scaled to human",
        species="human, scaled",
        dose_range_mg=find_label("tofersen").dose_range_mg,
        parameters={key: _scaled(one, volumes.get(key, scaling.rate_ratio)) for key, one in monkey.parameters.items()},
        source="modelling_choice",
    )


def predict_tofersen_tissue(schedule: DoseSchedule, time_days: npt.ArrayLike, scaling: HumanScaling) -> Mapping[str, Array]:
    """Typical tissue concentrations by region, each (t,), ug/g; at a dose they are those just before it.

    Raises:
        StallpointError: a dose of another order of magnitude than those of tofersen, or times that cannot be.
    """
    people = typical_people(scale_to_human(find_linear_model("monkey"), scaling))
    times = np.atleast_1d(np.asarray(time_days, dtype=np.float64))
    course = simulate_course(people, schedule, times * HOURS_PER_DAY)
    return {region: concentration(course, f"{region}_tissue")[0] for region in REGIONS}


def require_region(region: str) -> str:
    """The region, if it is one.

    Raises:
        StallpointError: there is no such region; the nearest name is given.
    """
    if region not in REGIONS:
        raise StallpointError(f"no region {region!r} of cord or cortex", do=ask_nearest(region, REGIONS))
    return region


def _scaled(one: Parameter, ratio: float) -> Parameter:
    note = f"{ratio:.3g} times the monkey's {one.value:g} {one.unit}"
    return replace(one, value=one.value * ratio, evidence="assumed", tag="assumed", source="modelling_choice", note=note)
