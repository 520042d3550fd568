from __future__ import annotations

from pathlib import Path

import pytest

from stallpoint.core.build_drug import DrugFileError
from stallpoint.core.drug_reference import EXAMPLE
from stallpoint.core.errors import PathError
from stallpoint.io.drug_file import read_drug


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    drug = read_drug(write(tmp_path, EXAMPLE))
    assert (drug.name, drug.also) == ("examplamine", ("EX-1",))
    assert [source.id for source in drug.sources] == ["trial2024", "label"]


def test_it_may_cite_works_that_are_known_already(tmp_path: Path) -> None:
    path = write(tmp_path, EXAMPLE.split("[[source]]")[0])
    assert read_drug(path, known_sources=["trial2024", "label"]).sources == ()
    with pytest.raises(DrugFileError, match="'trial2024' is not known") as caught:
        read_drug(path, known_sources=["label"])
    assert caught.value.where == str(path)
    assert "add a [[source]]" in caught.value.do


@pytest.mark.parametrize("name", ["absent.toml", "."])
def test_what_is_no_file_is_said_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(PathError, match="cannot be read") as caught:
        read_drug(tmp_path / name)
    assert caught.value.do == "give the path of a drug file"


@pytest.mark.parametrize("content", [b"name = = 3", b"\xff\xfe"])
def test_what_is_no_toml_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(DrugFileError, match="is not TOML") as caught:
        read_drug(path)
    assert caught.value.where == str(path)
