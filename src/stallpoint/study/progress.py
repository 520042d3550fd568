"""How far a long stage has come, told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Heard = Callable[[int, int], None]


def _nobody(_done: int, _of: int) -> None:
    """Listens where nobody else does."""


_HEARD: ContextVar[Heard] = ContextVar("heard", default=_nobody)


def tell_progress(done: int, of: int) -> None:
    """So many of so many parts are done."""
    _HEARD.get()(done, of)


@contextmanager
def hear_progress(heard: Heard) -> Iterator[None]:
    """Within this context `heard` is told of progress."""
    token = _HEARD.set(heard)
    try:
        yield
    finally:
        _HEARD.reset(token)
