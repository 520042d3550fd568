"""BBB Score: five properties, weighted by how they part drugs for the brain from others.

It orders drugs by class (area under the curve 0.86 in its own paper). It is no measurement and no probability.

Source: Gupta, Lee, Barden & Weaver (2019), doi:10.1021/acs.jmedchem.9b01220. Hydrogen bonds and aromatic rings are counted by RDKit here,
by other software in the paper, so single scores may differ by a few tenths.
"""

from __future__ import annotations

import math

from stallpoint.exposure.structure.properties import Properties
from stallpoint.exposure.structure.score import Measured, Score
from stallpoint.knowledge.barrier_scores import load_barrier_score

MOST = 6.0


def score_bbb(properties: Properties, measured: Measured | None = None) -> Score:
    """The score, 0 to 6, as a range where the pKa that it needs is unknown."""
    bonding = (properties.donors + properties.acceptors) / math.sqrt(properties.molar_mass_g_mol)
    pka = choose_pka(measured or Measured())
    weight = {term: numbers["weight"] for term, numbers in load_barrier_score("bbb_score").items()}
    points = {
        "aromatic_rings": rate_rings(properties.aromatic_rings),
        "heavy_atoms": rate("heavy_atoms", properties.heavy_atoms),
        "bonding_over_root_mass": rate("bonding_over_root_mass", bonding),
        "polar_surface": rate("polar_surface", properties.polar_surface_a2),
    }
    terms = {term: (weight[term] * share, weight[term] * share) for term, share in points.items()}
    terms["pka"] = (0.0, weight["pka"]) if pka is None else (weight["pka"] * rate("pka", pka),) * 2
    return Score("BBB Score", terms, MOST, () if pka is not None else ("pKa",), "gupta2019")


def choose_pka(measured: Measured) -> float | None:
    """The pKa that the score asks for, None where unknown.

    It is that of the most basic centre from 5 on, else of the most acidic up to 9, else the value at which the term peaks.
    """
    border = load_barrier_score("bbb_score")["pka"]
    if measured.basic_pka is not None and measured.basic_pka >= border["basic_from"]:
        return measured.basic_pka
    if measured.basic_pka is None and not measured.without_base:
        return None
    if measured.acidic_pka is not None and measured.acidic_pka <= border["acidic_up_to"]:
        return measured.acidic_pka
    if measured.acidic_pka is None and not measured.without_acid:
        return None
    return border["neutral"]


def rate_rings(aromatic_rings: int) -> float:
    """Share of the peak for a number of aromatic rings; 0 beyond four."""
    return load_barrier_score("bbb_score")["aromatic_rings"].get(f"at_{aromatic_rings}", 0.0)


def rate(term: str, value: float) -> float:
    """Share of the peak by the term's polynomial; 0 outside of its borders."""
    number = load_barrier_score("bbb_score")[term]
    if not number["above"] < value <= number["up_to"]:
        return 0.0
    return sum(number.get(f"c{power}", 0.0) * value**power for power in range(5)) / number["peak"]
