"""People made of a few entries."""

from __future__ import annotations

from stallpoint.core.profile import Entry, MarkerReading, Profile
from stallpoint.core.variant import RepeatCall, VariantCall
from stallpoint.profile.build import build_profile


def person(
    *calls: VariantCall, repeats: tuple[RepeatCall, ...] = (), markers: tuple[MarkerReading, ...] = (), **values: object
) -> Profile:
    """A profile whose history holds these values."""
    history = [Entry(name, str(value)) for name, value in values.items()]
    return build_profile("P1", calls=calls, repeats=repeats, markers=markers, history=history)


def known_person() -> Profile:
    """Somebody of whom much is known."""
    return person(
        VariantCall("SOD1", "A5V", "present", assay="panel"),
        VariantCall("UNC13A", "rs12608932", "present", zygosity="homozygous", assay="panel"),
        repeats=(RepeatCall("C9orf72", "FTDALS1_C9orf72", "absent", "normal", alleles=(2, 8), assay="PCR"),),
        markers=(MarkerReading("hs-CRP", "serum", 2.25, "mg/L", "2.25 mg/L"),),
        age_years=61,
        onset_months=20,
        alsfrs_r=38,
        fvc_percent=74,
        svc_percent=71.5,
        riluzole="yes",
        tricals=-4.25,
    )
