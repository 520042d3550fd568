"""What a drug's structure alone suggests of the barrier, or why it suggests nothing.

It stands beside the chain from dose to target and has no way into it: no step and no verdict is computed from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from stallpoint.core.drug import Drug
from stallpoint.core.errors import EstimandError
from stallpoint.exposure.structure.b3db import Compound, find_compound
from stallpoint.exposure.structure.bbb_score import score_bbb
from stallpoint.exposure.structure.cache import find_model
from stallpoint.exposure.structure.cns_mpo import score_cns_mpo
from stallpoint.exposure.structure.extra import NEEDED
from stallpoint.exposure.structure.model import BarrierModel
from stallpoint.exposure.structure.predict import predict_barrier
from stallpoint.exposure.structure.prediction import BarrierPrediction
from stallpoint.exposure.structure.properties import read_properties
from stallpoint.exposure.structure.read import read_structure
from stallpoint.exposure.structure.score import Score
from stallpoint.knowledge.barrier_scores import load_contested_labels

DATA_SOURCE = "meng2021"

CAUTION = (
    "A measured number outranks all of this, and none of it enters a step or the verdict. logBB is total drug, bound and unbound, "
    "in brain over blood: it is never Kp,uu, the ratio of unbound drug, and says nothing of the spinal cord."
)
"""Said wherever a suggestion is shown."""


@dataclass(frozen=True)
class StructureSuggestion:
    """What a structure alone suggests.

    silent: why there is no prediction, empty where there is one. known: B3DB's label, `contested`, `not in B3DB`, or empty where it was
    not looked up. contested: why that label cannot be relied on; it comes from the records, so it is said without a fitted model too.
    scores: published ones, as ranges where a pKa or logD is not known. sources: ids of the works it rests on.
    """

    silent: str = ""
    known: str = ""
    contested: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    prediction: BarrierPrediction | None = None
    sources: tuple[str, ...] = ()


def suggest_from_structure(drug: Drug, *, model: Callable[[], BarrierModel | None] = find_model) -> StructureSuggestion:
    """What the structure of a drug suggests.

    Args:
        drug: its kind and its SMILES.
        model: gives the fitted model, or None where there is none; it is asked only for a structure that a model can judge.

    Raises:
        StallpointError: the drug's SMILES is none.
    """
    silent = _say_why_none(drug)
    if silent:
        return StructureSuggestion(silent)
    try:
        structure = read_structure(drug.smiles)
    except EstimandError as fault:
        return StructureSuggestion(fault.what)
    found = find_compound(structure)
    properties = read_properties(structure)
    scores = (score_cns_mpo(properties), score_bbb(properties))
    fitted = model()
    return StructureSuggestion(
        silent=""
        if fitted
        else "the model is not trained yet on this computer; the option --structure trains it once, in some minutes",
        known=_label(found),
        contested=() if found is None else found.contested,
        scores=scores,
        prediction=None if fitted is None else predict_barrier(drug.smiles, fitted),
        sources=(DATA_SOURCE, *_contesting_sources(structure.skeleton), *(score.source for score in scores)),
    )


def _say_why_none(drug: Drug) -> str:
    """Why there is no prediction, as far as that can be told without reading the structure; empty where there may be one."""
    if drug.kind != "small molecule":
        return f"it is no small organic molecule ({drug.kind}), and a structure model judges only those"
    if not drug.smiles:
        return "no structure of it is in the drug's file; the key smiles of [drug] gives one"
    if any(find_spec(module) is None for module in NEEDED):
        return "structures are read with the extra chem: pip install 'stallpoint[chem]'"
    return ""


def _label(found: Compound | None) -> str:
    if found is None:
        return "not in B3DB"
    if found.contested:
        return "contested"
    return "BBB+" if found.label else "BBB-"


def _contesting_sources(skeleton: str) -> tuple[str, ...]:
    known = load_contested_labels().get(skeleton)
    return () if known is None else (known.source,)
