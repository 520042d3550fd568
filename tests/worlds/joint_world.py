"""Small data with everything in them that a joint model can use, drawn without any code of the model."""

import numpy as np
import polars as pl


def small_world(people=60, seed=5):
    """Two measures, an ordinal one, two causes, an arm, a site, an age, delayed entry and weights."""
    rng = np.random.default_rng(seed)
    arm, site = np.arange(people) % 2, np.where(rng.random(people) < 0.5, "A", "B")
    age = rng.normal(0, 1, people)
    b = rng.multivariate_normal([0, 0], [[9, 0.3], [0.3, 0.09]], people)
    first, second = rng.exponential(18, people) + 0.3, rng.exponential(40, people) + 0.3
    end = np.minimum(np.minimum(first, second), 24.0)
    entry = np.where(rng.random(people) < 0.5, 0.0, 0.4 * end)
    rows = []
    for i in range(people):
        for visit in np.arange(0, 25, 3):
            if visit > end[i]:
                continue
            course = 38 + b[i, 0] + (-0.8 + 0.3 * arm[i] + b[i, 1]) * visit
            nfl = 4 + 0.1 * b[i, 0] + 0.01 * visit + rng.normal(0, 0.3) if rng.random() < 0.7 else None
            score = course + rng.normal(0, 1.5)
            level = int(np.clip(np.floor((44 - score) / 6), 0, 3))
            rows.append((f"P{i}", float(visit), score, nfl, level, int(arm[i]), site[i], age[i]))
    visits = pl.DataFrame(rows, schema=["patient", "month", "score", "nfl", "stage", "arm", "site", "age"], orient="row")
    events = pl.DataFrame(
        {
            "patient": [f"P{i}" for i in range(people)],
            "time": end,
            "died": ((first <= second) & (first < 24)).astype(int),
            "left": ((second < first) & (second < 24)).astype(int),
            "entry": entry,
            "weight": rng.integers(1, 4, people).astype(float),
            "arm": arm,
            "site": site,
            "age": age,
        }
    )
    return visits, events


BASE = {"longitudinal": "score ~ month + month:arm", "random": "~ month | patient", "event": "Surv(time, died) ~ arm"}
TWO_CAUSES = {"death": "Surv(time, died) ~ arm", "withdrawal": "Surv(time, left) ~ 1"}
TWO_MEASURES = {
    "longitudinal": ("score ~ month + month:arm", "nfl ~ month"),
    "random": ("~ month | patient", "~ 1 | patient"),
}
MODELS = {
    "weibull value": {},
    "piecewise": {"baseline": "piecewise"},
    "spline": {"baseline": "spline"},
    "royston-parmar": {"baseline": "royston-parmar"},
    "slope": {"association": "slope"},
    "both": {"association": "value + slope", "baseline": "piecewise"},
    "window": {"association": "window(6)"},
    "random": {"association": "random"},
    "interaction": {"association": "value + value:arm"},
    "text interaction": {"association": "value + value:site", "baseline": "spline"},
    "quadratic": {"longitudinal": "score ~ month + I(month**2) + age + month:age", "association": "value + slope"},
    "spline course": {
        "longitudinal": "score ~ bs(month, df=4, degree=3, lower_bound=0, upper_bound=24) + arm:month",
        "random": "~ bs(month, df=4, degree=3, lower_bound=0, upper_bound=24) | patient",
        "time": "month",
    },
    "random intercept": {"random": "~ 1 | patient", "time": "month"},
    "competing": {"event": TWO_CAUSES, "association": {"death": "value + slope", "withdrawal": "value"}},
    "competing piecewise": {"event": TWO_CAUSES, "baseline": "piecewise"},
    "strata": {"strata": "site"},
    "strata spline": {"strata": "site", "baseline": "spline"},
    "entry": {"entry": "entry"},
    "entry royston-parmar": {"entry": "entry", "baseline": "royston-parmar", "association": "value + slope"},
    "residual": {"residual": "~ arm"},
    "random scale": {"random_scale": {"month": "arm"}},
    "rate ratio": {"longitudinal": "score ~ month", "event": "Surv(time, died) ~ 1", "rate_ratio": "arm"},
    "rate ratio entry": {"longitudinal": "score ~ month", "event": "Surv(time, died) ~ 1", "rate_ratio": "arm", "entry": "entry"},
    "weights": {"weights": "weight"},
    "no association": {"association": "none", "random_scale": {"month": "arm"}},
    "two measures": TWO_MEASURES,
    "two measures one link": {**TWO_MEASURES, "association": "value(score) + slope(score)"},
    "two measures shared": {**TWO_MEASURES, "association": "random(nfl) + value(score)", "entry": "entry"},
    "bounded": {"bounds": {"score": (24.0, 44.0)}},
    "bounded residual": {"bounds": {"score": (24.0, 44.0)}, "residual": "~ arm", "entry": "entry"},
    "ordinal": {"longitudinal": "stage ~ month + month:arm", "random": "~ 1 | patient", "ordinal": ("stage",), "time": "month"},
    "mixed scales": {
        "longitudinal": ("score ~ month + month:arm", "stage ~ month"),
        "random": ("~ month | patient", "~ 1 | patient"),
        "ordinal": ("stage",),
        "bounds": {"score": (24.0, 44.0)},
        "association": "value(score)",
    },
}
