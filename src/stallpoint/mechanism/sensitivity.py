"""What the reported outputs of a virtual trial hang on: Sobol indices over every uncertain number at once, alone and by class of evidence.

Outputs are those of a trial without end: the mean over the same people, with and without treatment, so chance of a trial is no part of
them. Each number of the model moves over its 95% range (log-normal, or even where it may be negative). With it move what might be true of
the drug, and the driver weights and the bypass of the population, which its people share here: what is not known is which pathway drives
the disease, not only in whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtri
from scipy.stats import gamma

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.mechanism import MechanismParameter, load_genotypes
from stallpoint.knowledge.molecular_states import SHIFTED
from stallpoint.mechanism.calibrate import BROAD
from stallpoint.mechanism.follow import WEEK_DAYS, follow_people
from stallpoint.mechanism.molecular_states import StateQuestion, ask_states, move_concentrations
from stallpoint.mechanism.people import BYPASS_GRID
from stallpoint.mechanism.treatment import Supposed, Treatment, act_on
from stallpoint.mechanism.trial import TrialPlan
from stallpoint.mechanism.virtual_people import draw_people
from stallpoint.numerics.sobol import sobol_by_group

Floats = npt.NDArray[np.float64]
Knowledge = Literal["measured in humans", "derived", "animal", "assumed"]

CLASSES: tuple[Knowledge, ...] = ("measured in humans", "derived", "animal", "assumed")
OUTPUTS = ("slope difference, points per month", "survival difference at the end", "serum NfL ratio at the end")
WEIGHTS = "driver weights of the population"
BYPASS = "bypass of the population"
ENGAGEMENT = "engagement of the target"
MOVES = "whether the target moves its pathway"
SHIFT = "how far the pathway is moved"
HARM = "harm at the limit of tolerance"
STATES = "what molecular states mean"
REPLACED = ("target_moves_pathway", "largest_shift", "harm_at_tolerance_limit")
"""Numbers that are the distributions of what is drawn for the drug itself."""

PEOPLE = 24
DECISIVE = 0.5
"""Where what is assumed may make this much of an output's variance or more, the output is driven by assumption."""


@dataclass(frozen=True)
class _Input:
    name: str
    knowledge: Knowledge
    columns: tuple[int, ...]


def find_drivers(
    treatment: Treatment,
    plan: TrialPlan,
    *,
    known: Mapping[str, MechanismParameter],
    rng: np.random.Generator,
    count: int = 128,
    single: bool = False,
) -> pl.DataFrame:
    """Sobol indices of each output by class of evidence, and by single input where asked for.

    Args:
        treatment: the drug.
        plan: weeks, criteria and delay of the trial.
        known: parameters of the model.
        rng: source of randomness.
        count: rows of the two matrices, a power of 2; the model is followed count times (classes or inputs + 2) times.
        single: every input by itself as well.

    Returns:
        Columns output, group, knowledge (empty for classes), first, first_error, total, total_error, driven_by_assumption. The last is of
        the output: what is assumed may make half of its variance or more, by its total index plus two errors.
    """
    uncertain = {key: each for key, each in known.items() if _moves(key, each)}
    questions = ask_states(plan.entry.states)
    inputs = _inputs(treatment, uncertain, questions)
    columns = 1 + max(column for each in inputs for column in each.columns)
    seed = int(rng.integers(2**32))

    def model(unit: Floats) -> Floats:
        return np.stack([_outputs(row, treatment, plan, known, uncertain, questions, seed) for row in unit])

    groups: dict[str, Sequence[int]] = {
        kind: [column for each in inputs if each.knowledge == kind for column in each.columns] for kind in CLASSES
    }
    groups = {kind: columns for kind, columns in groups.items() if columns}
    if single:
        groups |= {each.name: each.columns for each in inputs}
    kinds = {each.name: each.knowledge for each in inputs}
    shares = sobol_by_group(model, groups, columns, count=count, rng=rng)
    driven = shares["assumed"].total + 2 * shares["assumed"].total_error >= DECISIVE
    rows = [
        {
            "output": output,
            "group": name,
            "knowledge": kinds.get(name, ""),
            **{field: float(values[index]) for field, values in vars(share).items()},
            "driven_by_assumption": bool(driven[index]),
        }
        for index, output in enumerate(OUTPUTS)
        for name, share in shares.items()
    ]
    return pl.DataFrame(rows)


def knowledge_of(evidence: EvidenceClass, tag: Tag) -> Knowledge:
    """The class of a number: what was computed from human data is derived, and what was read there is measured."""
    if evidence == "assumed":
        return "assumed"
    if evidence == "human":
        return "measured in humans" if tag == "seen" else "derived"
    return "animal"


def _moves(key: str, parameter: MechanismParameter) -> bool:
    return parameter.low < parameter.high and not key.startswith("published_") and key not in REPLACED


