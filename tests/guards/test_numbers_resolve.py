"""Every number in the sentences of a run is that of its own record: of its effect, its looks, its chain, or its tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.guards.conftest import FORMULA, SCRIPT, TAG, Invoke
from tests.response.test_excess_deaths import with_deaths

import stallpoint
from stallpoint.clinical.prohibited_uses import PROHIBITED_USES
from stallpoint.core.cohort import Modifiers
from stallpoint.knowledge.chain import load_chain_assumptions
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.subgroup_priors import load_subgroup_priors
from stallpoint.response.score_family import PERMUTATIONS
from stallpoint.response.survivors import REPEATS
from stallpoint.simulate.planted import constant_benefit, only_in_subgroup
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]\d+)?(?![\w])(?!\.\d)")
YEAR = re.compile(r"(?P<author>[A-Z]\w+)(?: et al\.)? (?P<year>(?:19|20)\d\d)\b")
PLANTED = "7,313.31"
"""A number that stands nowhere."""

NAMES = ("item 5", "subscore of 9", "the 40-point ALSFRS", "King's stage 4", "is 0 where risks add up", "leave it at 1", "near 1")
"""Words with a number that says nothing of these data."""

CHAIN, PRIORS = load_chain_assumptions(), load_subgroup_priors()
METHOD_NUMBERS = {
    "P-values are two-sided Wald tests": (0.95,),
    "Survivors of two arms": (REPEATS,),
    "Each modifier entered the joint model": (PERMUTATIONS,),
    "All contrasts were shrunk together": (PRIORS["chance"], PRIORS["spread_scale"]),
    "Where it stalls. Doses, levels": (
        CHAIN["stall_share"],
        CHAIN["stall_probability"],
        CHAIN["stall_probability_relevant"],
    ),
    "A difference is announced because": (0.95,),
}
"""Numbers that the methods may say, by how they begin: those that the code goes by, or rows of the assumptions. Others say none."""


@pytest.fixture(scope="module")
def results(ran: Path) -> dict[str, Any]:
    return dict(json.loads((ran / "results.json").read_text(encoding="utf-8")))


def numbers(text: str) -> list[str]:
    for name in (TAG, FORMULA, SCRIPT, *NAMES):
        text = text.replace(name, "")
    return NUMBER.findall(text)


def values(*records: object) -> Iterable[float]:
    for record in records:
        if isinstance(record, dict):
            yield from values(*(value for key, value in record.items() if key not in ("text", "checks")))
        elif isinstance(record, list | tuple):
            yield from values(*record)
        elif isinstance(record, int | float) and not isinstance(record, bool):
            yield abs(float(record))


def unresolved(text: str, *records: object) -> list[str]:
    """Numbers that are no value of these records, as they are or in percent, rounded as they are written. 95% is every interval's."""
    held = [*values(*records), 0.95]
    left = []
    for number in numbers(text):
        digits, _, power = number.replace(",", "").partition("e")
        half = 0.5000001 * 10 ** (int(power or 0) - len(digits.partition(".")[2]))
        written = float(number.replace(",", ""))
        if not any(abs(value * scale - written) <= half for value in held for scale in (1, 100)):
            left.append(number)
    return left


def test_a_number_of_nowhere_is_found() -> None:
    record = {"estimate": -0.154, "n": 80, "share": 0.9}
    assert unresolved("Less by −0.15 (n = 80), in 90%.", record) == []
    assert unresolved("Less by −0.16 (n = 81), in 91%.", record) == ["0.16", "81", "91"]
    assert unresolved("Of 1,204.", {"n": 1204}) == []


def test_effects(results: dict[str, Any]) -> None:
    assert len(results["effects"]) > 20
    for effect in results["effects"]:
        said = effect["text"].replace(effect["label"], "")
        assert unresolved(said, effect) == [], effect["name"]


def test_findings_of_effects_hold_to_them_and_their_looks(results: dict[str, Any]) -> None:
    effects = {each["name"]: each for each in results["effects"]}
    held = [each for each in results["findings"] if each["effect"] in effects]
    assert len(held) >= 5
    for finding in held:
        name = finding["effect"]
        root = re.sub(r"_\d+$", "", name)
        beside = [
            each
            for other, each in effects.items()
            if other.startswith((root, root.replace("added", "excess"))) or other == "slope_variation_coefficient_ratio"
        ]
        looks = [each for each in results["ledger"] if each["effect"].startswith(root)]
        groups = [row for row in results["deaths_by_group"] if row["effect"] == name]
        text = finding["text"].replace(effects[name]["label"], "")
        assert unresolved(text, beside, looks, groups, 0.001) == [], (name, text)


def test_bounds_hold_to_their_tables(results: dict[str, Any]) -> None:
    findings = [each["text"] for each in results["findings"] if not each["effect"]]
    shares = next(each for each in findings if each.startswith("Counting death"))
    assert unresolved(shares, results["bounds"]) == []
    alive = next(each for each in findings if each.startswith("Among people who would live"))
    assert unresolved(alive, results["survivors"], horizon(results)) == []
    spread = next(each for each in findings if each.startswith("Slopes vary"))
    ends = sorted(row["sd"] for row in results["effect_spread"] if abs(row["correlation"]) == 1)
    arms = [(ends[-1] + ends[0]) / 2, (ends[-1] - ends[0]) / 2]
    assert unresolved(spread, results["effect_spread"], arms) == []


