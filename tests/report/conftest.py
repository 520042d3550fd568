from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from stallpoint.core.check import Check
from stallpoint.core.effect import Effect
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.source import Source
from stallpoint.report.content import PlantedBesideFound, ReportContent

VISITS = [0.0, 1.0, 2.0, 3.0, 4.5, 6.0, 7.5, 9.0, 10.5, 12.0]
SLOPES = {"active": -0.86, "placebo": -1.08, "everyone": -1.0}
PATIENTS_PER_ARM = 200

REPRESENTS = "Not known of these people: carriers of SOD1. For people unlike those studied the result may not hold."


def build_series(arms: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """Made-up but plausible tables: everyone declines on a line of their own, some die, some leave."""
    rng = np.random.default_rng(20)
    people = pl.concat([_people(arm, rng) for arm in arms])
    return {
        "trajectories_observed": _observed(people, rng),
        "trajectories_fitted": _fitted(arms),
        "survival": pl.concat([_kaplan_meier(people, arm) for arm in arms]),
        "numbers_at_risk": pl.concat([_at_risk(people, arm) for arm in arms]),
        "flow": pl.concat([_flow(people, arm) for arm in arms]),
        "visit_pattern": pl.concat([_pattern(people, arm, rng) for arm in arms]),
    }


def _people(arm: str, rng: np.random.Generator) -> pl.DataFrame:
    n = PATIENTS_PER_ARM
    slope = SLOPES[arm] + rng.normal(0, 0.5, n)
    death = rng.exponential(14 * np.exp(0.9 * (slope + 1.0)) * 3.2)
    leaving = rng.exponential(60, n)
    return pl.DataFrame(
        {
            "patient": [f"{arm[:3].upper()}-{index:04d}" for index in range(n)],
            "arm": [arm] * n,
            "start": rng.normal(38, 4, n).clip(25, 47),
            "slope": slope,
            "death": death,
            "leaving": leaving,
        }
    )


def _observed(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    grid = people.join(pl.DataFrame({"time_months": VISITS}), how="cross")
    seen = grid.filter(pl.col("time_months") < pl.min_horizontal("death", "leaving"))
    noise = pl.Series(rng.normal(0, 1.3, seen.height))
    score = (seen["start"] + seen["slope"] * seen["time_months"] + noise).round(0).clip(0, 48)
    return seen.select("patient", "arm", "time_months").with_columns(score.alias("alsfrs_r"))


def _fitted(arms: tuple[str, ...]) -> pl.DataFrame:
    time = np.linspace(0, 12, 25)
    rows = []
    for arm in arms:
        mean = 38 + SLOPES[arm] * time
        half = 0.5 + 0.075 * time
        rows.append(pl.DataFrame({"arm": [arm] * 25, "time_months": time, "mean": mean, "low": mean - half, "high": mean + half}))
    return pl.concat(rows)


def _kaplan_meier(people: pl.DataFrame, arm: str) -> pl.DataFrame:
    ours = people.filter(pl.col("arm") == arm)
    death, leaving = ours["death"].to_numpy(), ours["leaving"].to_numpy()
    times = np.sort(death[(death < leaving) & (death < 12)])
    at_risk = np.array([np.sum(np.minimum(death, leaving) >= time) for time in times])
    survival = np.concatenate([[1.0], np.cumprod(1 - 1 / at_risk)])
    variance = np.concatenate([[0.0], np.cumsum(1 / (at_risk * (at_risk - 1)))])
    half = 1.96 * survival * np.sqrt(variance)
    frame = pl.DataFrame(
        {
            "arm": [arm] * len(survival),
            "time_months": np.concatenate([[0.0], times]),
            "survival": survival,
            "low": (survival - half).clip(0, 1),
            "high": (survival + half).clip(0, 1),
        }
    )
    return pl.concat([frame, frame.tail(1).with_columns(time_months=pl.lit(12.0))])


def _at_risk(people: pl.DataFrame, arm: str) -> pl.DataFrame:
    ours = people.filter(pl.col("arm") == arm)
    stop = np.minimum(ours["death"].to_numpy(), ours["leaving"].to_numpy())
    times = [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0]
    return pl.DataFrame({"arm": [arm] * 7, "time_months": times, "n": [int(np.sum(stop >= time)) for time in times]})


def _flow(people: pl.DataFrame, arm: str) -> pl.DataFrame:
    ours = people.filter(pl.col("arm") == arm)
    died = int(((ours["death"] < 12) & (ours["death"] < ours["leaving"])).sum())
    left = int(((ours["leaving"] < 12) & (ours["leaving"] <= ours["death"])).sum())
    counts = {
        "randomised" if arm != "everyone" else "enrolled": ours.height + 3,
        "with a baseline assessment": ours.height,
        "followed to 12 months": ours.height - died - left,
        "died": died,
        "withdrew": left,
    }
    return pl.DataFrame({"arm": [arm] * len(counts), "step": list(counts), "n": list(counts.values())})


def _pattern(people: pl.DataFrame, arm: str, rng: np.random.Generator) -> pl.DataFrame:
    ours = people.filter(pl.col("arm") == arm)
    rows = []
    for time in VISITS:
        died = int(((ours["death"] <= time) & (ours["death"] < ours["leaving"])).sum())
        left = int(((ours["leaving"] <= time) & (ours["leaving"] <= ours["death"])).sum())
        missed = int(rng.binomial(ours.height - died - left, 0.05)) if time else 0
        counts = {"assessed": ours.height - died - left - missed, "missed": missed, "withdrew": left, "died": died}
        rows += [{"arm": arm, "time_months": time, "state": state, "n": n} for state, n in counts.items()]
    return pl.DataFrame(rows)


JOINT = "joint model of slope and survival"


def _effect(name: str, label: str, numbers: tuple[float, float, float], unit: str, **more: object) -> Effect:
    given = {"n": 400, "estimand": "as stated", "method": JOINT, "better": "higher", "sources": ("rizopoulos2012",), **more}
    return Effect(name, label, *numbers, unit=unit, **given)  # type: ignore[arg-type]


SLOPE = "points per month"
TREATMENT_EFFECTS = (
    _effect(
        "slope_difference",
        "Difference in mean slope, joint with survival",
        (0.218, 0.082, 0.354),
        SLOPE,
        role="primary",
        p_value=0.0017,
    ),
    _effect("slope_difference_mmrm", "Difference in mean slope, mixed model alone", (0.195, 0.061, 0.329), SLOPE, p_value=0.0043),
    _effect(
        "hazard_ratio",
        "Hazard of death, active against placebo",
        (0.79, 0.51, 1.22),
        "hazard ratio",
        scale="ratio",
        better="lower",
        p_value=0.28,
        method="Cox model",
        sources=("cox1972",),
    ),
    _effect(
        "rmst_difference",
        "Restricted mean survival time to 12 months",
        (0.22, -0.19, 0.63),
        "months",
        p_value=0.29,
        method="Kaplan-Meier",
    ),
)
MODIFIER_EFFECTS = (
    _effect("slope_by_nfl", "Baseline NfL, per doubling", (0.09, -0.03, 0.21), SLOPE, role="modifier", p_value=0.14),
    _effect("slope_by_tricals", "TRICALS risk profile, per unit", (0.04, -0.11, 0.19), SLOPE, role="modifier", p_value=0.61),
    _effect("slope_by_bulbar", "Bulbar against limb onset", (-0.16, -0.45, 0.13), SLOPE, role="modifier", p_value=0.28, n=392),
    _effect(
        "slope_by_age",
        "Age at randomisation, per 10 years",
        (0.01, -0.11, 0.13),
        SLOPE,
        role="modifier",
        p_value=0.87,
        checks=(Check("age recorded", "warning", "Age is missing in 14 people; they are not in this contrast.", 14),),
    ),
)
DESCRIPTIONS = (
    _effect("slope_everyone", "Mean slope of ALSFRS-R", (-1.02, -1.10, -0.94), SLOPE, role="description", scale="level", n=200),
    _effect("survival_everyone", "Alive at 12 months", (0.79, 0.73, 0.85), "share", role="description", scale="level", n=200),
)
LOOKS = (
    Look("Does decline differ between arms?", "average effect", "ALSFRS-R slope", True, "slope_difference", 0.0017),
    Look("Does survival differ between arms?", "average effect", "death or tracheostomy", True, "hazard_ratio", 0.28),
    Look("Does the effect differ by NfL?", "modifier", "ALSFRS-R slope", True, "slope_by_nfl", 0.14, 0.25),
    Look("Does the effect differ by TRICALS risk?", "modifier", "ALSFRS-R slope", True, "slope_by_tricals", 0.61, 0.61),
    Look("Does the effect differ by site of onset?", "modifier", "ALSFRS-R slope", False, "slope_by_bulbar", 0.28, 0.66),
    Look("Does the effect differ by age?", "modifier", "ALSFRS-R slope", False, "slope_by_age", 0.87, 0.87),
)
FINDINGS = (
    Finding(
        "Did treatment slow decline?",
        "Decline was slower on active by 0.22 points a month (0.08 to 0.35).",
        "randomised data",
        prespecified=True,
        controlled=True,
        decisive=True,
        effect="slope_difference",
    ),
    Finding(
        "Did anyone benefit more?",
        "No modifier excluded the null after correction; differences of up to 0.45 points a month remain possible.",
        "randomised data",
        prespecified=True,
        controlled=True,
        decisive=False,
    ),
    Finding(
        "Why might it stall?",
        "Efflux at the barrier is a candidate.",
        "mechanism",
        prespecified=False,
        controlled=False,
        decisive=False,
    ),
)
CHECKS = (
    Check("tables", "passed", "Every table has the columns and values the study format asks for."),
    Check("convergence", "passed", "The joint model reached its maximum: gradient below 1e-6, Hessian positive definite."),
    Check(
        "proportional hazards",
        "warning",
        "Scaled Schoenfeld residuals trend with time (p = 0.03): read the hazard ratio as an average.",
    ),
    Check("dose records", "failed", "No dose was recorded after month 9: nothing can be said on treatment actually taken.", 400),
)
SOURCES = (
    Source("rizopoulos2012", "Joint Models for Longitudinal and Time-to-Event Data", "Rizopoulos D", 2012, "Chapman & Hall/CRC"),
    Source("cox1972", "Regression models and life-tables", "Cox DR", 1972, "J R Stat Soc B 34:187-220"),
    Source("westfall1993", "Resampling-Based Multiple Testing", "Westfall PH, Young SS", 1993, "Wiley"),
)
PLANTED = (
    PlantedBesideFound("Difference in mean slope", 0.22, 0.218, 0.082, 0.354, SLOPE),
    PlantedBesideFound("Log hazard per point of slope", -0.9, -0.61, -0.85, -0.37, ""),
)
COMMON = {
    "checks": CHECKS,
    "methods": (
        "ALSFRS-R was modelled as a line per person with normal intercepts and slopes, jointly with the hazard of death.",
        "Intervals are Wald intervals on the scale named in the table; p-values are two-sided.",
    ),
    "sources": SOURCES,
    "limits": (
        "Who would have done better or worse on the other arm: each person was seen on one arm only.",
        "What happened after 12 months.",
    ),
    "provenance": {"stallpoint": "0.1.0", "seed": "20260101", "inputs (sha-256)": "9f2c1ab4" * 8},
}


def build_trial() -> ReportContent:
    return ReportContent(
        kicker="DEMO-1 · active against placebo · 400 people · 12 months · 81 deaths",
        question="Did active treatment slow the loss of function, and for whom?",
        answer="Decline was slower on active by 0.22 points a month (95% interval 0.08 to 0.35). No group of people could be "
        "shown to gain more or less than others.",
        represents=REPRESENTS,
        how_sure="The comparison was pre-specified and survives correction for six looks (p = 0.01). Survival did not differ "
        "clearly: the hazard may be halved or a fifth higher.",
        estimand="In everyone randomised, active against placebo on alsfrs_r over 12 months, as difference in mean slope, points "
        "per month; death: joint; stopping treatment: treatment policy.",
        effects=(*TREATMENT_EFFECTS, *MODIFIER_EFFECTS),
        findings=FINDINGS,
        looks=LOOKS,
        arms=("active", "placebo"),
        series=build_series(("placebo", "active")),
        planted=PLANTED,
        simulated=True,
        **COMMON,  # type: ignore[arg-type]
    )


def build_cohort() -> ReportContent:
    return ReportContent(
        kicker="CLINIC-7 · cohort without treatment arms · 200 people · 12 months",
        question="How fast did these people lose function, and how many died?",
        answer="Function fell by 1.02 points a month (95% interval 0.94 to 1.10). Nobody was randomised, so nothing is said "
        "about any treatment.",
        represents=REPRESENTS,
        effects=DESCRIPTIONS,
        series=build_series(("everyone",)),
        **COMMON,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="session")
def trial() -> ReportContent:
    return build_trial()


@pytest.fixture(scope="session")
def cohort() -> ReportContent:
    return build_cohort()
