from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from stallpoint.core.errors import EstimandError
from stallpoint.exposure.structure.domain import find_likeness_across, judge_domain
from stallpoint.exposure.structure.extra import NEEDED
from stallpoint.exposure.structure.model import fit_model
from stallpoint.exposure.structure.predict import predict_barrier
from stallpoint.exposure.structure.score import Measured

pytestmark = pytest.mark.skipif(any(find_spec(name) is None for name in NEEDED), reason="needs the extra chem")

IBUDILAST = "CC(C)C(=O)c1c(C(C)C)nn2ccccc12"
CYCLOSPORIN = (
    "CC[C@H]1C(=O)N(CC(=O)N([C@H](C(=O)N[C@H](C(=O)N([C@H](C(=O)N[C@H](C(=O)N[C@@H](C(=O)N([C@H](C(=O)N([C@H](C(=O)N([C@H](C(=O)N("
    "[C@H](C(=O)N1)[C@@H]([C@H](C)C/C=C/C)O)C)C(C)C)C)CC(C)C)C)CC(C)C)C)C)C)CC(C)C)C)C(C)C)CC(C)C)C)C"
)
OLIGONUCLEOTIDE = "OCC1OC(n2ccc(N)nc2=O)CC1O" + "P(=S)(O)OCC1OC(n2cc(C)c(=O)[nH]c2=O)CC1O" * 10


def test_contested_drugs_get_no_answer_and_the_reasons(model):
    predicted = predict_barrier(IBUDILAST, model)
    assert (predicted.known, predicted.answer) == ("contested", "cannot tell")
    assert "Sanftner 2009" in predicted.contested[-1]
    assert "contested" in predicted.text
    assert predicted.structure.skeleton not in model.compounds.skeleton


@pytest.mark.parametrize("smiles", [CYCLOSPORIN, OLIGONUCLEOTIDE], ids=["macrocycle", "oligonucleotide"])
def test_what_is_unlike_all_compounds_gets_no_answer(model, smiles):
    predicted = predict_barrier(smiles, model)
    assert not predicted.domain.inside
    assert predicted.answer == "cannot tell"
    assert "molar mass is above" in " ".join(predicted.domain.reasons)
    assert "too unlike" in replace(predicted, contested=()).text


@pytest.mark.parametrize("smiles", ["[Au]", "[Li+].[Li+].O=C([O-])[O-]"], ids=["gold", "lithium carbonate"])
def test_metals_are_refused(model, smiles):
    with pytest.raises(EstimandError):
        predict_barrier(smiles, model)


def test_salt_isotope_and_other_spelling_are_the_same_prediction(model):
    plain = predict_barrier("COc1ccccc1CCN", model)
    for other in ("NCCc1c(OC)cccc1.Cl", "[2H]C([2H])([2H])Oc1ccccc1CCN", "[NH3+]CCc1ccccc1OC.[Br-]"):
        again = predict_barrier(other, model)
        assert (again.probability, again.log_bb, again.labels, again.domain) == (
            plain.probability,
            plain.log_bb,
            plain.labels,
            plain.domain,
        )


def test_a_compound_of_b3db_is_judged_as_if_it_were_not_there(parts, model):
    """Its label and logBB turned over: nothing of its own prediction may change but what B3DB is said to hold."""
    compounds, description, _ = parts
    at = int(np.argmax(compounds.log_bb))
    label, log_bb = compounds.label.copy(), compounds.log_bb.copy()
    label[at], log_bb[at] = 1 - label[at], -9.0
    turned = fit_model(replace(compounds, label=label, log_bb=log_bb), description, {}, seed=7, trees=8)
    smiles = str(compounds.smiles[at])
    one, other = predict_barrier(smiles, model), predict_barrier(smiles, turned)
    assert one.known != other.known
    assert (one.labels, one.log_bb) == (other.labels, other.log_bb)
    assert one.structure.skeleton not in [neighbour.skeleton for neighbour in one.neighbours]


def test_measured_values_reach_the_scores(model):
    known = predict_barrier("COc1ccccc1CCN", model, measured=Measured(basic_pka=9.5, log_d=-0.5))
    assert all(score.missing == () for score in known.scores)
    assert all(score.missing for score in predict_barrier("COc1ccccc1CCN", model).scores)


def test_it_says_what_it_is_not(model):
    predicted = predict_barrier("COc1ccccc1CCN", model)
    assert "no unbound ratio (Kp,uu)" in predicted.text
    assert "spinal cord" in predicted.text
    assert "Kp,uu" in predicted.limits
    assert 0 < predicted.probability < 1
    low, high = predicted.log_bb[1:]
    assert low < predicted.log_bb[0] < high
    assert len(predicted.neighbours) == 3


@pytest.mark.parametrize(
    ("labels", "answer", "said"),
    [
        (("BBB+",), "BBB+", "labelled BBB+"),
        (("BBB-",), "BBB-", "labelled BBB-"),
        (("BBB-", "BBB+"), "cannot tell", "cannot be told"),
        ((), "cannot tell", "neither class"),
    ],
)
def test_an_answer_is_given_only_where_one_label_remains(model, labels, answer, said):
    predicted = replace(predict_barrier("COc1ccccc1CCN", model), labels=labels)
    assert predicted.domain.inside
    assert predicted.answer == answer
    assert said in predicted.text


def test_training_compounds_mostly_lie_inside(parts, model):
    """Six properties with 1% beyond either end, and 5% for likeness: at most 17% can lie outside."""
    compounds, description, _ = parts
    likeness = find_likeness_across(description, compounds.fold)
    ranges = zip(description.ranged, likeness, strict=True)
    inside = [judge_domain(ranged, each, model.borders).inside for ranged, each in ranges]
    assert 0.8 < np.mean(inside) < 1
