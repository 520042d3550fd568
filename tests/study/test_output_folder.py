from __future__ import annotations

import os
from pathlib import Path

import pytest

from stallpoint.core.errors import OutputError
from stallpoint.study.output_folder import require_output, write_whole


def test_a_new_an_empty_and_a_run_folder_are_fit(tmp_path: Path) -> None:
    (tmp_path / "run" / "stages").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "new" / "deeper", tmp_path / "empty", tmp_path / "run"):
        require_output(out)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_in_the_way_is_refused(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="is a file"):
        require_output(tmp_path / out)


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(OutputError, match="no run of stallpoint wrote"):
        require_output(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        require_output(tmp_path / "out")


def test_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b.txt", b"whole")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"whole"
    (tmp_path / "in_the_way").mkdir()
    (tmp_path / "in_the_way" / "c").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write_whole(tmp_path / "in_the_way", b"x")
    assert not list(tmp_path.rglob("*.partial"))
