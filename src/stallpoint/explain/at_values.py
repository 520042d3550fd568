"""The chain at stated values of a number that was named beforehand: people near the value count most, and nobody is cut off.

Weights fall as a normal curve with the distance from the value, so the chain changes smoothly with it and no group is made. They are used
for what was read person by person (taken, absorbed, timely) and for carriers; what the trial could see is asked of the whole trial, for it
was never asked at a value.

Source: kernel regression, Nadaraya (1964), doi:10.1137/1109020; the width is Silverman's (1986), equation 3.28.
"""

from __future__ import annotations

from math import exp

import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.link import Array
from stallpoint.explain.study_chain import ChainFinding, Evidence, Judged, judge_at
from stallpoint.response.modifier_values import call_modifier, known_modifier

QUARTILES = {0.25: "first quartile", 0.5: "median", 0.75: "third quartile"}
FEWEST_NEAR = 20.0
"""With fewer treated people near a value, counted by their weights, its chain rests on almost nobody."""

_WIDTH = 1.06


def judge_at_values(trial: Trial, evidence: Evidence, judged: Judged) -> tuple[tuple[ChainFinding, ...], tuple[Check, ...]]:
    """The chain at the quartiles of each number named beforehand, and for each name why there is none where there is none."""
    found: list[ChainFinding] = []
    checks: list[Check] = []
    for name in trial.modifiers.prespecified:
        values = known_modifier(trial.cohort, name).drop_nulls()
        if not values["value"].dtype.is_numeric():
            continue
        chains, why = _judge(name, values, evidence, judged)
        found += chains
        said, figures = (why, (FEWEST_NEAR,)) if why else (_say_how(name, values), (float(values.height),))
        checks.append(Check(f"chain at values of {name}", "warning" if why else "passed", said, figures=figures))
    return tuple(found), tuple(checks)


def weigh_near(values: Array, at: float) -> Array:
    """Weights (n,) of people by their distance from a value, 0 where theirs is not known (nan)."""
    known = values[~np.isnan(values)]
    width = _WIDTH * known.std(ddof=1) * known.size ** (-1 / 5)
    return np.where(np.isnan(values), 0.0, np.exp(-0.5 * ((np.nan_to_num(values) - at) / width) ** 2))


def _judge(name: str, values: pl.DataFrame, evidence: Evidence, judged: Judged) -> tuple[list[ChainFinding], str]:
    called = call_modifier(name)
    if values["value"].n_unique() < 2:
        return [], f"The chain cannot be told at values of {called}: it is not recorded, or the same in everyone."
    if not judged.passages.read and not evidence.people["carrier"].count():
        return [], (
            f"The chain cannot be told at values of {called}: nothing that was measured here differs between people, so it would be that "
            "of the whole trial at every value."
        )
    own = evidence.people.join(values, on="patient", how="left", maintain_order="left")["value"].cast(pl.Float64)
    people = own.fill_null(float("nan")).to_numpy()
    treated = (evidence.people["treated"] == 1).to_numpy()
    chains = []
    for share, place in QUARTILES.items():
        at = float(np.nanquantile(people, share))
        weight = weigh_near(people, at)
        if weight[treated].sum() ** 2 < FEWEST_NEAR * (weight[treated] ** 2).sum() or not weight[treated].any():
            return (
                [],
                f"The chain cannot be told at values of {called}: fewer than {FEWEST_NEAR:.0f} people treated are near its {place}.",
            )
        chains.append(judge_at(f"people near {called} {_say(name, at)} ({place})", evidence, judged, weight))
    return chains, ""


def _say(name: str, value: float) -> str:
    """A value as it was measured; NfL is held as its logarithm."""
    return f"{exp(value) if name == 'nfl_baseline' else value:.3g}"


def _say_how(name: str, values: pl.DataFrame) -> str:
    return (
        f"The chain at the quartiles of {call_modifier(name)} is that of {values.height:,} people weighted by their distance from it; "
        "nobody was cut into groups, and what the trial could see is asked of the whole trial."
    )
