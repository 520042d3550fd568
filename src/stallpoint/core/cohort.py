"""People and what was recorded of them; a trial is a cohort with arms and a question."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.estimand import Estimand
from stallpoint.core.finding import Basis


@dataclass(frozen=True)
class Cohort:
    """Checked tables of one study. Build it with `build_cohort`, which checks them; absent tables have no rows.

    `checks` says what was found and what was left out on the way in. `simulated`, `notices` and `not_randomised` (the reason why arms
    are no randomised comparison, empty where they are) are carried into every report.
    """

    name: str
    patients: pl.DataFrame
    visits: pl.DataFrame
    events: pl.DataFrame
    markers: pl.DataFrame
    variants: pl.DataFrame
    doses: pl.DataFrame
    concentrations: pl.DataFrame
    checks: tuple[Check, ...] = ()
    simulated: bool = False
    not_randomised: str = ""
    notices: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of people."""
        return self.patients.height

    @property
    def basis(self) -> Basis:
        """What a finding about a contrast of arms rests on."""
        return "observed data" if self.not_randomised else "randomised data"


@dataclass(frozen=True)
class Modifiers:
    """Covariates by which the effect is allowed to differ: named in the protocol, or looked for afterwards."""

    prespecified: tuple[str, ...] = ()
    explored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """A cohort with two arms and a question. `allocation` is the known probability of the treated arm.

    Where `cohort.not_randomised` says why, the arms were not randomised: every contrast is an association and no finding is confirmatory.
    """

    cohort: Cohort
    control: str
    treatment: str
    estimand: Estimand
    allocation: float = 0.5
    strata: tuple[str, ...] = ()
    modifiers: Modifiers = Modifiers()