def horizon(results: dict[str, Any]) -> float:
    found = re.search(r"over (\d+) months", results["estimand"])
    assert found
    return float(found[1])


def test_the_chain(results: dict[str, Any]) -> None:
    links, stalls, measurements = results["links"], results["stalls"], results["measurements"]
    for stall in stalls:
        rows = [row for row in links if row["subject"] == stall["subject"]]
        assert unresolved(f"{stall['text']} {stall['most_lost']}", stall, rows, 0.5) == []
    assert unresolved(results["answer"]["stall"], stalls, links, measurements) == []
    for row in measurements:
        allowed = [row, *(value for value in row_error(row))]
        assert unresolved(row["text"], allowed) == [], row["text"]


def row_error(row: dict[str, Any]) -> list[float]:
    """Monte Carlo error of a share of as many worlds as the share itself shows: some whole number of them."""
    share = row["answers"]
    return [
        (share * (1 - share) / worlds) ** 0.5 for worlds in (75, 150, 300) if abs(share * worlds - round(share * worlds)) < 1e-6
    ]


def test_answer_and_whom_it_speaks_of(results: dict[str, Any], ran: Path) -> None:
    people = pl.read_parquet(ran / "tables/patients.parquet").height
    primary = next(each for each in results["effects"] if each["role"] == "primary")
    assert unresolved(results["answer"]["text"], primary) == []
    open_checks = sum(each["status"] != "passed" for each in results["checks"])
    assert unresolved(results["answer"]["how_sure"], open_checks) == []
    ages = [float(each) for row in results["representativeness"]["shares"] for each in numbers(row["said"])]
    assert unresolved(results["representativeness"]["text"], ages) == []
    assert all(row["n_known"] <= people for row in results["representativeness"]["shares"])


def test_risks_by_group_and_the_relative_excess_hold_to_their_table() -> None:
    """A trial in which one group has clearly the lowest risk, so that all four risks and both excesses are told."""
    trial = simulate_trial(TrialDesign(n=240), constant_benefit(0.3), rng=np.random.default_rng(5)).trial
    planted, _ = with_deaths(replace(trial, modifiers=Modifiers(("smoker",))), [[0.1, 0.35], [0.35, 0.8]])
    found = stallpoint.estimate_excess_deaths(planted)
    rows = found.series["deaths_by_group"].to_dicts()
    (finding,) = found.findings
    assert len(found.effects) == 2
    assert len(rows) == 4
    text = finding.text
    for effect in found.effects:
        text = text.replace(effect.label, "")
    assert unresolved(text, rows, [asdict(each) for each in found.effects], 0.001) == []
    for at, row in enumerate(rows):
        others = [*rows[:at], {**row, "risk": row["risk"] + 0.02}, *rows[at + 1 :]]
        assert unresolved(text, others, [asdict(each) for each in found.effects], 0.001) == [f"{row['risk']:.0%}".rstrip("%")]
    risk = {(row["arm"], row["level"]): row["risk"] for row in rows}
    (upper, lower), (arm, control) = ("yes", "no"), (planted.treatment, planted.control)
    added = risk[arm, upper] - risk[arm, lower] - risk[control, upper] + risk[control, lower]
    assert 100 * added == pytest.approx(found.effects[0].estimate, abs=2)


def test_what_is_said_of_an_announced_difference_holds_to_its_sizes_looks_and_risks() -> None:
    """A trial in which one is announced, so that the corrected and the shrunken size and the risk of a false alarm are told."""
    simulated = simulate_trial(
        TrialDesign(n=300), only_in_subgroup(0.7, column="sex", equals="female"), rng=np.random.default_rng(12)
    )
    trial = replace(simulated.trial, modifiers=Modifiers(prespecified=("sex", "age_years")))
    found = stallpoint.estimate_modifiers(trial, rng=np.random.default_rng(1))
    announced = found.findings[0]
    assert announced.decisive
    effects = [asdict(each) for each in found.effects if each.name.startswith("modifier_") and "sex" in each.name]
    looks = [asdict(each) for each in found.looks if each.effect == announced.effect]
    risks = found.series["false_alarms"].to_dicts()
    assert [row["effect"] for row in risks] == [announced.effect] * 2
    text = announced.text.replace(found.effects[0].label, "")
    assert unresolved(text, effects, looks, risks, 0.001) == []
    without = [each for each in effects if each["role"] != "announced"]
    assert unresolved(text, without, looks, risks, 0.001)
    assert unresolved(text, effects, looks, [{**row, "risk": 0.77, "chance": 0.66} for row in risks], 0.001)


def unresolved_of_check(check: dict[str, Any], shares: list[dict[str, Any]]) -> list[str]:
    """Ages in the words on representativeness are those of the registers' rows, which stand in the record."""
    ages = [float(each) for row in shares for each in numbers(row["said"])] if check["name"] == "representativeness" else []
    return unresolved(check["text"], check["figures"], check["count"] or 0, ages)


