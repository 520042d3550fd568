"""One measurement of a marker as it is told, to a reading in the standard unit with what it is worth."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

from stallpoint.core.profile import Censoring, MarkerReading
from stallpoint.core.quantity import QuantityError
from stallpoint.knowledge.markers import MarkerStandard, load_marker_names, load_marker_standards
from stallpoint.profile.markers.units import factor_between

_MATRICES = {"cerebrospinal fluid": "CSF", "csf": "CSF", "serum": "serum", "plasma": "plasma", "urine": "urine"}


def read_marker(
    marker: str,
    value: float,
    unit: str,
    *,
    matrix: str = "",
    below_limit: bool = False,
    platform: str = "",
    date: str = "",
    time_months: float | None = None,
    source: str = "",
) -> MarkerReading:
    """A reading in the marker's standard unit.

    A marker that is not known, a matrix in which it has no standard and a unit that cannot be converted are kept as they were said and
    marked; so is a value outside the plausible range. None of these is ever used for a covariate.

    Args:
        marker: any known spelling.
        value: the value, or the limit where `below_limit` is true.
        unit: in pint's notation.
        matrix: what was sampled; empty where it was not said.
        below_limit: the value lies below `value`.
        platform: assay platform, such as Simoa.
        date: day of sampling.
        time_months: months since time zero of a study.
        source: file or laboratory.
    """
    said = f"{'<' if below_limit else ''}{value:g} {unit}".strip()
    name = load_marker_names().get(marker.strip().lower(), marker.strip())
    fluid = _MATRICES.get(matrix.strip().lower(), matrix.strip())
    censored: Censoring = "below limit" if below_limit else ""
    standard = load_marker_standards().get((name, fluid))
    kept = MarkerReading(
        marker=name,
        matrix=fluid,
        value=None,
        unit="",
        said=said,
        censored=censored,
        quality="unknown marker",
        platform=platform,
        date=date,
        time_months=time_months,
        source=source,
    )
    if standard is None:
        return replace(kept, reason=_no_standard(name, fluid))
    try:
        converted = value * factor_between(unit, standard.unit, standard.molar_mass_g_mol)
    except QuantityError as fault:
        return replace(kept, unit=standard.unit, quality="unknown unit", reason=fault.what)
    if isnan(converted):
        return replace(kept, unit=standard.unit, quality="implausible", reason="the value is not a number")
    slip = _implausible(converted, standard, below_limit=below_limit)
    return replace(kept, value=converted, unit=standard.unit, quality="implausible" if slip else "usable", reason=slip)


def _no_standard(name: str, fluid: str) -> str:
    known = [matrix for marker, matrix in load_marker_standards() if marker == name]
    if not known:
        return "no such marker is recorded here"
    return f"{f'in {fluid}' if fluid else 'without a matrix'} it has no standard here; known in {', '.join(known)}"


def _implausible(value: float, standard: MarkerStandard, *, below_limit: bool) -> str:
    low, high = standard.plausible_low, standard.plausible_high
    if value > high or (value < low and not below_limit) or value < 0:
        return f"outside what is plausible ({low:g} to {high:g} {standard.unit}): a slip of unit or place?"
    return ""
