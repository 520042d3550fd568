from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files

import pytest

from stallpoint.core.build_drug import check_cited
from stallpoint.core.drug import CovariateRatio, DosePattern, Drug, Evidence
from stallpoint.core.parameter import LINKS, PARAMETER_KINDS, Parameter
from stallpoint.core.source import DIRECTIONS
from stallpoint.knowledge.drugs import UnknownDrugError, load_drug, load_drugs
from stallpoint.knowledge.sources import load_sources

DRUGS = load_drugs()
SOURCES = load_sources()
NAMES = """
riluzole, edaravone, tofersen, sodium phenylbutyrate, taurursodiol, TUDCA, methylcobalamin, masitinib, ibudilast, MN-166, CNM-Au8,
lithium carbonate, dexpramipexole, ceftriaxone, memantine, perampanel, talampanel, ropinirole, bosutinib, fasudil, verdiperstat,
pridopidine, trehalose, SLS-005, tideglusib, minocycline, celecoxib, topiramate, gabapentin, lamotrigine, valproic acid,
pentoxifylline, creatine, coenzyme Q10, sirolimus, rapamycin, tamoxifen, rasagiline, mexiletine, ezogabine, retigabine,
dextromethorphan, quinidine, fingolimod, colchicine, pyrimethamine, acetylcysteine, nilotinib, deferiprone, inosine, olesoxime,
dimethyl fumarate, mitoquinone, tirasemtiv, elacridar, tariquidar, ulefnersen, ION363, BIIB078, BIIB105, zilucoplan, arimoclomol,
levosimendan, reldesemtiv, Rilutek, QALSODY
"""
WITHOUT_STRUCTURE = {"methylcobalamin", "arimoclomol", "reldesemtiv"}
"""Small molecules whose structure was not in the facts."""

TAGS = {
    ("riluzole", "apparent_clearance"): "seen",
    ("riluzole", "absorption_rate"): "assumed",
    ("riluzole", "apparent_volume"): "derived",
    ("riluzole", "efflux_index_pgp"): "derived",
    ("riluzole", "largest_log_hazard_ratio"): "derived",
    ("edaravone", "clearance"): "recalled",
    ("edaravone", "central_volume"): "recalled",
    ("tofersen", "csf_half_life"): "recalled",
    ("sodium phenylbutyrate", "fraction_unbound_plasma"): "recalled",
    ("taurursodiol", "half_life"): "recalled",
    ("ibudilast", "half_life"): "recalled",
    ("mexiletine", "fraction_unbound_plasma"): "recalled",
    ("lithium carbonate", "half_life"): "derived",
    ("memantine", "clearance"): "derived",
    ("ceftriaxone", "clearance"): "seen",
}


def entries(drug: Drug) -> Iterator[DosePattern | Parameter | CovariateRatio | Evidence]:
    yield from (*drug.patterns, *drug.parameters, *drug.covariates, *drug.evidence)


def number(drug: str, name: str, place: int = 0) -> Parameter:
    return [each for each in load_drug(drug).parameters if each.name == name][place]


def test_one_file_for_each_drug_named_after_it() -> None:
    folder = files("stallpoint.knowledge").joinpath("data", "drugs")
    names = {entry.name for entry in folder.iterdir() if entry.name.endswith(".toml")}
    assert names == {drug.name.lower().replace(" ", "-") + ".toml" for drug in DRUGS}


def test_every_drug_is_found_by_its_names() -> None:
    for name in re.split(r",\s*", NAMES.strip()):
        found = load_drug(name.upper())
        assert name.lower() in {said.lower() for said in (found.name, *found.also)}


def test_no_name_means_two_drugs() -> None:
    said = Counter(name.lower() for drug in DRUGS for name in (drug.name, *drug.also))
    assert [name for name, times in said.items() if times > 1] == []


def test_an_unknown_drug_gives_the_nearest_name_or_all() -> None:
    with pytest.raises(UnknownDrugError) as near:
        load_drug("riluzol")
    assert near.value.do.startswith("did you mean riluzole?")
    with pytest.raises(UnknownDrugError) as far:
        load_drug("zzzzqqqq")
    assert all(drug.name in far.value.do for drug in DRUGS)


def test_every_cited_work_is_known() -> None:
    for drug in DRUGS:
        check_cited(drug, SOURCES, where=drug.name)


def test_each_early_link_has_a_number_or_says_what_to_measure() -> None:
    for drug in DRUGS:
        told = {PARAMETER_KINDS[each.name].link for each in drug.parameters} | {gap.link for gap in drug.gaps}
        assert {"absorbed", "delivered", "engaged"} <= told, drug.name


def test_contrary_evidence_stands_first_on_each_link() -> None:
    for drug in DRUGS:
        order = [(LINKS.index(finding.link), DIRECTIONS.index(finding.direction)) for finding in drug.evidence]
        assert order == sorted(order), drug.name


