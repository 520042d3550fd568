from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.parameter import LINKS
from stallpoint.explain.draw_chain import Worlds, resample
from stallpoint.explain.explanation import explain_trial
from stallpoint.explain.study_chain import fit_models, judge_evidence, judge_group, judge_trial, read_evidence, see_trial
from stallpoint.simulate.chain_world import ChainWorld, impede, simulate_chain_trial
from stallpoint.simulate.planted import constant_harm
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


def judge(made, rng):
    evidence = read_evidence(made.trial, made.plan, fit_models(made.trial))
    judged = judge_evidence(evidence, see_trial(evidence, rng=rng), rng=rng)
    return judge_trial("the trial", evidence, judged)


def test_what_is_named_is_what_was_planted():
    """A few of the worlds of the study in `studies/`, which has the rates: no wrong name, and not silent everywhere."""
    named = []
    for seed, link in enumerate(("absorbed", "delivered", "engaged")):
        rng = np.random.default_rng(seed)
        found = judge(simulate_chain_trial(impede(ChainWorld(), link, n=300), 300, planted=(link,), rng=rng), rng)
        assert found.stall.named in (None, link)
        assert found.stall.probability[link] == max(found.stall.probability.values())
        named.append(found.stall.named)
    assert any(named)


def test_nothing_is_named_where_nothing_stalls():
    rng = np.random.default_rng(11)
    found = judge(simulate_chain_trial(ChainWorld(), 300, rng=rng), rng)
    assert found.stall.named is None
    assert found.stall.no_stall > 0.5


def test_more_measured_is_surer(unmeasured):
    trial, evidence, judged = unmeasured
    blind = judge_trial("the trial", evidence, judged).stall
    assert blind.answer == "cannot be told apart"
    assert len(blind.possible) >= 3
    rng = np.random.default_rng(7)
    plan = replace(evidence.plan, planned_csf_ratio=0.1)
    seeing = read_evidence(trial, plan, fit_models(trial))
    found = judge_trial("the trial", seeing, judge_evidence(seeing, judged.visible, rng=rng)).stall
    assert found.probability["delivered"] > blind.probability["delivered"] + 0.2


def test_losses_and_shares_belong_together(unmeasured):
    _, evidence, judged = unmeasured
    found = judge_trial("the trial", evidence, judged)
    assert [each.link for each in found.loss] == list(LINKS)
    lost = 1 - found.chain.arriving[:, -1].mean()
    assert sum(each.mean for each in found.loss) == pytest.approx(lost)


def test_everybody_is_the_group_of_all(unmeasured):
    _, evidence, judged = unmeasured
    all_of_them = pl.repeat(value=True, n=evidence.people.height, eager=True)
    group = judge_group("all", evidence, judged, all_of_them, judged.visible)
    assert group.stall.probability == judge_trial("the trial", evidence, judged).stall.probability


def test_the_same_seed_gives_the_same_answer(unmeasured):
    _, evidence, judged = unmeasured
    twice = [judge_evidence(evidence, judged.visible, rng=np.random.default_rng(2)).worlds for _ in range(2)]
    assert all((getattr(twice[0], name) == getattr(twice[1], name)).all() for name in Worlds.__dataclass_fields__)


def test_resampling_follows_the_weights():
    rows = resample(np.log([0.1, 0.2, 0.7]), 1000, np.random.default_rng(1))
    assert np.bincount(rows) / 1000 == pytest.approx([0.1, 0.2, 0.7], abs=0.002)


@pytest.mark.parametrize("seed", range(3))
def test_a_marker_after_treatment_stopped_does_not_make_the_target_unengaged(seed):
    """Without doses nobody knows which samples are from people who had stopped, so a marker that did not change may be theirs."""
    rng = np.random.default_rng(seed)
    made = simulate_chain_trial(impede(ChainWorld(), "taken", n=300), 300, planted=("taken",), rng=rng)
    trial = replace(made.trial, cohort=replace(made.trial.cohort, doses=made.trial.cohort.doses.clear()))
    found = judge(replace(made, trial=trial), rng)
    assert found.stall.named in (None, "taken")
    assert {"taken", "engaged"} <= set(found.stall.possible)


def test_of_harm_the_chain_does_not_speak():
    trial = simulate_trial(TrialDesign(n=200), constant_harm(0.8), rng=np.random.default_rng(1)).trial
    found = explain_trial(trial, rng=np.random.default_rng(1))
    assert {check.name: check.status for check in found.checks}["chain and harm"] == "failed"
    assert found.whole.stall.answer == "cannot be told apart"
    assert all(finding.status == "cannot tell" for finding in found.findings)
    assert "cannot say where harm comes from" in found.text


def test_where_nobody_was_randomised_nothing_is_named():
    made = simulate_chain_trial(impede(ChainWorld(), "engaged", n=300), 300, planted=("engaged",), rng=np.random.default_rng(2))
    chosen = replace(made.trial, cohort=replace(made.trial.cohort, not_randomised="People chose."))
    found = explain_trial(chosen, plan=made.plan, rng=np.random.default_rng(2))
    assert found.whole.stall.named is None
    assert found.whole.stall.possible == ()
    assert "not randomised" in found.text
    assert {finding.status for finding in found.findings} == {"cannot tell"}
