"""The reviewed rows: numbers agree with words, tags are no better than the facts, and nothing knows its own future."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from stallpoint.core.claim import Claim
from stallpoint.core.known_from import last_day
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.knowledge.tsv import read_bundled_rows

BASE = load_evidence()
ROWS = [BASE.claim(row["id"]) for row in read_bundled_rows("evidence/claims.tsv")]
CLAIMS = [claim for claim in ROWS if claim is not None]
FACTS = next((up / "shared" / "facts" for up in Path(__file__).resolve().parents if (up / "shared" / "facts").is_dir()), None)


def numbers_in(text: str) -> set[float]:
    return {float(each.replace(",", "")) for each in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)}


def named(claim: Claim) -> str:
    return claim.id


@pytest.mark.parametrize("claim", CLAIMS, ids=named)
def test_every_number_of_a_row_stands_in_its_words(claim: Claim) -> None:
    said = numbers_in(claim.text)
    apart = {round(abs(a - b), 6) for a, b in combinations(said, 2)} if claim.scale in ("difference", "rank") else set()
    for number in (claim.value, claim.low, claim.high, claim.control, claim.p):
        assert number is None or abs(number) in said or round(abs(number), 6) in apart, number


@pytest.mark.parametrize("claim", [each for each in CLAIMS if each.low is not None and each.high is not None], ids=named)
def test_intervals_hold_their_value_and_speak_for_the_direction(claim: Claim) -> None:
    assert claim.low <= claim.value <= claim.high
    null = {"difference": 0.0, "rank": 0.0, "hazard ratio": 1.0, "rate ratio": 1.0, "odds ratio": 1.0, "ratio": 1.0}.get(
        claim.scale
    )
    if null is None or claim.better is None or claim.kind not in ("function", "survival"):
        return
    gained = claim.low > null if claim.better == "higher" else claim.high < null
    harmed = claim.high < null if claim.better == "higher" else claim.low > null
    assert (claim.direction == "supports") == gained
    assert not harmed or claim.direction == "refutes"


def test_no_id_stands_twice_and_every_source_is_known() -> None:
    assert [id_ for id_, times in Counter(each.id for each in BASE.claims).items() if times > 1] == []
    assert {each.source for each in BASE.claims} <= set(BASE.sources)


def test_no_claim_names_a_trial_whose_result_came_later() -> None:
    names = {said: trial for trial in BASE.trials if trial.known_from for said in (trial.name, *trial.also)}
    for claim in BASE.claims:
        if not claim.known_from or claim.id.endswith("_function_file"):
            continue
        for said, trial in names.items():
            if re.search(rf"\b{re.escape(said)}\b", claim.text):
                assert last_day(trial.known_from) <= last_day(claim.known_from), (claim.id, said)


def test_posthoc_signals_and_single_arms_are_never_called_primary() -> None:
    for claim in CLAIMS:
        if "afterwards" in claim.text:
            assert claim.standing == "post hoc", claim.id
        if "served as control" in claim.text or "without controls" in claim.text.lower():
            assert claim.standing == "uncontrolled", claim.id


def test_roles_of_markers_and_modifiers_are_typed() -> None:
    for claim in CLAIMS:
        if claim.kind in ("marker", "modifier"):
            assert claim.role is not None, claim.id
        if claim.kind == "marker":
            assert claim.role == "downstream", claim.id


def test_a_derived_tag_is_arithmetic_on_what_the_words_hold() -> None:
    for claim in CLAIMS:
        if claim.tag == "derived" and claim.scale == "difference" and claim.value is not None:
            said = numbers_in(claim.text)
            held = said | {round(abs(a - b), 6) for a, b in combinations(said, 2)}
            assert abs(claim.value) in held or round(abs(claim.value), 6) in held, claim.id


RECALLED = """
valor_sod1, valor_nfl, mci186_16_function, mci186_19_function, mt1186_a02_dosing, ab10015_function, ceftriaxone_3_function,
ceftriaxone_3_survival, ceftriaxone_2_signal, neals_lithium_event, litals_survival, orarials_cafs, arimoclomol_sod1_survival, refals_svc,
biib078_nfl, champion_nfl, valproate_survival, topiramate_strength, tch346_slope, talampanel_slope, memantine_slope, rns60_markers,
meridian_cafs, bdnf_survival, cntf_strength, niv_survival, dexpramipexole_2_signal, healey_f_result, imodals_tregs, ras_als_fast
"""


@pytest.mark.parametrize("id_", re.split(r",\s*", RECALLED.strip()))
def test_what_was_recalled_stays_recalled(id_: str) -> None:
    claim = BASE.claim(id_)
    assert claim is not None
    assert claim.tag == "recalled"


def test_what_public_sources_contradicted_is_on_record() -> None:
    differing = {claim.id for claim in CLAIMS if claim.check.startswith("differs")}
    assert {"ezogabine_sici", "ab10015_function"} <= differing
    assert sum(bool(claim.check) for claim in CLAIMS) >= 20


@pytest.mark.skipif(FACTS is None, reason="the facts that the rows come from are not here")
def test_no_trial_is_better_known_than_the_facts_say() -> None:
    assert FACTS is not None
    with (FACTS / "trials.tsv").open(encoding="utf-8") as file:
        facts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(facts) == len(BASE.trials)
    for row, trial in zip(facts, BASE.trials, strict=True):
        if row["seen_or_recalled"].startswith("recalled"):
            assert trial.tag == "recalled", trial.id
        if row["nct_status"].startswith("recalled"):
            assert trial.registry_tag == "recalled", trial.id
        assert not row["nct"].startswith("NCT") or trial.registry == f"clinicaltrials:{row['nct']}"
