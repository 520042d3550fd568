"""What a structure alone suggests: contested records without any model, a prediction beside the chain, never in it."""

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure import answer as answers
from stallpoint.exposure import from_structure
from stallpoint.exposure.from_structure import suggest_from_structure
from stallpoint.exposure.structure import cache
from stallpoint.exposure.structure.extra import NEEDED
from stallpoint.exposure.structure.predict import predict_barrier
from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.sources import load_sources
from stallpoint.study.expose import expose_drug, record_of

needs_chem = pytest.mark.skipif(any(find_spec(name) is None for name in NEEDED), reason="needs the extra chem")

CONTESTED = ("ibudilast", "sodium phenylbutyrate", "taurursodiol", "ceftriaxone", "sirolimus", "quinidine", "colchicine")


def no_model():
    return None


def not_asked():
    raise AssertionError("a model was asked for what no model can judge")


@pytest.fixture
def cached(tmp_path: Path, monkeypatch):
    """A cache folder that is empty until a model is put there."""
    monkeypatch.setenv("STALLPOINT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(answers, "DRAWS", 256)
    monkeypatch.setattr(answers, "SOBOL_DRAWS", 32)
    monkeypatch.setattr(answers, "PEOPLE", 50)
    return tmp_path / "cache"


@needs_chem
@pytest.mark.parametrize("name", CONTESTED)
def test_contested_records_are_flagged_without_a_model(name):
    said = suggest_from_structure(load_drug(name), model=no_model)
    assert said.known == "contested"
    assert said.contested
    assert said.prediction is None
    assert "--structure" in said.silent
    assert set(said.sources) <= set(load_sources())


@needs_chem
def test_records_that_agree_are_not_flagged():
    said = suggest_from_structure(load_drug("riluzole"), model=no_model)
    assert (said.known, said.contested) == ("BBB+", ())
    assert [score.name for score in said.scores] == ["CNS MPO", "BBB Score"]
    assert all(score.low < score.high for score in said.scores)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("tofersen", "antisense"),
        ("zilucoplan", "protein"),
        ("lithium carbonate", "inorganic"),
        ("CNM-Au8", "inorganic"),
        ("arimoclomol", "no structure"),
    ],
)
def test_what_no_structure_model_can_judge_gets_one_sentence(name, why):
    said = suggest_from_structure(load_drug(name), model=not_asked)
    assert why in said.silent
    assert (said.prediction, said.scores, said.contested) == (None, (), ())


@needs_chem
def test_a_metal_gets_a_sentence_and_a_slip_in_a_smiles_is_an_error():
    riluzole = load_drug("riluzole")
    assert "Au" in suggest_from_structure(replace(riluzole, smiles="[Au]"), model=not_asked).silent
    with pytest.raises(StallpointError, match="not a SMILES"):
        suggest_from_structure(replace(riluzole, smiles="Nc1nc2ccc(OC(F)(F)F)cc2s"), model=not_asked)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(from_structure, "find_spec", lambda _: None)
    assert "stallpoint[chem]" in suggest_from_structure(load_drug("riluzole"), model=not_asked).silent


@needs_chem
def test_nothing_is_trained_unless_asked_for(cached):
    exposed = expose_drug("ibudilast")
    assert not cached.exists()
    assert exposed.structure.prediction is None
    assert record_of(exposed.answer, exposed.structure)["structure"]["contested"]


@needs_chem
def test_a_model_in_the_cache_is_shown_and_changes_no_verdict(cached, model, tmp_path):
    without = expose_drug("riluzole").answer
    cache.load_model(train=lambda: model)
    exposed = expose_drug("riluzole", structure=True, out=tmp_path / "out")
    drug = load_drug("riluzole")
    assert exposed.structure.prediction == predict_barrier(drug.smiles, model)
    assert (exposed.answer.verdict, exposed.answer.steps) == (without.verdict, without.steps)
    assert (exposed.answer.barrier, exposed.answer.delivery) == (without.barrier, without.delivery)
    record = json.loads((tmp_path / "out" / "exposure.json").read_text(encoding="utf-8"))["structure"]
    assert record["silent"] == ""
    assert record["prediction"]["log_bb"]["low"] < record["prediction"]["log_bb"]["high"]
    assert isinstance(record["prediction"]["domain"]["inside"], bool)
    page = (tmp_path / "out" / "exposure.html").read_text(encoding="utf-8")
    section = page[page.index('id="structure"') :]
    assert "logBB, total drug" in section
    assert "never Kp,uu" in section