def test_checks(results: dict[str, Any]) -> None:
    shares = results["representativeness"]["shares"]
    checks = [*results["checks"], *(each for effect in results["effects"] for each in effect["checks"])]
    told = [check for check in checks if numbers(check["text"])]
    assert len(told) > 30
    for check in told:
        assert unresolved_of_check(check, shares) == [], check
        for planted in plant(check["text"]):
            assert unresolved_of_check({**check, "text": planted}, shares) == [PLANTED], planted


def test_checks_of_scores() -> None:
    """They stand in a run where items were recorded, and in what `stallpoint score` prints."""
    visits = pl.DataFrame({"patient": ["A", "B", "B"], "time_months": [0.0, 0.0, 3.0], "alsfrs_r": [40.0, None, 30.0]})
    patients = pl.DataFrame({"patient": ["A", "B"], "onset_months": [12.0, 0.5], "age_years": [60.0, 60.0]})
    told = [asdict(each) for each in stallpoint.score_table(visits, patients).checks]
    assert sum(bool(numbers(each["text"])) for each in told) >= 6
    known = [(each.authors, each.year) for each in load_sources().values()]
    for check in told:
        assert unresolved_of_check({**check, "text": without_citations(check["text"], known)}, []) == [], check


def without_citations(text: str, works: Iterable[tuple[str, int | None]]) -> str:
    """A sentence without the years that stand behind an author of one of these works: authors and year of each."""
    cited = {(author, str(year)) for authors, year in works for author in re.findall(r"\w+", authors)}
    return YEAR.sub(lambda found: "" if (found["author"], found["year"]) in cited else found[0], text)


def unresolved_of_method(text: str, sources: list[dict[str, Any]]) -> list[str]:
    """A year stands behind an author of a work that is cited; other numbers are those that the code goes by."""
    held = next((value for start, value in METHOD_NUMBERS.items() if text.startswith(start)), ())
    return unresolved(without_citations(text, [(each["authors"], each["year"]) for each in sources]), list(held))


def test_methods(results: dict[str, Any]) -> None:
    told = [text for text in results["methods"] if numbers(text)]
    assert len(told) > 7
    for text in told:
        assert unresolved_of_method(text, results["sources"]) == [], text
        for planted in plant(text):
            assert unresolved_of_method(planted, results["sources"]) == [PLANTED], planted


def test_limits_and_prohibited_uses_say_no_number(results: dict[str, Any]) -> None:
    assert [text for text in (*results["limits"], *PROHIBITED_USES) if numbers(text)] == []


def plant(text: str) -> list[str]:
    """The sentence once for each number that it says, a wrong one in its place."""
    shown = text
    for name in (TAG, FORMULA, SCRIPT, *NAMES):
        shown = shown.replace(name, "\0" * len(name))
    return [f"{text[: each.start()]}{PLANTED}{text[each.end() :]}" for each in NUMBER.finditer(shown)]


PERSON = """[person]
id = "P1"
sex = "male"
[[stage]]
name = "ALSFRS-R"
value = "31.5"
[[history]]
name = "smoker"
value = "yes"
[[variant]]
gene = "SOD1"
variant = "A5V"
call = "present"
zygosity = "heterozygous"
assay = "Sanger sequencing"
"""


def unresolved_of_chain(record: dict[str, Any]) -> list[str]:
    """Numbers of a treatment's chain, as it stands in treatments.json, that are no figure or probability of its links."""
    links = record["chain"]["links"]
    quoted = [words for link in links for words in link["quoted"]]
    left = []
    for said in record["statements"]["chain"]:
        rest = said
        for words in sorted(quoted, key=len, reverse=True):
            rest = rest.replace(words, "")
        beside = [link for link in links if said.startswith(f"{link['link']}: ")] or [
            {"probability": each["probability"]} for each in links
        ]
        left += unresolved(rest, beside)
    return left


def test_the_chain_beside_a_person_holds_to_its_record(invoke: Invoke, tmp_path: Path) -> None:
    """In what was written; `explain/person/test_person_chain.py` looks the figures themselves up again."""
    (tmp_path / "person.toml").write_text(PERSON, encoding="utf-8")
    invoke("profile", tmp_path / "person.toml", "--treatments", "--out", tmp_path / "out")
    treatments = json.loads((tmp_path / "out/treatments.json").read_text(encoding="utf-8"))["treatments"]
    told = [each for each in treatments if any(numbers(said) for said in each["statements"]["chain"])]
    assert len(told) > 10
    for each in told:
        assert unresolved_of_chain(each) == [], each["treatment"]
        chain = each["statements"]["chain"]
        for at, said in enumerate(chain):
            if at and each["chain"]["links"][at - 1]["quoted"]:
                continue  # a planted number would stand within words of a row
            for planted in plant(said):
                spoilt = {**each, "statements": {"chain": [*chain[:at], planted, *chain[at + 1 :]]}}
                assert unresolved_of_chain(spoilt) == [PLANTED], planted
