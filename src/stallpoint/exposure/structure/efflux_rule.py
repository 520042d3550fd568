"""The rule of four: whether P-glycoprotein is likely to pump a compound out.

A rule of thumb, and not one to argue with measurements: riluzole, whose brain level doubles in mice without P-gp, is an unlikely
substrate by it. There is no such published rule for BCRP here, so nothing is said of BCRP.

Source: Didziapetris and others (2003), doi:10.1080/10611860310001648248.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.exposure.structure.properties import Properties
from stallpoint.exposure.structure.score import Measured
from stallpoint.knowledge.barrier_scores import load_barrier_score

EffluxCall = Literal["likely substrate", "unlikely substrate", "cannot tell"]


@dataclass(frozen=True)
class EffluxAlert:
    """What the rule says, and why. Never more than a reason to measure the efflux ratio."""

    call: EffluxCall
    why: str
    source: str = "didziapetris2003"

    @property
    def text(self) -> str:
        """One sentence."""
        said = f"P-glycoprotein, by the rule of four: {self.call} ({self.why})"
        return f"{said}; only a measured efflux ratio decides, and BCRP is not judged."


def call_efflux(properties: Properties, measured: Measured | None = None) -> EffluxAlert:
    """Call a compound, or say which measurement the call lacks."""
    known = measured or Measured()
    border = load_barrier_score("pgp_rule")
    n_plus_o, mass = properties.nitrogen_and_oxygen, properties.molar_mass_g_mol
    said = f"{n_plus_o} nitrogens and oxygens, {mass:.0f} g/mol"
    likely, unlikely = border["substrate"], border["not_substrate"]
    if n_plus_o >= likely["n_plus_o_from"] and mass > likely["molar_mass_above"]:
        return _call_large(properties, known, said, likely["acidic_pka_above"])
    if n_plus_o <= unlikely["n_plus_o_up_to"] and mass < unlikely["molar_mass_below"]:
        return _call_small(known, said, unlikely["basic_pka_below"])
    return EffluxAlert("cannot tell", f"{said}: between the borders of the rule")


def _call_large(properties: Properties, known: Measured, said: str, acid_above: float) -> EffluxAlert:
    if known.acidic_pka is not None:
        weak = known.acidic_pka > acid_above
        return EffluxAlert("likely substrate" if weak else "cannot tell", f"{said}, acidic pKa {known.acidic_pka:g}")
    if known.without_acid or not properties.strong_acids:
        return EffluxAlert("likely substrate", f"{said}, no strong acid")
    return EffluxAlert("cannot tell", f"{said}, and an acid whose pKa is not given")


def _call_small(known: Measured, said: str, base_below: float) -> EffluxAlert:
    if known.without_base or (known.basic_pka is not None and known.basic_pka < base_below):
        return EffluxAlert("unlikely substrate", f"{said}, no strong base")
    lacks = "its basic pKa is not given" if known.basic_pka is None else f"basic pKa {known.basic_pka:g}"
    return EffluxAlert("cannot tell", f"{said}, {lacks}")
