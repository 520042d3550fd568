"""A published score of which some terms may be unknown."""

from __future__ import annotations

from dataclasses import dataclass

from stallpoint.core.errors import StallpointError
from stallpoint.core.numbers import format_number


@dataclass(frozen=True)
class Measured:
    """What a structure does not tell and a laboratory does. None is unknown, which is not zero.

    log_p, log_d: octanol and water, logD at pH 7.4. basic_pka: of the most basic centre, as the acid of that base. acidic_pka: of the
    most acidic centre. Whoever knows that there is no such centre says so with `without_base` or `without_acid`.
    """

    log_p: float | None = None
    log_d: float | None = None
    basic_pka: float | None = None
    acidic_pka: float | None = None
    without_base: bool = False
    without_acid: bool = False

    def __post_init__(self) -> None:
        for name, low, high in (("log_p", -15, 25), ("log_d", -15, 25), ("basic_pka", -15, 25), ("acidic_pka", -15, 60)):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise StallpointError(f"{name} cannot be {value:g}", where="measured", do=f"give a value from {low} to {high}")
        if (self.without_base and self.basic_pka is not None) or (self.without_acid and self.acidic_pka is not None):
            raise StallpointError(
                "a pKa is given for a centre that is said not to exist", where="measured", do="give one or the other"
            )


@dataclass(frozen=True)
class Score:
    """Points by term, each as the lowest and highest that are possible. `missing` names what was not known."""

    name: str
    terms: dict[str, tuple[float, float]]
    most: float
    missing: tuple[str, ...]
    source: str

    @property
    def low(self) -> float:
        """The least the score can be."""
        return sum(low for low, _ in self.terms.values())

    @property
    def high(self) -> float:
        """The most the score can be."""
        return sum(high for _, high in self.terms.values())

    @property
    def text(self) -> str:
        """One sentence: the score, or the range it must lie in."""
        if not self.missing:
            return f"{self.name} is {format_number(self.low, 1)} of {self.most:g}."
        span = f"between {format_number(self.low, 1)} and {format_number(self.high, 1)} of {self.most:g}"
        return f"{self.name} lies {span}: without a measured {' and '.join(self.missing)} no more can be said."