def _inputs(
    treatment: Treatment, uncertain: Mapping[str, MechanismParameter], questions: tuple[StateQuestion, ...]
) -> list[_Input]:
    """Columns: one for each number, then engagement, whether, how far, harm, bypass, seven for driver weights, and those of states."""
    found = [
        _Input(key.replace("_", " "), knowledge_of(each.evidence, each.tag), (column,))
        for column, (key, each) in enumerate(uncertain.items())
    ]
    at = len(uncertain)
    found += [
        _Input(ENGAGEMENT, "derived" if treatment.ground == "computed" else "assumed", (at,)),
        _Input(MOVES, "assumed", (at + 1,)),
        _Input(SHIFT, "assumed", (at + 2,)),
        _Input(BYPASS, "assumed", (at + 4,)),
        _Input(WEIGHTS, "assumed", tuple(range(at + 5, at + 12))),
    ]
    if treatment.hypothesis is not None and treatment.hypothesis.tolerance_limit:
        found.append(_Input(HARM, "assumed", (at + 3,)))
    if questions:
        found.append(_Input(STATES, "assumed", tuple(range(at + 12, at + 12 + sum(each.unknowns for each in questions)))))
    return found


def _outputs(
    unit: Floats,
    treatment: Treatment,
    plan: TrialPlan,
    known: Mapping[str, MechanismParameter],
    uncertain: Mapping[str, MechanismParameter],
    questions: tuple[StateQuestion, ...],
    seed: int,
) -> Floats:
    """The outputs for one point; the same stream for every point, so that only the inputs differ."""
    rng, at = np.random.default_rng(seed), len(uncertain)
    world = {**known, **{key: _at(each, unit[i]) for i, (key, each) in enumerate(uncertain.items())}}
    genotype = load_genotypes()[plan.entry.genotype or BROAD]
    people = draw_people(PEOPLE, rng=rng, world=world, entry=replace(plan.entry, states={}))
    relative = _relative(questions, unit[at + 12 :])
    weights = np.asarray(gamma.ppf(unit[at + 5 : at + 12], move_concentrations(np.array(genotype.weights), relative)))
    low, high = genotype.bypass
    share = round(min((low + (high - low) * unit[at + 4]) * relative[-1], 1.0) * (len(BYPASS_GRID) - 1))
    people = replace(
        people,
        weights=np.tile(weights[:-1] / weights.sum(), (people.n, 1)),
        group=np.full(people.n, share),
    )
    supposed = _suppose(treatment, world, unit[at : at + 4])
    action = act_on(people, treatment, supposed, world, rng, start_days=plan.delay_weeks * WEEK_DAYS)
    with_it, without = follow_people(people, [action], weeks=plan.weeks), follow_people(people, weeks=plan.weeks)
    months = plan.weeks * WEEK_DAYS / DAYS_PER_MONTH
    slope = (with_it.alsfrs_r - without.alsfrs_r)[:, -1].mean() / months
    alive = (with_it.survival - without.survival)[:, -1].mean()
    nfl = np.exp(np.log(with_it.nfl_serum / without.nfl_serum)[:, -1].mean())
    return np.array([slope, alive, nfl])


def _relative(questions: tuple[StateQuestion, ...], unit: Floats) -> Floats:
    """What states move pathways and bypass by, shape (7,), on average over the people, who share it here."""
    relative = np.ones(len(SHIFTED))
    for question in questions:
        own, unit = np.split(unit, [question.unknowns])
        normal, uniform = np.split(own, [question.unknowns - len(question.states)])
        relative = relative * (question.shares @ question.relative(np.asarray(ndtri(normal)), uniform))
    return relative


def _at(parameter: MechanismParameter, share: float) -> MechanismParameter:
    """The parameter at a share of its range: log-normal with these 95% limits about their middle; even where it may be negative."""
    if parameter.low <= 0:
        return replace(parameter, value=parameter.low + (parameter.high - parameter.low) * share)
    low, high = np.log([parameter.low, parameter.high])
    return replace(parameter, value=float(np.exp((low + high) / 2 + (high - low) / 3.92 * ndtri(share))))


def _suppose(treatment: Treatment, world: Mapping[str, MechanismParameter], unit: Floats) -> Supposed:
    """What might be true of the drug, at shares of the distributions that `suppose` draws from."""
    hypothesis = treatment.hypothesis
    spread, harm = world["largest_shift"], world["harm_at_tolerance_limit"]
    low, high = (spread.low, spread.high) if hypothesis is None or hypothesis.largest is None else hypothesis.largest
    chance = world["target_moves_pathway"].value if hypothesis is None or hypothesis.moves is None else hypothesis.moves
    at_limit = hypothesis is not None and hypothesis.tolerance_limit
    size = float(np.exp(np.log(harm.value) + np.log(harm.high / harm.low) / 3.92 * ndtri(unit[3])))
    return Supposed(
        share=float(np.quantile(treatment.share, unit[0])),
        moves=bool(unit[1] < chance),
        largest=np.full(len(treatment.pathways), low + (high - low) * unit[2]),
        harm=size if at_limit else 0.0,
    )
