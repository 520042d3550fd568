"""Does it matter that a score has a floor and a ceiling? What one Newton step of the bounded model makes of a Gaussian fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.models.joint.data import code_joint
from stallpoint.models.joint.fit import JointFit, build_objective, to_polars

MISLEADING = 0.25
"""A shift of a fixed effect by more than this many standard errors makes the Gaussian model misleading."""


def check_bounds(fit: JointFit, visits: Any, events: Any, *, bounds: Mapping[str, tuple[float, float]]) -> Check:
    """Whether taking scores at floor and ceiling for exact values moves any fixed effect of the measures.

    The step uses the Gaussian fit's curvature, so it costs one evaluation, and errs on the small side where the shift is large.

    Args:
        fit: a fit without bounds.
        visits: the frames of that fit.
        events: likewise.
        bounds: floor and ceiling of measures, as for `fit_joint`.

    Raises:
        FitError: the fit has bounds already, or is not identified.
    """
    if fit.design.model.bounds:
        raise FitError("the fit knows of bounds already", where="bounds", do="give a fit without them")
    if not np.isfinite(fit.covariance).all():
        raise FitError("the fit is not identified", where="bounds", do="see its checks")
    frame = to_polars(visits)
    design, data = code_joint(replace(fit.design.model, bounds=dict(bounds)), frame, to_polars(events))
    step = fit.covariance @ build_objective(design, data, fit.prior)(fit.theta)[1]
    fixed = fit.design.layout.beta
    shift = step[fixed] / np.sqrt(np.diag(fit.covariance)[fixed])
    worst = int(np.argmax(np.abs(shift)))
    at_bound = [
        frame.select(((pl.col(name) <= low) | (pl.col(name) >= high)).mean()).item() or 0.0
        for name, (low, high) in bounds.items()
    ]
    share = ", ".join(f"{100 * part:.1f}% of {name}" for part, name in zip(at_bound, bounds, strict=True))
    text = (
        f"At floor or ceiling: {share}. Reading them as bounds would move {fit.design.layout.fixed[worst]} by"
        f" {step[fixed][worst]:+.3g} ({abs(shift[worst]):.2f} standard errors)."
    )
    return Check("floor and ceiling", "warning" if abs(shift[worst]) > MISLEADING else "passed", text)
