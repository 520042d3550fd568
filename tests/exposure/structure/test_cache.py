from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from stallpoint.core.errors import OutputError
from stallpoint.exposure.structure import cache
from stallpoint.exposure.structure.extra import NEEDED
from stallpoint.exposure.structure.predict import predict_barrier

pytestmark = pytest.mark.skipif(any(find_spec(name) is None for name in NEEDED), reason="needs the extra chem")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STALLPOINT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def train(model):
    def trained():
        trained.times += 1
        return model

    trained.times = 0
    return trained


def test_a_model_is_trained_once_and_says_the_same_from_disk(folder, model, train):
    first, second = cache.load_model(train=train), cache.load_model(train=train)
    assert train.times == 1
    assert [place.suffix for place in folder.iterdir()] == [".npz"]
    smiles = "COc1ccccc1CCN"
    assert predict_barrier(smiles, first) == predict_barrier(smiles, second)
    for each in fields(type(model.compounds)):
        np.testing.assert_array_equal(getattr(second.compounds, each.name), getattr(model.compounds, each.name))


@pytest.mark.parametrize("damage", [b"", b"not a model", None])
def test_a_damaged_file_is_trained_anew(folder, train, damage):
    cache.load_model(train=train)
    [place] = folder.iterdir()
    whole = place.read_bytes()
    half = len(whole) // 2
    place.write_bytes(whole[:half] + b"\0" * 64 + whole[half + 64 :] if damage is None else damage)
    cache.load_model(train=train)
    assert train.times == 2
    assert cache.read_model(place) is not None


def test_nothing_in_a_file_is_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "sprung",)

    place = tmp_path / "barrier.npz"
    np.savez(place, folds=np.array([Trap()], dtype=object))
    assert cache.read_model(place) is None
    assert not (tmp_path / "sprung").exists()


def test_another_version_has_another_key(monkeypatch):
    before = cache.make_key()
    monkeypatch.setattr(cache, "version", lambda _: "0")
    assert cache.make_key() != before


def test_the_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("STALLPOINT_CACHE", raising=False)
    assert cache.find_cache_folder() == tmp_path / "stallpoint"
    monkeypatch.setenv("STALLPOINT_CACHE", str(tmp_path / "own"))
    assert cache.find_cache_folder() == tmp_path / "own"
    monkeypatch.delenv("STALLPOINT_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.find_cache_folder() == Path.home() / ".cache" / "stallpoint"


def test_a_folder_that_cannot_be_written_is_said(tmp_path, monkeypatch, train):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STALLPOINT_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(OutputError, match="cache folder") as fault:
        cache.load_model(train=train)
    assert "STALLPOINT_CACHE" in fault.value.do
