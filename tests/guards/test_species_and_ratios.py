"""A number of a mouse or a dish is never shown as one of people, and binding is never taken for passage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.guards.conftest import Invoke

import stallpoint
from stallpoint.core.drug_reference import EXAMPLE
from stallpoint.core.errors import DrugError

RATIO = """\
[[parameter]]
name = "{name}"
value = 0.9
species = "{species}"
evidence = "{evidence}"
tag = "seen"
source = "trial2024"

[[covariate]]"""


def write_drug(place: Path, name: str, species: str, evidence: str) -> Path:
    said = EXAMPLE.replace("[[covariate]]", RATIO.format(name=name, species=species, evidence=evidence))
    (place / "own.toml").write_text(said, encoding="utf-8")
    return place / "own.toml"


@pytest.mark.parametrize("species", ["mouse", "rat", "Mouse", "mouse, scaled to human", "human cells in a dish"])
def test_a_mouse_cannot_be_called_a_person(invoke: Invoke, tmp_path: Path, species: str) -> None:
    file = write_drug(tmp_path, "unbound_brain_plasma_ratio", species, "human")
    assert f"a number of {species} is called human evidence" in invoke("expose", file, code=8).stderr
    with pytest.raises(DrugError, match="is called human evidence"):
        stallpoint.read_drug(file)


@pytest.mark.parametrize("evidence", ["animal", "in vitro"])
def test_a_step_that_rests_on_a_mouse_says_so(invoke: Invoke, tmp_path: Path, evidence: str) -> None:
    file = write_drug(tmp_path, "unbound_brain_plasma_ratio", "mouse", evidence)
    said = json.loads(invoke("expose", file, "--json").stdout)
    step = next(each for each in said["steps"] if "Kp,uu" in each["label"])
    assert step["evidence"] == evidence
    assert step["low"] < 0.9 < step["high"]


def test_no_bundled_number_of_an_animal_is_human() -> None:
    from stallpoint.knowledge.drugs import load_drugs

    rows = [row for drug in load_drugs() for row in drug.parameters if row.evidence == "human"]
    assert rows
    assert {row.species for row in rows} <= {"", "human"}


def test_total_brain_over_plasma_is_never_the_unbound_ratio(invoke: Invoke, tmp_path: Path) -> None:
    file = write_drug(tmp_path, "brain_plasma_ratio", "mouse", "animal")
    said = json.loads(invoke("expose", file, "--json", "--out", tmp_path / "out").stdout)
    step = next(each for each in said["steps"] if "Kp,uu" in each["label"])
    assert step["evidence"] == "assumed"
    assert step["middle"] != pytest.approx(0.9, rel=0.05)
    page = (tmp_path / "out/exposure.html").read_text(encoding="utf-8")
    assert "never used as the unbound one" in page


def test_a_dish_or_a_mouse_passes_no_link_as_if_in_people(tmp_path: Path) -> None:
    """Through evidence of one's own: the class of a link is that of what it rests on."""
    for design, evidence in (("animal", "animal"), ("in vitro", "in vitro")):
        (tmp_path / "claims.tsv").write_text(
            "id\tkind\tdirection\ttext\tdesign\ttag\tsource\ttreatments\tlink\n"
            f"own1\tengagement\tsupports\tThe target was hit.\t{design}\tseen\tmeng2021\tcolchicine\tengaged\n",
            encoding="utf-8",
        )
        found = stallpoint.explain_literature(stallpoint.load_evidence(tmp_path), "colchicine", seed=1)
        reading = found.reading("engaged")
        assert (reading.human, reading.evidence) == (False, evidence)
        assert found.reading("delivered").through is None
