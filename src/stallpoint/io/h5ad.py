"""Expression from an .h5ad file (AnnData)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from stallpoint.core.errors import PathError, StallpointError, TableError
from stallpoint.core.expression import Expression


def read_h5ad(path: Path) -> Expression:
    """Samples and genes with every text column of what is known of the samples.

    Raises:
        StallpointError: anndata is not installed.
        PathError: no such file.
        TableError: not such a file.
    """
    if find_spec("anndata") is None:
        raise StallpointError("reading .h5ad needs anndata", where=path.name, do="pip install 'stallpoint[omics]', or give a TSV")
    if not path.exists():
        raise PathError("does not exist", where=str(path), do="give an .h5ad file")
    import anndata

    try:
        data = anndata.read_h5ad(path)
    except (OSError, KeyError, ValueError) as fault:
        raise TableError(f"is no .h5ad file: {fault}", where=path.name, do="write it again with anndata") from fault
    dense = data.X.toarray() if hasattr(data.X, "toarray") else data.X
    about = {name: tuple(map(str, data.obs[name])) for name in data.obs.columns}
    return Expression(tuple(map(str, data.obs_names)), tuple(map(str, data.var_names)), np.asarray(dense, dtype=float), about)
