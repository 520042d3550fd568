"""Does this drug get there? Everything that is said about one drug in one kind of person under stated circumstances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.drug import DosePattern, Drug, Evidence, Gap
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.parameter import LINKS
from stallpoint.core.source import DIRECTIONS
from stallpoint.exposure.antisense import GROUND, antisense_steps
from stallpoint.exposure.barrier import Efflux
from stallpoint.exposure.chain import Steps, follow_chain, uncertain_inputs
from stallpoint.exposure.course import plasma_course
from stallpoint.exposure.delivery import DeliveryGain, judge_option
from stallpoint.exposure.fluid_ratios import FluidRatios, fluid_ratios
from stallpoint.exposure.person import Person, unknown_covariates
from stallpoint.exposure.sensitivity import Swing, draw_inputs, swing_inputs
from stallpoint.exposure.uncertain import Uncertain
from stallpoint.exposure.verdict import Verdict, contradict, judge_barrier, judge_exposure
from stallpoint.knowledge.delivery import load_delivery
from stallpoint.knowledge.exposure_scenarios import ExposureScenario, load_scenario

Array = npt.NDArray[np.float64]

DRAWS = 4096
SOBOL_DRAWS = 1024
PEOPLE = 2000
HEALTHY_ID = "healthy"
ALS_ID = "als-efflux"


class NoDoseError(DrugError):
    """A drug of which it is not known how it was given."""


@dataclass(frozen=True)
class StepShare:
    """The share that one step passes on: middle and 95% of draws, the class of evidence, and what it rests on."""

    label: str
    low: float
    middle: float
    high: float
    evidence: str
    ground: str


@dataclass(frozen=True)
class ExposureAnswer:
    """What can be said of a drug's way to its target.

    `levels` has columns place, low, middle, high, unit. `course` is None where no course in time can be computed. `evidence` is sorted
    by link, what refutes before what supports. `barrier` is the verdict on the efflux that some ALS tissue shows. `fluids` is None where
    the fluids of brain and cord say nothing of the drug: it is given past the barrier, or is no small molecule.
    """

    drug: Drug
    pattern: DosePattern | None
    person: Person
    scenario: ExposureScenario
    inputs: Mapping[str, Uncertain]
    steps: tuple[StepShare, ...]
    levels: pl.DataFrame
    verdict: Verdict
    barrier: Verdict
    contradiction: str
    swings: tuple[Swing, ...]
    delivery: tuple[DeliveryGain, ...]
    course: pl.DataFrame | None
    fluids: FluidRatios | None
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...]
    unknown_of_person: tuple[str, ...]

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        name = self.drug.name[0].upper() + self.drug.name[1:]
        said = {
            "exposure-limited": "too little of it reaches its target",
            "not limited": "exposure is not what limits it",
            "unknown": "whether enough of it reaches its target cannot be told",
        }
        return f"{name}: {said[self.verdict.answer]}."

    @property
    def barrier_sentence(self) -> str:
        """Whether the barrier could be the reason for a lack of effect."""
        said = {
            "exposure-limited": "Raised efflux at the barrier could take most of its effect away",
            "not limited": "Raised efflux at the barrier does not explain a lack of effect",
            "unknown": "Whether raised efflux at the barrier could explain a lack of effect cannot be told",
        }
        return f"{said[self.barrier.answer]}: {self.barrier.why}."


def answer_exposure(
    drug: Drug, *, person: Person, scenario: ExposureScenario, seed: int, dose: str | None = None
) -> ExposureAnswer:
    """Follow a drug from dose to target.

    Args:
        drug: what is known of it.
        person: whose covariates apply; what is not known of the person leaves the typical value.
        scenario: the circumstances.
        seed: of every draw.
        dose: name of one of the drug's dose patterns; the first where None.

    Raises:
        NoDoseError: a dose pattern that the drug does not have.
    """
    pattern = find_pattern(drug, dose)
    rng = np.random.default_rng(seed)
    als, healthy = load_scenario(ALS_ID), load_scenario(HEALTHY_ID)
    inputs = {} if pattern is None else uncertain_inputs(drug, pattern, scenario)
    asked = inputs if pattern is None else uncertain_inputs(drug, pattern, als) | inputs
    values = draw_inputs(asked, count=DRAWS, rng=rng)

    tissue = antisense_steps(drug, scenario, count=DRAWS, rng=rng)

    def follow(under: ExposureScenario) -> Steps:
        return _nothing() if pattern is None else follow_chain(drug, pattern, person, under, values, count=DRAWS)

    def share(draws: Mapping[str, Array], count: int) -> Array:
        found = None if pattern is None else follow_chain(drug, pattern, person, scenario, draws, count=count).share
        return np.zeros(count) if found is None else found

    steps = tissue or follow(scenario)
    return ExposureAnswer(
        drug=drug,
        pattern=pattern,
        person=person,
        scenario=scenario,
        inputs=inputs,
        steps=_step_shares(inputs, scenario, steps, pattern),
        levels=_levels(steps),
        verdict=judge_exposure(drug, steps),
        barrier=judge_barrier(tissue or follow(als), follow(healthy)),
        contradiction=contradict(steps),
        swings=() if tissue or steps.share is None else swing_inputs(inputs, share, count=SOBOL_DRAWS, rng=rng),
        delivery=_judge_delivery(drug, pattern, steps, values, rng),
        course=None if pattern is None else plasma_course(drug, pattern, person, scenario, people=PEOPLE, rng=rng),
        fluids=fluid_ratios(drug, pattern, steps.unbound_ratio, rng),
        evidence=_contrary_first(drug.evidence),
        gaps=drug.gaps,
        unknown_of_person=unknown_covariates(drug, person),
    )


def find_pattern(drug: Drug, name: str | None) -> DosePattern | None:
    """A dose pattern by name; the first where no name is given, None where the drug has none.

    Raises:
        NoDoseError: no pattern of that name.
    """
    if name is None:
        return drug.patterns[0] if drug.patterns else None
    known = {pattern.name: pattern for pattern in drug.patterns}
    if name not in known:
        raise NoDoseError(f"{drug.name} has no dose pattern called {name}", do=ask_nearest(name, known))
    return known[name]


def _contrary_first(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(sorted(evidence, key=lambda each: (LINKS.index(each.link), DIRECTIONS.index(each.direction))))


def _nothing() -> Steps:
    return Steps(np.ones(1), None, None, np.ones(1), None, None, None)


def _step_shares(
    inputs: Mapping[str, Uncertain], scenario: ExposureScenario, steps: Steps, pattern: DosePattern | None
) -> tuple[StepShare, ...]:
    """The steps that are shares, in their order."""
    if pattern is None:
        return ()
    rows = [StepShare("doses taken", scenario.taken, scenario.taken, scenario.taken, scenario.evidence, scenario.note)]
    for name, label in (("bioavailability", "absorbed"), ("fraction_unbound_plasma", "unbound in plasma")):
        if name in inputs:
            rows.append(_from_input(label, inputs[name]))
    if pattern.route != "intrathecal":
        known = inputs.get("unbound_brain_plasma_ratio") or inputs.get("efflux_index_pgp") or inputs.get("efflux_index_bcrp")
        assumed = "passive_share" in inputs or known is None
        rows.append(
            _from_draws(
                "through the barrier (Kp,uu)",
                steps.unbound_ratio,
                "assumed" if assumed or known is None else known.evidence,
                "Kp,uu is not known; efflux alone, and an assumed range for the rest"
                if assumed or known is None
                else known.ground,
            )
        )
    if steps.share is not None and steps.tissue_ug_g:
        rows.append(_from_draws("of the largest knock-down, in lumbar cord", steps.share, "assumed", GROUND))
    elif steps.share is not None:
        basis = inputs.get("dose_of_half_effect") or inputs["potency"]
        rows.append(_from_draws("of the largest effect, at the target", steps.share, basis.evidence, basis.ground))
    return tuple(rows)


def _from_input(label: str, uncertain: Uncertain) -> StepShare:
    low, middle, high = uncertain.quantile(np.array([0.025, 0.5, 0.975]))
    return StepShare(label, float(low), float(middle), float(high), uncertain.evidence, uncertain.ground)


def _from_draws(label: str, draws: Array, evidence: str, ground: str) -> StepShare:
    low, middle, high = np.quantile(draws, [0.025, 0.5, 0.975])
    return StepShare(label, float(low), float(middle), float(high), evidence, ground)


def _levels(steps: Steps) -> pl.DataFrame:
    """Average levels from plasma to neuron, middle and 95% of draws."""
    places = (
        ("plasma, total", steps.plasma_mg_l, "mg/L"),
        ("plasma, unbound", steps.plasma_unbound_umol_l, "umol/L"),
        ("at the neuron, unbound", steps.site_unbound_umol_l, "umol/L"),
        *((f"{region}, tissue", draws, "ug/g") for region, draws in steps.tissue_ug_g.items()),
    )
    rows = [
        (place, *(float(value) for value in np.quantile(draws, [0.025, 0.5, 0.975])), unit)
        for place, draws, unit in places
        if draws is not None
    ]
    schema = {"place": pl.String, "low": pl.Float64, "middle": pl.Float64, "high": pl.Float64, "unit": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _judge_delivery(
    drug: Drug, pattern: DosePattern | None, steps: Steps, values: Mapping[str, Array], rng: np.random.Generator
) -> tuple[DeliveryGain, ...]:
    """Every option for a small molecule that is given into the body; what is already given past the barrier is not asked."""
    if pattern is None or pattern.route == "intrathecal" or drug.kind != "small molecule":
        return ()
    loss = np.maximum(1 / steps.unbound_ratio - 1, 0)
    zero = np.zeros_like(loss)
    known = "efflux_index_pgp" in values or "efflux_index_bcrp" in values
    efflux = Efflux(values.get("efflux_index_pgp", zero), values.get("efflux_index_bcrp", zero)) if known else Efflux(loss)
    return tuple(
        judge_option(option, ratio=steps.unbound_ratio, efflux=efflux, share=steps.share, rng=rng) for option in load_delivery()
    )
