from __future__ import annotations

from dataclasses import replace

from stallpoint.core.profile import PathwayState, StateAnswer
from stallpoint.core.variant import RepeatReading, VariantCall
from stallpoint.profile.build import build_profile
from stallpoint.profile.markers.read import read_marker
from stallpoint.profile.repeats import call_repeat
from stallpoint.profile.view import view_profile

EXOME = VariantCall("SOD1", "A5V", "present", "heterozygous", assay="exome")


def texts(**parts: object) -> list[str]:
    return [each.text for each in build_profile("P1", **parts).conflicts]  # type: ignore[arg-type]


def test_calls_that_contradict_each_other_are_told() -> None:
    absent = replace(EXOME, call="absent", zygosity="", assay="Sanger")
    assert texts(calls=[EXOME, absent]) == ["exome: present; Sanger: absent"]
    assert texts(calls=[EXOME, replace(EXOME, zygosity="homozygous", assay="Sanger")]) == [
        "exome: heterozygous; Sanger: homozygous"
    ]
    assert texts(calls=[EXOME, replace(EXOME, call="not tested")]) == []
    assert texts(calls=[EXOME, replace(EXOME, assay="Sanger")]) == []


def test_a_present_variant_whose_meaning_is_not_settled_is_told() -> None:
    (text,) = texts(calls=[replace(EXOME, variant="D91A")])
    assert text == "ClinVar VCV000014766 of 2025-12-03: Conflicting classifications of pathogenicity"
    assert texts(calls=[replace(EXOME, variant="D91A", call="absent", zygosity="")]) == []


def test_repeats_and_markers_that_contradict_each_other_are_told() -> None:
    blot = call_repeat(RepeatReading("C9orf72", (8, 700), assay="blot"))
    pcr = call_repeat(RepeatReading("C9orf72", (8, 8), assay="PCR"))
    assert texts(repeats=[blot, pcr]) == ["blot: present; PCR: absent"]
    day = [read_marker("NfL", value, "pg/mL", matrix="serum", date="2026-01-01") for value in (50.0, 120.0)]
    assert texts(markers=day) == ["50 pg/mL and 120 pg/mL on 2026-01-01"]
    assert texts(markers=[day[0], read_marker("NfL", 120.0, "pg/mL", matrix="serum", date="2026-02-01")]) == []


def test_not_tested_is_told_apart_from_absent_with_its_reason() -> None:
    calls = [
        EXOME,
        replace(EXOME, variant="H47R", call="absent"),
        replace(EXOME, variant="G38R", call="not tested", reason="no call"),
    ]
    view = view_profile(build_profile("P1", calls=calls))
    assert view.headline.startswith(
        "1 variant present, 1 absent, 1 call not tested; no repeat was tested; no marker was measured"
    )
    assert view.absent == ("SOD1 H47R",)
    assert view.untested == (("no call", ("SOD1 G38R",)),)


def test_a_pathway_that_cannot_be_told_is_not_called_unaltered() -> None:
    def state(answer: StateAnswer) -> PathwayState:
        return PathwayState("autophagy", "autophagy", "cortex", 1.0, None, None, None, answer, 20)

    headline = view_profile(build_profile("P1", pathways=[state("higher"), state("cannot tell"), state("cannot tell")])).headline
    assert headline.endswith("of 3 pathways 1 altered, 2 cannot be told.")


def test_a_persons_own_report_is_no_finding() -> None:
    view = view_profile(build_profile("P1", calls=[replace(EXOME, usable=False, reason="own report")]))
    assert view.present == ()
    assert view.unusable == ("SOD1 A5V: own report",)


def test_course_and_survival_are_not_shown_unasked() -> None:
    profile = build_profile("P1", calls=[EXOME], markers=[read_marker("NfL", 50.0, "pg/mL", matrix="serum")])
    view, asked = view_profile(profile), view_profile(profile, prognosis=True)
    told = [finding for each in view.present for finding in each.findings]
    assert told
    assert not [finding for finding in told if finding.about in ("course", "onset")]
    assert not [role for each in view.markers for role in each.roles if role.use == "prognostic"]
    assert view.withheld > 0 == asked.withheld
    assert any("1.2 years" in finding.claim for each in asked.present for finding in each.findings)


def test_zygosity_chooses_what_is_said_of_d91a() -> None:
    for zygosity, slow in (("heterozygous", False), ("homozygous", True)):
        call = replace(EXOME, variant="D91A", zygosity=zygosity)
        claims = [
            f.claim for each in view_profile(build_profile("P1", calls=[call]), prognosis=True).present for f in each.findings
        ]
        assert any("slow, 10 to 20 years" in claim for claim in claims) == slow


def test_no_genotype_of_a_transporter_helps_riluzole_in_a_profile() -> None:
    named = (("ABCB1", "3435C>T"), ("ABCG2", "Q141K"), ("CYP1A2", "*1F (-163C>A)"))
    calls = [replace(EXOME, gene=gene, variant=name, zygosity="homozygous") for gene, name in named]
    for each in view_profile(build_profile("P1", calls=calls), prognosis=True).present:
        assert [f for f in each.findings if f.about == "treatment"]
        assert all(f.direction != "supports" for f in each.findings if f.about in ("treatment", "course", "risk"))
