"""People of three invented subtypes, and genes that go together."""

from __future__ import annotations

import numpy as np

from stallpoint.profile.expression.subtype_reference import SubtypeReference

GENES = tuple(f"GENE{k}" for k in range(150))


def invent_subtypes(
    rng: np.random.Generator, people: int, *, difference: float = 1.6, new: int = 0
) -> tuple[SubtypeReference, np.ndarray, np.ndarray]:
    """A reference of so many people, and expression and subtypes of new ones of the same kind."""
    n = people + new
    labels = np.arange(n) % 3
    base, modules = rng.normal(7, 2, len(GENES)), rng.normal(0, 0.6, (5, len(GENES)))
    means = np.zeros((3, len(GENES)))
    for row in means:
        row[rng.choice(len(GENES), 15, replace=False)] = difference * rng.choice([-1, 1], 15)
    values = base + means[labels] + rng.normal(size=(n, 5)) @ modules + rng.normal(size=(n, len(GENES)))
    reference = SubtypeReference("invented", GENES, values[:people], labels[:people], np.arange(people), "cortex", "RNA-seq")
    return reference, values[people:], labels[people:]
