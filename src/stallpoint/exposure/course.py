"""The course of a drug in plasma over time, in people who differ."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.drug import DosePattern, Drug
from stallpoint.exposure.chain import clearance_ratio
from stallpoint.exposure.people import individual_values
from stallpoint.exposure.person import Person
from stallpoint.exposure.plasma import PlasmaModel, plasma_model
from stallpoint.exposure.plasma_course import plasma_concentrations
from stallpoint.exposure.regimen import HOURS_PER_DAY, Cycle, Regimen
from stallpoint.knowledge.exposure_scenarios import ExposureScenario

Array = npt.NDArray[np.float64]

POINTS = 240
LEAST_INTERVALS = 6
HALF_LIVES_SHOWN = 5


def plasma_course(
    drug: Drug, pattern: DosePattern, person: Person, scenario: ExposureScenario, *, people: int, rng: np.random.Generator
) -> pl.DataFrame | None:
    """Total concentration in plasma, mg/L: columns time_h, low, middle, high (95% of people who take every dose).

    Returns:
        None where volume, clearance or absorption are not known, or the drug is given past the blood.
    """
    model = draw_people(drug, pattern, person, scenario, people=people, rng=rng)
    if model is None:
        return None
    times = np.linspace(0, _horizon_h(pattern, model), POINTS)
    found = plasma_concentrations(model, regimen_of(pattern), times)
    low, middle, high = np.quantile(found, [0.025, 0.5, 0.975], axis=0)
    return pl.DataFrame({"time_h": times, "low": low, "middle": middle, "high": high})


def draw_people(
    drug: Drug, pattern: DosePattern, person: Person, scenario: ExposureScenario, *, people: int, rng: np.random.Generator
) -> PlasmaModel | None:
    """The drug's kinetics in people of this kind; None where clearance, volume or absorption are not known."""
    apparent = "apparent_" if pattern.route != "intravenous" and drug.parameter("apparent_clearance") else ""
    clearance = drug.parameter(f"{apparent}clearance")
    volume = drug.parameter("apparent_volume") if apparent else drug.parameter("central_volume")
    absorption = drug.parameter("absorption_rate")
    if pattern.route == "intrathecal" or clearance is None or (absorption is None and pattern.route != "intravenous"):
        return None
    if volume is None:
        return None
    typical = clearance.value * clearance_ratio(drug, person, scenario)
    available = drug.parameter("bioavailability")
    share = 1.0 if apparent or available is None or pattern.route == "intravenous" else available.value
    periphery = _periphery(drug)
    return plasma_model(
        clearance_l_h=individual_values(typical, clearance.between_cv or 0.0, people, rng=rng),
        central_l=individual_values(volume.value, volume.between_cv or 0.0, people, rng=rng),
        peripheral_l=[outer for outer, _ in periphery],
        intercompartmental_l_h=[flow for _, flow in periphery],
        absorption_per_h=None if pattern.route == "intravenous" or absorption is None else absorption.value,
        bioavailability=share,
    )


def typical_person(drug: Drug, pattern: DosePattern, person: Person, scenario: ExposureScenario) -> PlasmaModel | None:
    """The drug's kinetics in one person of this kind without a spread of their own; None as `draw_people`."""
    plain = replace(drug, parameters=tuple(replace(each, between_cv=None) for each in drug.parameters))
    return draw_people(plain, pattern, person, scenario, people=1, rng=np.random.default_rng(0))


def regimen_of(pattern: DosePattern) -> Regimen:
    """A dose pattern as doses in time."""
    first = () if not pattern.first_days else (_loading(pattern),)
    pairs = pattern.cycles or ((pattern.interval_h / HOURS_PER_DAY, 0.0),)
    cycles = tuple(_cycle(pattern.interval_h, on, off) for on, off in pairs)
    return Regimen(pattern.dose_mg, pattern.route, (*first, *cycles), infusion_h=pattern.infusion_h)


def _loading(pattern: DosePattern) -> Cycle:
    """The first doses; the regular ones begin one interval after the last of them."""
    starts = tuple(day * HOURS_PER_DAY for day in pattern.first_days)
    return Cycle(starts, starts[-1] + pattern.interval_h)


def _cycle(interval_h: float, on_days: float, off_days: float) -> Cycle:
    count = max(1, math.ceil(on_days * HOURS_PER_DAY / interval_h - 1e-9))
    return Cycle(tuple(index * interval_h for index in range(count)), (on_days + off_days) * HOURS_PER_DAY)


def _periphery(drug: Drug) -> list[tuple[float, float]]:
    """Volume and flow of each peripheral compartment of which both are known."""
    named = (
        (drug.parameter(f"{place}peripheral_volume"), drug.parameter(f"{place}intercompartmental_clearance"))
        for place in ("", "second_")
    )
    return [(volume.value, flow.value) for volume, flow in named if volume is not None and flow is not None]


def _horizon_h(pattern: DosePattern, model: PlasmaModel) -> float:
    """Until a steady state can be seen: some intervals, some half-lives, or one cycle of doses."""
    half_life = math.log(2) * float(np.median((model.central_l + model.peripheral_l.sum(axis=1)) / model.clearance_l_h))
    on, off = pattern.cycles[0] if pattern.cycles else (0.0, 0.0)
    return max(LEAST_INTERVALS * pattern.interval_h, HALF_LIVES_SHOWN * half_life, (on + off) * HOURS_PER_DAY)
