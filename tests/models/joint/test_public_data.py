"""The joint model against published and computed fits to public data, which are read where they lie beside the repository."""

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.models.joint.fit import fit_joint

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data" / "joint"
pytestmark = pytest.mark.skipif(not (SHARED / "pbc2.csv.gz").exists(), reason="the public data are not beside the repository")


@cache
def pbc():
    """Bilirubin, and death or transplant, in 312 people with primary biliary cirrhosis."""
    visits = pl.read_csv(SHARED / "pbc2.csv.gz", null_values="NA").with_columns(log_bilirubin=pl.col("serBilir").log())
    people = pl.read_csv(SHARED / "pbc2.id.csv.gz", null_values="NA")
    return visits, people.with_columns(ended=(pl.col("status") != "alive").cast(pl.Int64))


def estimates(fit, part):
    return fit.coefficients.filter(pl.col("part") == part)["estimate"].to_list()


def random_covariance(fit):
    lower = np.zeros((2, 2))
    lower[np.tril_indices(2)] = fit.theta[fit.design.layout.factor]
    return lower @ lower.T


def test_bilirubin_agrees_with_jm():
    """R's JM 1.5-2, piecewise constant hazard. Its five nodes stay where the mixed model put them, and it stops 0.05 below the maximum."""
    fit = fit_joint(
        *pbc(),
        longitudinal="log_bilirubin ~ year",
        random="~ year | id",
        event="Surv(years, ended) ~ drug",
        baseline="piecewise",
        knots=(2.306899, 4.115495, 5.638172, 6.825259, 8.522773, 10.3079),
        time="year",
    )
    assert (fit.n, fit.deaths) == (312, 169)
    assert next(check for check in fit.checks if check.name == "quadrature").status == "passed"
    assert -1966.529 < fit.log_likelihood < -1966.529 + 0.1
    assert estimates(fit, "longitudinal") == pytest.approx([0.4896, 0.1893], abs=2e-3)
    drug, value = fit.coefficient("event", "drug[T.placebo]"), fit.coefficient("association", "value")
    assert abs(drug["estimate"]) == pytest.approx(0.0021, abs=0.02 * 0.1652)
    assert drug["std_error"] == pytest.approx(0.1652, abs=2e-3)
    assert (value["estimate"], value["std_error"]) == pytest.approx((1.2434, 0.0868), abs=2e-3)
    assert estimates(fit, "residual") == pytest.approx([0.3470], abs=1e-3)
    assert random_covariance(fit)[np.tril_indices(2)] == pytest.approx([1.00155, 0.07996, 0.03349], rel=0.01)


def test_maximum_lies_where_the_posterior_of_jmbayes2_does():
    """Published posterior means (standard deviations) with weak priors and a P-spline hazard; here the maximum with a B-spline one."""
    fit = fit_joint(
        *pbc(),
        longitudinal="log_bilirubin ~ year * sex",
        random="~ year | id",
        event="Surv(years, ended) ~ sex",
        baseline="spline",
        time="year",
    )
    value, sex = fit.coefficient("association", "value"), fit.coefficient("event", "sex[T.male]")
    assert value["estimate"] == pytest.approx(1.2433, abs=0.3 * 0.0847)
    assert value["std_error"] == pytest.approx(0.0847, rel=0.1)
    assert abs(sex["estimate"]) == pytest.approx(0.1581, abs=0.3 * sex["std_error"])
    assert estimates(fit, "residual") == pytest.approx([0.3465], abs=2e-3)
    spread = np.sqrt(np.diag(random_covariance(fit)))
    assert spread == pytest.approx([1.0028, 0.1829], rel=0.03)
    assert random_covariance(fit)[0, 1] / spread.prod() == pytest.approx(0.3994, abs=0.04)


def test_shared_random_intercept_agrees_with_joiner():
    """The example of joineR's vignette, which leaves the hazard free; here it has steps at each tenth of the event times."""
    wide = pl.read_csv(SHARED / "joineR_mental.csv.gz", null_values="NA")
    visits = (
        wide.unpivot(on=[f"Y.t{week}" for week in (0, 1, 2, 4, 6, 8)], index=["id", "treat"], value_name="Y")
        .with_columns(time=pl.col("variable").str.extract(r"(\d+)$").cast(pl.Float64))
        .drop_nulls("Y")
    )
    ended = wide.filter(pl.col("cens.ind") == 1)["surv.time"].to_numpy()
    fit = fit_joint(
        visits,
        wide,
        longitudinal="Y ~ time + treat",
        random="~ 1 | id",
        event="Surv(surv.time, cens.ind) ~ treat",
        association="random",
        baseline="piecewise",
        knots=np.quantile(ended, np.arange(1, 10) / 10),
        time="time",
    )
    known = {"longitudinal": [61.8734, -0.5941, -3.8583], "event": [-0.6154], "association": [0.08898]}
    for part, value in known.items():
        rows = fit.coefficients.filter(pl.col("part") == part)
        away = (rows["estimate"].to_numpy() - value) / rows["std_error"].to_numpy()
        assert np.abs(away).max() < 0.05, (part, away)
    assert fit.theta[fit.design.layout.factor] ** 2 == pytest.approx([99.956], rel=2e-3)
    assert np.exp(2 * fit.theta[fit.design.layout.log_sigma]) == pytest.approx([64.363], rel=2e-3)
