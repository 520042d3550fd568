"""Modifiers as a sceptic reads them: all contrasts shrunk together towards no difference, and the risk that one is a false alarm.

The prior says which share of named modifiers is real; the larger the family without a clear signal, the more each of its members is
shrunk. What is left of a difference that was announced, whatever share is real, stands in `announced_size`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from stallpoint.core.effect import Effect
from stallpoint.core.numbers import format_chance, format_number
from stallpoint.knowledge.subgroup_priors import load_subgroup_priors
from stallpoint.numerics.horseshoe import shrink_by_horseshoe
from stallpoint.numerics.spike_and_slab import shrink_to_zero

SOURCES = ("mitchell1988", "senn2008", "carvalho2010", "piironen2017")

METHOD = (
    "All contrasts were shrunk together towards no difference, on the scale of one standard deviation of each modifier, by a horseshoe "
    "prior that expects a share of {chance:.0%} of modifiers to be real. The risk that an announced difference is a false alarm comes "
    "from a spike at no difference beside a slab for real ones, of the same share, their spread half-normal with scale {spread_scale:g} "
    "points per month. Share and scale are assumptions."
)


@dataclass(frozen=True)
class DoubtedContrast:
    """A contrast after shrinkage, and the risk of a false alarm at the prior chance of the model and at even odds."""

    effect: Effect
    false_alarm: float
    false_alarm_even: float


def doubt_contrasts(contrasts: Sequence[Effect], spreads: Sequence[float]) -> tuple[DoubtedContrast, ...]:
    """Shrink additive contrasts (points per month per unit) whose modifiers' columns have these standard deviations."""
    if not contrasts:
        return ()
    prior, scale = load_subgroup_priors(), np.asarray(spreads, dtype=np.float64)
    raw = np.array([effect.estimate for effect in contrasts]) * scale
    error = np.array([effect.std_error or 0.0 for effect in contrasts]) * scale
    found = shrink_to_zero(raw, error, chance=prior["chance"], spread_scale=prior["spread_scale"])
    shrunken = shrink_by_horseshoe(raw, error, chance=prior["chance"])
    even = shrink_to_zero(raw, error, chance=prior["even_chance"], spread_scale=prior["spread_scale"])
    return tuple(
        DoubtedContrast(
            _shrunken(effect, *(float(values[j] / scale[j]) for values in (shrunken.mean, shrunken.low, shrunken.high))),
            float(1 - found.real[j]),
            float(1 - even.real[j]),
        )
        for j, effect in enumerate(contrasts)
    )


def say_method() -> str:
    """How contrasts were shrunk, with the assumptions in numbers."""
    return METHOD.format(**load_subgroup_priors())


def say_doubt(doubted: DoubtedContrast, among: int) -> str:
    """What to think of a contrast that was announced."""
    effect, prior = doubted.effect, load_subgroup_priors()
    size, low, high = (format_number(value, 2) for value in (effect.estimate, effect.low, effect.high))
    return (
        f"Shrunk as one of {among}, most of which are taken to be nothing, it is {size} {effect.unit} ({low} to {high}). With a prior "
        f"chance of {prior['chance']:.0%} that it is real the risk of a false alarm is {format_chance(doubted.false_alarm)}, at even odds "
        f"{format_chance(doubted.false_alarm_even)}."
    )


def tabulate_doubts(doubted: Sequence[DoubtedContrast], among: int) -> pl.DataFrame:
    """The risks of these contrasts, as `say_doubt` says them: effect, chance (that it is real, before the data), risk, among."""
    prior = load_subgroup_priors()
    rows = [
        (each.effect.name.removesuffix("_shrunken"), chance, risk, among)
        for each in doubted
        for chance, risk in ((prior["chance"], each.false_alarm), (prior["even_chance"], each.false_alarm_even))
    ]
    schema = {"effect": pl.String, "chance": pl.Float64, "risk": pl.Float64, "among": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shrunken(effect: Effect, estimate: float, low: float, high: float) -> Effect:
    return replace(
        effect,
        name=f"{effect.name}_shrunken",
        label=f"{effect.label}, shrunk",
        estimate=estimate,
        low=low,
        high=high,
        method="horseshoe prior over all contrasts of the trial",
        role="shrunken",
        std_error=None,
        p_value=None,
        sources=SOURCES,
    )
