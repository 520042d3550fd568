"""Every number in the sentences of a run is that of its own record: of its effect, its looks, its chain, or its tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.guards.conftest import FORMULA, SCRIPT, TAG

NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?![\w])(?!\.\d)")
RISKS = re.compile(r"Died by .*?(?=Risk of death by)")
"""Risks of groups: they stand in this sentence alone, and `response/test_excess_deaths.py` holds them."""


@pytest.fixture(scope="module")
def results(ran: Path) -> dict[str, Any]:
    return dict(json.loads((ran / "results.json").read_text(encoding="utf-8")))


def numbers(text: str) -> list[str]:
    for name in (TAG, FORMULA, SCRIPT):
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
        decimals = len(number.partition(".")[2])
        written, half = float(number.replace(",", "")), 0.5000001 * 10**-decimals
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
        text = (
            RISKS.sub("", finding["text"]).replace(effects[name]["label"], "").replace("leave it at 1", "").replace("near 1", "")
        )
        assert unresolved(text, beside, looks, 0.001) == [], (name, text)


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
