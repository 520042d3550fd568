"""A drug as the model sees it: how much of its target is engaged, on which pathways, and what is not known about the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from stallpoint.core.drug import DosePattern, Drug
from stallpoint.exposure.answer import find_pattern
from stallpoint.exposure.antisense import antisense_steps
from stallpoint.exposure.chain import Steps, follow_chain, uncertain_inputs
from stallpoint.exposure.person import Person
from stallpoint.exposure.sensitivity import draw_inputs
from stallpoint.exposure.verdict import Verdict, judge_exposure
from stallpoint.knowledge.exposure_scenarios import ExposureScenario, load_scenario
from stallpoint.knowledge.mechanism import DrugHypothesis, MechanismParameter, load_drug_hypotheses, load_pathway_names
from stallpoint.mechanism.action import Action, Schedule

Floats = npt.NDArray[np.float64]
Ground = Literal["computed", "seen in the CNS of people", "not known"]

SHARE_RANGE = (1e-4, 1 - 1e-4)
HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Treatment:
    """One drug at one dose.

    Attributes:
        drug, pattern: what is given and how; no pattern where none is known.
        pathways: indices of the pathways that its file names; empty where it acts on none of the six.
        share: draws of the average engagement; where nothing can be computed, of all that it might be.
        ground: what the draws rest on.
        verdict: of `exposure`.
        schedule, half_life_days: of the doses and of the level at the site.
        hypothesis: what is supposed of it beyond its file; None for most.
        site_unbound_umol_l: draws of the average unbound concentration at the site; None where it cannot be computed.
    """

    drug: Drug
    pattern: DosePattern | None
    pathways: tuple[int, ...]
    share: Floats
    ground: Ground
    verdict: Verdict
    schedule: Schedule
    half_life_days: float
    hypothesis: DrugHypothesis | None
    site_unbound_umol_l: Floats | None = None

    @property
    def silent(self) -> str:
        """Why the model can say nothing of what the drug does; empty where it can."""
        if self.pathways:
            return ""
        return f"{self.drug.name} acts on none of the six pathways of this model: no effect can come out, which says nothing about it"


@dataclass(frozen=True)
class Supposed:
    """What might be true of a drug: one draw. `share` is the typical engagement, `largest` holds one value per pathway."""

    share: float
    moves: bool
    largest: Floats
    harm: float


def prepare_treatment(
    drug: Drug,
    *,
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
    dose: str | None = None,
    scenario: str = "healthy",
    draws: int = 1024,
) -> Treatment:
    """A drug with its engagement from `exposure`.

    Args:
        drug: what is known of it.
        known: parameters of the model.
        rng: source of randomness.
        dose: one of its dose patterns; the first where None.
        scenario: circumstances of exposure; all that changes the way of a drug belongs there.
        draws: of the engagement.

    Raises:
        NoDoseError: a dose pattern that the drug does not have.
    """
    pattern = find_pattern(drug, dose)
    steps = _steps(drug, pattern, load_scenario(scenario), rng, draws)
    verdict = judge_exposure(drug, steps)
    share, ground = _engagement(steps, verdict, rng, draws)
    names = load_pathway_names()
    return Treatment(
        drug=drug,
        pattern=pattern,
        pathways=tuple(sorted({names[each] for each in drug.pathways if each in names})),
        share=np.clip(share, *SHARE_RANGE),
        ground=ground,
        verdict=verdict,
        schedule=_schedule(pattern),
        half_life_days=_half_life_days(drug, pattern, known),
        hypothesis=_hypothesis(drug, pattern),
        site_unbound_umol_l=steps.site_unbound_umol_l,
    )


def suppose(treatment: Treatment, known: Mapping[str, MechanismParameter], rng: np.random.Generator) -> Supposed:
    """Draw what might be true of the drug, the same for everybody who takes it."""
    hypothesis = treatment.hypothesis
    probability = known["target_moves_pathway"].value
    if hypothesis is not None and hypothesis.moves is not None:
        probability = hypothesis.moves
    spread = known["largest_shift"]
    low, high = (spread.low, spread.high) if hypothesis is None or hypothesis.largest is None else hypothesis.largest
    at_limit = hypothesis is not None and hypothesis.tolerance_limit
    harm = known["harm_at_tolerance_limit"]
    return Supposed(
        share=float(rng.choice(treatment.share)),
        moves=bool(rng.random() < probability),
        largest=rng.uniform(low, high, len(treatment.pathways)),
        harm=float(np.exp(rng.normal(np.log(harm.value), np.log(harm.high / harm.low) / 3.92))) if at_limit else 0.0,
    )


class Treatable(Protocol):
    """People as far as a treatment asks about them."""

    @property
    def n(self) -> int:
        """Number of people."""

    @property
    def genotype(self) -> npt.NDArray[np.str_]:
        """Names of genotypes, shape (n,)."""


def act_on(
    people: Treatable,
    treatment: Treatment,
    supposed: Supposed,
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
    *,
    treated: npt.NDArray[np.bool_] | None = None,
    start_days: float | Floats = 0.0,
    stop_days: float | Floats = np.inf,
) -> Action:
    """The treatment in each of the people, whose levels differ. Who is not treated gets no dose; who lacks the gene is not acted on.

    Args:
        people: all of them, treated or not.
        treatment: the drug.
        supposed: what is true of it in this draw.
        known: parameters of the model.
        rng: source of randomness.
        treated: who is, shape (n,); everybody where None.
        start_days, stop_days: of the doses, one for all or shape (n,).
    """
    n = people.n
    level = logit(supposed.share) + known["level_between"].value * rng.standard_normal(n)
    gene = treatment.hypothesis.genotype if treatment.hypothesis else ""
    reached = (people.genotype == gene) if gene else np.ones(n, dtype=bool)
    given = np.ones(n, dtype=bool) if treated is None else treated
    return Action(
        name=treatment.drug.name,
        pathways=treatment.pathways,
        share=np.clip(expit(level), *SHARE_RANGE),
        largest=np.outer(reached, supposed.largest * supposed.moves),
        harm=np.full(n, supposed.harm),
        half_life_days=np.full(n, treatment.half_life_days),
        entry_per_day=np.full(n, known["entry_per_hour"].in_unit("1/day")),
        schedule=treatment.schedule,
        start_days=np.where(given, start_days, np.inf),
        stop_days=np.broadcast_to(np.asarray(stop_days, dtype=np.float64), (n,)).copy(),
    )


def _steps(drug: Drug, pattern: DosePattern | None, scenario: ExposureScenario, rng: np.random.Generator, draws: int) -> Steps:
    """The chain of exposure, as far as it can be followed."""
    tissue = antisense_steps(drug, scenario, count=draws, rng=rng)
    if tissue is not None:
        return tissue
    if pattern is None:
        return Steps(np.ones(1), None, None, np.ones(1), None, None, None)
    values = draw_inputs(uncertain_inputs(drug, pattern, scenario), count=draws, rng=rng)
    return follow_chain(drug, pattern, Person(), scenario, values, count=draws)


def _engagement(steps: Steps, verdict: Verdict, rng: np.random.Generator, draws: int) -> tuple[Floats, Ground]:
    """What was computed; else the upper half where people's CNS showed engagement; else anything."""
    if steps.share is not None:
        return steps.share, "computed"
    if verdict.answer == "not limited":
        return rng.uniform(0.5, 1.0, draws), "seen in the CNS of people"
    return rng.uniform(0.0, 1.0, draws), "not known"


def _schedule(pattern: DosePattern | None) -> Schedule:
    """The regular doses; what does not fall on whole days, or on equal parts of one, is given daily. Pauses are averaged away."""
    if pattern is None:
        return Schedule()
    days = pattern.interval_h / HOURS_PER_DAY
    whole = days >= 1 and abs(days - round(days)) < 1e-6
    part = days < 1 and abs(1 / days - round(1 / days)) < 1e-6
    return Schedule(days, pattern.first_days or (0.0,)) if whole or part else Schedule()


def _half_life_days(drug: Drug, pattern: DosePattern | None, known: Mapping[str, MechanismParameter]) -> float:
    if drug.kind == "antisense" or (pattern is not None and pattern.route == "intrathecal"):
        return known["antisense_tissue_half_life"].in_unit("day")
    own = drug.parameter("half_life")
    return known["default_half_life"].in_unit("day") if own is None else own.value / HOURS_PER_DAY


def _hypothesis(drug: Drug, pattern: DosePattern | None) -> DrugHypothesis | None:
    asked = "" if pattern is None else pattern.name
    rows = (each for each in load_drug_hypotheses() if each.drug == drug.name.lower() and each.dose in ("", asked))
    return next(rows, None)
