"""Profiles under margins: by the surface's own closed form, and from worlds that are really drawn."""

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.mechanism.identify_people import MarginSurface, fit_margins, identify_people

KNOWN = load_mechanism()


def test_a_margin_that_follows_one_parameter_tells_it_and_nothing_of_another() -> None:
    """A surface that is the place of the first parameter alone: its interval is the margin's own."""
    coefficients = np.zeros((6, 1))
    coefficients[0], coefficients[1] = 0.5, 1.0
    surface = MarginSurface(
        parameters=("reserve", "onset_points"),
        margins=("made up",),
        coefficients=coefficients,
        published=np.array([0.4]),
        spread=np.array([0.1]),
        told=np.ones(1),
    )
    table = identify_people(surface, KNOWN, points=41)
    told, silent = table.iter_rows(named=True)
    places = [np.log(told[end] / told["least"]) / np.log(told["most"] / told["least"]) for end in ("low", "high")]
    np.testing.assert_allclose(places, [0.4 - 1.96 * 0.1, 0.4 + 1.96 * 0.1], atol=0.01)
    assert silent["flat"]
    assert silent["low"] is silent["high"] is None


def test_only_what_moves_a_margin_is_asked_for_and_worlds_must_be_many() -> None:
    """All but three parameters are held: relaxation moves no margin, so two are left, and six terms."""
    free = ("disease_rate", "withdrawal_early", "relaxation_autophagy")
    known = {
        key: each if key in free or key.startswith("published_") else replace(each, low=each.value, high=each.value)
        for key, each in KNOWN.items()
    }
    with pytest.raises(StallpointError, match="4 worlds are too few for 6 terms"):
        fit_margins(known, rng=np.random.default_rng(1), worlds=4, people=20)
    surface = fit_margins(known, rng=np.random.default_rng(1), worlds=16, people=150)
    assert surface.parameters == ("disease_rate", "withdrawal_early")
    assert dict(zip(surface.margins, surface.told, strict=True))["attrition_6_months"] > 0.8
