"""The ENCALS survival model: a Royston-Parmar proportional odds model of time from symptom onset.

The endpoint is death, tracheostomy or non-invasive ventilation above 23 hours a day. S(t) = 1 / (1 + exp(s(ln t) + LP)).
Predictors were defined at diagnosis; values of a later visit are off-label, and survival must then be conditional on being
alive at that visit (`encals_conditional_survival`).

Source: Westeneng HJ et al. (2018) Lancet Neurol 17:423, doi:10.1016/S1474-4422(18)30089-9; coefficients, transforms and
knots as in the public code of PRECISION ALS (GitHub rpavaneijk/Precision-ALS), whose cube beyond the last knot is missing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from stallpoint.clinical.arguments import Numbers, numbers, require, require_above
from stallpoint.clinical.progression_rate import require_rates

C9ORF72_COEFFICIENT = 0.256

FIRST_KNOT, LAST_KNOT = 0.081, 5.917
INNER_KNOTS = (3.108, 3.638)
INTERCEPT, SLOPE = -6.409, 2.643
CURVATURES = (-0.546, 0.585)
"""Spline of log cumulative odds on x = ln(months since onset)."""

LEAST_SLOPE = 2.34
"""The spline rises at least this fast everywhere (derived); it bounds where a quantile can lie."""

HALVINGS = 60
"""Bisection steps: the bracket shrinks by 2**60, so a search ends at machine precision and cannot run on."""


def transform_predictors(
    *, age_at_onset_years: ArrayLike, rate: ArrayLike, diagnosis_months: ArrayLike, fvc_percent: ArrayLike
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Fractional polynomials shared by ENCALS and TRICALS, in the order rate, diagnostic delay, age at onset, FVC.

    `rate` is points of ALSFRS-R lost per month since onset (0 or more), `diagnosis_months` runs from onset to diagnosis,
    `fvc_percent` is % of predicted. NaN stays NaN.

    Raises:
        StallpointError: a negative rate, or an age, delay or FVC that is not above 0.
    """
    lost, delay, age, fvc = numbers(rate), numbers(diagnosis_months), numbers(age_at_onset_years), numbers(fvc_percent)
    require_rates(lost)
    require_above(delay, 0, name="diagnosis_months", do="the model has no value for a diagnosis at or before onset")
    require_above(age, 0, name="age_at_onset_years", do="give age in years at symptom onset")
    require_above(fvc, 0, name="fvc_percent", do="give forced vital capacity in % of predicted")
    tens, share = delay / 10, fvc / 100
    return (lost + 0.1) ** -0.5, tens**-0.5 + np.log(tens), (age / 100) ** -2, share**-1 + share**-0.5


def encals_linear_predictor(
    *,
    age_at_onset_years: ArrayLike,
    rate: ArrayLike,
    diagnosis_months: ArrayLike,
    fvc_percent: ArrayLike,
    bulbar_onset: ArrayLike,
    definite_el_escorial: ArrayLike,
    ftd: ArrayLike,
    c9orf72: ArrayLike,
) -> Numbers:
    """Linear predictor, higher is worse. The first four as in `transform_predictors`; the rest are 0, 1 or unknown (NaN).

    An unknown predictor gives NaN. For unknown C9orf72 average survival instead (`encals_survival_c9orf72_unknown`).
    `definite_el_escorial` is revised El Escorial definite ALS and cannot be derived from Gold Coast.

    Raises:
        StallpointError: as `transform_predictors`, or an indicator that is neither 0 nor 1.
    """
    lost, delay, age, fvc = transform_predictors(
        age_at_onset_years=age_at_onset_years, rate=rate, diagnosis_months=diagnosis_months, fvc_percent=fvc_percent
    )
    bulbar, definite, dementia, carrier = (indicator(each) for each in (bulbar_onset, definite_el_escorial, ftd, c9orf72))
    measured = -1.837 * lost - 2.373 * delay - 0.267 * age + 0.477 * fvc
    return measured + 0.269 * bulbar + 0.233 * definite + 0.388 * dementia + C9ORF72_COEFFICIENT * carrier


def indicator(values: ArrayLike) -> Numbers:
    """Yes, no or unknown as 1, 0 or NaN.

    Raises:
        StallpointError: anything else, such as a prevalence in place of a yes or no.
    """
    given = numbers(values)
    require(given, np.isin(given, (0.0, 1.0)), what="a yes or no is neither 1 nor 0", do="give 1, 0 or NaN for unknown")
    return given


