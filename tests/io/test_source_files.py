"""Folders and archives, looked at before anything is read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from stallpoint.core.errors import PathError, TableError
from stallpoint.io.source_files import open_source


def archive(tmp_path: Path, **files: bytes) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return path


def test_a_folder_with_subfolders(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.csv").write_text("a\n1\n")
    (tmp_path / ".hidden").write_text("x")
    with open_source(tmp_path) as source:
        assert list(source.files) == ["in/a.csv"]


def test_an_archive_is_gone_afterwards(tmp_path: Path) -> None:
    with open_source(archive(tmp_path, in__a_csv=b"a\n1\n")) as source:
        path = source.files["in/a.csv"]
        assert path.read_bytes() == b"a\n1\n"
        assert len(source.hashes()["in/a.csv"]) == 64
    assert not path.exists()


def test_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    with open_source(tmp_path / "a.csv") as source:
        assert list(source.files) == ["a.csv"]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = archive(tmp_path, a_csv=b"0" * 80_000_000)
    with pytest.raises(TableError, match="times its size"), open_source(bomb):
        pass


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="outside its folder"), open_source(archive(tmp_path, **{"..__a_csv": b"x"})):
        pass


def test_a_broken_archive(tmp_path: Path) -> None:
    path = archive(tmp_path, a_csv=b"a\n1\n" * 1000)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(TableError, match="zip archive"), open_source(path):
        pass


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(PathError), open_source(tmp_path / "no"):
        pass
    (tmp_path / "empty").mkdir()
    with pytest.raises(TableError, match="holds no files"), open_source(tmp_path / "empty"):
        pass
