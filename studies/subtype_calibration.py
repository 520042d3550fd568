"""Whether subtypes are given with the probabilities that they have, and withheld where they should be, in worlds with known truth.

Run: python studies/subtype_calibration.py --worlds 40 --seed 20261123 --out studies/results

A world: 400 genes; three subtypes with shares of 0.61, 0.19 and 0.20 differ
in 45 genes by an amount that makes them easy, middling or hard to tell apart; genes go together in eight modules, which the classifier
takes for independent; people give one or two samples. The reference holds 150 people. From each world come 40 further samples of people
like these; they are also judged by a reference whose labels were shuffled, and once more after a shift of a third of their genes. All is
what `tell_subtype` says. No real labelled expression was at hand.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from stallpoint.core.profile import Subtype
from stallpoint.profile.expression.subtype import tell_subtype
from stallpoint.profile.expression.subtype_model import fit_subtype_model
from stallpoint.profile.expression.subtype_reference import SUBTYPES, SubtypeReference

SHARES = (0.61, 0.19, 0.20)
GENES = tuple(f"GENE{k}" for k in range(400))
DIFFERENCES = {"easy": 1.6, "middling": 1.0, "hard": 0.5}
PEOPLE, NEW, SHIFTED = 150, 40, len(GENES) // 3


class World:
    """Means of subtypes, modules of genes, and samples drawn from them."""

    def __init__(self, rng: np.random.Generator, difference: float) -> None:
        self.rng = rng
        self.base = rng.normal(7, 2, len(GENES))
        self.means = np.zeros((len(SUBTYPES), len(GENES)))
        for row in self.means:
            row[rng.choice(len(GENES), 15, replace=False)] = difference * rng.choice([-1, 1], 15)
        self.modules = rng.normal(0, 1, (8, len(GENES))) * 0.6

    def people(self, n: int) -> np.ndarray:
        """Subtypes of n people."""
        return self.rng.choice(len(SUBTYPES), n, p=SHARES)

    def samples(self, labels: np.ndarray, within: np.ndarray) -> np.ndarray:
        """Expression, (samples, genes); `within` numbers the people, whose samples share half of the modules' activity."""
        activity = self.rng.normal(size=(int(within.max()) + 1, 8))[within] + self.rng.normal(size=(len(labels), 8))
        noise = self.rng.normal(0, 1, (len(labels), len(GENES)))
        values: np.ndarray = self.base + self.means[labels] + activity / np.sqrt(2) @ self.modules + noise
        return values

    def reference(self) -> SubtypeReference:
        """150 people of known subtype, half of them with two samples."""
        labels = self.people(PEOPLE)
        who = np.concatenate([np.arange(PEOPLE), np.arange(0, PEOPLE, 2)])
        return SubtypeReference("invented", GENES, self.samples(labels[who], who), labels[who], who, "cortex", "invented")


def ask(reference: SubtypeReference, values: np.ndarray) -> list[Subtype]:
    """What is said of each sample."""
    model = fit_subtype_model(reference)
    return [tell_subtype(model, each) for each in values]


def share(hits: int, of: int) -> dict[str, float | None]:
    """A share with its Monte Carlo standard error, as if samples were independent; null where there were none."""
    p = hits / of if of else None
    return {"share": p, "error": None if p is None else float(np.sqrt(p * (1 - p) / of)), "of": of}


def judge(worlds: int, seed: int, difference: float) -> dict[str, Any]:
    """Named, right, said and abstained over many worlds of one kind."""
    rows: list[tuple[float, bool, bool]] = []
    shuffled_named = outside_named = outside_shown = inside_outlying = 0
    for number in range(worlds):
        rng = np.random.default_rng([seed, number])
        world = World(rng, difference)
        reference = world.reference()
        truth = world.people(NEW)
        new = world.samples(truth, np.arange(NEW))
        for said, label in zip(ask(reference, new), truth.tolist(), strict=True):
            inside_outlying += "outside" in said.reason
            if said.probabilities:
                p = [value for _, value in said.probabilities]
                rows.append((max(p), int(np.argmax(p)) == label, said.answer != "cannot tell"))
        of_person = rng.permutation(reference.labels[:PEOPLE])
        shuffled = SubtypeReference(**{**vars(reference), "labels": of_person[reference.people]})
        shuffled_named += sum(said.answer != "cannot tell" for said in ask(shuffled, new))
        shift = np.zeros(len(GENES))
        shift[rng.choice(len(GENES), SHIFTED, replace=False)] = rng.normal(0, 2, SHIFTED)
        outside = ask(reference, new + shift)
        outside_named += sum(said.answer != "cannot tell" for said in outside)
        outside_shown += sum(bool(said.probabilities) for said in outside)
    n = worlds * NEW
    top, right, named = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 3
    named = named.astype(bool)
    return {
        "samples": n,
        "probabilities shown": share(len(rows), n),
        "said to lie outside, of people like the reference": share(inside_outlying, n),
        "named": share(int(named.sum()), n),
        "right where named": share(int(right[named].sum()), int(named.sum())),
        "said where named": float(top[named].mean()) if named.any() else None,
        "right where shown": share(int(right.sum()), len(rows)),
        "said where shown": float(top.mean()) if len(rows) else None,
        "named by shuffled labels": share(shuffled_named, n),
        "named of samples from elsewhere": share(outside_named, n),
        "probabilities shown of samples from elsewhere": share(outside_shown, n),
    }


def main() -> None:
    """Judge easy, middling and hard worlds and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    options = parser.parse_args()
    record = {name: judge(options.worlds, options.seed, by) for name, by in DIFFERENCES.items()}
    (options.out / "subtype_calibration.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
