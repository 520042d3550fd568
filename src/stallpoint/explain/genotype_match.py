"""Whether a person carries what a trial asked for. A gene is never cleared by the variants that were looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from stallpoint.core.profile import Profile
from stallpoint.core.variant import RepeatCall, VariantCall
from stallpoint.knowledge.variants import UnknownVariantError, find_variant

Place = Literal["inside", "outside", "cannot tell"]

WHOLE_GENE = "pathogenic variant"
"""How a call says what a laboratory found of a whole gene."""


def match_gene(profile: Profile, gene: str) -> tuple[Place, str]:
    """Whether a pathogenic variant of the gene is present: a recorded one, or what a laboratory says of the whole gene."""
    calls = [each for each in profile.calls if each.gene == gene]
    present = [each for each in calls if each.usable and each.call == "present"]
    cleared = any(each.usable and each.call == "absent" and each.variant.casefold() == WHOLE_GENE for each in calls)
    for call in present:
        if _is_pathogenic(call):
            return (
                ("cannot tell", f"{gene}: its calls contradict each other")
                if cleared
                else ("inside", f"{gene} {call.variant} is present")
            )
    if present:
        return "cannot tell", f"{gene} {present[0].variant} is present; whether it causes disease is not settled"
    if cleared:
        return "outside", f"{gene} {WHOLE_GENE} is absent, by its assay"
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
    """Whether both copies hold a variant. `name` is gene, variant and genotype: UNC13A rs12608932 C/C; a call may name either."""
    gene, _, rest = name.partition(" ")
    variant, _, genotype = rest.partition(" ")
    calls = [each for each in profile.calls if each.gene == gene and each.usable and each.call != "not tested"]
    told = {_of_both(each) for each in calls if each.variant == variant}
    told |= {("inside" if each.call == "present" else "outside") for each in calls if each.variant == f"{variant} {genotype}"}
    if len(told) != 1:
        return "cannot tell", f"{gene} {variant}: {'its calls contradict each other' if told else 'not tested by an assay'}"
    (answer,) = told
    if answer == "cannot tell":
        return answer, f"{gene} {variant} is present; on how many copies is not said"
    return answer, f"{gene} {variant}: {genotype if answer == 'inside' else f'not {genotype}'}"


def _of_both(call: VariantCall) -> Place:
    if call.call == "absent" or call.zygosity == "heterozygous":
        return "outside"
    return "inside" if call.zygosity == "homozygous" else "cannot tell"


def _is_pathogenic(call: VariantCall) -> bool:
    if call.variant.casefold() == WHOLE_GENE:
        return True
    try:
        found = find_variant(call.gene, call.variant).significance
    except UnknownVariantError:
        return False
    return found is not None and not found.conflicting and "pathogenic" in found.text.casefold()
