"""stallpoint expose, from a name or a file to an answer on disk."""

import json
from pathlib import Path

import pytest

from stallpoint.core.errors import DrugError, PathError
from stallpoint.exposure import answer as answers
from stallpoint.exposure.answer import answer_exposure
from stallpoint.exposure.person import Person
from stallpoint.knowledge.drugs import load_drug, load_drugs
from stallpoint.knowledge.exposure_scenarios import load_scenario, load_scenarios
from stallpoint.knowledge.sources import load_sources
from stallpoint.study.expose import expose_drug

OWN_DRUG = """\
[drug]
name = "mydrug"
kind = "small molecule"
molar_mass = "300 g/mol"

[[dose]]
name = "usual"
dose = "100 mg"
interval = "24 h"
route = "oral"
tag = "assumed"
source = "mine"

[[parameter]]
name = "apparent_clearance"
value = "200 mL/min"
evidence = "human"
tag = "seen"
source = "mine"

[[parameter]]
name = "fraction_unbound_plasma"
value = 0.5
evidence = "human"
tag = "seen"
source = "mine"

[[parameter]]
name = "unbound_brain_plasma_ratio"
value = 0.8
evidence = "human"
tag = "seen"
source = "mine"

[[parameter]]
name = "potency"
value = "1 nmol/L"
evidence = "in vitro"
tag = "seen"
source = "mine"

[[source]]
id = "mine"
title = "A report of my own"
"""


@pytest.fixture
def quick(monkeypatch):
    """Fewer draws: what is asked here does not hang on their number."""
    monkeypatch.setattr(answers, "DRAWS", 512)
    monkeypatch.setattr(answers, "SOBOL_DRAWS", 64)
    monkeypatch.setattr(answers, "PEOPLE", 200)


@pytest.mark.usefixtures("quick")
def test_every_drug_gets_an_answer_or_what_to_measure():
    healthy = load_scenario("healthy")
    assert len(load_drugs()) >= 55
    for drug in load_drugs():
        found = answer_exposure(drug, person=Person(), scenario=healthy, seed=1)
        assert found.verdict.why
        assert found.verdict.answer != "unknown" or found.gaps, f"{drug.name}: unknown, and nothing to measure"


def test_riluzole_is_not_explained_by_the_barrier():
    found = expose_drug("Riluzole").answer
    assert found.barrier.answer == "not limited"
    assert found.verdict.answer != "exposure-limited"
    assert "cannot be reconciled" in found.contradiction
    directions = [each.direction for each in found.evidence if each.link == "delivered"]
    assert directions == sorted(directions, key=("refutes", "null", "supports").index)


@pytest.mark.usefixtures("quick")
def test_tofersen_reaches_the_cord():
    found = expose_drug("tofersen").answer
    assert found.verdict.answer == "not limited"
    assert found.levels["place"].to_list() == ["lumbar, tissue", "thoracic, tissue", "cervical, tissue", "cortex, tissue"]
    assert found.levels["middle"].is_sorted(descending=True)


@pytest.mark.usefixtures("quick")
def test_the_same_seed_gives_the_same_answer():
    healthy = load_scenario("healthy")
    first, second = (answer_exposure(load_drug("memantine"), person=Person(), scenario=healthy, seed=3) for _ in range(2))
    assert first.levels.equals(second.levels)
    assert first.delivery == second.delivery


@pytest.mark.usefixtures("quick")
def test_every_scenario_runs_and_cites_a_known_work():
    for scenario in load_scenarios():
        assert scenario.source in load_sources()
        assert answer_exposure(load_drug("riluzole"), person=Person(), scenario=scenario, seed=1).steps


@pytest.mark.usefixtures("quick")
def test_a_drug_of_ones_own_is_one_file(tmp_path: Path):
    path = tmp_path / "mydrug.toml"
    path.write_text(OWN_DRUG, encoding="utf-8")
    exposed = expose_drug(str(path), out=tmp_path / "out")
    assert exposed.answer.verdict.answer == "not limited"
    page = (tmp_path / "out" / "exposure.html").read_text(encoding="utf-8")
    assert "A report of my own" in page
    assert "Research use only" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    record = json.loads((tmp_path / "out" / "exposure.json").read_text(encoding="utf-8"))
    assert record["schema"] == "stallpoint.exposure/1"
    assert record["verdict"]["answer"] == "not limited"


@pytest.mark.usefixtures("quick")
def test_a_profile_changes_what_is_said(tmp_path: Path):
    profile = tmp_path / "person.toml"
    profile.write_text('[person]\nsex = "female"\nsmoker = false\n', encoding="utf-8")
    known, unknown = expose_drug("riluzole", profile=profile).answer, expose_drug("riluzole").answer
    level = [each.levels.row(0, named=True)["middle"] for each in (known, unknown)]
    assert level[0] / level[1] == pytest.approx(1 / 0.68, rel=0.01)
    assert "sex" in unknown.unknown_of_person
    assert "sex" not in known.unknown_of_person


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[person\n", "not TOML"),
        ("[people]\n", r"\[person\]"),
        ('[person]\nsexx = "female"\n', "unknown key sexx"),
        ("[person]\nsmoker = 3\n", "smoker 3 is not known"),
    ],
)
def test_a_profile_that_cannot_be_understood(tmp_path: Path, text: str, said: str):
    profile = tmp_path / "person.toml"
    profile.write_text(text, encoding="utf-8")
    with pytest.raises(DrugError, match=said):
        expose_drug("riluzole", profile=profile)


def test_what_does_not_exist_is_named_with_the_nearest():
    with pytest.raises(DrugError, match="riluzole"):
        expose_drug("riluzol")
    with pytest.raises(DrugError, match="als-efflux"):
        expose_drug("riluzole", scenario="als-eflux")
    with pytest.raises(DrugError, match="standard"):
        expose_drug("riluzole", dose="standart")
    with pytest.raises(PathError):
        expose_drug("nowhere.toml")


def test_the_model_is_written_for_others(tmp_path: Path):
    libsbml = pytest.importorskip("libsbml")
    expose_drug("riluzole", out=tmp_path)
    document = libsbml.readSBMLFromFile(str(tmp_path / "model.xml"))
    clearance = (
        document.getModel().getParameter("rate_elimination").getValue()
        * document.getModel().getCompartment("volume_central").getSize()
    )
    assert clearance == pytest.approx(51.4)
