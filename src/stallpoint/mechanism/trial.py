"""Virtual trials: virtual people on a visit schedule, randomised, observed with noise, dying and leaving, analysed as a trial would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from stallpoint.core.errors import StallpointError
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.knowledge.mechanism import MechanismParameter
from stallpoint.mechanism.attrition import draw_leaving
from stallpoint.mechanism.follow import WEEK_DAYS, Courses
from stallpoint.mechanism.mechanism import BundledMechanism, Mechanism
from stallpoint.mechanism.slopes import SlopeContrast, contrast_slopes
from stallpoint.mechanism.treatment import Supposed, Treatment
from stallpoint.mechanism.virtual_people import Entry

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MOST_POINTS = 48
ALPHA = 0.05


@dataclass(frozen=True)
class TrialPlan:
    """Arms, visits and criteria of a virtual trial.

    Attributes:
        treated, control: people in each arm.
        weeks: of double-blind treatment.
        visit_weeks: weeks between visits.
        entry: criteria.
        delay_weeks: when treatment begins, after randomisation.
    """

    treated: int
    control: int
    weeks: int
    visit_weeks: int = 4
    entry: Entry = field(default_factory=Entry)
    delay_weeks: int = 0

    def __post_init__(self) -> None:
        if min(self.treated, self.control) < 2:
            raise StallpointError("a virtual trial needs two people in each arm", do="ask for more people")
        if self.visit_weeks < 1 or self.weeks < 2 * self.visit_weeks:
            raise StallpointError(
                f"{self.weeks} weeks with a visit every {self.visit_weeks} give no slope", do="ask for three visits or more"
            )

    @property
    def visits(self) -> npt.NDArray[np.int64]:
        """Weeks of the visits, time zero included."""
        return np.arange(0, self.weeks + 1, self.visit_weeks)


@dataclass(frozen=True)
class TrialOutcome:
    """What one virtual trial saw, and what was true in it.

    Attributes:
        slope: contrast of the slopes of ALSFRS-R, points per month, positive is better.
        log_hazard_ratio: crude, by events over time at risk; not a number where an arm has no death.
        deaths_treated, deaths_control: shares who died within the trial while they were in it.
        nfl_ratio: change of serum neurofilament over the trial, treated over control, as a ratio of geometric means.
        true_slowing: mean over treated people of the share of neuron loss that treatment spared.
        true_points: mean over treated people of latent points at the end, treated less untreated.
    """

    slope: SlopeContrast
    log_hazard_ratio: float
    deaths_treated: float
    deaths_control: float
    nfl_ratio: float
    true_slowing: float
    true_points: float

    @property
    def benefit(self) -> bool:
        """The primary analysis finds a benefit at two-sided 5%."""
        return bool(self.slope.estimate > norm.ppf(1 - ALPHA / 2) * self.slope.std_error)

    @property
    def harm(self) -> bool:
        """The primary analysis finds harm at two-sided 5%."""
        return bool(self.slope.estimate < -norm.ppf(1 - ALPHA / 2) * self.slope.std_error)


def run_trial(
    plan: TrialPlan,
    treatment: Treatment,
    supposed: Supposed,
    *,
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
    mechanism: Mechanism | None = None,
) -> TrialOutcome:
    """One virtual trial of one drug under one draw of what might be true of it.

    Args:
        plan: the design.
        treatment: the drug.
        supposed: what is true of it here.
        known: parameters of the model.
        rng: source of randomness.
        mechanism: in the place of the bundled one, where given.
    """
    mechanism = mechanism or BundledMechanism(known)
    people = mechanism.draw(plan.treated + plan.control, rng=rng, entry=plan.entry)
    treated = np.zeros(people.n, dtype=bool)
    treated[rng.permutation(people.n)[: plan.treated]] = True
    start = plan.delay_weeks * WEEK_DAYS
    action = mechanism.act(people, treatment, supposed, rng, treated=treated, start_days=start)
    courses = mechanism.follow(people, (action,), weeks=plan.weeks)
    untreated = mechanism.follow(people.take(treated), (), weeks=plan.weeks)
    death = draw_deaths(courses, rng)
    end = np.minimum(np.minimum(death, draw_leaving(people.n, known, rng)), courses.time_months[-1])
    months = courses.time_months[plan.visits]
    scores = observe(courses.alsfrs_r[:, plan.visits], known["residual_sd"].value, rng)
    seen = months[None, :] <= end[:, None]
    return TrialOutcome(
        slope=contrast_slopes(scores, months, seen, treated, residual_sd=known["residual_sd"].value),
        log_hazard_ratio=_log_hazard_ratio(death, end, treated),
        deaths_treated=float((death <= end)[treated].mean()),
        deaths_control=float((death <= end)[~treated].mean()),
        nfl_ratio=_nfl_ratio(courses, end, treated, known, rng),
        true_slowing=_spared(courses, untreated, treated),
        true_points=float((courses.alsfrs_r[treated, -1] - untreated.alsfrs_r[:, -1]).mean()),
    )


def draw_deaths(courses: Courses, rng: np.random.Generator) -> Floats:
    """Months to death, tracheostomy or permanent ventilation, shape (n,); infinite where beyond the end."""
    target = rng.exponential(size=len(courses.cumulative_hazard))
    times = [
        np.interp(each, hazard, courses.time_months, right=np.inf)
        for each, hazard in zip(target, courses.cumulative_hazard, strict=True)
    ]
    return np.asarray(times, dtype=np.float64)


def observe(latent: Floats, residual_sd: float, rng: np.random.Generator) -> Floats:
    """Scores as they are written down: with noise, whole, 0 to 48."""
    noisy = latent + residual_sd * rng.standard_normal(latent.shape)
    return np.asarray(np.clip(np.rint(noisy), 0, MOST_POINTS))


def _spared(courses: Courses, untreated: Courses, treated: Flags) -> float:
    """Share of the neuron loss of the trial that treatment spared, averaged over treated people."""
    lost = courses.neurons[treated, :, 0].sum(axis=1) - courses.neurons[treated, :, -1].sum(axis=1)
    without = untreated.neurons[:, :, 0].sum(axis=1) - untreated.neurons[:, :, -1].sum(axis=1)
    return float((1 - lost / without).mean())


def _log_hazard_ratio(death: Floats, end: Floats, treated: Flags) -> float:
    died = death <= end
    if not died[treated].any() or not died[~treated].any():
        return float("nan")
    rates = [np.log(died[arm].sum() / end[arm].sum()) for arm in (treated, ~treated)]
    return float(rates[0] - rates[1])


def _nfl_ratio(
    courses: Courses, end: Floats, treated: Flags, known: Mapping[str, MechanismParameter], rng: np.random.Generator
) -> float:
    """Over those who are there at the end."""
    there = end >= courses.days[-1] / DAYS_PER_MONTH
    noise = known["nfl_measurement_log_sd"].value * rng.standard_normal((2, len(end)))
    change = np.log(courses.nfl_serum[:, -1] / courses.nfl_serum[:, 0]) + noise[1] - noise[0]
    if not (there & treated).any() or not (there & ~treated).any():
        return float("nan")
    return float(np.exp(change[there & treated].mean() - change[there & ~treated].mean()))
