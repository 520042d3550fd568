"""The library of the extra `explore`, or one sentence on how to get it."""

from __future__ import annotations

from importlib.util import find_spec

from stallpoint.core.errors import StallpointError
from stallpoint.response.exploration.plan import LearnerName


def require_learners(names: tuple[LearnerName, ...]) -> None:
    """Say what is missing before anything is computed.

    Raises:
        StallpointError: the causal forest without econml.
    """
    if "causal forest" in names and find_spec("econml") is None:
        raise StallpointError(
            "the causal forest needs econml",
            where="exploration",
            do="pip install 'stallpoint[explore]', or leave it out of learners in [exploration]",
        )
