"""Molecular subtypes of ALS cortex in one sample: calibrated probabilities from a user's labelled reference, or why there are none.

No labelled reference is bundled. A subtype is tied to no treatment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from stallpoint.core.expression import Expression
from stallpoint.core.profile import Subtype
from stallpoint.knowledge.pathways import load_subtype_facts
from stallpoint.knowledge.variants import load_profile_limits
from stallpoint.profile.expression.subtype_model import SubtypeModel, fit_subtype_model, wilson
from stallpoint.profile.expression.subtype_reference import SUBTYPES, SubtypeReference


def abstain_from_subtype(
    reason: str = "no labelled reference was given, and none is bundled: [subtype] in the person's file names one",
) -> Subtype:
    """That nothing can be said of ALS-Ox, ALS-Glia and ALS-TE/TD in one sample, and why."""
    return Subtype(
        probabilities=(),
        answer="cannot tell",
        reason=f"no probability of {', '.join(SUBTYPES[:-1])} or {SUBTYPES[-1]}: {reason}",
        caution=_caution(),
    )


def place_subtype(reference: SubtypeReference, expression: Expression, sample: str, *, tissue: str, platform: str) -> Subtype:
    """Probabilities of the subtypes in one sample, and the answer where one of them reaches the limit.

    It abstains, with the reason, where the reference is small, tissue or platform differ or are not stated, genes are missing, the
    reference does not tell its own subtypes apart better than their shares do, its high probabilities do not hold, or the sample lies
    outside of it. Where only no probability is high enough, they are shown and the answer is that it cannot be told.

    Args:
        reference: people whose subtype is known.
        expression: holds the sample.
        sample: its name.
        tissue: of the sample.
        platform: of the sample.
    """
    values = expression.values[expression.samples.index(sample)].tolist()
    own = {gene: value for gene, value in zip(expression.genes, values, strict=True) if np.isfinite(value)}
    faults = [*_unusable(reference, tissue, platform), *_missing_genes(reference, set(own))]
    if faults:
        return abstain_from_subtype("; ".join(faults))
    shared = np.array([gene in own for gene in reference.genes])
    genes = tuple(gene for gene, kept in zip(reference.genes, shared, strict=True) if kept)
    model = fit_subtype_model(replace(reference, genes=genes, values=reference.values[:, shared]))
    return tell_subtype(model, np.array([own[gene] for gene in genes]))


def tell_subtype(model: SubtypeModel, values: np.ndarray) -> Subtype:
    """What a fitted reference says of one sample with the values (genes,) of its genes."""
    faults = [*_untrustworthy(model), *_outlying(model, values)]
    if faults:
        return replace(abstain_from_subtype("; ".join(faults)), calibration=model.calibration)
    probabilities = model.probabilities(values)
    best, limit = int(probabilities.argmax()), load_profile_limits()["subtype_probability"]
    is_told = bool(probabilities[best] >= limit)
    return Subtype(
        tuple(zip(SUBTYPES, probabilities.tolist(), strict=True)),
        SUBTYPES[best] if is_told else "cannot tell",
        f"its probability is at least {limit:g}" if is_told else f"no subtype reaches a probability of {limit:g}",
        _caution(),
        model.calibration,
    )


def _caution() -> str:
    facts = load_subtype_facts()
    low, high = facts["cortex_cord_agreement_low"], facts["cortex_cord_agreement_high"]
    return (
        f"Subtypes come from cortex after death. Cortex and cord of the same people agree in {low:.0%} to {high:.0%}, "
        "and no subtype is tied to a treatment."
    )


def _unusable(reference: SubtypeReference, tissue: str, platform: str) -> Iterator[str]:
    least = int(load_profile_limits()["subtype_people"])
    for index, name in enumerate(SUBTYPES):
        people = len(np.unique(reference.people[reference.labels == index]))
        if people < least:
            yield f"the reference holds {name} of {people} people, and {least} are needed"
    for what, own, theirs in (("tissue", tissue, reference.tissue), ("platform", platform, reference.platform)):
        if not own:
            yield f"the {what} of the sample is not stated"
        elif own.strip().lower() != theirs.strip().lower():
            yield f"the sample's {what} is {own}, the reference's {theirs}"


def _missing_genes(reference: SubtypeReference, measured: set[str]) -> Iterator[str]:
    missing, limit = len(set(reference.genes) - measured), load_profile_limits()["subtype_missing_share"]
    if missing > limit * len(reference.genes):
        yield f"{missing} of {len(reference.genes)} genes of the reference are missing, more than {limit:.0%}"


def _untrustworthy(model: SubtypeModel) -> Iterator[str]:
    gain, error = model.gain
    if gain - 1.96 * error <= 0:
        yield "the reference does not tell its own subtypes apart better than their shares do"
    limit = load_profile_limits()["subtype_probability"]
    sure = [each for each in model.calibration.bins if each.low >= limit]
    n = sum(each.samples for each in sure)
    if n:
        right, said = sum(each.right * each.samples for each in sure), sum(each.said * each.samples for each in sure) / n
        if wilson(round(right), n)[1] < said:
            yield f"where the reference says {said:.0%} on average it is right in {right / n:.0%} of {n}: it is overconfident"


def _outlying(model: SubtypeModel, values: np.ndarray) -> Iterator[str]:
    limit, p = load_profile_limits()["subtype_outlying_p"], model.outlying_p(values)
    if p <= limit:
        yield f"the sample lies outside of the reference: {p:.2g} of its samples lie as far from every subtype"
