"""One small model of barrier passage for all tests of this folder: some 270 measured compounds of B3DB, five folds, few trees.

The package B3DB is looked for and never imported: it would read all of its tables, of which some are large.
"""

from importlib.util import find_spec

import numpy as np
import pytest

from stallpoint.exposure.structure.b3db import read_b3db
from stallpoint.exposure.structure.describe import describe
from stallpoint.exposure.structure.extra import NEEDED
from stallpoint.exposure.structure.model import fit_model
from stallpoint.exposure.structure.split import find_scaffold, split_by_scaffold
from stallpoint.exposure.structure.train import gather, parse_usable


@pytest.fixture(scope="session")
def everything():
    if any(find_spec(name) is None for name in NEEDED):
        pytest.skip("needs the extra chem")
    return read_b3db()


@pytest.fixture(scope="session")
def parts(everything):
    usable, molecules = parse_usable([compound for compound in everything if compound.log_bb is not None][:280])
    scaffolds = [find_scaffold(molecule) for molecule in molecules]
    fold = split_by_scaffold(scaffolds, 5, rng=np.random.default_rng(7))
    return gather(usable, fold), describe(molecules), scaffolds


@pytest.fixture(scope="session")
def contested(everything):
    return {compound.skeleton: compound.contested for compound in everything if compound.contested}


@pytest.fixture(scope="session")
def model(parts, contested):
    compounds, description, _ = parts
    return fit_model(compounds, description, contested, seed=7, trees=8)
