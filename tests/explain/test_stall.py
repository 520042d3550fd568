import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.link import build_chain
from stallpoint.core.parameter import LINKS
from stallpoint.explain.stall import find_stall
from stallpoint.explain.transmission import assume_transmission


def test_the_link_that_passes_least_is_named_when_the_draws_agree(chain_of):
    draws = np.full((100, 7), 0.9)
    draws[:, 2] = 0.1
    stall = find_stall(chain_of(draws))
    assert stall.named == "delivered"
    assert stall.probability["delivered"] == 1
    assert "stalls at delivered" in stall.text


def test_two_links_that_take_turns_cannot_be_told_apart(chain_of):
    draws = np.full((100, 7), 0.9)
    draws[:50, 2] = draws[50:, 4] = 0.1
    stall = find_stall(chain_of(draws))
    assert stall.answer == "cannot be told apart"
    assert set(stall.possible) == {"delivered", "relevant"}
    assert not stall.none_possible
    assert "cannot be told" in stall.text


def test_a_chain_that_passes_nearly_all_has_no_stall(chain_of):
    stall = find_stall(chain_of(np.full((100, 7), 0.9)))
    assert stall.answer == "no stall"
    assert stall.possible == ()


def test_nothing_known_is_never_named():
    rng = np.random.default_rng(1)
    chain = build_chain("a trial", [assume_transmission(link, 4000, rng=rng) for link in LINKS])
    stall = find_stall(chain)
    assert stall.answer == "cannot be told apart"
    assert len(stall.possible) >= 5


@given(st.lists(st.lists(st.floats(0, 1), min_size=7, max_size=7), min_size=1, max_size=30))
def test_probabilities_of_all_answers_sum_to_one(chain_of, draws):
    stall = find_stall(chain_of(draws))
    assert sum(stall.probability.values()) + stall.no_stall == pytest.approx(1)
    assert (stall.named is None) == (max(stall.probability.values()) < stall.threshold)


def test_a_lower_threshold_names_no_less(chain_of):
    draws = np.full((100, 7), 0.9)
    draws[:70, 2] = draws[70:, 4] = 0.1
    assert find_stall(chain_of(draws), threshold=0.65).named == "delivered"
    assert find_stall(chain_of(draws), threshold=0.75).named is None
