"""A progress bar for people at a terminal, and nothing for anyone else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def follow(items: Sequence[T], what: str) -> Iterable[T]:
    """The items, one after the other, with a bar on standard error while they last."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, description=what, console=Console(stderr=True), transient=True)
