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
    with pytest.raises(StallpointError, match="no molecular states"):
        simulate_drug("edaravone", states={"ALS-Ox": 1.0}, model=tmp_path / "own.toml", **small)
    with pytest.raises(StallpointError, match="no genotypes"):
        simulate_drug("edaravone", genotype="SOD1", model=tmp_path / "own.toml", **small)


@pytest.fixture(scope="module")
def with_state(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    states = {"ALS-Glia": 1.0, "raised-crp": 0.3}
    return simulate_drug("ibudilast", states=states, out=tmp_path_factory.mktemp("state"), **SMALL)


def test_trials_with_a_state_stand_beside_the_same_trials_without_it(with_state: Simulated) -> None:
    beside, plain = with_state.with_states, simulate_drug("ibudilast", **SMALL)
    assert beside is not None
    assert beside.everybody == plain.claims
    here, everybody, difference = beside.spared
    assert everybody.value == plain.prediction.trials["true_slowing"].mean()
    assert difference.value == pytest.approx(here.value - everybody.value)
    assert plain.with_states is None
    shared = ["share", "moves", "largest", "deaths_control"]
    assert with_state.prediction.trials.select(shared).equals(plain.prediction.trials.select(shared))


def test_what_speaks_against_a_state_stands_before_any_share_and_it_says_that_it_is_assumed(with_state: Simulated) -> None:
    assert with_state.report is not None
    page = with_state.report.read_text(encoding="utf-8")
    against, shares = page.index("read in cortex after death"), page.index("Shares of virtual trials")
    assert against < page.index("showed signatures of activated glia") < shares
    assert page.index("What real trials found") < against
    for said in (
        "hypothesis",
        "No treatment is tied",
        "no trial can choose people by it",
        "no reason to give a drug",
        "not found",
    ):
        assert said in page
    record = json.loads((with_state.report.parent / "simulation.json").read_text(encoding="utf-8"))["with_states"]
    assert record["tag"] == "assumed"
    assert record["shares"] == {"ALS-Glia": 1.0, "raised-crp": 0.3}
    assert [each["direction"] for each in record["claims"] if each["state"] == "ALS-Glia"] == ["refutes", "refutes", "supports"]
    assert {"tam2019", "np001_2b"} <= {source.id for source in with_state.sources}


def test_what_runs_through_a_drugs_pathways_is_told_of_everybody_too(simulated: Simulated) -> None:
    assert simulated.through["whom"].unique().to_list() == ["everybody"]
    assert simulated.report is not None
    assert "What runs through the pathways" in simulated.report.read_text(encoding="utf-8")


def test_states_that_cannot_be_are_refused_before_anything_is_computed(tmp_path: Path) -> None:
    for wrong in ({"ALS-Glai": 1.0}, {"ALS-Glia": 2.0}, {"<script>alert(1)</script>": 1.0}, {"../../etc/passwd": 1.0}):
        with pytest.raises(StallpointError):
            simulate_drug("riluzole", states=wrong, out=tmp_path / "none", **SMALL)
    assert not (tmp_path / "none").exists()


def test_the_command_takes_states_and_tells_of_wrong_ones() -> None:
    arguments = ["simulate", "riluzole", "--treated", "6", "--control", "6", "--weeks", "8", "--repeats", "2"]
    said = CliRunner().invoke(app, [*arguments, "--state", "cortical-hyperexcitability", "--state", "hypermetabolism=absent"])
    assert said.exit_code == 0
    assert "under the hypothesis of cortical-hyperexcitability present and hypermetabolism absent" in said.stdout
    assert said.stdout.index("What speaks against it") < said.stdout.index("Shares of virtual trials")
    for wrong in ("ALS-Glai", "ALS-Glia=much", "=0.4", "tofersen", "ALS-Glia=1e400"):
        refused = CliRunner().invoke(app, [*arguments, "--state", wrong])
        assert refused.exit_code == 8, wrong
        assert "Traceback" not in refused.stderr
    assert "did you mean ALS-Glia" in CliRunner().invoke(app, [*arguments, "--state", "ALS-Glai"]).stderr


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
