import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.link import build_chain, build_transmission
from stallpoint.core.parameter import LINKS
from stallpoint.explain.shares import passing_of, share_loss, summarise_loss


def chain_of(draws):
    said = {"evidence": "measured here", "tag": "derived", "ground": "made up"}
    columns = np.asarray(draws, dtype=float).T
    return build_chain("a trial", [build_transmission(link, column, **said) for link, column in zip(LINKS, columns, strict=True)])


@given(st.lists(st.lists(st.floats(0, 1), min_size=7, max_size=7), min_size=1, max_size=5))
def test_shares_sum_to_what_does_not_arrive(draws):
    chain = chain_of(draws)
    assert share_loss(passing_of(chain)).sum(axis=1) == pytest.approx(1 - chain.arriving[:, -1])


def test_two_equal_links_share_equally_whatever_their_order():
    draws = np.ones((1, 7))
    draws[0, [1, 5]] = 0.5
    shares = share_loss(passing_of(chain_of(draws)))[0]
    assert shares[[1, 5]] == pytest.approx([0.375, 0.375])
    assert shares[[0, 2, 3, 4, 6]] == pytest.approx(0)


def test_a_closed_link_behind_a_closed_link_shares_the_blame():
    """In order the first would take all; the order of links is no reason for blame."""
    draws = np.ones((1, 7))
    draws[0, [0, 6]] = 0.0
    assert share_loss(passing_of(chain_of(draws)))[0, [0, 6]] == pytest.approx([0.5, 0.5])


def test_the_summary_names_each_link_with_its_interval():
    draws = np.ones((200, 7))
    draws[:, 3] = np.linspace(0, 1, 200)
    engaged = next(each for each in summarise_loss(share_loss(passing_of(chain_of(draws)))) if each.link == "engaged")
    assert engaged.low < engaged.middle < engaged.high
    assert engaged.middle == pytest.approx(0.5)
