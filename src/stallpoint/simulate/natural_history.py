"""The world that trials are simulated in: how ALS runs when nothing is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from stallpoint.knowledge.natural_history import Fact, load_natural_history


@dataclass(frozen=True)
class Gene:
    """A variant that some people carry: its share among them and what it does to the hazard of death."""

    gene: str
    variant: str
    share: float
    hazard_ratio: float
    zygosity: str
    assay: str


@dataclass(frozen=True)
class Hazard:
    """A Weibull hazard that moves with the current true score.

    h(t) = (shape / scale) (t / scale)^(shape - 1) exp{log_hazard_per_point (m(t) - reference) + covariates}, where m(t)
    is the latent ALSFRS-R, unbounded, and the reference is its mean at time zero.

    Source: the current-value association of Wulfsohn & Tsiatis (1997) doi:10.2307/2533118.
    """

    shape: float
    scale_months: float
    log_hazard_per_point: float


@dataclass(frozen=True)
class NaturalHistory:
    """Every parameter of the simulated disease. Shares are 0 to 1, slopes are points per month (negative: decline).

    Defaults live in `knowledge/data/natural_history.tsv`, one row each, with the source or the word assumed; change one
    with `dataclasses.replace`.
    """

    alsfrs_r_intercept_mean: float
    alsfrs_r_intercept_sd: float
    slope_mean: float
    slope_sd: float
    slope_skew: float
    slope_intercept_correlation: float
    acceleration: float
    residual_sd: float
    death: Hazard
    death_hazard_ratio_bulbar: float
    death_hazard_ratio_age_per_year: float
    withdrawal: Hazard
    treatment_stop_per_month: float
    onset_months_mean: float
    onset_months_sd: float
    onset_slope_correlation: float
    diagnosis_share_mean: float
    diagnosis_share_sd: float
    age_years_mean: float
    age_years_sd: float
    male_share: float
    bulbar_share: float
    respiratory_share: float
    other_onset_share: float
    fvc_percent_mean: float
    fvc_percent_sd: float
    fvc_intercept_correlation: float
    weight_kg_mean: float
    weight_kg_sd: float
    riluzole_share: float
    smoker_share: float
    genes: tuple[Gene, ...]
    gene_not_tested_share: float
    nfl_median_pg_ml: float
    nfl_log_sd: float
    nfl_slope_spearman: float
    nfl_measurement_log_sd: float
    item_region_delay: float
    item_breathing_delay: float
    item_person_sd: float
    item_visit_sd: float
    item_steps_per_point: float


@cache
def default_natural_history() -> NaturalHistory:
    """The world of a broad ALS trial in the riluzole era, from the facts in `knowledge`."""
    facts = load_natural_history()
    built = {
        "death": _hazard(facts, "death"),
        "withdrawal": _hazard(facts, "withdrawal"),
        "genes": _genes(facts),
    }
    plain = {name: facts[name].value for name in NaturalHistory.__dataclass_fields__ if name not in built}
    return NaturalHistory(**plain, **built)  # type: ignore[arg-type]


def _hazard(facts: Mapping[str, Fact], event: str) -> Hazard:
    return Hazard(
        shape=facts[f"{event}_shape"].value,
        scale_months=facts[f"{event}_scale_months"].value,
        log_hazard_per_point=facts[f"{event}_log_hazard_per_point"].value,
    )


def _genes(facts: Mapping[str, Fact]) -> tuple[Gene, ...]:
    def share(key: str) -> float:
        return facts[f"{key}_share"].value

    def ratio(key: str) -> float:
        return facts[f"{key}_hazard_ratio"].value

    return (
        Gene("C9orf72", "repeat expansion", share("c9orf72"), ratio("c9orf72"), "heterozygous", "repeat-primed PCR"),
        Gene("SOD1", "pathogenic variant", share("sod1"), 1.0, "heterozygous", "sequencing"),
        Gene("TARDBP", "pathogenic variant", share("tardbp"), 1.0, "heterozygous", "sequencing"),
        Gene("FUS", "pathogenic variant", share("fus"), ratio("fus"), "heterozygous", "sequencing"),
        Gene("UNC13A", "rs12608932 C/C", share("unc13a_cc"), ratio("unc13a_cc"), "homozygous", "genotyping"),
    )
