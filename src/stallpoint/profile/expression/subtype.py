"""Molecular subtypes of ALS cortex. No labelled, calibrated reference is to hand, so there is no probability: the answer is that."""

from __future__ import annotations

from stallpoint.core.profile import Subtype
from stallpoint.knowledge.pathways import load_subtype_facts

SOURCES = ("tam2019", "eshima2024_preprint")


def abstain_from_subtype() -> Subtype:
    """What can be said of ALS-Ox, ALS-Glia and ALS-TE/TD in one sample today: nothing, and why."""
    facts = load_subtype_facts()
    low, high = facts["cortex_cord_agreement_low"], facts["cortex_cord_agreement_high"]
    return Subtype(
        probabilities=(),
        answer="cannot tell",
        reason="no probability of ALS-Ox, ALS-Glia or ALS-TE/TD: no expression with known subtypes is at hand to fit and calibrate one",
        caution=(
            f"Subtypes come from cortex after death. Cortex and cord of the same people agree in {low:.0%} to {high:.0%}, "
            "and no subtype is tied to a treatment."
        ),
    )
