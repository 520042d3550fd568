"""What shares of people a treatment helps and harms: bounds from the two arms, told as a finding."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.errors import FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.response.analysis import Analysis
from stallpoint.response.benefit_bounds import FEWEST_PEOPLE, BenefitBounds, Share, estimate_benefit
from stallpoint.response.final_outcome import FinalOutcomes, order_outcomes

_METHOD = (
    "Shares who benefit or are harmed were bounded by the two arms' distributions of one order of outcomes at the horizon, death lowest "
    "(Makarov 1982; Fan and Park 2010), within strata of randomisation where each has ten people an arm; suprema were corrected for "
    "their upward bias, and intervals hold both ends (Chernozhukov, Lee and Rosen 2013). People lost before the horizon are taken to be "
    "like those of their arm who were not."
)


def bound_shares(trial: Trial, outcomes: FinalOutcomes, *, rng: np.random.Generator) -> Analysis:
    """Bounds on the shares who fare better and worse; where they cannot be had a check says why."""
    try:
        bounds, groups = _within_strata(outcomes.people, trial.strata, rng)
    except FitError as error:
        return Analysis(checks=(Check("bounds on benefit", "warning", f"Shares could not be bounded. {error.text}"),))
    rows = [{"share": name, **asdict(share)} for name, share in (("benefit", bounds.benefit), ("harm", bounds.harm))]
    question = f"What share of people does {trial.treatment} help, and what share does it harm?"
    finding = Finding(
        question=question,
        text=_say(trial, bounds, groups),
        basis=trial.cohort.basis,
        prespecified=False,
        controlled=False,
        decisive=bounds.benefit.low > 0 or bounds.harm.low > 0,
        checks=(outcomes.check,),
    )
    return Analysis(
        findings=(finding,),
        looks=(Look(question, "variation", "death and change of ALSFRS-R at the horizon", False, "benefit_bounds", None),),
        methods=(_METHOD,),
        sources=("makarov1982", "fanpark2010", "chernozhukov2013"),
        series={"benefit_bounds": pl.DataFrame(rows)},
    )


def _within_strata(people: pl.DataFrame, strata: tuple[str, ...], rng: np.random.Generator) -> tuple[BenefitBounds, int]:
    """Bounds within the strata of randomisation, or over all people where a stratum is too small or there is none."""
    parts = people.partition_by(list(strata), maintain_order=True) if strata else [people]
    if len(parts) > 1 and not all(_enough(part) for part in parts):
        parts = [people]
    treated, control = ([order_outcomes(part.filter(pl.col("treated") == arm)) for part in parts] for arm in (1.0, 0.0))
    share = np.array([part.height for part in parts]) / people.height
    return estimate_benefit(treated, control, share, rng=rng), len(parts)


def _enough(part: pl.DataFrame) -> bool:
    known = part.filter((pl.col("died") == 1) | pl.col("change").is_not_null())
    alive = known.filter(pl.col("died") == 0)
    return all(
        known.filter(pl.col("treated") == arm).height >= FEWEST_PEOPLE and alive.filter(pl.col("treated") == arm).height > 0
        for arm in (1.0, 0.0)
    )


def _say(trial: Trial, bounds: BenefitBounds, groups: int) -> str:
    def said(share: Share) -> str:
        return f"from {share.least:.0%} to {share.most:.0%} (interval {share.low:.0%} to {share.high:.0%})"

    within = f" within {groups} strata" if groups > 1 else ""
    return (
        f"Counting death below any score{within}, the share who fare better on {trial.treatment} than they would have on {trial.control} "
        f"can be anything {said(bounds.benefit)}, and the share who fare worse anything {said(bounds.harm)}. "
        "Nobody was seen under both, so a trial of this kind can give no single number."
    )
