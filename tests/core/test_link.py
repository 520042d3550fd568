import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.core.link import LINK_QUESTIONS, build_chain, build_transmission
from stallpoint.core.parameter import LINKS


def made(link="taken", draws=(0.2, 0.4), **changed):
    said = {"evidence": "measured here", "tag": "derived", "ground": "doses of 9 people"} | changed
    return build_transmission(link, np.array(draws, dtype=float), **said)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"link": "barrier"}, "no link"),
        ({"draws": (0.5, 1.2)}, "not shares"),
        ({"draws": (0.5, float("nan"))}, "not shares"),
        ({"draws": ()}, "not shares"),
        ({"ground": ""}, "rests on"),
        ({"evidence": "animal"}, "no source"),
    ],
)
def test_a_transmission_that_cannot_be_is_refused(changed, says):
    with pytest.raises(StallpointError, match=says):
        made(**changed)


def test_draws_can_not_be_changed_afterwards():
    given = np.array([0.2, 0.4])
    made_of = build_transmission("taken", given, evidence="measured here", tag="derived", ground="doses")
    given[0] = 1.0
    assert made_of.draws[0] == 0.2
    with pytest.raises(ValueError, match="read-only"):
        made_of.draws[0] = 1.0


def test_a_chain_holds_every_link_once_in_order_and_drawn_together():
    seven = [made(link) for link in LINKS]
    assert build_chain("a trial", seven).of("engaged").middle == pytest.approx(0.3)
    with pytest.raises(StallpointError, match="order"):
        build_chain("a trial", seven[::-1])
    with pytest.raises(StallpointError, match="order"):
        build_chain("a trial", seven[:-1])
    with pytest.raises(StallpointError, match="number of draws"):
        build_chain("a trial", [*seven[:-1], made("visible", (0.1, 0.2, 0.3))])


def test_what_arrives_is_the_product_along_a_row():
    chain = build_chain("a trial", [made(link, (0.5, 1.0)) for link in LINKS])
    assert chain.arriving[:, -1] == pytest.approx([0.5**7, 1.0])


def test_every_link_has_its_question():
    assert tuple(LINK_QUESTIONS) == LINKS
