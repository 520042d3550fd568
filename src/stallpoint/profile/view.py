"""What a profile says to a reader, in the order in which it should be read: conflicts, what is known, what is not tested."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stallpoint.clinical.prohibited_uses import PROHIBITED_USES, is_risk_score
from stallpoint.core.profile import MarkerReading, Profile
from stallpoint.core.variant import RepeatCall, Variant, VariantCall
from stallpoint.core.wording import counted
from stallpoint.knowledge.markers import MarkerRole, roles_of
from stallpoint.knowledge.variants import Gene, UnknownVariantError, VariantFinding, find_variant, findings_of, load_genes
from stallpoint.profile.expression.subtype_model import SOURCES as SUBTYPE_SOURCES

LIMITS = (
    "Absent means that these variants were looked for and not found; others in the same genes may be there.",
    "Not tested is never normal: the file, the assay or the quality did not tell.",
    "A variant in an ALS gene is not by itself the cause of anybody's disease; that is a geneticist's judgement.",
    "Copies and hybrids of a gene, repeats and large changes are not seen in short variants; no star allele is named.",
    "No genotype of ABCB1, ABCG2 or CYP1A2 is known to change what riluzole does for people.",
    "A marker that falls is not benefit, and a marker that tells prognosis does not tell who is helped by a treatment.",
    "It does not say which treatment is right for anybody.",
)


@dataclass(frozen=True)
class PresentVariant:
    """A variant that was found, what is recorded of it, and what is known, what refutes first."""

    call: VariantCall
    variant: Variant | None
    gene: Gene | None
    findings: tuple[VariantFinding, ...]


@dataclass(frozen=True)
class MarkerView:
    """A reading and the uses that are recorded for its marker, what refutes a use first."""

    reading: MarkerReading
    roles: tuple[MarkerRole, ...]


@dataclass(frozen=True)
class ProfileView:
    """A profile sorted for reading. `untested` maps a reason to what was not tested for it.

    `prohibited_uses` say what must not be made of a forecast; they stand where prognosis was asked for or the profile holds a risk score.
    """

    profile: Profile
    headline: str
    present: tuple[PresentVariant, ...]
    absent: tuple[str, ...]
    repeats: tuple[RepeatCall, ...]
    markers: tuple[MarkerView, ...]
    untested: tuple[tuple[str, tuple[str, ...]], ...]
    unusable: tuple[str, ...]
    withheld: int
    sources: tuple[str, ...]
    prohibited_uses: tuple[str, ...]


def view_profile(profile: Profile, *, prognosis: bool = False) -> ProfileView:
    """Sort a profile for reading.

    Args:
        profile: what is known.
        prognosis: show what is known of course and survival of groups with such a genotype or marker; never shown unasked.
    """
    usable = [call for call in profile.calls if call.usable]
    whole = tuple(_present(call) for call in usable if call.call == "present")
    present = tuple(replace(each, findings=tuple(f for f in each.findings if prognosis or not _is_course(f))) for each in whole)
    absent = tuple(f"{call.gene} {call.variant}".strip() for call in usable if call.call == "absent")
    readings = [MarkerView(reading, roles_of(reading.marker)) for reading in profile.markers]
    markers = tuple(replace(each, roles=tuple(r for r in each.roles if prognosis or r.use != "prognostic")) for each in readings)
    withheld = sum(len(a.findings) - len(b.findings) for a, b in zip(whole, present, strict=True))
    withheld += sum(len(a.roles) - len(b.roles) for a, b in zip(readings, markers, strict=True))
    untested = _untested(profile)
    return ProfileView(
        profile,
        _headline(profile, len(present), len(absent), untested),
        present,
        absent,
        profile.repeats,
        markers,
        untested,
        tuple(_unusable(profile)),
        withheld,
        _sources(profile, present, markers),
        PROHIBITED_USES if prognosis or _holds_risk_score(profile) else (),
    )


def _holds_risk_score(profile: Profile) -> bool:
    return any(is_risk_score(each.name) for each in (*profile.stage, *profile.history))


def _is_course(finding: VariantFinding) -> bool:
    """Whether a finding tells how a disease runs or ends."""
    return finding.about in ("course", "onset")


def _present(call: VariantCall) -> PresentVariant:
    try:
        variant = find_variant(call.gene, call.variant)
    except UnknownVariantError:
        return PresentVariant(call, None, load_genes().get(call.gene), ())
    return PresentVariant(
        call, variant, load_genes().get(variant.gene), findings_of(variant.gene, variant.name, zygosity=call.zygosity)
    )


def _untested(profile: Profile) -> tuple[tuple[str, tuple[str, ...]], ...]:
    reasons: dict[str, list[str]] = {}
    for call in profile.calls:
        if call.call == "not tested":
            reasons.setdefault(call.reason or "no reason was given", []).append(f"{call.gene} {call.variant}".strip())
    for repeat in profile.repeats:
        if repeat.call == "not tested":
            reasons.setdefault(repeat.reason, []).append(f"{repeat.gene} {repeat.locus}")
    return tuple((reason, tuple(names)) for reason, names in reasons.items())


def _unusable(profile: Profile) -> list[str]:
    """What is recorded and stratifies nobody."""
    genes = [f"{each.gene} {each.variant}: {each.reason}" for each in profile.calls if not each.usable]
    repeats = [f"{each.gene} {each.locus}: {each.reason}" for each in profile.repeats if not each.usable]
    markers = [f"{each.marker} {each.said}: {each.reason}" for each in profile.markers if each.quality != "usable"]
    return [*genes, *repeats, *markers]


def _headline(profile: Profile, present: int, absent: int, untested: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    n = sum(len(names) for _, names in untested)
    repeats = sum(each.call != "not tested" for each in profile.repeats)
    found = f"{counted(present, 'variant')} present, {absent} absent" if profile.calls else "no variant was tested"
    parts = [f"{found}, {counted(n, 'call')} not tested" if profile.calls or n else found]
    parts.append(f"{repeats} of {len(profile.repeats)} repeats settled" if profile.repeats else "no repeat was tested")
    parts.append(counted(len(profile.markers), "marker reading") if profile.markers else "no marker was measured")
    parts.append(_say_pathways(profile) if profile.pathways else "no expression was given")
    return "; ".join(parts) + "."


def _say_pathways(profile: Profile) -> str:
    """Pathways by answer: one that cannot be told is never among those that are not altered."""
    answers = [each.answer for each in profile.pathways]
    counts = {"altered": sum(each in ("higher", "lower") for each in answers)}
    counts |= {said: answers.count(said) for said in ("not altered", "cannot tell")}
    told = ", ".join(f"{n} {'cannot be told' if said == 'cannot tell' else said}" for said, n in counts.items() if n)
    return f"of {counted(len(answers), 'pathway')} {told}"


def _sources(profile: Profile, present: tuple[PresentVariant, ...], markers: tuple[MarkerView, ...]) -> tuple[str, ...]:
    named = [each.variant.source for each in present if each.variant]
    named += [each.gene.source for each in present if each.gene]
    named += [finding.source for each in present for finding in each.findings]
    named += [role.source for each in markers for role in each.roles]
    named += [meaning.rpartition("(")[2].partition(")")[0] for each in profile.repeats for meaning in each.meanings]
    named += [each.source for each in profile.pathways]
    named += ["simren2022"] if any("simren2022" in each.reading.position for each in markers) else []
    named += ["tam2019", "eshima2024_preprint"] if profile.subtype else []
    named += SUBTYPE_SOURCES if profile.subtype and profile.subtype.calibration else ()
    return tuple(dict.fromkeys(named))
