"""How the hazard depends on the measures: a small notation, `value + slope`, `window(6)`, `random`, `value:arm`, `value(log_nfl)`.

- `value`: the true current value of the measure;
- `slope`: its rate of change;
- `window(w)`: its mean over the last w units of time (over all the time there was, where that is less);
- `random`: the random effects themselves, one coefficient each;
- `none`: the hazard does not depend on the measures beyond what they share in covariates.

With several measures, `value` stands for the value of each, and `value(measure)` for one. `:covariate` lets the association differ by a
covariate of the person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from stallpoint.core.errors import FitError
from stallpoint.core.nearest import ask_nearest

Kind = Literal["value", "slope", "window", "random"]

_TERM = re.compile(r"^(?P<kind>\w+)\s*(\((?P<inside>[^()]*)\))?\s*(:\s*(?P<covariate>\w+))?$")
_KINDS: tuple[Kind, ...] = ("value", "slope", "window", "random")
_HOW = "use terms such as `value`, `slope`, `window(6)`, `random`, `value:arm`, joined by +"


@dataclass(frozen=True)
class AssociationTerm:
    """One term, for one measure: outcome is its position, width the length of a window (0 for the others)."""

    kind: Kind
    outcome: int
    width: float
    covariate: str | None


def parse_association(text: str, outcomes: tuple[str, ...]) -> tuple[AssociationTerm, ...]:
    """Terms of the notation, those for several measures spelled out.

    Raises:
        FitError: a term is not understood, names no measure, or stands twice.
    """
    if text.strip() == "none":
        return ()
    terms = [term for part in text.split("+") for term in _parse_term(part.strip(), outcomes)]
    if len(set(terms)) < len(terms):
        raise FitError(f"{text!r} names a term twice", where="association", do="name each once")
    return tuple(terms)


def _parse_term(text: str, outcomes: tuple[str, ...]) -> list[AssociationTerm]:
    match = _TERM.match(text)
    kind = match["kind"] if match else None
    if match is None or kind not in _KINDS:
        raise FitError(f"{text!r} is no association", where="association", do=_HOW)
    inside = [part.strip() for part in (match["inside"] or "").split(",") if part.strip()]
    widths = [float(part) for part in inside if _is_number(part)]
    names = [part for part in inside if not _is_number(part)]
    if (kind == "window") != (len(widths) == 1) or any(width <= 0 for width in widths):
        raise FitError(f"{text!r}: a window has one width above 0, the others have none", where="association", do=_HOW)
    unknown = [name for name in names if name not in outcomes]
    if unknown:
        raise FitError(f"no measure {unknown[0]!r}", where="association", do=ask_nearest(unknown[0], outcomes))
    chosen = names or list(outcomes)
    return [AssociationTerm(kind, outcomes.index(name), sum(widths), match["covariate"]) for name in chosen]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
