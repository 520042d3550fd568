from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.core.link import build_chain, build_transmission
from stallpoint.core.parameter import LINKS
from stallpoint.explain.study_chain import fit_models, judge_evidence, read_evidence, see_trial
from stallpoint.simulate.chain_world import ChainWorld, impede, simulate_chain_trial


@pytest.fixture(scope="session")
def chain_of():
    """A chain from draws (n, 7)."""

    def make(draws):
        said = {"evidence": "measured here", "tag": "derived", "ground": "made up"}
        columns = np.asarray(draws, dtype=float).T
        made = [build_transmission(link, column, **said) for link, column in zip(LINKS, columns, strict=True)]
        return build_chain("a trial", made)

    return make


@pytest.fixture(scope="session")
def unmeasured():
    """A drug that does not get to the cord, with nothing measured behind plasma: trial, evidence, judged."""
    rng = np.random.default_rng(7)
    made = simulate_chain_trial(impede(ChainWorld(), "delivered", n=200), 200, planted=("delivered",), rng=rng)
    plan = replace(made.plan, planned_csf_ratio=None, engagement_marker="", full_change=None, target_gene="")
    evidence = read_evidence(made.trial, plan, fit_models(made.trial))
    return made.trial, evidence, judge_evidence(evidence, see_trial(evidence, rng=rng), rng=rng)
