from __future__ import annotations

import re

import polars as pl
import pytest

from stallpoint.draw.palette import COLOURS

ARMS = ("active", "placebo", "low dose", "high dose")
VISITS = (0.0, 3.0, 6.0, 9.0, 12.0)


def _per_arm(n: int) -> list[tuple[int, str]]:
    return list(enumerate(("everyone",) if n == 1 else ARMS[:n]))


def observed(arms: int = 2, people: int = 3) -> pl.DataFrame:
    rows = [
        {
            "patient": f"SECRET-{arm}-{person}",
            "arm": arm,
            "time_months": time,
            "alsfrs_r": 40.0 - person - (0.7 + 0.2 * index) * time,
        }
        for index, arm in _per_arm(arms)
        for person in range(people)
        for time in VISITS
    ]
    return pl.DataFrame(rows)


def fitted(arms: int = 2) -> pl.DataFrame:
    means = [(arm, time, 39.0 - (0.7 + 0.2 * index) * time) for index, arm in _per_arm(arms) for time in VISITS]
    return pl.DataFrame(
        [{"arm": arm, "time_months": time, "mean": mean, "low": mean - 1, "high": mean + 1} for arm, time, mean in means]
    )


def curves(arms: int = 2) -> pl.DataFrame:
    shares = [(arm, time, 1 - (0.01 + 0.005 * index) * time) for index, arm in _per_arm(arms) for time in VISITS]
    return pl.DataFrame(
        [
            {"arm": arm, "time_months": time, "survival": share, "low": share - 0.04, "high": min(1.0, share + 0.04)}
            for arm, time, share in shares
        ]
    )


def at_risk(arms: int = 2) -> pl.DataFrame:
    return pl.DataFrame(
        [{"arm": arm, "time_months": time, "n": int(150 - 5 * time)} for _, arm in _per_arm(arms) for time in VISITS]
    )


def flow(arms: int = 2) -> pl.DataFrame:
    counts = {"randomised": 103, "with baseline": 100, "followed to 12 months": 70, "died": 20, "withdrew": 10}
    return pl.DataFrame([{"arm": arm, "step": step, "n": n} for _, arm in _per_arm(arms) for step, n in counts.items()])


def pattern(arms: int = 2) -> pl.DataFrame:
    rows = []
    for _, arm in _per_arm(arms):
        for visit, time in enumerate(VISITS):
            counts = {"died": 4 * visit, "assessed": 96 - 8 * visit, "missed": 4 + visit, "withdrew": 3 * visit}
            rows += [{"arm": arm, "time_months": time, "state": state, "n": n} for state, n in counts.items()]
    return pl.DataFrame(rows)


FRAMES = {
    "observed": observed,
    "fitted": fitted,
    "curves": curves,
    "at_risk": at_risk,
    "flow": flow,
    "pattern": pattern,
}


@pytest.fixture
def frames():
    """Makers of small plausible tables by name; each takes the number of arms."""
    return FRAMES


@pytest.fixture
def assert_sound():
    """What must hold for every SVG, whatever it shows."""

    def check(svg: str, *said: str) -> None:
        assert svg.startswith("<svg ")
        assert svg.count("</svg>") == 1
        for text in said:
            assert text in svg
        assert [colour.name for colour in COLOURS if colour.light in svg.lower()] == []
        assert re.findall(r"https?://[^\"\s<]*", svg) == ["http://www.w3.org/2000/svg"]
        assert re.search(r"<script|@font-face|url\(|NaN|undefined", svg) is None

    return check
