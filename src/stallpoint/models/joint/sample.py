"""The whole posterior by the no-U-turn sampler, on the same log density that is maximised: the random effects are integrated out.

The sampler (package nutpie, extra `bayes`) moves in coordinates in which the fit's covariance is the unit matrix, so few steps
decorrelate it.

Sources: Hoffman & Gelman (2014), Journal of Machine Learning Research 15: 1593-1623; Vehtari et al. (2021), doi:10.1214/20-BA1221 (rank
normalised R-hat).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.models.joint.fit import JointFit, build_objective
from stallpoint.models.joint.summary import natural_terms, natural_values

Array = npt.NDArray[np.float64]

LARGEST_R_HAT = 1.01
FEWEST_EFFECTIVE = 400
"""Bounds that Vehtari et al. (2021) ask for."""


@dataclass(frozen=True)
class JointPosterior:
    """Draws of a joint model's parameters.

    coefficients: part, term, mean, sd, low, high (central 95%), r_hat, effective (bulk effective sample size). inference is an ArviZ
    InferenceData whose posterior has one variable per coefficient. checks: mixing, divergences.
    """

    coefficients: pl.DataFrame
    inference: Any
    checks: tuple[Check, ...]


def sample_posterior(
    fit: JointFit, *, seed: int, chains: int = 4, draws: int = 1000, warmup: int = 500, progress: bool = False
) -> JointPosterior:
    """Sample the posterior of a fit's model under the fit's priors, and flat ones where it has none.

    Flat priors on all else stand on the scale of `Layout`: the logarithm of standard deviations of residuals, the elements of the
    Cholesky factor of D.

    Raises:
        FitError: the package nutpie is not there, or the fit has no standard errors to start from.
    """
    try:
        import nutpie
        from nutpie.compiled_pyfunc import from_pyfunc
    except ImportError as error:
        raise FitError("sampling needs nutpie", where="posterior", do="pip install 'stallpoint[bayes]'") from error
    if not np.isfinite(fit.covariance).all():
        raise FitError("the fit is not identified", where="posterior", do="give priors to the terms its checks name")
    factor = np.linalg.cholesky(fit.covariance)
    objective = build_objective(fit.design, fit.data, fit.prior)
    names = _variable_names(fit)

    def log_density(x: Array) -> tuple[float, Array]:
        value, gradient = objective(fit.theta + factor @ x)
        if not np.isfinite(value):
            raise ValueError("outside the model's region")
        return value, factor.T @ gradient

    def expand(x: Array, **_: Any) -> dict[str, Array]:
        values = natural_values(fit.theta + factor @ x, fit.design)
        return {name: np.asarray(value) for name, value in zip(names, values, strict=True)}

    compiled = from_pyfunc(
        ndim=len(fit.theta),
        make_logp_fn=lambda: lambda x, **_: log_density(x),
        make_expand_fn=lambda *_: expand,
        expanded_dtypes=[np.dtype("float64")] * len(names),
        expanded_shapes=[()] * len(names),
        expanded_names=names,
        make_initial_point_fn=lambda seed: np.random.default_rng(seed).normal(0, 0.5, len(fit.theta)),
    )
    inference = nutpie.sample(compiled, draws=draws, tune=warmup, chains=chains, cores=1, seed=seed, progress_bar=progress)
    return _summarise(fit, inference, names)


def _variable_names(fit: JointFit) -> list[str]:
    return [f"{part}: {term}" for part, term in natural_terms(fit.design)]


def _summarise(fit: JointFit, inference: Any, names: list[str]) -> JointPosterior:
    import arviz

    drawn = np.stack([np.asarray(inference.posterior[name]).ravel() for name in names], axis=1)
    diagnose: Any = arviz
    r_hat, effective = diagnose.rhat(inference), diagnose.ess(inference)
    terms = natural_terms(fit.design)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    table = pl.DataFrame(
        {
            "part": [part for part, _ in terms],
            "term": [term for _, term in terms],
            "mean": drawn.mean(axis=0),
            "sd": drawn.std(axis=0, ddof=1),
            "low": low,
            "high": high,
            "r_hat": [float(r_hat[name]) for name in names],
            "effective": [float(effective[name]) for name in names],
        }
    )
    return JointPosterior(table, inference, (_check_mixing(table), _check_divergences(inference)))


def _check_mixing(table: pl.DataFrame) -> Check:
    worst, fewest = float(table["r_hat"].max()), float(table["effective"].min())  # type: ignore[arg-type]
    mixed = worst <= LARGEST_R_HAT and fewest >= FEWEST_EFFECTIVE
    text = f"R-hat is at most {worst:.3f}, and every coefficient has at least {fewest:.0f} effective draws."
    return Check("mixing", "passed" if mixed else "warning", text, int(fewest))


def _check_divergences(inference: Any) -> Check:
    count = int(np.asarray(inference.sample_stats["diverging"]).sum())
    return Check("divergences", "warning" if count else "passed", f"{count} divergent transitions.", count)
