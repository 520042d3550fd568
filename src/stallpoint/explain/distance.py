"""How far a person lies from the people of a trial, measure by measure, in standard deviations of those people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from stallpoint.core.profile import Profile
from stallpoint.explain.genotype_match import Place
from stallpoint.explain.person_value import PersonValue, read_value
from stallpoint.knowledge.evidence.records import ArmRecord
from stallpoint.knowledge.literature import load_literature_assumptions

COMPARED: tuple[tuple[str, str, str], ...] = (
    ("age_years", "age_years_mean", "age_years_sd"),
    ("alsfrs_r", "alsfrs_r_mean", "alsfrs_r_sd"),
    ("fvc_percent", "fvc_percent_mean", "fvc_percent_sd"),
    ("onset_months", "duration_months_mean", "duration_months_sd"),
)
"""Measures of a person, and the columns of an arm that hold the same of its people."""

_AT_LEAST = 2


@dataclass(frozen=True)
class Distance:
    """One measure: the person's value, mean and standard deviation over the trial's arms, and how many of them lie between.

    `deviations` is None where either side is missing; `why` says which.
    """

    measure: str
    person: PersonValue
    mean: float | None = None
    sd: float | None = None
    people: int = 0
    deviations: float | None = None
    why: str = ""


@dataclass(frozen=True)
class DistanceAnswer:
    """Inside where every measure that both sides have lies near, outside where one lies far, cannot tell where there is none."""

    answer: Place
    near: float
    distances: tuple[Distance, ...]


def judge_distance(arms: Iterable[ArmRecord], profile: Profile) -> DistanceAnswer:
    """Where a person stands among the people of a trial's arms. Each measure is taken by itself: trials print no correlations."""
    near = load_literature_assumptions()["near_standard_deviations"]
    whole = [arm for arm in arms if arm.subset is None]
    distances = tuple(_measure(whole, profile, *columns) for columns in COMPARED)
    told = [abs(each.deviations) for each in distances if each.deviations is not None]
    answer: Place = "cannot tell" if not told else "outside" if max(told) > near else "inside"
    return DistanceAnswer(answer, near, distances)


def pool_arms(groups: Sequence[tuple[int, float, float]]) -> tuple[float, float, int]:
    """Mean, standard deviation and size of groups (size, mean, standard deviation) taken together, as if they were one."""
    people = sum(n for n, _, _ in groups)
    mean = sum(n * each for n, each, _ in groups) / people
    squares = sum((n - 1) * sd**2 + n * (each - mean) ** 2 for n, each, sd in groups)
    return mean, sqrt(squares / (people - 1)), people


def _measure(arms: Sequence[ArmRecord], profile: Profile, measure: str, mean_column: str, sd_column: str) -> Distance:
    person = read_value(profile, measure)
    groups = []
    for arm in arms:
        mean, sd = getattr(arm, mean_column), getattr(arm, sd_column)
        elsewhere = measure == "onset_months" and arm.duration_from is not None
        if mean is not None and sd is not None and arm.n is not None and not elsewhere:
            groups.append((arm.n, mean, sd))
    if sum(n for n, _, _ in groups) < _AT_LEAST:
        return Distance(measure, person, why="not printed of the people studied, or not held here")
    mean, sd, people = pool_arms(groups)
    if person.value is None:
        return Distance(measure, person, mean, sd, people, why=person.why)
    if sd == 0:
        return Distance(measure, person, mean, sd, people, why="the people studied did not differ in it")
    return Distance(measure, person, mean, sd, people, (person.value - mean) / sd)
