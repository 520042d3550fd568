"""The coded parts of a joint model: everything but the data themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.models.formulas import Design, SurvivalPart
from stallpoint.models.joint.baseline.placed import BaselineHazard
from stallpoint.models.joint.layout import Layout
from stallpoint.models.joint.outcomes import OutcomeDesign
from stallpoint.models.joint.specification import JointModel
from stallpoint.models.joint.trajectory import HazardBasis, TimeFunctions

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """Some of the columns that a formula makes of people's covariates."""

    design: Design
    kept: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns kept."""
        return tuple(self.design.names[index] for index in self.kept)


@dataclass(frozen=True)
class AssociationCoefficient:
    """A coefficient of the hazard: what it multiplies, as a matrix (m0, m) from the coefficients of a person's courses to those of the
    hazard's functions of time; times a covariate, where there is one.
    """

    name: str
    course: Array
    covariate: Columns | None


@dataclass(frozen=True)
class CauseDesign:
    """One cause of the event."""

    name: str
    survival: SurvivalPart
    covariates: Columns
    association: tuple[AssociationCoefficient, ...]
    baseline: BaselineHazard


@dataclass(frozen=True)
class ScaleDesign:
    """A formula whose coefficients are log multipliers of columns; masks over the fixed (p,) and random (q,) columns."""

    covariates: Columns
    fixed: Array
    random: Array
    hazard: bool


@dataclass(frozen=True)
class JointDesign:
    """All parts coded, with all that is needed to code other people and other times in the same way.

    shared_effects: whether the coefficients of the courses are followed by the random effects themselves.
    """

    model: JointModel
    group: str
    time: str
    outcomes: tuple[OutcomeDesign, ...]
    functions: tuple[TimeFunctions, ...]
    causes: tuple[CauseDesign, ...]
    scales: tuple[ScaleDesign, ...]
    strata: tuple[str, ...]
    basis: HazardBasis
    shared_effects: bool
    layout: Layout

    @property
    def covariates(self) -> frozenset[str]:
        """Variables that belong to a person and not to a time."""
        designs = [part for outcome in self.outcomes for part in (outcome.design.fixed, outcome.design.random)]
        designs += [cause.covariates.design for cause in self.causes] + [scale.covariates.design for scale in self.scales]
        designs += [link.covariate.design for cause in self.causes for link in cause.association if link.covariate]
        named = frozenset().union(*(design.variables for design in designs))
        return (named | ({self.model.strata} if self.model.strata else set())) - {self.time}
