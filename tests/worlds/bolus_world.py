"""A simple curve and data drawn from it, for tests of the nonlinear mixed model."""

import numpy as np
import polars as pl

TIMES = (1.0, 4.0, 10.0)


def bolus(parameters, columns):
    """Concentration after 100 mg into one compartment: clearance, volume."""
    clearance, volume = parameters
    return 100 / volume * np.exp(-clearance / volume * columns["time"])


def draw_people(n, rng, *, occasions=1, residual=0.1, sd=(0.4, 0.2), occasion_sd=0.0, times=TIMES):
    """Rows of person, occasion, time, value, for clearance 3 and volume 30."""
    eta = np.array(sd) * rng.standard_normal((n, 2))
    rows = []
    for person in range(n):
        for occasion in range(occasions):
            kappa = occasion_sd * rng.standard_normal()
            parameters = np.exp(np.log([3.0, 30.0]) + eta[person] + [kappa, 0.0])
            clean = bolus(parameters, {"time": np.array(times)})
            seen = clean * (1 + residual * rng.standard_normal(len(times)))
            rows += [(f"P{person:03d}", f"visit {occasion}", time, value) for time, value in zip(times, seen, strict=True)]
    return pl.DataFrame(rows, schema=["person", "occasion", "time", "value"], orient="row")