def test_tags_agree_with_their_sources() -> None:
    for entry in (entry for drug in DRUGS for entry in entries(drug)):
        assert (entry.tag == "assumed") == (entry.source == "modelling_choice"), entry
        if entry.source == "own_calculation":
            assert entry.tag == "derived", entry
        if "not read" in SOURCES[entry.source].title or entry.source == "general_pharmacology":
            assert entry.tag == "recalled", entry


@pytest.mark.parametrize(("place", "tag"), TAGS.items(), ids=str)
def test_no_tag_is_better_than_the_facts_allow(place: tuple[str, str], tag: str) -> None:
    assert number(*place).tag == tag


def test_recalled_numbers_say_how_well() -> None:
    for drug in DRUGS:
        for each in drug.parameters:
            assert each.tag != "recalled" or re.match("high|medium|low", each.note), (drug.name, each)


def test_small_molecules_have_a_structure_and_large_ones_none() -> None:
    for drug in DRUGS:
        if drug.kind == "small molecule":
            assert bool(drug.smiles) == bool(drug.inchikey) == bool(drug.molar_mass_g_mol) == (drug.name not in WITHOUT_STRUCTURE)
        if drug.kind in ("antisense", "protein"):
            assert not drug.smiles


def test_structures_are_keyed_and_no_two_drugs_share_one() -> None:
    keys = [drug.inchikey for drug in DRUGS if drug.smiles]
    assert all(re.fullmatch(r"[A-Z]{14}-[A-Z]{10}-[A-Z]", key) for key in keys)
    assert len(set(keys)) == len(keys)


def test_antisense_drugs_go_into_the_spinal_fluid() -> None:
    routes = {pattern.route for drug in DRUGS if drug.kind == "antisense" for pattern in drug.patterns}
    assert routes == {"intrathecal"}


def test_no_total_ratio_is_passed_off_as_the_unbound_one() -> None:
    assert [drug.name for drug in DRUGS if drug.parameter("unbound_brain_plasma_ratio")] == []
    riluzole = load_drug("riluzole")
    assert riluzole.parameter("fraction_unbound_brain") is None
    assert any("unbound brain to plasma" in gap.what for gap in riluzole.gaps)
    assert all(each.evidence == "animal" for each in riluzole.parameters if each.name.startswith("brain_plasma_ratio"))


def test_riluzole_carries_the_evidence_against_every_early_link() -> None:
    refuted = {finding.link for finding in load_drug("riluzole").evidence if finding.direction == "refutes"}
    assert {"absorbed", "delivered", "engaged", "timely"} <= refuted


def test_amx0035_is_two_drugs_that_name_each_other() -> None:
    for name in ("sodium phenylbutyrate", "taurursodiol"):
        assert any("no arm had one part alone" in finding.claim.lower() for finding in load_drug(name).evidence)


def test_edaravone_has_its_two_routes_with_the_same_cycles() -> None:
    by_vein, by_mouth = load_drug("edaravone").patterns[:2]
    assert (by_vein.route, by_mouth.route) == ("intravenous", "oral")
    assert by_vein.cycles == by_mouth.cycles == ((14, 14), (10, 18))
    assert (by_vein.dose_mg, by_vein.infusion_h, by_mouth.dose_mg) == (60, pytest.approx(1), 105)


def test_what_is_derived_follows_from_what_was_seen() -> None:
    clearance, half_life = number("riluzole", "apparent_clearance").value, number("riluzole", "half_life").value
    rho = number("riluzole", "brain_plasma_ratio_without_pgp").value / number("riluzole", "brain_plasma_ratio").value - 1
    assert number("riluzole", "apparent_volume").value == pytest.approx(clearance * half_life / math.log(2), rel=0.005)
    assert number("riluzole", "apparent_volume", 1).value == pytest.approx(245 / 0.60, rel=0.005)
    assert number("riluzole", "average_concentration").value == pytest.approx(50 / 12 / clearance, rel=0.005)
    assert number("riluzole", "efflux_index_pgp", 1).value == pytest.approx(rho, abs=0.005)
    assert number("riluzole", "efflux_index_pgp").value == pytest.approx(rho / 2.33, abs=0.005)
    assert number("memantine", "clearance").value == pytest.approx(170 * 60 / 1000)
    assert number("bosutinib", "clearance").value == pytest.approx(1000 / 16.2, rel=0.005)
    assert number("lithium carbonate", "half_life").value == pytest.approx(math.log(2) * 10.9 / 0.909, rel=0.005)
    assert load_drug("sodium phenylbutyrate").patterns[0].dose_mg == pytest.approx(3000 * 164.2 / 186.2, rel=0.001)
    assert load_drug("mexiletine").patterns[0].dose_mg == pytest.approx(300 * 0.8331, rel=0.001)


def test_the_fit_to_the_doses_of_riluzole_is_the_one_told() -> None:
    most, half = number("riluzole", "largest_log_hazard_ratio").value, number("riluzole", "dose_of_half_effect").value
    fitted = [math.exp(most * dose / (half + dose)) for dose in (50, 100, 200)]
    assert fitted == pytest.approx([0.748, 0.667, 0.603], abs=0.001)
    assert fitted == pytest.approx([0.76, 0.65, 0.61], abs=0.02)
