"""Molecular states as priors on driver weights and bypass: what people with a state differ in from everybody, wide and by hypothesis.

A state multiplies the concentrations of the genotype's Dirichlet distribution. With f the ratio of people with a state to people without it
and s the share of people who have it, those with it are moved by f / (s f + 1 - s) and those without it by 1 / (s f + 1 - s): the average
over everybody stays what it was. So a state that nearly everybody has says little, one that was not measured says nothing, and one that was
looked for and is absent moves as far the other way as that share allows. Concentrations then keep their sum: a state moves the shares and
never makes them better known. Both f and s are drawn once for all people of a trial, since not knowing them does not average out.

Weights are moved, not drawn anew: a gamma variable grows by another one and shrinks by a beta share (Lukacs 1955 Ann Math Stat 26:319), so
the same person with and without a state can be compared, and a factor of 1 moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest
from stallpoint.knowledge.mechanism import load_genotypes
from stallpoint.knowledge.molecular_states import SHIFTED, MolecularState, load_molecular_states
from stallpoint.mechanism.people import BYPASS_GRID, People

Floats = npt.NDArray[np.float64]

ROUNDING = 1e-9


@dataclass(frozen=True)
class StateQuestion:
    """One question that was answered for the people of a trial.

    Attributes:
        states: its answers; where there is one alone, not to have it is the second answer.
        shares: of the people who have each answer, shape (a,), summing to 1; of one person, probabilities.
    """

    states: tuple[MolecularState, ...]
    shares: Floats

    @property
    def unknowns(self) -> int:
        """Numbers that are drawn for all people at once: a factor for each shift, and the share of each state."""
        return len(self._shifts) + len(self.states)

    def relative(self, normal: Floats, uniform: Floats) -> Floats:
        """What people with each answer are moved by, relative to everybody, shape (a, 7), for one draw of what is not known.

        Args:
            normal: standard normal, one for each shift.
            uniform: from 0 to 1, one for each state.
        """
        factor = np.ones((len(self.shares), len(SHIFTED)))
        for (row, column), z in zip(self._shifts, normal, strict=True):
            typical = self.states[row].factors[column] or 1.0
            factor[row, column] = typical * np.exp(self.states[row].spread * z)
        low, high = np.array([state.share for state in self.states]).T
        population = low + (high - low) * uniform
        if len(self.shares) > len(self.states):
            population = np.append(population, 1 - population.sum())
        return np.asarray(factor / (population / population.sum() @ factor))

    def draw_relative(self, rng: np.random.Generator) -> Floats:
        """`relative` for a random draw."""
        return self.relative(rng.standard_normal(len(self._shifts)), rng.random(len(self.states)))

    @property
    def _shifts(self) -> list[tuple[int, int]]:
        """Answer and place of each factor that is supposed."""
        return [
            (row, at) for row, state in enumerate(self.states) for at, factor in enumerate(state.factors) if factor is not None
        ]


def ask_states(shares: Mapping[str, float]) -> tuple[StateQuestion, ...]:
    """Questions from the share of people who have each state named; 1 is present, 0 absent, what is not named was not measured.

    What is left in a question goes to its other answers by their share of everybody.

    Raises:
        DrugError: an unknown state, or shares that cannot be.
    """
    known = load_molecular_states()
    for name, share in shares.items():
        if name not in known:
            raise DrugError(f"no molecular state {name!r}", do=ask_nearest(name, known))
        if not 0 <= share <= 1:
            raise DrugError(f"a share of {share:g} cannot be", where=name, do="give a share from 0 to 1, present or absent")
    questions = dict.fromkeys(known[name].question for name in known if name in shares)
    return tuple(_question(tuple(each for each in known.values() if each.question == asked), shares) for asked in questions)


def give_states(people: People, questions: tuple[StateQuestion, ...], rng: np.random.Generator) -> People:
    """The same people with their driver weights and bypass moved by states, in the order of their shares of bypass.

    Args:
        people: as everybody of their genotypes.
        questions: what was measured; who has which answer is drawn by its shares.
        rng: source of randomness.
    """
    relative = np.ones((people.n, len(SHIFTED)))
    for question in questions:
        answer = rng.choice(len(question.shares), people.n, p=question.shares)
        relative *= question.draw_relative(rng)[answer]
    genotypes = load_genotypes()
    before = np.array([genotypes[name].weights for name in people.genotype])
    whole = np.column_stack([people.weights, 1 - people.weights.sum(axis=1)])
    weights = move_weights(whole, before, move_concentrations(before, relative), rng)
    bypass = np.clip(BYPASS_GRID[people.group] * relative[:, -1], 0, 1)
    group = np.asarray(np.rint(bypass * (len(BYPASS_GRID) - 1)), dtype=np.int64)
    return replace(people, weights=weights[:, :-1], group=group).take(np.argsort(group, kind="stable"))


def move_concentrations(concentrations: Floats, relative: Floats) -> Floats:
    """Concentrations of the pathways and of the rest, shape (..., 7), moved by factors (..., 7) as of `relative`; their sum stays."""
    moved = concentrations * np.concatenate([relative[..., :-1], np.ones_like(relative[..., -1:])], axis=-1)
    return np.asarray(moved * (concentrations.sum(axis=-1) / moved.sum(axis=-1))[..., None])


def move_weights(weights: Floats, before: Floats, after: Floats, rng: np.random.Generator) -> Floats:
    """Dirichlet weights (n, 7) of concentrations `before` as weights of concentrations `after`, each person's moved as little as may be."""
    sizes = weights * rng.standard_gamma(before.sum(axis=1))[:, None]
    kept = rng.beta(np.minimum(before, after), np.where(after < before, before - after, 1.0))
    sizes = np.where(after < before, sizes * kept, sizes + rng.standard_gamma(np.maximum(after - before, 0.0)))
    return np.asarray(sizes / sizes.sum(axis=1, keepdims=True))


def _question(states: tuple[MolecularState, ...], shares: Mapping[str, float]) -> StateQuestion:
    """Shares of all answers; what nobody named is divided as it is in everybody."""
    middle = np.array([sum(state.share) / 2 for state in states])
    if len(states) == 1:
        middle = np.append(middle, 1 - middle)
    named = np.array([state.name in shares for state in states] + [False] * (len(middle) - len(states)))
    given = np.array([shares.get(state.name, 0.0) for state in states] + [0.0] * (len(middle) - len(states)))
    left = 1 - given.sum()
    if left < -ROUNDING or (named.all() and abs(left) > ROUNDING):
        question = states[0].question
        raise DrugError(
            f"shares that sum to {given.sum():g} cannot be", where=question, do="one person has one of its states: sum to 1"
        )
    rest = np.where(named, 0.0, middle)
    total = given if named.all() else given + max(left, 0.0) * rest / rest.sum()
    return StateQuestion(states, total / total.sum())
