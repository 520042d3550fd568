"""The fitted model on disk, so that it is trained once.

It is kept as plain arrays and text: numpy is told not to unpickle, so reading a file cannot run anything that the file says. Its name
carries a key of all that went into it, and a damaged or strange file is trained anew and replaced.

The folder is that of STALLPOINT_CACHE, else XDG_CACHE_HOME/stallpoint, else ~/.cache/stallpoint.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from stallpoint.core.errors import OutputError
from stallpoint.exposure.structure.b3db import hash_b3db
from stallpoint.exposure.structure.domain import Borders
from stallpoint.exposure.structure.extra import require_chem
from stallpoint.exposure.structure.forest import Forest
from stallpoint.exposure.structure.model import BarrierModel, Compounds
from stallpoint.exposure.structure.train import train_model
from stallpoint.knowledge.tsv import read_bundled_rows

Arrays = dict[str, Any]


def load_model(*, train: Callable[[], BarrierModel] = train_model) -> BarrierModel:
    """The model from the cache, or trained now and put there.

    Raises:
        StallpointError: the extra `chem` is missing.
        OutputError: the cache folder cannot be written.
    """
    require_chem()
    place = _find_place()
    model = read_model(place)
    if model is None:
        model = train()
        write_model(model, place)
    return model


def find_model() -> BarrierModel | None:
    """The model from the cache; None where it has not been trained.

    Raises:
        StallpointError: the extra `chem` is missing.
    """
    require_chem()
    return read_model(_find_place())


def _find_place() -> Path:
    return find_cache_folder() / f"barrier-{make_key()}.npz"


def find_cache_folder() -> Path:
    """Where models are kept."""
    own = os.environ.get("STALLPOINT_CACHE")
    if own:
        return Path(own).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared).expanduser() if shared else Path.home() / ".cache") / "stallpoint"


def make_key() -> str:
    """Sixteen letters that change with the data, the contested labels, the libraries, and the code of this folder."""
    joined = hashlib.sha256()
    joined.update(hash_b3db().encode())
    joined.update(json.dumps(read_bundled_rows("barrier_labels_contested.tsv")).encode())
    joined.update(" ".join(version(package) for package in ("rdkit", "scikit-learn", "numpy")).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        joined.update(path.read_bytes())
    return joined.hexdigest()[:16]


def read_model(place: Path) -> BarrierModel | None:
    """The model in a file, or None where there is none that can be used."""
    try:
        with np.load(place, allow_pickle=False) as stored:
            return _unpack({name: stored[name] for name in stored.files})
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def write_model(model: BarrierModel, place: Path) -> None:
    """Put a model into a file, whole or not at all.

    Raises:
        OutputError: the folder cannot be written.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, suffix=".part", delete=False) as part:
            np.savez_compressed(part, **_pack(model))
        os.replace(part.name, place)
    except OSError as fault:
        do = "set STALLPOINT_CACHE to a folder that can be written"
        raise OutputError("the cache folder cannot be written", where=str(place.parent), do=do) from fault


def _pack(model: BarrierModel) -> Arrays:
    arrays: Arrays = {name: getattr(model, name) for name in ("fingerprints", "score", "ratio", "line")}
    arrays |= {f"compounds.{each.name}": getattr(model.compounds, each.name) for each in fields(Compounds)}
    arrays |= {f"borders.{each.name}": getattr(model.borders, each.name) for each in fields(Borders)}
    for kind in ("class_forests", "ratio_forests"):
        for each in fields(Forest):
            for k, forest in enumerate(getattr(model, kind)):
                arrays[f"{kind}.{k}.{each.name}"] = getattr(forest, each.name)
    return arrays | {"folds": len(model.class_forests), "contested": json.dumps(model.contested)}


def _unpack(stored: Arrays) -> BarrierModel:
    folds = range(int(stored["folds"]))
    forests: dict[str, Any] = {
        kind: tuple(Forest(**{each.name: stored[f"{kind}.{k}.{each.name}"] for each in fields(Forest)}) for k in folds)
        for kind in ("class_forests", "ratio_forests")
    }
    borders = {each.name: stored[f"borders.{each.name}"] for each in fields(Borders)}
    plain: dict[str, Any] = {name: stored[name] for name in ("fingerprints", "score", "ratio", "line")}
    return BarrierModel(
        compounds=Compounds(**{each.name: stored[f"compounds.{each.name}"] for each in fields(Compounds)}),
        borders=Borders(**borders | {"likeness": float(borders["likeness"])}),
        contested={skeleton: tuple(reasons) for skeleton, reasons in json.loads(str(stored["contested"])).items()},
        **forests,
        **plain,
    )
