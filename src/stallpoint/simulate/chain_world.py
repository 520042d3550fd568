"""Trials in which a treatment stalls at known links, made by mechanisms: dose, plasma, CSF, occupancy, disease, reserve, scores.

Nothing here is shared with what judges a chain: levels act through an Emax curve with a potency and a Hill exponent of the world's own,
targets drive the disease of carriers, and what is left of the neurons decides by a logistic curve whether help still comes in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from stallpoint.core.cohort import Modifiers, Trial
from stallpoint.core.parameter import LINKS, Link
from stallpoint.core.plan import Plan
from stallpoint.simulate.course import Course
from stallpoint.simulate.exposure import DrugExposure, concentrations_frame, doses_frame, simulate_exposure, simulate_stop_months
from stallpoint.simulate.markers import MARKER
from stallpoint.simulate.natural_history import NaturalHistory, default_natural_history
from stallpoint.simulate.people import Flags, Floats, People, simulate_people
from stallpoint.simulate.planted import percent_slowing
from stallpoint.simulate.trial import allocate, assemble_cohort, design_estimand, observe
from stallpoint.simulate.trial_design import TrialDesign

GENE = "GENE1"
TARGET_MARKER = "target"
PLANNED_LEVEL = 100.0
PLANNED_RATIO = 0.10
FULL_CHANGE = -0.6
EARLY_SHARE = 0.3
SAMPLED_MONTHS = (0.0, 1.0, 2.0, 12.0)
SHORT = TrialDesign(n=0, horizon_months=2.0, visit_months=(0, 1, 2), marker_months=(0, 2))
LONG = TrialDesign(n=0)


@dataclass(frozen=True)
class ChainWorld:
    """What is true in one world; the defaults impede nowhere. Change it with `impede`, or with `dataclasses.replace`.

    `slowing` is the share of each person's decline taken away where all passes. `stop_per_month` is the hazard of stopping treatment.
    `level_ratio` multiplies plasma levels, `csf_ratio` is the median of CSF over plasma, `half_level` the level in CSF of half the
    occupancy, `hill` its exponent. `carrier_share` of people carry the gene; in others the target drives `others_driven` of the disease.
    `reserve_middle` is the true score at entry at which half of the help still comes in time. `noise_ratio` multiplies the SD of scores.
    With `wide_entry` some people enter early, with nearly full function; with `hidden` the driven people are not the carriers.
    """

    slowing: float = 0.55
    stop_per_month: float = 0.01
    level_ratio: float = 1.4
    csf_ratio: float = 0.12
    half_level: float = 3.0
    hill: float = 1.5
    carrier_share: float = 0.25
    others_driven: float = 0.92
    reserve_middle: float = 20.0
    noise_ratio: float = 1.0
    short: bool = False
    wide_entry: bool = False
    hidden: bool = False
    nfl_fall: float = 0.3


@dataclass(frozen=True)
class ChainTruth:
    """Links at which the world impedes, and the share that truly passes each link but `visible`, of what reaches it."""

    planted: tuple[Link, ...]
    passes: Mapping[Link, float]


@dataclass(frozen=True)
class ChainTrial:
    """A trial from a world with all that could be measured, the plan its sponsor wrote, and the truth."""

    trial: Trial
    plan: Plan
    truth: ChainTruth


def impede(world: ChainWorld, link: Link, *, n: int) -> ChainWorld:
    """The same world with one link more that passes little. At `visible` noise grows with the trial, so that size is no cure."""
    changes: dict[Link, dict[str, float | bool]] = {
        "taken": {"stop_per_month": 0.45},
        "absorbed": {"level_ratio": world.level_ratio * 0.09},
        "delivered": {"csf_ratio": world.csf_ratio * 0.08},
        "engaged": {"half_level": world.half_level * 20},
        "relevant": {"others_driven": 0.04},
        "timely": {"reserve_middle": 44.0},
        "visible": {"short": True, "noise_ratio": 1.5 * float(np.sqrt(n / 150))},
    }
    return replace(world, **changes[link])  # type: ignore[arg-type]


def simulate_chain_trial(
    world: ChainWorld,
    n: int,
    *,
    planted: tuple[Link, ...] = (),
    natural_history: NaturalHistory | None = None,
    csf_people: int = 30,
    plan_error: float = 0.2,
    rng: np.random.Generator,
) -> ChainTrial:
    """One trial of a world.

    Args:
        world: what is true.
        n: people.
        planted: the links that the world impedes at, for the record.
        natural_history: how the disease runs; scores' noise is multiplied by the world's.
        csf_people: treated people with a lumbar puncture.
        plan_error: SD of the logarithm by which the sponsor's planned level, ratio and change miss what is needed.
        rng: source of randomness.
    """
    base = natural_history or default_natural_history()
    history = replace(base, residual_sd=base.residual_sd * world.noise_ratio)
    design = replace(SHORT if world.short else LONG, n=n)
    people = _enter(simulate_people(n, history, rng), world, rng)
    treated = allocate(design, rng)
    drug = DrugExposure(100.0, PLANNED_LEVEL * world.level_ratio, 0.4, 0.2, 0.64)
    level = simulate_exposure(people.patients, drug, rng)
    ratio = world.csf_ratio * np.exp(0.35 * rng.standard_normal(n))
    carrier = rng.random(n) < world.carrier_share
    driver = rng.permutation(carrier) if world.hidden else carrier
    stop = simulate_stop_months(n, world.stop_per_month, rng)
    occupied = _occupancy(level * ratio, world.half_level, world.hill)
    driven = np.where(driver, 0.95, world.others_driven)
    in_time = _in_time(people, world, rng)
    effect = percent_slowing(world.slowing)
    course = Course(people.intercept, people.slope, history.acceleration, effect, occupied * driven * in_time, stop)
    frames, follow_up, _ = observe(people, course, treated, history, design, rng)
    names = people.patients["patient"]
    arms = pl.Series("arm", np.where(treated, design.treatment, design.control).tolist())
    while_taken = pl.DataFrame({"patient": names, "stop": np.where(treated, stop, 0.0)})
    fall = world.nfl_fall * occupied * driven * in_time
    markers = pl.concat(
        [
            _nfl(frames["markers"], while_taken.with_columns(fall=fall)),
            _target_marker(while_taken.with_columns(occupied=occupied), follow_up.end_months, rng),
        ]
    )
    sampled = np.flatnonzero(treated)[:csf_people]
    csf = concentrations_frame(names[sampled], (level * ratio)[sampled], drug, design.treatment, rng).with_columns(
        matrix=pl.lit("csf")
    )
    levels = concentrations_frame(names.filter(treated), level[treated], drug, design.treatment, rng)
    cohort = assemble_cohort(
        "simulated trial",
        {
            **frames,
            "patients": people.patients.select("patient", arms, pl.exclude("patient")),
            "markers": markers,
            "variants": _variants(names, carrier, history, rng),
            "doses": doses_frame(names, arms, np.where(treated, drug.dose_mg, 0.0), stop, follow_up.end_months),
            "concentrations": pl.concat([levels, csf]),
        },
    )
    trial = Trial(cohort, design.control, design.treatment, design_estimand(design), modifiers=Modifiers())
    kept = np.minimum(stop, follow_up.end_months) / follow_up.end_months
    passes = _true_passes(world, treated, kept, level, ratio, driven, in_time)
    return ChainTrial(trial, _plan(plan_error, rng), ChainTruth(planted, passes))


def _enter(people: People, world: ChainWorld, rng: np.random.Generator) -> People:
    if not world.wide_entry:
        return people
    early = rng.random(people.n) < EARLY_SHARE
    return replace(people, intercept=np.where(early, 46.0 + 1.0 * rng.standard_normal(people.n), people.intercept))


def _occupancy(level: Floats, half_level: float, hill: float) -> Floats:
    return 1.0 / (1.0 + (half_level / level) ** hill)


def _in_time(people: People, world: ChainWorld, rng: np.random.Generator) -> Floats:
    """What is left of the neurons follows function at entry loosely."""
    reserve = people.intercept + 1.5 * rng.standard_normal(people.n)
    return 1.0 / (1.0 + np.exp((world.reserve_middle - reserve) / 1.2))


def _nfl(markers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """NfL as simulated, lower by its fall while treatment is taken."""
    on = (pl.col("time_months") > 0) & (pl.col("time_months") <= pl.col("stop"))
    return (
        markers.filter(pl.col("marker") == MARKER)
        .join(people, on="patient", how="left", maintain_order="left")
        .with_columns(value=pl.col("value") * pl.when(on).then(1 - pl.col("fall")).otherwise(1.0))
        .drop("fall", "stop")
    )


def _target_marker(people: pl.DataFrame, end_months: Floats, rng: np.random.Generator) -> pl.DataFrame:
    """The marker of the target while people are in the trial; it falls with occupancy while treatment is taken."""
    own = 0.5 * rng.standard_normal(people.height)
    stop, occupied = people["stop"].to_numpy(), people["occupied"].to_numpy()
    samples = []
    for time in SAMPLED_MONTHS:
        change = np.where((time > 0) & (time <= stop), np.log1p(FULL_CHANGE * occupied), 0.0)
        value = np.exp(np.log(50.0) + own + change + 0.2 * rng.standard_normal(people.height))
        sample = people.select("patient", pl.lit(time).alias("time_months"), pl.Series("value", value))
        samples.append(sample.filter(pl.Series(time <= end_months)))
    return pl.concat(samples).select(
        "patient",
        "time_months",
        pl.lit(TARGET_MARKER).alias("marker"),
        "value",
        pl.lit("pg/mL").alias("unit"),
        pl.lit("csf").alias("matrix"),
        pl.lit(False).alias("below_limit"),
    )


def _variants(names: pl.Series, carrier: Flags, history: NaturalHistory, rng: np.random.Generator) -> pl.DataFrame:
    tested = rng.random(len(names)) >= history.gene_not_tested_share
    call = np.select([~tested, carrier], ["not tested", "present"], default="absent")
    return pl.DataFrame({"patient": names, "call": call.tolist()}).select(
        "patient", pl.lit(GENE).alias("gene"), pl.lit("pathogenic variant").alias("variant"), "call"
    )


def _plan(error: float, rng: np.random.Generator) -> Plan:
    level, ratio, change = np.exp(error * rng.standard_normal(3))
    return Plan(
        planned_level=PLANNED_LEVEL * float(level),
        level_unit="ng/mL",
        planned_csf_ratio=PLANNED_RATIO * float(ratio),
        engagement_marker=TARGET_MARKER,
        full_change=float(np.expm1(np.log1p(FULL_CHANGE) * change)),
        target_gene=GENE,
    )


def _true_passes(
    world: ChainWorld,
    treated: Flags,
    kept: Floats,
    level: Floats,
    ratio: Floats,
    driven: Floats,
    in_time: Floats,
) -> dict[Link, float]:
    """Share that passes each link of what reaches it: links behind it are as in a world that impedes nowhere."""
    sound = ChainWorld()
    at_site = level * sound.csf_ratio
    arrives = [
        kept,
        kept * _occupancy(at_site, sound.half_level, world.hill),
        kept * _occupancy(level * ratio, sound.half_level, world.hill),
        kept * _occupancy(level * ratio, world.half_level, world.hill),
    ]
    arrives += [arrives[-1] * driven, arrives[-1] * driven * in_time]
    means = np.array([1.0, *(each[treated].mean() for each in arrives)])
    return dict(zip(LINKS, (means[1:] / means[:-1]).tolist(), strict=False))
