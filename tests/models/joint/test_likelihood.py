"""The likelihood against its own derivatives, and against brute force."""

import numpy as np
import pytest
from joint_world import BASE, MODELS, small_world

from stallpoint.models.joint.data import code_joint
from stallpoint.models.joint.likelihood import log_likelihood_and_gradient, split_people
from stallpoint.models.joint.specification import RateRatio, build_model
from stallpoint.models.joint.start import find_start
from stallpoint.numerics.delta import jacobian
from stallpoint.numerics.quadrature import normal_rule


def many(dimension, nodes):
    """One rule for all people, with nodes enough that value and gradient agree."""
    return normal_rule(dimension, max(6, nodes))


def coded(name):
    options = {**BASE, **MODELS[name]}
    parts = [options.pop(key) for key in ("longitudinal", "random", "event")]
    association = options.pop("association", "value")
    if "rate_ratio" in options:
        options["rate_ratio"] = RateRatio(options["rate_ratio"])
    visits, events = small_world(people=24)
    design, data = code_joint(build_model(*parts, association, **options), visits, events)
    return design, data, visits


def near_start(design, data, visits, rng):
    """Parameters away from the optimum, where every derivative is far from 0."""
    theta = find_start(design, data, visits)
    theta = theta + 0.05 * rng.standard_normal(len(theta)) * np.maximum(np.abs(theta), 0.2)
    for cause in range(len(design.causes)):
        alpha = design.layout.alpha(cause)
        theta[alpha] = -0.03 * (1 + rng.random(alpha.stop - alpha.start))
    return theta


@pytest.mark.parametrize("name", MODELS)
def test_gradient_is_that_of_the_likelihood(name):
    design, data, visits = coded(name)
    theta = near_start(design, data, visits, np.random.default_rng(1))
    groups = split_people(data.arrays, many)
    value, gradient = log_likelihood_and_gradient(theta, groups, design, many)
    assert np.isfinite(value)
    numeric = jacobian(lambda x: np.array([log_likelihood_and_gradient(x, groups, design, many)[0]]), theta)[0]
    scale = np.maximum(np.abs(numeric), 1.0)
    dimension = min(len(design.layout.random), sum(len(cause.basis_end[0]) for cause in data.arrays.causes))
    bound = 2e-5 if dimension <= 3 and not data.arrays.interval else 5e-3
    worst = np.argmax(np.abs(gradient - numeric) / scale)
    assert np.abs(gradient - numeric)[worst] / scale[worst] < bound, design.layout.names()[worst]