def encals_survival(linear_predictor: ArrayLike, months_since_onset: ArrayLike) -> Numbers:
    """Probability of being free of the endpoint at months since onset; arrays broadcast.

    Raises:
        StallpointError: a negative or infinite time.
    """
    months = numbers(months_since_onset)
    possible = (months >= 0) & np.isfinite(months)
    require(months, possible, what="months since onset are negative or infinite", do="count months from symptom onset")
    with np.errstate(divide="ignore"):
        log_odds = _log_odds(np.log(months)) + numbers(linear_predictor)
    return np.asarray(expit(-log_odds), dtype=np.float64)


def encals_conditional_survival(
    linear_predictor: ArrayLike, months_since_onset: ArrayLike, *, alive_at_months: ArrayLike
) -> Numbers:
    """S(t) / S(u): the chance of reaching t for someone free of the endpoint at u, both in months since onset.

    Raises:
        StallpointError: a t before u, or a negative time.
    """
    later, reached = numbers(months_since_onset), numbers(alive_at_months)
    require(later - reached, later >= reached, what="the time asked for lies before alive_at_months", do="ask for a later time")
    return encals_survival(linear_predictor, later) / encals_survival(linear_predictor, reached)


def encals_survival_c9orf72_unknown(
    linear_predictor_non_carrier: ArrayLike, months_since_onset: ArrayLike, *, prevalence: float
) -> Numbers:
    """Survival averaged over carriers and non-carriers, for people without a C9orf72 test.

    Give the linear predictor with c9orf72=0 and the prevalence in the population the person comes from. A share of the
    coefficient added to the linear predictor would be a different, wrong number.

    Raises:
        StallpointError: a prevalence outside 0 to 1, or a negative time.
    """
    share, without = numbers(prevalence), numbers(linear_predictor_non_carrier)
    require(share, (share >= 0) & (share <= 1), what="prevalence must lie from 0 to 1", do="give a share, not a percentage")
    carriers = encals_survival(without + C9ORF72_COEFFICIENT, months_since_onset)
    return share * carriers + (1 - share) * encals_survival(without, months_since_onset)


def encals_quantile_months(linear_predictor: ArrayLike, *, reached_by: float) -> Numbers:
    """Months since onset by which the share `reached_by` (between 0 and 1) has met the endpoint, for any linear predictor.

    Raises:
        StallpointError: a share that is not between 0 and 1.
    """
    share = numbers(reached_by)
    require(share, (share > 0) & (share < 1), what="reached_by must lie between 0 and 1", do="give a share such as 0.25")
    with np.errstate(over="ignore"):
        return np.exp(_log_months_at(logit(share) - numbers(linear_predictor)))


def encals_median_months(linear_predictor: ArrayLike) -> Numbers:
    """Median months from onset to the endpoint."""
    return encals_quantile_months(linear_predictor, reached_by=0.5)


def linear_predictor_of_median(median_months: ArrayLike) -> Numbers:
    """The linear predictor whose median is `median_months`; the inverse of `encals_median_months`.

    Raises:
        StallpointError: a median that is not above 0.
    """
    months = numbers(median_months)
    require_above(months, 0, name="median_months", do="give months since onset")
    return -_log_odds(np.log(months))


def _log_odds(log_months: Numbers) -> Numbers:
    """s(x): a natural cubic spline. All three cubes are kept, so it is straight beyond the last knot (371 months)."""
    spline = INTERCEPT + SLOPE * log_months
    for knot, curvature in zip(INNER_KNOTS, CURVATURES, strict=True):
        weight = (LAST_KNOT - knot) / (LAST_KNOT - FIRST_KNOT)
        bend = _cube(log_months, knot) - weight * _cube(log_months, FIRST_KNOT) - (1 - weight) * _cube(log_months, LAST_KNOT)
        spline = spline + curvature * bend
    return spline


def _cube(log_months: Numbers, knot: float) -> Numbers:
    return np.maximum(log_months - knot, 0.0) ** 3


def _log_months_at(log_odds: Numbers) -> Numbers:
    """Root of s(x) = log_odds by bisection. s(0) is the intercept and s rises everywhere, so the bracket always holds it."""
    farthest = (log_odds - INTERCEPT) / LEAST_SLOPE
    low, high = np.minimum(farthest, 0.0), np.maximum(farthest, 0.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = _log_odds(middle) < log_odds
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
