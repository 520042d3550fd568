"""The house keeps its promises: light imports, every public name documented and listed, docs that are true."""

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import stallpoint

ROOT = Path(__file__).parents[1]
HEAVY = (
    "jax",
    "altair",
    "fastapi",
    "sklearn",
    "rdkit",
    "lifelines",
    "formulaic",
    "pandas",
    "polars",
    "pandera",
    "scipy",
    "numpy",
)


@pytest.mark.parametrize("statement", ["import stallpoint", "import stallpoint.cli.main"])
def test_nothing_heavy_is_loaded_on_import(statement):
    code = f"import sys; {statement}; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert loaded.stdout.split() == []


@pytest.mark.parametrize("name", stallpoint.__all__)
def test_every_public_name_is_documented_and_listed(name):
    thing = getattr(stallpoint, name)
    assert inspect.getdoc(thing), name
    assert f"| `{name}` |" in (ROOT / "docs/reference.md").read_text(encoding="utf-8")


def test_the_reference_lists_nothing_else():
    listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/reference.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert listed == sorted(stallpoint.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="responder"):
        stallpoint.responder  # noqa: B018


def test_every_room_stands_in_architecture_and_in_the_layers():
    rooms = {path.parent.name for path in (ROOT / "src/stallpoint").glob("*/__init__.py")}
    told = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"][0][
        "layers"
    ]
    layered = {room.strip() for layer in layers for room in layer.split("|")}
    assert rooms == layered
    assert all(f"  {room}/" in told for room in rooms)


def test_every_core_noun_is_in_the_glossary():
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    for noun in ("Analysis", "Check", "Cohort", "Effect", "Estimand", "Finding", "Look", "Source", "Trial"):
        assert f"| {noun} |" in glossary


def test_no_function_offers_what_must_never_be_offered():
    forbidden = re.compile(r"def \w*(best_drug|recommend|dose_advice|responder|rank_drugs)")
    offenders = [path.name for path in (ROOT / "src").rglob("*.py") if forbidden.search(path.read_text(encoding="utf-8"))]
    assert offenders == []


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert stallpoint.__version__ == project["version"]
    assert f"version: {project['version']}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_lock_carries_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock
