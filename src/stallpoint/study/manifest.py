"""What a run was made with: versions, seed, hashes of the inputs, seconds per stage."""

from __future__ import annotations

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from stallpoint.study.stage import StageRecord, hash_file
from stallpoint.study.study_file import StudyFile

SCHEMA = "stallpoint.manifest/1"
LIBRARIES = ("numpy", "scipy", "polars", "lifelines", "formulaic", "pandera", "altair")


def describe_run(study: StudyFile, records: tuple[StageRecord, ...]) -> dict[str, Any]:
    """The manifest, ready to be written as JSON."""
    return {
        "schema": SCHEMA,
        "study": study.name,
        "simulated": study.study.simulated,
        "python": platform.python_version(),
        "stallpoint": version("stallpoint"),
        "code_sha256": hash_code(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "seed": study.run.seed,
        "inputs": hash_inputs(study),
        "stages": [{"name": each.name, "seconds": each.seconds, "reused": each.reused} for each in records],
    }


def hash_inputs(study: StudyFile) -> dict[str, str]:
    """The sha256 of the study file and of each table, by file name."""
    paths = [study.path, *study.tables.values(), *([study.planted] if study.planted else [])]
    return {path.name: hash_file(path) for path in paths}


def describe_software() -> str:
    """Everything that can change a result: the code itself and the libraries it computes with."""
    return " ".join([hash_code(), platform.python_version(), *(f"{name}={version(name)}" for name in LIBRARIES)])


@cache
def hash_code() -> str:
    """The sha256 of this package's own files, so that a stage is not reused by code that has changed."""
    digest = sha256()
    root = Path(str(files("stallpoint")))
    for path in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
