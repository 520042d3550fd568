import numpy as np
import pytest

from stallpoint.core.costs import Costs
from stallpoint.explain.deciding import label_worlds, value_measurements
from stallpoint.explain.study_chain import judge_trial

COSTS = Costs(currency="EUR", people=(10, 100), lumbar_puncture=500.0, csf_level=100.0, nfl=50.0)


@pytest.fixture(scope="module")
def values(unmeasured):
    _, evidence, judged = unmeasured
    chain = judge_trial("the trial", evidence, judged).chain
    return {
        (each.measurement, each.people): each
        for each in value_measurements(chain, evidence, judged, COSTS, rng=np.random.default_rng(1))
    }


def test_what_was_not_measured_is_valued_and_what_was_is_not(values):
    names = [name for name, _ in values]
    alone = {"CSF unbound drug", "engagement marker", "genotype"}
    assert alone | {"all of these", "higher dose", "earlier start", "longer trial"} == set(names)
    assert "NfL" not in names


def test_more_people_answer_no_less(values):
    """Within the Monte Carlo error of two shares of 300 worlds."""
    for name in ("CSF unbound drug", "engagement marker"):
        assert values[name, 100].answers >= values[name, 10].answers - 0.1


def test_an_answer_is_mostly_true(values):
    """Worlds are judged by the same worlds, so an answer given at a probability of 0.7 must be true at least so often."""
    for each in values.values():
        assert each.right >= 0.65 * each.answers - 0.05
        assert 0 <= each.gained_per_patient <= 1 / each.people


def test_all_together_answer_no_less_than_each(values):
    """Within the Monte Carlo error; and a lumbar puncture serves all samples of its day."""
    for name in ("CSF unbound drug", "engagement marker", "genotype"):
        assert values["all of these", 100].answers >= values[name, 100].answers - 0.1
    assert values["all of these", 10].lumbar_punctures == 20


def test_punctures_and_costs_are_the_users(values):
    csf = values["CSF unbound drug", 10]
    assert (csf.lumbar_punctures, csf.cost) == (10, 6000.0)
    assert values["engagement marker", 10].lumbar_punctures == 20
    assert values["engagement marker", 10].cost is None
    assert "10 lumbar punctures" in csf.text


def test_worlds_are_labelled_by_their_bottleneck():
    draws = np.full((3, 7), 0.9)
    draws[0, 4] = 0.2
    draws[1, 1] = 0.6
    draws[2, [0, 6]] = 0.3, 0.1
    assert label_worlds(draws, 0.5).tolist() == [4, 7, 6]
