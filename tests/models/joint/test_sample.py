"""The posterior against the maximum likelihood that it must be near."""

import numpy as np
import pytest
from joint_world import BASE, small_world

from stallpoint.core.errors import FitError
from stallpoint.models.joint.fit import fit_joint
from stallpoint.models.joint.prior import Normal
from stallpoint.models.joint.sample import sample_posterior


def test_posterior_and_maximum_agree_where_data_are_many():
    pytest.importorskip("nutpie")
    fit = fit_joint(*small_world(150), **BASE, priors={("association", "value"): Normal(0.0, 0.5)})
    posterior = sample_posterior(fit, seed=3, chains=2, draws=300, warmup=200)
    table = posterior.coefficients.join(fit.coefficients, on=["part", "term"])
    fixed = table.filter(table["part"].is_in(["longitudinal", "event", "association"]) & (table["term"] != "Intercept"))
    away = (fixed["mean"] - fixed["estimate"]) / fixed["std_error"]
    assert away.abs().max() < 0.3
    ratio = (fixed["sd"] / fixed["std_error"]).to_numpy()
    assert ((ratio > 0.8) & (ratio < 1.25)).all()
    assert table["r_hat"].max() < 1.05
    assert np.asarray(posterior.inference.posterior["association: value"]).shape == (2, 300)
    assert {check.name for check in posterior.checks} == {"mixing", "divergences"}


def test_a_fit_without_standard_errors_cannot_be_sampled():
    pytest.importorskip("nutpie")
    fit = fit_joint(*small_world(80), **BASE, association="value + window(0.0001)")
    if np.isfinite(fit.covariance).all():
        pytest.skip("the information could be inverted here")
    with pytest.raises(FitError, match="not identified"):
        sample_posterior(fit, seed=1)
