"""Virtual trials as a user asks for them."""

import json
from pathlib import Path

import polars as pl
import pytest
from sbml_world import sbml_text, write_mapped
from typer.testing import CliRunner

from stallpoint.cli.main import app
from stallpoint.core.errors import StallpointError
from stallpoint.study.simulate import Simulated, record_of, simulate_drug

SMALL = {"treated": 12, "control": 12, "weeks": 12, "repeats": 6}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    return simulate_drug("perampanel", dose="trial, high", out=tmp_path_factory.mktemp("out") / "new", **SMALL)


def test_everything_is_written_and_says_that_it_is_assumed(simulated: Simulated) -> None:
    assert simulated.report is not None
    folder = simulated.report.parent
    record = json.loads((folder / "simulation.json").read_text(encoding="utf-8"))
    assert record["driven_by_assumption"] is True
    assert record["virtual_trials"] == 6
    assert pl.read_parquet(folder / "trials.parquet").height == 6
    page = simulated.report.read_text(encoding="utf-8")
    assert all(said in page for said in ("Research use only", "assumed", "What this cannot know", "Perampanel 8 mg"))
    assert "<script" not in page
    assert "http" not in page.split('<section id="references">')[0].replace("http://www.w3.org", "")


def test_what_real_trials_found_stands_beside(simulated: Simulated) -> None:
    assert [each.trial for each in simulated.record] == ["Perampanel 8 mg"]
    assert simulated.headline.endswith("what drives that is assumed.")


def test_shares_are_counted_not_typed(simulated: Simulated) -> None:
    trials = simulated.prediction.trials
    assert simulated.claims["the trial finds a benefit"].value == trials["benefit_found"].mean()
    assert simulated.claims["the trial finds harm"].value == trials["harm_found"].mean()


def test_a_gene_is_asked_for_where_the_drug_is_made_for_it() -> None:
    found = simulate_drug("tofersen", treated=4, control=4, weeks=8, repeats=1)
    assert found.prediction.plan.entry.genotype == "SOD1"
    assert record_of(found)["drug"] == "tofersen"


def test_a_drug_on_none_of_the_pathways_is_said_to_be_beyond_the_model(tmp_path: Path) -> None:
    found = simulate_drug("methylcobalamin", treated=4, control=4, weeks=8, repeats=2, out=tmp_path)
    assert "none of the six" in found.prediction.treatment.silent
    assert "none of the six" in (tmp_path / "simulation.html").read_text(encoding="utf-8")
    assert found.links["transmission"].drop_nulls().is_empty()
    assert (found.prediction.trials["true_slowing"].abs() < 1e-9).all()


def test_mistakes_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "none"
    for wrong in ({"genotype": "SOD2"}, {"dose": "huge"}, {"weeks": 2}, {"scenario": "nowhere"}, {"repeats": 10**6}):
        with pytest.raises(StallpointError):
            simulate_drug("riluzole", out=out, **{**SMALL, **wrong})
    assert not out.exists()


def test_a_users_own_model_is_labelled_as_the_users_assumption_and_its_names_are_inert(tmp_path: Path) -> None:
    pytest.importorskip("libsbml")
    text = sbml_text(
        states={"left": 0.8},
        constants={"k": 0.002, "engaged": 0.0},
        rates={"left": "-k * (1 - 0.5 * engaged) * left"},
        rules={"score": "48 * left"},
    )
    mapping = 'name = "<script>alert(1)</script>"\n[drug]\nid = "engaged"\nas = "engagement"\n[outputs]\nalsfrs_r = "score"\n'
    small = {"treated": 4, "control": 4, "weeks": 4, "visit_weeks": 2, "repeats": 2}
    found = simulate_drug("edaravone", dose="oral", model=write_mapped(tmp_path, text, mapping), out=tmp_path / "out", **small)
    page = (tmp_path / "out" / "simulation.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert page.count("<small>assumed by the user</small>") == 2
    assert "The user's own model" in page.replace("&#39;", "'")
    assert "the user's own model" in found.headline
    record = json.loads((tmp_path / "out" / "simulation.json").read_text(encoding="utf-8"))
    assert record["own_model"]["tag"] == "assumed by the user"
    assert found.claims["neurofilament ends a fifth lower than under control"].value is None
    assert found.claims["treatment truly spares a tenth of the loss of neurons"].value is None
    with pytest.raises(StallpointError, match="no genotypes"):
        simulate_drug("edaravone", genotype="SOD1", model=tmp_path / "own.toml", **small)


def test_the_command_speaks_both_ways() -> None:
    arguments = ["simulate", "riluzole", "--treated", "6", "--control", "6", "--weeks", "8", "--repeats", "2"]
    said = CliRunner().invoke(app, arguments)
    assert said.exit_code == 0
    assert all(part in said.stdout for part in ("Research use only", "Shares of virtual trials", "What this cannot know"))
    machine = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(machine.stdout)["schema"] == "stallpoint.simulation/1"
    wrong = CliRunner().invoke(app, ["simulate", "riluzol"])
    assert wrong.exit_code == 8
    assert "did you mean riluzole" in wrong.stderr
