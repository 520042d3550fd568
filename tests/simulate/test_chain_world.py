import numpy as np
import pytest

from stallpoint.core.build import build_cohort
from stallpoint.core.parameter import LINKS
from stallpoint.core.tables import TABLES
from stallpoint.simulate.chain_world import ChainWorld, impede, simulate_chain_trial

MEASURED = tuple(link for link in LINKS if link != "visible")


@pytest.mark.parametrize("link", MEASURED)
def test_the_planted_link_and_no_other_truly_impedes(link):
    made = simulate_chain_trial(impede(ChainWorld(), link, n=400), 400, planted=(link,), rng=np.random.default_rng(2))
    assert made.truth.passes[link] < 0.4
    assert min(share for each, share in made.truth.passes.items() if each != link) > 0.8


def test_a_sound_world_impedes_nowhere():
    made = simulate_chain_trial(ChainWorld(), 400, rng=np.random.default_rng(2))
    assert min(made.truth.passes.values()) > 0.85
    assert made.truth.planted == ()


def test_two_stalls_stand_side_by_side():
    world = impede(impede(ChainWorld(), "absorbed", n=400), "relevant", n=400)
    passes = simulate_chain_trial(world, 400, rng=np.random.default_rng(2)).truth.passes
    assert max(passes["absorbed"], passes["relevant"]) < 0.4 < min(passes["taken"], passes["timely"])


def test_its_tables_are_those_of_any_study():
    cohort = simulate_chain_trial(ChainWorld(), 60, rng=np.random.default_rng(2)).trial.cohort
    tables = {name: getattr(cohort, name).cast(str).to_dict(as_series=False) for name in TABLES}
    checked = build_cohort("simulated", tables)
    assert checked.n == 60
    assert set(checked.concentrations["matrix"]) == {"plasma", "csf"}
    assert set(checked.markers["marker"]) == {"NfL", "target"}


def test_a_trial_that_cannot_see_is_short_and_noisy_whatever_its_size():
    for n in (150, 600):
        trial = simulate_chain_trial(impede(ChainWorld(), "visible", n=n), n, rng=np.random.default_rng(2)).trial
        assert trial.estimand.horizon_months == 2


def test_hidden_relevance_is_not_that_of_carriers():
    rng = np.random.default_rng(2)
    world = impede(ChainWorld(hidden=True, carrier_share=0.3), "relevant", n=400)
    assert simulate_chain_trial(world, 400, rng=rng).truth.passes["relevant"] < 0.5
