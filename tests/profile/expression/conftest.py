from __future__ import annotations

import os
from pathlib import Path

import pytest

from stallpoint.knowledge.pathways import load_pathways

MOLECULAR = Path(__file__).parents[4] / "shared/data/molecular"


@pytest.fixture(scope="session")
def molecular() -> Path:
    if not MOLECULAR.is_dir():
        pytest.skip("the shared molecular data are not here")
    return MOLECULAR


@pytest.fixture(scope="session")
def gpl570() -> Path:
    """A table from the probes of GPL570 to symbols, which the user supplies: its path stands in STALLPOINT_GPL570."""
    path = Path(os.environ.get("STALLPOINT_GPL570", ""))
    if not path.is_file():
        pytest.skip("STALLPOINT_GPL570 names no table of probes")
    return path


@pytest.fixture(scope="session")
def sets() -> dict[str, frozenset[str]]:
    """Invented genes under the real names of the first set of each pathway."""
    return {each.gene_sets[0]: frozenset(f"{each.id.upper()}{number}" for number in range(20)) for each in load_pathways()}
