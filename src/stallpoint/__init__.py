"""stallpoint: find where an ALS treatment stalls, and say when the data cannot tell. Research use only.

Every public name can be imported from here; nothing heavy is loaded until a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stallpoint.clinical.score_table import score_table as score_table
    from stallpoint.core.build import build_cohort as build_cohort
    from stallpoint.core.build import build_trial as build_trial
    from stallpoint.core.check import Check as Check
    from stallpoint.core.cohort import Cohort as Cohort
    from stallpoint.core.cohort import Modifiers as Modifiers
    from stallpoint.core.cohort import Trial as Trial
    from stallpoint.core.effect import Effect as Effect
    from stallpoint.core.errors import StallpointError as StallpointError
    from stallpoint.core.estimand import Estimand as Estimand
    from stallpoint.core.finding import Finding as Finding
    from stallpoint.core.ledger import Look as Look
    from stallpoint.core.source import Source as Source
    from stallpoint.models.joint.fit import JointFit as JointFit
    from stallpoint.models.joint.fit import fit_joint as fit_joint
    from stallpoint.models.mixed import MixedFit as MixedFit
    from stallpoint.models.mixed import fit_mixed as fit_mixed
    from stallpoint.models.mmrm.fit import MmrmFit as MmrmFit
    from stallpoint.models.mmrm.fit import fit_mmrm as fit_mmrm
    from stallpoint.response.analysis import Analysis as Analysis
    from stallpoint.response.average import estimate_average as estimate_average
    from stallpoint.response.course import describe_course as describe_course
    from stallpoint.response.modifiers import estimate_modifiers as estimate_modifiers
    from stallpoint.simulate.demo import simulate_demo as simulate_demo
    from stallpoint.simulate.trial import simulate_cohort as simulate_cohort
    from stallpoint.simulate.trial import simulate_trial as simulate_trial
    from stallpoint.simulate.trial_design import TrialDesign as TrialDesign

__version__ = "0.1.0"

_HOMES = {
    "Analysis": "response.analysis",
    "Check": "core.check",
    "Cohort": "core.cohort",
    "Effect": "core.effect",
    "Estimand": "core.estimand",
    "Finding": "core.finding",
    "JointFit": "models.joint.fit",
    "Look": "core.ledger",
    "MixedFit": "models.mixed",
    "MmrmFit": "models.mmrm.fit",
    "Modifiers": "core.cohort",
    "Source": "core.source",
    "StallpointError": "core.errors",
    "Trial": "core.cohort",
    "TrialDesign": "simulate.trial_design",
    "build_cohort": "core.build",
    "build_trial": "core.build",
    "describe_course": "response.course",
    "estimate_average": "response.average",
    "estimate_modifiers": "response.modifiers",
    "fit_joint": "models.joint.fit",
    "fit_mixed": "models.mixed",
    "fit_mmrm": "models.mmrm.fit",
    "score_table": "clinical.score_table",
    "simulate_cohort": "simulate.trial",
    "simulate_demo": "simulate.demo",
    "simulate_trial": "simulate.trial",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'stallpoint' has no attribute {name!r}")
    return getattr(import_module(f"stallpoint.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
