"""Subtypes from a labelled reference: calibrated where people are like it, silent where they are not or where it knows nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from subtype_world import GENES, invent_subtypes

from stallpoint.core.errors import TableError
from stallpoint.core.expression import Expression
from stallpoint.profile.expression.subtype import place_subtype, tell_subtype
from stallpoint.profile.expression.subtype_model import fit_subtype_model, spread_folds, wilson
from stallpoint.profile.expression.subtype_reference import SUBTYPES, read_subtype_reference


def place(reference, values: np.ndarray, genes: tuple[str, ...] = GENES, **said: str):  # type: ignore[no-untyped-def]
    held = Expression(("a",), genes, values[None])
    return place_subtype(reference, held, "a", **{"tissue": "cortex", "platform": "RNA-seq", **said})


def test_probabilities_are_right_as_often_as_they_say() -> None:
    """1,200 new people of 4 worlds, of middling difficulty: what is said agrees with what is right within 4 standard errors, bin by bin.

    Worlds are few and a temperature is estimated in each, which adds to the binomial error: half of it again.
    """
    said, right = [], []
    for seed in range(4):
        reference, new, truth = invent_subtypes(np.random.default_rng([31, seed]), 240, difference=1.0, new=300)
        model = fit_subtype_model(reference)
        probabilities = np.array([model.probabilities(values) for values in new])
        said += probabilities.max(axis=1).tolist()
        right += (probabilities.argmax(axis=1) == truth).tolist()
    top, hit = np.array(said), np.array(right)
    for low, high in ((0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (top >= low) & (top < high)
        assert inside.sum() > 50
        error = 1.5 * np.sqrt(top[inside].mean() * (1 - top[inside].mean()) / inside.sum())
        assert abs(hit[inside].mean() - top[inside].mean()) < 4 * error


def test_its_own_calibration_is_that_of_new_people() -> None:
    reference, new, truth = invent_subtypes(np.random.default_rng(32), 240, difference=1.2, new=400)
    model = fit_subtype_model(reference)
    probabilities = np.array([model.probabilities(values) for values in new])
    brier = ((probabilities - np.eye(3)[truth]) ** 2).sum(axis=1)
    told = model.calibration
    error = np.hypot(told.brier_error, brier.std() / 20)
    assert abs(told.brier - brier.mean()) < 4 * error
    assert told.log_loss < told.log_loss_of_shares
    assert (told.people, told.samples, told.genes) == (240, 240, len(GENES))
    assert sum(each.samples for each in told.bins) == 240
    assert all(each.right_low <= each.right <= each.right_high for each in told.bins)


def test_a_clear_subtype_is_named_with_its_caution() -> None:
    reference, new, truth = invent_subtypes(np.random.default_rng(33), 90, difference=3.0, new=12)
    said = [place(reference, values) for values in new]
    named = [(each.answer, SUBTYPES[label]) for each, label in zip(said, truth, strict=True) if each.answer != "cannot tell"]
    assert len(named) >= 8
    assert sum(answer == true for answer, true in named) >= len(named) - 1
    assert all("46% to 67%" in each.caution and "tied to no" not in each.answer for each in said)
    assert all(sum(p for _, p in each.probabilities) == pytest.approx(1) for each in said if each.probabilities)


def test_outside_of_the_reference_it_abstains() -> None:
    reference, new, _ = invent_subtypes(np.random.default_rng(34), 150, difference=2.5, new=100)
    model = fit_subtype_model(reference)
    outlying = np.mean([model.outlying_p(values) <= 0.05 for values in new])
    assert outlying <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 100)
    shuffled = [tell_subtype(model, np.random.default_rng(k).permutation(values)) for k, values in enumerate(new[:30])]
    assert all(each.answer == "cannot tell" and not each.probabilities for each in shuffled)
    assert all("outside of the reference" in each.reason for each in shuffled)
    assert shuffled[0].calibration is not None


def test_shuffled_labels_name_nobody() -> None:
    """8 references whose labels mean nothing; by chance one in 40 may seem to tell its subtypes apart, and still names hardly anybody."""
    named = 0
    for seed in range(8):
        rng = np.random.default_rng([35, seed])
        reference, new, _ = invent_subtypes(rng, 120, difference=2.5, new=20)
        model = fit_subtype_model(replace(reference, labels=rng.permutation(reference.labels)))
        named += sum(tell_subtype(model, values).answer != "cannot tell" for values in new)
    assert named == 0


def test_what_cannot_be_compared_is_not() -> None:
    reference, new, _ = invent_subtypes(np.random.default_rng(36), 60, new=1)
    value = new[0]
    for said, reason in (
        ({"tissue": ""}, "the tissue of the sample is not stated"),
        ({"tissue": "spinal cord"}, "the sample's tissue is spinal cord, the reference's cortex"),
        ({"platform": "array"}, "the sample's platform is array"),
    ):
        told = place(reference, value, **said)
        assert (told.answer, told.probabilities) == ("cannot tell", ())
        assert reason in told.reason
    few = place(reference, value[:100], GENES[:100])
    assert "50 of 150 genes of the reference are missing" in few.reason
    holes = value.copy()
    holes[:40] = np.nan
    assert "40 of 150 genes of the reference are missing" in place(reference, holes).reason
    small = replace(reference, values=reference.values[:27], labels=reference.labels[:27], people=reference.people[:27])
    assert "the reference holds ALS-Ox of 9 people, and 10 are needed" in place(small, value).reason


def test_samples_of_one_person_stay_together() -> None:
    people = np.random.default_rng(37).permutation(np.repeat(np.arange(61), [1, *[2] * 30, *[3] * 30]))
    labels = people % 3
    fold = spread_folds(labels, people)
    assert all(len(set(fold[people == each])) == 1 for each in range(61))
    counts = [[len(set(people[(fold == k) & (labels == label)])) for k in range(5)] for label in range(3)]
    assert all(max(each) - min(each) <= 1 for each in counts)


def test_a_reference_is_read_and_faults_are_told(tmp_path: Path) -> None:
    head = "sample\tsubtype\tsubject\tSOD1\tFUS\n"
    path = tmp_path / "r.tsv"
    path.write_text(head + "a\tALS-TD\tp1\t1\t2\nb\tox\tp1\t3\t4\nc\t\tp2\t5\t6\n", encoding="utf-8")

    def read(label: str = "subtype", person: str | None = "subject"):  # type: ignore[no-untyped-def]
        return read_subtype_reference(path, label=label, person=person, tissue="t", platform="p", known_genes={"SOD1"})

    found = read()
    assert (found.labels.tolist(), found.people.tolist(), found.genes) == ([2, 0], [0, 0], ("SOD1", "FUS"))
    assert read(person=None).people.tolist() == [0, 1]
    path.write_text(head + "a\tALS-TD\t7\t1\t2\nb\tox\t7\t3\t4\nc\tox\t9\t5\t6\n", encoding="utf-8")
    assert (read().people.tolist(), read().genes) == ([0, 0, 1], ("SOD1", "FUS"))
    with pytest.raises(TableError, match="did you mean subtype"):
        read("subtpe")
    path.write_text(head + "a\tALS-7\tp1\t1\t2\n", encoding="utf-8")
    with pytest.raises(TableError, match="a subtype that is not known"):
        read()


def test_the_interval_of_a_share_is_wilsons() -> None:
    """Brown, Cai and DasGupta 2001: 0 of 10 gives 0 to 0.278; closed form at one half."""
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert sum(wilson(5, 10)) == pytest.approx(1)
