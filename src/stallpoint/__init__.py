"""stallpoint: find where an ALS treatment stalls, and say when the data cannot tell. Research use only.

Every public name can be imported from here; nothing heavy is loaded until a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stallpoint.clinical.score_table import score_table as score_table
    from stallpoint.combine.drug_pair import answer_drug_pair as answer_drug_pair
    from stallpoint.combine.family import judge_family as judge_family
    from stallpoint.combine.pair import PairFit as PairFit
    from stallpoint.combine.pair import fit_pair as fit_pair
    from stallpoint.combine.reachable import judge_reach as judge_reach
    from stallpoint.core.build import build_cohort as build_cohort
    from stallpoint.core.build import build_trial as build_trial
    from stallpoint.core.check import Check as Check
    from stallpoint.core.claim import Claim as Claim
    from stallpoint.core.cohort import Cohort as Cohort
    from stallpoint.core.cohort import Modifiers as Modifiers
    from stallpoint.core.cohort import Trial as Trial
    from stallpoint.core.costs import Costs as Costs
    from stallpoint.core.dose_matrix import DoseMatrix as DoseMatrix
    from stallpoint.core.drug import Drug as Drug
    from stallpoint.core.effect import Effect as Effect
    from stallpoint.core.errors import StallpointError as StallpointError
    from stallpoint.core.estimand import Estimand as Estimand
    from stallpoint.core.finding import Finding as Finding
    from stallpoint.core.ledger import Look as Look
    from stallpoint.core.link import Chain as Chain
    from stallpoint.core.link import Transmission as Transmission
    from stallpoint.core.link import build_chain as build_chain
    from stallpoint.core.link import build_transmission as build_transmission
    from stallpoint.core.plan import Plan as Plan
    from stallpoint.core.profile import Profile as Profile
    from stallpoint.core.source import Source as Source
    from stallpoint.explain.explanation import Explanation as Explanation
    from stallpoint.explain.explanation import explain_trial as explain_trial
    from stallpoint.explain.from_literature import explain_literature as explain_literature
    from stallpoint.explain.stall import Stall as Stall
    from stallpoint.explain.stall import find_stall as find_stall
    from stallpoint.exposure.answer import ExposureAnswer as ExposureAnswer
    from stallpoint.exposure.answer import answer_exposure as answer_exposure
    from stallpoint.exposure.plasma import plasma_model as plasma_model
    from stallpoint.exposure.plasma_course import plasma_concentrations as plasma_concentrations
    from stallpoint.exposure.population import fit_exposure as fit_exposure
    from stallpoint.exposure.regimen import regular_regimen as regular_regimen
    from stallpoint.exposure.steady_state import steady_state as steady_state
    from stallpoint.io.dose_matrix.read import read_dose_matrices as read_dose_matrices
    from stallpoint.io.drug_file import read_drug as read_drug
    from stallpoint.io.mechanism_file import read_user_mechanism as read_user_mechanism
    from stallpoint.io.profile_json import read_profile as read_profile
    from stallpoint.knowledge.drugs import load_drug as load_drug
    from stallpoint.knowledge.evidence.base import EvidenceBase as EvidenceBase
    from stallpoint.knowledge.evidence.base import known_on as known_on
    from stallpoint.knowledge.evidence.find import find_fact as find_fact
    from stallpoint.knowledge.evidence.load import load_evidence as load_evidence
    from stallpoint.knowledge.variants import find_variant as find_variant
    from stallpoint.knowledge.variants import findings_of as findings_of
    from stallpoint.knowledge.variants import load_variants as load_variants
    from stallpoint.mechanism.follow import follow_people as follow_people
    from stallpoint.mechanism.left_out import count_left_out as count_left_out
    from stallpoint.mechanism.loss import lose_by_link as lose_by_link
    from stallpoint.mechanism.predict import predict_trials as predict_trials
    from stallpoint.mechanism.sbml import render_mechanism_sbml as render_mechanism_sbml
    from stallpoint.mechanism.sensitivity import find_drivers as find_drivers
    from stallpoint.mechanism.treatment import prepare_treatment as prepare_treatment
    from stallpoint.mechanism.trial import TrialPlan as TrialPlan
    from stallpoint.mechanism.user.mechanism import OwnMechanism as OwnMechanism
    from stallpoint.mechanism.virtual_people import Entry as Entry
    from stallpoint.mechanism.virtual_people import draw_people as draw_people
    from stallpoint.models.joint.bounds import check_bounds as check_bounds
    from stallpoint.models.joint.compare import compare_fits as compare_fits
    from stallpoint.models.joint.compare import score_test as score_test
    from stallpoint.models.joint.dynamic import predict_person_course as predict_person_course
    from stallpoint.models.joint.dynamic import predict_person_incidence as predict_person_incidence
    from stallpoint.models.joint.dynamic import predict_person_survival as predict_person_survival
    from stallpoint.models.joint.fit import JointFit as JointFit
    from stallpoint.models.joint.fit import fit_joint as fit_joint
    from stallpoint.models.joint.predict import predict_course as predict_course
    from stallpoint.models.joint.predict import predict_incidence as predict_incidence
    from stallpoint.models.joint.predict import predict_survival as predict_survival
    from stallpoint.models.joint.prior import Normal as Normal
    from stallpoint.models.joint.profile import profile_interval as profile_interval
    from stallpoint.models.joint.refit import bootstrap_fits as bootstrap_fits
    from stallpoint.models.joint.refit import refit as refit
    from stallpoint.models.joint.robust import with_robust_errors as with_robust_errors
    from stallpoint.models.joint.sample import JointPosterior as JointPosterior
    from stallpoint.models.joint.sample import sample_posterior as sample_posterior
    from stallpoint.models.joint.simulate import simulate_joint as simulate_joint
    from stallpoint.models.joint.specification import RateRatio as RateRatio
    from stallpoint.models.mixed import MixedFit as MixedFit
    from stallpoint.models.mixed import fit_mixed as fit_mixed
    from stallpoint.models.mmrm.fit import MmrmFit as MmrmFit
    from stallpoint.models.mmrm.fit import fit_mmrm as fit_mmrm
    from stallpoint.models.prediction_accuracy import measure_accuracy as measure_accuracy
    from stallpoint.models.rate_ratio import RateRatioFit as RateRatioFit
    from stallpoint.models.rate_ratio import fit_rate_ratio as fit_rate_ratio
    from stallpoint.profile.build import build_profile as build_profile
    from stallpoint.profile.covariates import covariate_table as covariate_table
    from stallpoint.profile.expression.activity import score_pathways as score_pathways
    from stallpoint.profile.expression.compare import compare_groups as compare_groups
    from stallpoint.profile.expression.read import read_expression as read_expression
    from stallpoint.profile.expression.read import read_gene_sets as read_gene_sets
    from stallpoint.profile.expression.subtype import place_subtype as place_subtype
    from stallpoint.profile.expression.subtype_reference import read_subtype_reference as read_subtype_reference
    from stallpoint.profile.from_tables import profile_from_tables as profile_from_tables
    from stallpoint.profile.genome.people import variants_table as variants_table
    from stallpoint.profile.genome.read import call_file as call_file
    from stallpoint.profile.markers.by_age import fit_age_reference as fit_age_reference
    from stallpoint.profile.markers.by_age import place_by_age as place_by_age
    from stallpoint.profile.markers.read import read_marker as read_marker
    from stallpoint.profile.repeats import call_repeat as call_repeat
    from stallpoint.quality.representativeness import Representativeness as Representativeness
    from stallpoint.quality.representativeness import compare_with_population as compare_with_population
    from stallpoint.response.analysis import Analysis as Analysis
    from stallpoint.response.average import estimate_average as estimate_average
    from stallpoint.response.benefit_bounds import estimate_benefit as estimate_benefit
    from stallpoint.response.course import describe_course as describe_course
    from stallpoint.response.effect_variance import effect_spread as effect_spread
    from stallpoint.response.excess_deaths import estimate_excess_deaths as estimate_excess_deaths
    from stallpoint.response.excess_risk import added_risk as added_risk
    from stallpoint.response.excess_risk import excess_risk as excess_risk
    from stallpoint.response.excess_risk import excess_risk_of_groups as excess_risk_of_groups
    from stallpoint.response.exploration.explore import estimate_exploration as estimate_exploration
    from stallpoint.response.exploration.plan import Exploration as Exploration
    from stallpoint.response.false_positive_risk import false_positive_risk as false_positive_risk
    from stallpoint.response.false_positive_risk import least_false_positive_risk as least_false_positive_risk
    from stallpoint.response.heterogeneity import estimate_heterogeneity as estimate_heterogeneity
    from stallpoint.response.lead_in import count_lead_in_gains as count_lead_in_gains
    from stallpoint.response.modifiers import estimate_modifiers as estimate_modifiers
    from stallpoint.response.other_measures import compare_measures as compare_measures
    from stallpoint.response.signal import Confirmation as Confirmation
    from stallpoint.response.signal import ReportedDifference as ReportedDifference
    from stallpoint.response.signal import judge_signal as judge_signal
    from stallpoint.response.survivor_effect import bound_survivor_effect as bound_survivor_effect
    from stallpoint.response.variability_ratio import log_variability_ratio as log_variability_ratio
    from stallpoint.response.variability_ratio import pool_log_ratios as pool_log_ratios
    from stallpoint.simulate.demo import simulate_demo as simulate_demo
    from stallpoint.simulate.trial import simulate_cohort as simulate_cohort
    from stallpoint.simulate.trial import simulate_trial as simulate_trial
    from stallpoint.simulate.trial_design import TrialDesign as TrialDesign

__version__ = "0.1.0"

_HOMES = {
    "Analysis": "response.analysis",
    "Chain": "core.link",
    "Check": "core.check",
    "Claim": "core.claim",
    "Cohort": "core.cohort",
    "Confirmation": "response.signal",
    "Costs": "core.costs",
    "DoseMatrix": "core.dose_matrix",
    "Drug": "core.drug",
    "Effect": "core.effect",
    "Entry": "mechanism.virtual_people",
    "Estimand": "core.estimand",
    "EvidenceBase": "knowledge.evidence.base",
    "Explanation": "explain.explanation",
    "Exploration": "response.exploration.plan",
    "ExposureAnswer": "exposure.answer",
    "Finding": "core.finding",
    "JointFit": "models.joint.fit",
    "JointPosterior": "models.joint.sample",
    "Look": "core.ledger",
    "MixedFit": "models.mixed",
    "MmrmFit": "models.mmrm.fit",
    "Modifiers": "core.cohort",
    "Normal": "models.joint.prior",
    "OwnMechanism": "mechanism.user.mechanism",
    "PairFit": "combine.pair",
    "Plan": "core.plan",
    "Profile": "core.profile",
    "RateRatio": "models.joint.specification",
    "RateRatioFit": "models.rate_ratio",
    "ReportedDifference": "response.signal",
    "Representativeness": "quality.representativeness",
    "Source": "core.source",
    "Stall": "explain.stall",
    "StallpointError": "core.errors",
    "Transmission": "core.link",
    "Trial": "core.cohort",
    "TrialDesign": "simulate.trial_design",
    "TrialPlan": "mechanism.trial",
    "added_risk": "response.excess_risk",
    "answer_drug_pair": "combine.drug_pair",
    "answer_exposure": "exposure.answer",
    "bootstrap_fits": "models.joint.refit",
    "bound_survivor_effect": "response.survivor_effect",
    "build_chain": "core.link",
    "build_cohort": "core.build",
    "build_profile": "profile.build",
    "build_transmission": "core.link",
    "build_trial": "core.build",
    "call_file": "profile.genome.read",
    "call_repeat": "profile.repeats",
    "check_bounds": "models.joint.bounds",
    "compare_fits": "models.joint.compare",
    "compare_groups": "profile.expression.compare",
    "compare_measures": "response.other_measures",
    "compare_with_population": "quality.representativeness",
    "count_lead_in_gains": "response.lead_in",
    "count_left_out": "mechanism.left_out",
    "covariate_table": "profile.covariates",
    "describe_course": "response.course",
    "draw_people": "mechanism.virtual_people",
    "effect_spread": "response.effect_variance",
    "estimate_average": "response.average",
    "estimate_benefit": "response.benefit_bounds",
    "estimate_excess_deaths": "response.excess_deaths",
    "estimate_exploration": "response.exploration.explore",
    "estimate_heterogeneity": "response.heterogeneity",
    "estimate_modifiers": "response.modifiers",
    "excess_risk": "response.excess_risk",
    "excess_risk_of_groups": "response.excess_risk",
    "explain_literature": "explain.from_literature",
    "explain_trial": "explain.explanation",
    "false_positive_risk": "response.false_positive_risk",
    "find_drivers": "mechanism.sensitivity",
    "find_fact": "knowledge.evidence.find",
    "find_stall": "explain.stall",
    "find_variant": "knowledge.variants",
    "findings_of": "knowledge.variants",
    "fit_age_reference": "profile.markers.by_age",
    "fit_exposure": "exposure.population",
    "fit_joint": "models.joint.fit",
    "fit_mixed": "models.mixed",
    "fit_mmrm": "models.mmrm.fit",
    "fit_pair": "combine.pair",
    "fit_rate_ratio": "models.rate_ratio",
    "follow_people": "mechanism.follow",
    "judge_family": "combine.family",
    "judge_reach": "combine.reachable",
    "judge_signal": "response.signal",
    "known_on": "knowledge.evidence.base",
    "least_false_positive_risk": "response.false_positive_risk",
    "load_drug": "knowledge.drugs",
    "load_evidence": "knowledge.evidence.load",
    "load_variants": "knowledge.variants",
    "log_variability_ratio": "response.variability_ratio",
    "lose_by_link": "mechanism.loss",
    "measure_accuracy": "models.prediction_accuracy",
    "place_by_age": "profile.markers.by_age",
    "place_subtype": "profile.expression.subtype",
    "plasma_concentrations": "exposure.plasma_course",
    "plasma_model": "exposure.plasma",
    "pool_log_ratios": "response.variability_ratio",
    "predict_course": "models.joint.predict",
    "predict_incidence": "models.joint.predict",
    "predict_person_course": "models.joint.dynamic",
    "predict_person_incidence": "models.joint.dynamic",
    "predict_person_survival": "models.joint.dynamic",
    "predict_survival": "models.joint.predict",
    "predict_trials": "mechanism.predict",
    "prepare_treatment": "mechanism.treatment",
    "profile_from_tables": "profile.from_tables",
    "profile_interval": "models.joint.profile",
    "read_dose_matrices": "io.dose_matrix.read",
    "read_drug": "io.drug_file",
    "read_expression": "profile.expression.read",
    "read_gene_sets": "profile.expression.read",
    "read_marker": "profile.markers.read",
    "read_profile": "io.profile_json",
    "read_subtype_reference": "profile.expression.subtype_reference",
    "read_user_mechanism": "io.mechanism_file",
    "refit": "models.joint.refit",
    "regular_regimen": "exposure.regimen",
    "render_mechanism_sbml": "mechanism.sbml",
    "sample_posterior": "models.joint.sample",
    "score_pathways": "profile.expression.activity",
    "score_table": "clinical.score_table",
    "score_test": "models.joint.compare",
    "simulate_cohort": "simulate.trial",
    "simulate_demo": "simulate.demo",
    "simulate_joint": "models.joint.simulate",
    "simulate_trial": "simulate.trial",
    "steady_state": "exposure.steady_state",
    "variants_table": "profile.genome.people",
    "with_robust_errors": "models.joint.robust",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'stallpoint' has no attribute {name!r}")
    return getattr(import_module(f"stallpoint.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
