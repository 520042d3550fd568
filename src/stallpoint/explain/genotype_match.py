"""Whether a person carries what a trial asked for. A gene is never cleared by the variants that were looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from stallpoint.core.profile import Profile
from stallpoint.core.variant import RepeatCall, VariantCall
from stallpoint.knowledge.variants import UnknownVariantError, find_variant

Place = Literal["inside", "outside", "cannot tell"]


def match_gene(profile: Profile, gene: str) -> tuple[Place, str]:
    """Whether a variant of the gene that is classified as pathogenic is present."""
    calls = [each for each in profile.calls if each.gene == gene]
    present = [each for each in calls if each.usable and each.call == "present"]
    for call in present:
        if _is_pathogenic(call):
            return "inside", f"{gene} {call.variant} is present"
    if present:
        return "cannot tell", f"{gene} {present[0].variant} is present; whether it causes disease is not settled"
    if any(each.call == "present" for each in calls):
        return "cannot tell", f"{gene}: a report that no assay stands behind judges nobody"
    if any(each.usable and each.call == "absent" for each in calls):
        return "cannot tell", f"{gene}: the variants that were looked for are absent; others may be there"
    return "cannot tell", f"{gene}: not tested"


def match_repeat(profile: Profile, gene: str) -> tuple[Place, str]:
    """Whether the repeat of a gene is expanded, by a laboratory."""
    calls: Sequence[RepeatCall | VariantCall] = [
        *(each for each in profile.repeats if each.gene == gene),
        *(each for each in profile.calls if each.gene == gene and "expansion" in each.variant.casefold()),
    ]
    told = {each.call for each in calls if each.usable} - {"not tested"}
    if told == {"present"}:
        return "inside", f"{gene} expansion is present"
    if told == {"absent"}:
        return "outside", f"{gene} expansion is absent"
    return "cannot tell", f"{gene} expansion: {'its calls contradict each other' if told else 'not settled by an assay'}"


def match_both_copies(profile: Profile, name: str) -> tuple[Place, str]:
    """Whether both copies of a variant, GENE NAME, are present."""
    gene, _, variant = name.partition(" ")
    calls = [each for each in profile.calls if each.gene == gene and each.variant == variant and each.usable]
    told = {(each.call, each.zygosity) for each in calls if each.call != "not tested"}
    if len(told) != 1:
        return "cannot tell", f"{name}: {'its calls contradict each other' if told else 'not tested by an assay'}"
    ((call, zygosity),) = told
    if call == "absent":
        return "outside", f"{name} is absent"
    if not zygosity:
        return "cannot tell", f"{name} is present; on how many copies is not said"
    return ("inside" if zygosity == "homozygous" else "outside"), f"{name} is present, {zygosity}"


def _is_pathogenic(call: VariantCall) -> bool:
    try:
        found = find_variant(call.gene, call.variant).significance
    except UnknownVariantError:
        return False
    return found is not None and not found.conflicting and "pathogenic" in found.text.casefold()
