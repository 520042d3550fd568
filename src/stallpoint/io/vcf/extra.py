"""The library of the extra `genome`, or one sentence on how to get it."""

from __future__ import annotations

from importlib.util import find_spec

from stallpoint.core.errors import StallpointError


def require_pysam() -> None:
    """Say what is missing before anything is imported, and keep htslib's own messages off the terminal: ours take their place.

    Raises:
        StallpointError: pysam is not installed.
    """
    if find_spec("pysam") is None:
        raise StallpointError(
            "reading compressed or indexed genomes needs pysam", where="genome", do="pip install 'stallpoint[genome]'"
        )
    import pysam

    pysam.set_verbosity(0)
