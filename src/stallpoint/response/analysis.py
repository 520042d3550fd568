"""What one analysis hands on: effects, findings, looks, checks, and the series that charts are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
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
    `credibility` (`response.credibility.answer_iceman`), `calibration` (`response.calibrate.summarise_worlds`),
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
