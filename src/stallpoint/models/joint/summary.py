"""A joint model's parameters on the scale they are read on, with standard errors by the delta method."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.models.joint.design import JointDesign
from stallpoint.models.joint.interval import thresholds_of
from stallpoint.models.joint.parameters import unpack
from stallpoint.models.mixed import coefficient_table
from stallpoint.numerics.delta import delta_covariance

Array = npt.NDArray[np.float64]


def summarise(design: JointDesign, theta: Array, covariance: Array) -> pl.DataFrame:
    """part, term, estimate, std_error, low, high (95%) of every parameter."""
    terms = natural_terms(design)
    variance = np.diag(delta_covariance(lambda point: natural_values(point, design), theta, covariance))
    with np.errstate(invalid="ignore"):
        table = coefficient_table(tuple(term for _, term in terms), natural_values(theta, design), np.sqrt(variance))
    return table.insert_column(0, pl.Series("part", [part for part, _ in terms]))


def natural_terms(design: JointDesign) -> list[tuple[str, str]]:
    """Part and term of each value of `natural_values`."""
    layout = design.layout
    random = layout.random
    pairs = [(i, j) for i in range(len(random)) for j in range(i)]
    return [
        *(("longitudinal", term) for term in layout.fixed),
        *(("random", f"sd({term})") for term in random),
        *(("random", f"corr({random[j]},{random[i]})") for i, j in pairs),
        *(("residual", term) for term in _residual_terms(layout.residual)),
        *(("scale", term) for term in layout.scales),
        *(("threshold", term) for term in layout.thresholds),
        *(
            (part, term)
            for cause in layout.causes
            for part, terms in (("event", cause.event), ("association", cause.association), ("baseline", cause.baseline))
            for term in layout.cause_terms(cause, terms)
        ),
    ]


def natural_values(theta: Array, design: JointDesign) -> Array:
    """Standard deviations and correlations for the factor, sigma and shape for their logarithms; the others as they are."""
    layout = design.layout
    parameters = unpack(theta, layout, len(design.strata))
    covariance = parameters.factor @ parameters.factor.T
    sd = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = (covariance / np.outer(sd, sd))[np.tril_indices(len(sd), -1)]
    thresholds = [
        thresholds_of(parameters.threshold[outcome.thresholds]) for outcome in design.outcomes if outcome.thresholds is not None
    ]
    residual = [np.exp(x) if _is_sigma(name) else x for name, x in zip(layout.residual, parameters.log_sigma, strict=True)]
    causes: list[Array] = []
    for index, cause in enumerate(layout.causes):
        baseline = theta[layout.baseline(index)]
        shapes = np.array([name.startswith("shape") for name in cause.baseline])
        causes += [theta[layout.gamma(index)], theta[layout.alpha(index)], np.where(shapes, np.exp(baseline * shapes), baseline)]
    return np.concatenate([parameters.beta, sd, correlation, residual, parameters.scale, *thresholds, *causes])


def _residual_terms(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name if _is_sigma(name) else f"log sigma: {name}" for name in names)


def _is_sigma(name: str) -> bool:
    return name == "sigma" or name.endswith(": sigma")
