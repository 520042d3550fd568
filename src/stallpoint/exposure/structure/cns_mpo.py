"""CNS MPO: how well six properties agree with those of marketed drugs for the brain.

It is a rule of design. It is no measurement and no probability of passing the barrier.

Source: Wager, Hou, Verhoest & Villalobos (2010), doi:10.1021/cn100008c, table 1: every term is a straight line between its borders.
"""

from __future__ import annotations

import numpy as np

from stallpoint.exposure.structure.properties import Properties
from stallpoint.exposure.structure.score import Measured, Score
from stallpoint.knowledge.barrier_scores import load_barrier_score

MOST = 6.0


def score_cns_mpo(properties: Properties, measured: Measured | None = None) -> Score:
    """The score, 0 to 6, as a range where pKa or logD is unknown.

    logD cannot exceed logP, so its term is at least what logP would give. logP is taken from the structure unless it was measured.
    """
    known = measured or Measured()
    log_p = properties.log_p if known.log_p is None else known.log_p
    terms = {
        "log_p": _exact("log_p", log_p),
        "log_d": (_want("log_d", log_p), 1.0) if known.log_d is None else _exact("log_d", known.log_d),
        "molar_mass": _exact("molar_mass", properties.molar_mass_g_mol),
        "polar_surface": _exact("polar_surface", properties.polar_surface_a2),
        "donors": _exact("donors", properties.donors),
        "basic_pka": _judge_pka(known),
    }
    missing = [name for name, value in (("logD", known.log_d), ("pKa", known.basic_pka)) if value is None]
    if known.without_base:
        missing.remove("pKa")
    return Score("CNS MPO", terms, MOST, tuple(missing), "wager2010")


def _judge_pka(known: Measured) -> tuple[float, float]:
    if known.without_base:
        return 1.0, 1.0
    return (0.0, 1.0) if known.basic_pka is None else _exact("basic_pka", known.basic_pka)


def _exact(term: str, value: float) -> tuple[float, float]:
    wanted = _want(term, value)
    return wanted, wanted


def _want(term: str, value: float) -> float:
    """Desirability of one property, 0 to 1."""
    border = load_barrier_score("cns_mpo")[term]
    at, wanted = [border["full"], border["none"]], [1.0, 0.0]
    if "low_none" in border:
        at, wanted = [border["low_none"], border["low_full"], *at], [0.0, 1.0, *wanted]
    return float(np.interp(value, at, wanted))
