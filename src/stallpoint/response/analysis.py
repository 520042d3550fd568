"""What one analysis hands on: effects, findings, looks, checks, and the series that charts are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.effect import Effect
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look


@dataclass(frozen=True)
class Analysis:
    """The outcome of one stage. `methods` are sentences for the methods section; `series` maps a name to a table.

    Series in use: `trajectories_fitted` (arm, time_months, mean, low, high), `trajectories_observed` (patient, arm,
    time_months, alsfrs_r), `survival` (arm, time_months, survival, low, high), `numbers_at_risk` (arm, time_months, n),
    `flow` (arm, step, n), `visit_pattern` (arm, time_months, state, n), `benefit_bounds` (share, least, most, low, high),
    `survivor_bounds` (assumption, least, most, low, high, share_least, n; points), `effect_spread` (correlation, sd, low, high, unlinked;
    points per month), `credibility` (`response.credibility.answer_iceman`), `calibration` (`response.calibrate.summarise_worlds`),
    `false_alarms` (effect, chance, risk, among; of what is announced), `deaths_by_group` (effect, modifier, level, arm, months, risk),
    `exploration_false_calls` (called, trials, share, error), `exploration_contrasts` (outcome, learner, covariate, difference, low,
    high), `exploration_tree` (outcome, group, n, effect, low, high, unit).
    """

    effects: tuple[Effect, ...] = ()
    findings: tuple[Finding, ...] = ()
    looks: tuple[Look, ...] = ()
    checks: tuple[Check, ...] = ()
    methods: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    series: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def join_analyses(analyses: Sequence[Analysis]) -> Analysis:
    """One analysis of several, in their order, each source once; of series with the same name the later one counts."""
    return Analysis(
        effects=tuple(each for one in analyses for each in one.effects),
        findings=tuple(each for one in analyses for each in one.findings),
        looks=tuple(each for one in analyses for each in one.looks),
        checks=tuple(each for one in analyses for each in one.checks),
        methods=tuple(each for one in analyses for each in one.methods),
        sources=tuple(dict.fromkeys(each for one in analyses for each in one.sources)),
        series={name: frame for one in analyses for name, frame in one.series.items()},
    )
