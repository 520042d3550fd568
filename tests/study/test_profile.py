"""A person's file, a profile, a phenopacket and a study: each gives a profile, and a mistake in one is a single message."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from subtype_world import GENES, invent_subtypes
from typer.testing import CliRunner
from vcf_world import vcf_text, write_vcf

from stallpoint.cli.main import app
from stallpoint.core.errors import StallpointError
from stallpoint.io.profile_json import read_profile
from stallpoint.knowledge.variants import load_variants
from stallpoint.profile.expression.subtype_reference import SUBTYPES
from stallpoint.study.profile import profile_person

pytest.importorskip("pysam")

PERSON = '[person]\nid = "P1"\nage_years = 61\nsex = "female"\n'
GENOME = '[genome]\nfile = "p.vcf.gz"\nassay = "exome"\n'


def genome(folder: Path) -> Path:
    rows = []
    for variant in load_variants():
        place = variant.places.get("GRCh38")
        if variant.coordinates == "verified" and place and variant.gene == "SOD1":
            cells = ["0/1" if variant.name == "D91A" else "0/0", "0/0"]
            rows.append((place.chrom, place.position, place.reference, place.allele, "PASS", ".", "GT", cells))
    return write_vcf(folder / "p.vcf.gz", vcf_text(rows, ("P1", "P2")))


def person_file(folder: Path, text: str) -> Path:
    path = folder / "P1.toml"
    path.write_text(PERSON + text, encoding="utf-8")
    return path


def test_a_whole_person(tmp_path: Path) -> None:
    genome(tmp_path)
    (tmp_path / "eh.json").write_text(
        '{"LocusResults": {"C9ORF72": {"Variants": {"a": {"Genotype": "2/8"}}}, "HTT": {"Variants": {"a": {"Genotype": "17/18"}}}}}',
        encoding="utf-8",
    )
    genes = [f"G{number}" for number in range(60)]
    table = [["gene", "P1", *(f"c{number}" for number in range(12))]]
    table += [[gene, *(str((row * 7 + column * 3) % 11) for column in range(13))] for row, gene in enumerate(genes)]
    (tmp_path / "x.tsv").write_text("\n".join("\t".join(line) for line in table), encoding="utf-8")
    (tmp_path / "s.gmt").write_text("macroautophagy (GO:0016236)\t\t" + "\t".join(genes[:10]) + "\n", encoding="utf-8")
    controls = json.dumps([f"c{number}" for number in range(12)])
    text = (
        f'{GENOME}sample = "P1"\n[repeats]\nfile = "eh.json"\n'
        f'[expression]\nfile = "x.tsv"\nrows = "genes"\ngene_sets = ["s.gmt"]\nsample = "P1"\ncontrols = {controls}\n'
        '[[variant]]\ngene = "SOD1"\nvariant = "A4V"\ncall = "present"\nself_reported = true\n'
        '[[repeat]]\ngene = "ATXN2"\nalleles = [22, ">34"]\nassay = "PCR"\n'
        '[[marker]]\nmarker = "NfL"\nvalue = 80\nunit = "pg/mL"\nmatrix = "plasma"\nplatform = "Simoa"\n'
        '[[stage]]\nname = "King\'s"\nvalue = "2"\n[[history]]\nname = "family"\nvalue = "none"\n'
    )
    made = profile_person(person_file(tmp_path, text), out=tmp_path / "out")
    profile = made.view.profile
    calls = {call.variant: call for call in profile.calls if call.usable and call.gene == "SOD1"}
    assert (calls["D91A"].call, calls["D91A"].zygosity, calls["D91A"].assay) == ("present", "heterozygous", "exome")
    assert calls["A5V"].call == "absent"
    assert calls["A5V"].hgvs == "NC_000021.9:g.31659783C>T"
    assert "SOD1 A5V" in [each.about for each in profile.conflicts]
    assert [each.call for each in profile.repeats] == ["absent", "not tested"]
    assert "HTT" in profile.notices[0]
    assert "above the upper 95% limit" in profile.markers[0].position
    states = {each.label: each for each in profile.pathways}
    assert states["autophagy"].activity is not None
    assert states["mitochondria"].reason == "none of its gene sets is in the files given"
    assert any("the tissue is not stated" in each for each in profile.notices)
    assert read_profile(tmp_path / "out/profile.json") == profile
    page = (tmp_path / "out/profile.html").read_text(encoding="utf-8")
    for said in ("Research use only", "What conflicts", "What is not tested", "cannot tell", "46% to 67%", "ALS-Ox"):
        assert said in page
    for title in ("What is known of each gene", "Markers on their reference ranges", "Pathways against controls"):
        assert page.count(f">{title}<") == 1
    assert 'aria-label="Variants and repeats of each gene: SOD1 1 present' in page
    assert "; ATXN2 1 not tested;" in page
    assert "<script" not in page
    assert page.count("reference-") > 5
    again = profile_person(tmp_path / "out/profile.json")
    assert again.view == made.view


def series_matrix(folder: Path) -> None:
    """Probes of 40 genes in 12 controls and one person, as GEO writes them, with a probe of two genes."""
    names = [f"GSM{number}" for number in range(13)]
    group = ["ALS", *["control"] * 12]
    lines = ['!Series_title\t"made up"', "!Sample_geo_accession\t" + "\t".join(f'"{name}"' for name in names)]
    lines += ["!Sample_characteristics_ch1\t" + "\t".join(f'"group: {each}"' for each in group), "!series_matrix_table_begin"]
    lines += ["ID_REF\t" + "\t".join(names)]
    lines += [f"p{row}\t" + "\t".join(str((row * 7 + column * 3) % 11) for column in range(13)) for row in range(41)]
    (folder / "m.txt").write_text("\n".join([*lines, "!series_matrix_table_end"]) + "\n", encoding="utf-8")
    pairs = "\n".join(f"p{row}\tG{row}{' /// G1' if row == 40 else ''}" for row in range(41))
    (folder / "map.tsv").write_text(f"probe\tsymbol\n{pairs}\n", encoding="utf-8")
    genes = "\t".join(f"G{number}" for number in range(10))
    (folder / "s.gmt").write_text(f"macroautophagy (GO:0016236)\t\t{genes}\n", encoding="utf-8")


def test_a_series_matrix_of_probes(tmp_path: Path) -> None:
    series_matrix(tmp_path)
    said = '[expression]\nfile = "m.txt"\nrows = "genes"\ngene_sets = ["s.gmt"]\nsample = "GSM0"\ncontrols = ["group=control"]\n'
    path = person_file(tmp_path, f'{said}tissue = "cord"\nprobes = "map.tsv"\n')
    done = CliRunner().invoke(app, ["profile", str(path), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    autophagy = next(each for each in told["pathways"] if each["label"] == "autophagy")
    assert (autophagy["genes"], autophagy["tissue"], autophagy["answer"]) == (10, "cord", "cannot tell")
    assert told["headline"].startswith("no variant was tested; no repeat was tested")
    assert any("40 of 41 probes measure one gene each" in each for each in told["notices"])
    for text, says in (
        (said, 'probes = "probes.tsv"'),
        (f'{said}probes = "nothing.tsv"\n', "cannot be read"),
        (said.replace("group=control", "group=contrl") + 'probes = "map.tsv"\n', "did you mean control?"),
        (said.replace('"genes"', '"samples"') + 'probes = "map.tsv"\n', 'say rows = "genes"'),
    ):
        wrong = CliRunner().invoke(app, ["profile", str(person_file(tmp_path, text)), "--out", str(tmp_path / "out")])
        assert wrong.exit_code in (3, 4), wrong.output
        assert says in wrong.stderr
        assert not (tmp_path / "out").exists()


def test_a_subtype_from_a_labelled_reference(tmp_path: Path) -> None:
    """A person of clear subtype, through the file, the terminal, the page and back; nothing of treatment stands beside it."""
    reference, new, truth = invent_subtypes(np.random.default_rng(41), 90, difference=3.0, new=14)
    rows = [["sample", "kind", *GENES]]
    rows += [
        [f"r{k}", SUBTYPES[label], *map("{:.4f}".format, values)]
        for k, (label, values) in enumerate(zip(reference.labels, reference.values, strict=True))
    ]
    (tmp_path / "r.tsv").write_text("\n".join("\t".join(row) for row in rows), encoding="utf-8")
    names = [f"n{k}" for k in range(14)]
    table = [["sample", *GENES], *([name, *map("{:.4f}".format, values)] for name, values in zip(names, new, strict=True))]
    (tmp_path / "x.tsv").write_text("\n".join("\t".join(row) for row in table), encoding="utf-8")
    (tmp_path / "s.gmt").write_text("macroautophagy (GO:0016236)\t\t" + "\t".join(GENES[:10]) + "\n", encoding="utf-8")
    text = (
        f'[expression]\nfile = "x.tsv"\nrows = "samples"\ngene_sets = ["s.gmt"]\nsample = "n0"\ncontrols = {json.dumps(names[1:])}\n'
        'tissue = "cortex"\nplatform = "RNA-seq"\n'
    )
    asked = '[subtype]\nfile = "r.tsv"\nlabel = "kind"\ntissue = "cortex"\nplatform = "RNA-seq"\n'
    done = CliRunner().invoke(app, ["profile", str(person_file(tmp_path, text + asked)), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert f"subtype: {SUBTYPES[truth[0]]}; its probability is at least 0.8" in done.stdout
    profile = read_profile(tmp_path / "out/profile.json")
    assert profile.subtype is not None
    assert profile.subtype.calibration is not None
    page = (tmp_path / "out/profile.html").read_text(encoding="utf-8")
    for said in ("How far such probabilities can be believed", "46% to 67%", "no subtype is tied to a treatment", "Brier score"):
        assert said in page
    other = CliRunner().invoke(app, ["profile", str(person_file(tmp_path, text + asked.replace("RNA-seq", "array")))])
    assert "subtype: cannot tell; no probability" in other.stdout
    assert "the sample's platform is RNA-seq, the reference's array" in other.stdout
    alone = CliRunner().invoke(app, ["profile", str(person_file(tmp_path, asked))])
    assert "add [expression]" in alone.stderr


FAULTS = {
    "no id": ("[person]\nage_years = 5\n", "no key id"),
    "unknown table": (f"{PERSON}[genom]\nfile = 'x'\n", "did you mean genome"),
    "unknown key": (f"{PERSON}[genome]\nfiel = 'x'\n", "did you mean file"),
    "not a list of tables": (f"{PERSON}[marker]\nmarker = 'NfL'\n", "may be repeated"),
    "wrong kind": (PERSON.replace("61", '"old"'), "is not a number"),
    "no number at all": (PERSON.replace("61", "nan"), "leave it out"),
    "a flag for a number": (PERSON.replace("61", "true"), "is not a number"),
    "not TOML": ("[person\n", "is not TOML"),
    "no person": ("[genome]\nfile = 'x'\n", "no table"),
    "wrong build": (f"{PERSON}{GENOME}sample = 'P1'\nbuild = 'GRCh37'\n", "is in GRCh38, not in GRCh37"),
    "unknown build": (f"{PERSON}{GENOME}build = 'hg38'\n", "build 'hg38' is not known"),
    "several samples": (f"{PERSON}{GENOME}", "holds several samples"),
    "no such sample": (f"{PERSON}{GENOME}sample = 'P3'\n", "holds no sample P3"),
    "HGVS of the other build": (f"{PERSON}{GENOME}sample = 'P1'\nalso = ['NC_000021.8:g.33032096C>T']\n", "another build"),
    "unknown call": (f"{PERSON}[[variant]]\ngene = 'SOD1'\nvariant = 'A5V'\ncall = 'maybe'\n", "call 'maybe' is not known"),
    "unknown zygosity": (
        f"{PERSON}[[variant]]\ngene = 'SOD1'\nvariant = 'A5V'\ncall = 'present'\nzygosity = 'both'\n",
        "zygosity 'both'",
    ),
    "a list of numbers": (f"{PERSON}{GENOME}also = [3]\n", "is not a list of texts"),
    "no such repeat": (f"{PERSON}[[repeat]]\ngene = 'C9orf27'\nalleles = [2]\n", "did you mean C9orf72"),
    "count that is none": (f"{PERSON}[[repeat]]\ngene = 'AR'\nalleles = ['many']\n", "no repeat count"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mistake_is_one_message_and_nothing_is_written(tmp_path: Path, fault: str) -> None:
    genome(tmp_path)
    text, says = FAULTS[fault]
    path = tmp_path / "P1.toml"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["profile", str(path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 3, done.output
    assert says in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_reference_genome_of_another_build_is_refused(tmp_path: Path) -> None:
    import pysam

    genome(tmp_path)
    (tmp_path / "r.fa").write_text(">chr21\nACGTACGT\n>chr16\nACGT\n", encoding="utf-8")
    pysam.faidx(str(tmp_path / "r.fa"))
    path = person_file(tmp_path, f'{GENOME}sample = "P1"\nreference = "r.fa"\n')
    with pytest.raises(StallpointError, match="where C is expected"):
        profile_person(path)


PACKET = {
    "id": "x",
    "subject": {"id": "P9", "sex": "FEMALE"},
    "metaData": {"phenopacketSchemaVersion": "2.0", "created": "2026-01-01T00:00:00Z", "createdBy": "x", "resources": []},
    "diseases": [{"term": {"id": "MONDO:0004976", "label": "amyotrophic lateral sclerosis"}}],
    "measurements": [
        {"assay": {"id": "x:1", "label": "NfL"}, "value": {"quantity": {"unit": {"id": "UCUM:pg/mL", "label": "pg/mL"}, "value": 80}},
         "procedure": {"code": {"id": "x:2", "label": "draw"}, "bodySite": {"id": "x:3", "label": "serum"}}}
    ],
    "interpretations": [
        {"id": "i", "progressStatus": "SOLVED", "diagnosis": {
            "disease": {"id": "MONDO:0004976", "label": "ALS"},
            "genomicInterpretations": [
                {"subjectOrBiosampleId": "P9", "interpretationStatus": "CAUSATIVE", "variantInterpretation": {"variationDescriptor": {
                    "id": "v", "label": "A4V", "geneContext": {"valueId": "HGNC:11179", "symbol": "SOD1"},
                    "allelicState": {"id": "GENO:0000135", "label": "heterozygous"},
                    "extensions": [{"name": "assay", "value": "exome"}]}}}
            ]}}
    ],
}  # fmt: skip


def test_a_phenopacket_comes_through_the_importer(tmp_path: Path) -> None:
    path = tmp_path / "packet.json"
    path.write_text(json.dumps(PACKET), encoding="utf-8")
    profile = profile_person(path).view.profile
    (call,) = profile.calls
    assert (profile.person, call.variant, call.call, call.zygosity, call.usable) == ("P9", "A5V", "present", "heterozygous", True)
    assert profile.markers[0].value == 80


def test_a_study_gives_a_person_or_the_covariates_of_all(tmp_path: Path, write_study: Callable[..., Path]) -> None:
    study = write_study(
        variants="patient,gene,variant,call,zygosity,repeats,assay\n"
        "P01,SOD1,A4V,present,heterozygous,,exome\nP02,SOD1,A5V,absent,,,exome\nP01,C9orf72,repeat expansion,absent,,8,PCR\n",
        markers="patient,time_months,marker,value,unit,matrix\nP01,0,NfL,70,pg/mL,serum\n",
    )
    one = profile_person(study, patient="P01").view.profile
    assert [call.variant for call in one.calls] == ["A5V"]
    assert [repeat.call for repeat in one.repeats] == ["absent"]
    assert one.stage[0].value == "36"
    runner = CliRunner()
    done = runner.invoke(app, ["profile", str(study), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "10 people, 6 covariates" in done.stdout
    head, first, *_ = (tmp_path / "out/covariates.csv").read_text(encoding="utf-8").splitlines()
    assert head.startswith("patient,C9orf72_repeat_expansion,")
    assert first.startswith("P01,false,0,true,1,70.0,false")
    said = json.loads(runner.invoke(app, ["profile", str(study), "--json"]).stdout)
    assert said["people"] == 10
    asked = runner.invoke(app, ["profile", str(study), "--patient", "P77"])
    assert asked.exit_code == 3
    assert "no patient P77" in asked.stderr


def test_the_command_shows_conflicts_first_and_survival_only_when_asked(tmp_path: Path) -> None:
    genome(tmp_path)
    path = person_file(tmp_path, f'{GENOME}sample = "P1"\n')
    runner = CliRunner()
    plain, asked = (runner.invoke(app, ["profile", str(path), *more]).stdout for more in ([], ["--prognosis"]))
    assert plain.index("What conflicts") < plain.index("Present: SOD1 D91A") < plain.index("Not tested")
    assert "--prognosis shows it" in plain
    assert "penetrance varies" not in plain
    assert "penetrance varies" in asked
    said = json.loads(runner.invoke(app, ["profile", str(path), "--json"]).stdout)
    assert said["schema"] == "stallpoint.profile/1"
    assert said["report"] is None
