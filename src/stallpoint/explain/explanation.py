"""Everything that is said of where a trial's treatment stalls: for the trial, for groups named beforehand, and what would decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.stats import chi2

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.costs import Costs
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.plan import Plan
from stallpoint.core.wording import counted
from stallpoint.explain.at_values import judge_at_values
from stallpoint.explain.check_plan import check_plan
from stallpoint.explain.deciding import MeasurementValue, value_measurements
from stallpoint.explain.draw_chain import FEWEST_EFFECTIVE
from stallpoint.explain.stall import Stall, required_probability
from stallpoint.explain.study_chain import (
    ChainFinding,
    Evidence,
    Judged,
    fit_models,
    judge_evidence,
    judge_group,
    judge_trial,
    read_evidence,
    see_group,
    see_trial,
)
from stallpoint.response.modifier_values import MIN_PEOPLE_PER_LEVEL, call_modifier

NO_PLAN = Plan()
NO_COSTS = Costs()
MISFIT = 0.001
"""Where the best of all worlds is further from what was seen than this probability allows, the chain does not fit the trial."""

SOURCES = ("modelling_choice", "shapley1953", "wulfsohn1997")

_METHOD = (
    "Where it stalls. Doses, levels, markers, genotypes and function at entry were read person by person; links of which nothing was "
    "measured may pass nearly all or impede. Worlds were drawn over all that is not known (potential effect, curves, links) and weighted "
    "by how well they foretell the difference of slopes in cells of people and the change of markers, so links depend on each other as "
    "the data make them depend. A cell's difference is one step from a single joint model. Cells are cut by the level that baseline "
    "foretells, by function at entry at its median, and by carriage of the target's gene; the outcome had no part in the cutting. "
    "What the trial could see comes from its own people with treatment shuffled and effects added. A link is named where it passes least, "
    "and less than {limit:.0%}, in at least {threshold:.0%} of the worlds (relevant, which chance mimics, in {relevant:.0%}); these "
    "thresholds were set by simulated trials with planted stalls. "
    "Parts of the loss are Shapley's, over all orders of the links."
)


@dataclass(frozen=True)
class Explanation:
    """The trial's chain, those of its groups, what would decide, and what a reader must know to believe it.

    `at_values` are chains at the quartiles of numbers named beforehand.
    """

    whole: ChainFinding
    groups: tuple[ChainFinding, ...]
    at_values: tuple[ChainFinding, ...]
    measurements: tuple[MeasurementValue, ...]
    findings: tuple[Finding, ...]
    looks: tuple[Look, ...]
    checks: tuple[Check, ...]
    methods: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def chains(self) -> tuple[ChainFinding, ...]:
        """The trial's chain first, then its groups', then those at values."""
        return (self.whole, *self.groups, *self.at_values)

    @property
    def text(self) -> str:
        """Where it stalls, in a sentence or two: a group in which a link is named is told even where the trial as a whole is not."""
        named = [each.stall.text for each in self.groups if each.stall.named is not None]
        return " ".join(
            dict.fromkeys([*named, self.whole.stall.text]) if self.whole.stall.named is None else [self.whole.stall.text, *named]
        )


def explain_trial(trial: Trial, *, plan: Plan = NO_PLAN, costs: Costs = NO_COSTS, rng: np.random.Generator) -> Explanation:
    """Where a trial's treatment stalls, for all, for each level of a modifier named beforehand, and at values of a number.

    Args:
        trial: the trial.
        plan: what its protocol planned for the links.
        costs: prices of measurements, as far as known.
        rng: source of randomness.

    Raises:
        EstimandError: people on control do not decline.
        FitError: not even a mixed model can be fitted.
    """
    evidence = read_evidence(trial, plan, fit_models(trial))
    judged = judge_evidence(evidence, see_trial(evidence, rng=rng), rng=rng)
    checks = (*check_chain(trial, evidence, judged), *check_plan(trial, plan, evidence.people))
    found = [judge_trial("this trial", evidence, judged)]
    for subject, members in name_groups(trial, evidence):
        found.append(judge_group(subject, evidence, judged, members, see_group(evidence, members, rng=rng)))
    near, of_values = judge_at_values(trial, evidence, judged)
    whole, *groups = [_hedge(each, checks) for each in found]
    checks = (*checks, *of_values)
    return Explanation(
        whole=whole,
        groups=tuple(groups),
        at_values=tuple(_hedge(each, checks) for each in near),
        measurements=() if whole.stall.unfit else value_measurements(whole.chain, evidence, judged, costs, rng=rng),
        findings=tuple(_finding(trial, each, checks) for each in (whole, *groups)),
        looks=_looks(evidence),
        checks=checks,
        methods=(_say_method(whole.stall),),
        sources=SOURCES,
    )


def name_groups(trial: Trial, evidence: Evidence) -> list[tuple[str, pl.Series]]:
    """Levels of the modifiers named beforehand that are words or yes and no, and who has them, in the order of `evidence.people`."""
    patients = evidence.people.select("patient", "treated").join(
        trial.cohort.patients, on="patient", how="left", maintain_order="left"
    )
    groups = []
    for name in trial.modifiers.prespecified:
        if name not in patients.columns or patients[name].dtype not in (pl.String, pl.Boolean):
            continue
        for level in patients[name].drop_nulls().unique().sort().to_list():
            members = (patients[name] == level).fill_null(value=False)
            arms = patients.filter(members)["treated"]
            if min(int((arms == 1).sum()), int((arms == 0).sum())) >= MIN_PEOPLE_PER_LEVEL:
                groups.append((_say_group(name, level), members))
    return groups


def check_chain(trial: Trial, evidence: Evidence, judged: Judged) -> tuple[Check, ...]:
    """Whether the chain can speak of this trial at all, and what hedges it."""
    estimate, error = evidence.seen.cells.estimate, evidence.seen.cells.std_error
    told = ~np.isnan(error)
    weight = error[told] ** -2
    average, reach = float((estimate[told] * weight).sum() / weight.sum()), float(1.96 / np.sqrt(weight.sum()))
    harmful = average + reach < 0
    unfit = float(chi2.sf(judged.misfit, int(told.sum()))) < MISFIT
    few = judged.effective < FEWEST_EFFECTIVE
    chosen = bool(trial.cohort.not_randomised)
    unread = int((~judged.passages.known).sum())
    return (
        Check(
            "chain and randomisation",
            "failed" if chosen else "passed",
            "People were not randomised: a difference of arms need not come from treatment, so there is no effect to lose on the way."
            if chosen
            else "People were randomised, so a difference of arms is an effect of treatment.",
        ),
        Check(
            "chain and harm",
            "failed" if harmful else "passed",
            "People on treatment declined faster than can be chance: a chain of shares cannot say where harm comes from."
            if harmful
            else "The effect is not one of harm beyond chance, so a chain of shares can speak of it.",
        ),
        Check(
            "chain and effect",
            "failed" if unfit else "passed",
            "No world of the chain foretells the effects that were seen in the cells."
            if unfit
            else "There are worlds of the chain that foretell the effects that were seen.",
        ),
        Check(
            "chain draws",
            "warning" if few else "passed",
            f"The weighted worlds are worth {judged.effective:,.0f} equal draws; {FEWEST_EFFECTIVE} are asked for.",
            round(judged.effective),
            (FEWEST_EFFECTIVE,),
        ),
        Check(
            "chain readings",
            "warning" if unread else "passed",
            f"Of those treated, {counted(unread, 'person')} without doses, levels or function at entry: left out of these links.",
            unread,
        ),
    )


def _hedge(found: ChainFinding, checks: Sequence[Check]) -> ChainFinding:
    """Nothing is named where a check failed."""
    failed = " ".join(check.text for check in checks if check.status == "failed")
    return (
        replace(found, stall=replace(found.stall, named=None, possible=(), none_possible=False, unfit=failed))
        if failed
        else found
    )


def _finding(trial: Trial, found: ChainFinding, checks: tuple[Check, ...]) -> Finding:
    named = found.stall.named
    rests_on_data = named is None or found.chain.of(named).evidence == "measured here"
    return Finding(
        question=f"Where does {trial.treatment} stall in {found.chain.subject}?",
        text=found.stall.text,
        basis=trial.cohort.basis if rests_on_data else "mechanism",
        prespecified=False,
        controlled=False,
        decisive=found.stall.answer != "cannot be told apart",
        checks=checks,
    )


def _looks(evidence: Evidence) -> tuple[Look, ...]:
    """The effect was looked at in cells; that is a look at the outcome."""
    count = int((~np.isnan(evidence.seen.cells.std_error)).sum())
    question = f"How large is the effect in {counted(count, 'cell')} of people, for the chain?"
    return (Look(question, "modifier", "ALSFRS-R and survival", False, "", None),) if count > 1 else ()


def _say_method(stall: Stall) -> str:
    return _METHOD.format(limit=stall.limit, threshold=stall.threshold, relevant=required_probability("relevant"))


def _say_group(name: str, level: str | bool) -> str:
    said = level if isinstance(level, str) else ("yes" if level else "no")
    return f'the group "{call_modifier(name)}: {said}"'
