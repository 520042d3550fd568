import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.explain.shares import passing_of, share_loss, summarise_loss


@given(st.lists(st.lists(st.floats(0, 1), min_size=7, max_size=7), min_size=1, max_size=5))
def test_shares_sum_to_what_does_not_arrive(chain_of, draws):
    chain = chain_of(draws)
    assert share_loss(passing_of(chain)).sum(axis=1) == pytest.approx(1 - chain.arriving[:, -1])


def test_two_equal_links_share_equally_whatever_their_order(chain_of):
    draws = np.ones((1, 7))
    draws[0, [1, 5]] = 0.5
    shares = share_loss(passing_of(chain_of(draws)))[0]
    assert shares[[1, 5]] == pytest.approx([0.375, 0.375])
    assert shares[[0, 2, 3, 4, 6]] == pytest.approx(0)


def test_a_closed_link_behind_a_closed_link_shares_the_blame(chain_of):
    """In order the first would take all; the order of links is no reason for blame."""
    draws = np.ones((1, 7))
    draws[0, [0, 6]] = 0.0
    assert share_loss(passing_of(chain_of(draws)))[0, [0, 6]] == pytest.approx([0.5, 0.5])


def test_the_summary_names_each_link_with_its_interval(chain_of):
    draws = np.ones((200, 7))
    draws[:, 3] = np.linspace(0, 1, 200)
    engaged = next(each for each in summarise_loss(share_loss(passing_of(chain_of(draws)))) if each.link == "engaged")
    assert engaged.low < engaged.mean < engaged.high
    assert engaged.mean == pytest.approx(0.5)
