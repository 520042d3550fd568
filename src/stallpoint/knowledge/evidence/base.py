"""The evidence base as one value, and smaller ones made of it: as of a day, or without one source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from stallpoint.core.claim import Claim
from stallpoint.core.known_from import was_known
from stallpoint.core.source import Source
from stallpoint.core.wording import counted
from stallpoint.knowledge.evidence.records import (
    Approval,
    ArmRecord,
    Eligibility,
    Identifier,
    Mechanism,
    Replication,
    Treatment,
    TrialRecord,
    VariantRecord,
)


@dataclass(frozen=True)
class EvidenceBase:
    """Every row of evidence. `as_of` is the day up to which it was known; None where everything counts.

    `own` are ids of the claims, trials and works that a user's folder added, `own_rows` counts all its rows; nobody has reviewed them.
    `undated` are the ids of claims left out of a past day because it is not known since when they are known.
    """

    claims: tuple[Claim, ...]
    trials: tuple[TrialRecord, ...]
    eligibility: tuple[Eligibility, ...]
    arms: tuple[ArmRecord, ...]
    treatments: tuple[Treatment, ...]
    mechanisms: tuple[Mechanism, ...]
    variants: tuple[VariantRecord, ...]
    approvals: tuple[Approval, ...]
    replications: tuple[Replication, ...]
    identifiers: tuple[Identifier, ...]
    sources: dict[str, Source]
    own: frozenset[str] = frozenset()
    own_rows: int = 0
    as_of: date | None = None
    undated: tuple[str, ...] = ()

    def owned(self, claim: Claim) -> str:
        """That a claim is the user's own, in words; empty for one that came with the software."""
        return "your own row, not reviewed" if claim.id in self.own else ""

    @property
    def own_text(self) -> str:
        """That rows of a user's folder are among the evidence; empty where none are."""
        if not self.own_rows:
            return ""
        are = f"{counted(self.own_rows, 'row')} of your own folder {'is' if self.own_rows == 1 else 'are'}"
        return f"{are} among this evidence; nobody has reviewed {'it' if self.own_rows == 1 else 'them'}."

    def claim(self, id_: str) -> Claim | None:
        """The claim of this id."""
        return next((each for each in self.claims if each.id == id_), None)

    def trial(self, id_: str) -> TrialRecord | None:
        """The trial of this id."""
        return next((each for each in self.trials if each.id == id_), None)

    def treatment(self, name: str) -> Treatment | None:
        """The treatment of this name."""
        return next((each for each in self.treatments if each.name == name), None)

    def curie(self, name: str) -> str:
        """The CURIE of a gene or drug; empty where none is known."""
        return next((each.curie for each in self.identifiers if each.name == name), "")


def known_on(base: EvidenceBase, day: date) -> EvidenceBase:
    """What was known on a day.

    A trial counts once it had a result; what sums it up as of today is left out, since it may have been written later.
    """
    claims = tuple(each for each in base.claims if was_known(each.known_from, day))
    ids = {each.id for each in claims}
    trials = tuple(
        replace(each, verdict="", reason="", reason_basis="") for each in base.trials if was_known(each.known_from, day)
    )
    names = {each.id for each in trials}
    return replace(
        base,
        claims=claims,
        trials=trials,
        eligibility=tuple(each for each in base.eligibility if each.trial in names),
        arms=tuple(each for each in base.arms if each.trial in names),
        approvals=tuple(each for each in base.approvals if was_known(each.known_from, day)),
        replications=tuple(each for each in base.replications if {each.signal, each.test} <= ids),
        variants=tuple(each for each in base.variants if _year_known(base.sources.get(each.source), day)),
        as_of=day,
        undated=tuple(each.id for each in base.claims if not each.known_from),
    )


def without_source(base: EvidenceBase, source: str) -> EvidenceBase:
    """The base as if one work had never been: none of its rows, and no test of a signal that it brought. Names of treatments stay."""
    claims = tuple(each for each in base.claims if each.source != source)
    ids = {each.id for each in claims}
    return replace(
        base,
        claims=claims,
        trials=tuple(each for each in base.trials if each.source != source),
        eligibility=tuple(each for each in base.eligibility if each.source != source),
        arms=tuple(each for each in base.arms if each.source != source),
        variants=tuple(each for each in base.variants if each.source != source),
        approvals=tuple(each for each in base.approvals if each.source != source),
        replications=tuple(each for each in base.replications if each.source != source and {each.signal, each.test} <= ids),
        identifiers=tuple(each for each in base.identifiers if each.source != source),
        sources={key: each for key, each in base.sources.items() if key != source},
    )


def _year_known(source: Source | None, day: date) -> bool:
    return source is not None and source.year is not None and was_known(str(source.year), day)
