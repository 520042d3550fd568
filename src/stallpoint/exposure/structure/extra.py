"""The libraries of the extra `chem`, or one sentence on how to get them."""

from __future__ import annotations

from importlib.util import find_spec

from stallpoint.core.errors import StallpointError

NEEDED = {"rdkit": "rdkit", "sklearn": "scikit-learn", "B3DB": "qc-b3db"}
"""Modules and the packages they come from."""


def require_chem() -> None:
    """Say what is missing before anything is imported.

    Raises:
        StallpointError: one of rdkit, scikit-learn and qc-b3db is not installed.
    """
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        raise StallpointError(
            f"reading chemical structures needs {', '.join(missing)}",
            where="structure",
            do="pip install 'stallpoint[chem]'",
        )
