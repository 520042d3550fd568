"""The TRICALS risk profile: a prognostic index at screening. No window is held and nobody is judged by it: see `prohibited_uses`.

Source: coefficients as in the public code of PRECISION ALS (GitHub rpavaneijk/Precision-ALS), transforms of Westeneng 2018,
doi:10.1016/S1474-4422(18)30089-9. It has no C9orf72 term, and vital capacity is % of predicted by the GLI reference.
MAGNET and PRELUDE took people within a window of it, doi:10.1186/s13063-022-06906-5.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from stallpoint.clinical.arguments import Numbers
from stallpoint.clinical.encals import indicator, transform_predictors


def tricals_linear_predictor(
    *,
    age_at_onset_years: ArrayLike,
    rate: ArrayLike,
    diagnosis_months: ArrayLike,
    fvc_percent: ArrayLike,
    bulbar_onset: ArrayLike,
    definite_el_escorial: ArrayLike,
    ftd: ArrayLike,
) -> Numbers:
    """Linear predictor, higher is worse; predictors as in `encals_linear_predictor`, at screening. NaN where one is unknown.

    `rate` is points LOST per month, 0 or more. Public TRICALS code takes the negative slope instead: change its sign first.

    Raises:
        StallpointError: a negative rate, an age, delay or FVC that is not above 0, an indicator that is neither 0 nor 1.
    """
    lost, delay, age, fvc = transform_predictors(
        age_at_onset_years=age_at_onset_years, rate=rate, diagnosis_months=diagnosis_months, fvc_percent=fvc_percent
    )
    bulbar, definite, dementia = (indicator(each) for each in (bulbar_onset, definite_el_escorial, ftd))
    measured = -1.839 * lost - 2.376 * delay - 0.264 * age + 0.474 * fvc
    return measured + 0.271 * bulbar + 0.238 * definite + 0.415 * dementia
