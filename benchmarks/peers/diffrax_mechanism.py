"""The same people and doses with diffrax: Tsit5 with adaptive steps, restarted at every dose, all people at once by vmap."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

import numpy as np

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.mechanism.action import Action
from stallpoint.mechanism.equations import start_state
from stallpoint.mechanism.follow import follow_people
from stallpoint.mechanism.neurons import CHAIN, SEED
from stallpoint.mechanism.people import People


def follow_with_diffrax(people: People, action: Action, *, weeks: int, rtol: float) -> dict[str, float]:
    """People per CPU-second, seconds to compile, and the largest relative difference of neurons and hazard from ours."""
    jax, jnp, diffrax = (import_module(name) for name in ("jax", "jax.numpy", "diffrax"))
    jax.config.update("jax_enable_x64", True)
    start = np.array([np.concatenate([start_state(people.take(np.array([i]))), np.zeros(2)]) for i in range(people.n)])
    arguments = _arguments(people, action)
    nfl, hazard = people.neurofilament, people.hazard

    def slopes(_time: Any, state: Any, own: Any) -> Any:
        logs, involved, left = state[:6], state[7:11], jnp.exp(state[11:15])
        engaged = state[19] / (1 + state[19])
        drive = jnp.zeros(6).at[jnp.array(action.pathways)].set(jnp.log1p(-own["largest"] * engaged))
        burdens = (own["coupling"] @ logs + drive - logs) / own["relaxation"]
        speed = own["rate"] * jnp.exp(own["weights"] @ logs)
        spread = own["spread"] * (CHAIN @ involved - CHAIN.sum(axis=1) * involved + own["seed"] * (1 - involved))
        loss = speed * (involved @ left) / 4 * DAYS_PER_MONTH
        source = nfl.release_per_day * (own["healthy"] + own["per_loss"] * loss - state[15])
        blood = nfl.blood_per_day * (state[15] - state[16])
        chest = (left[1] + left[2]) / 2
        breathing = 1 - (1 - chest) ** (1 + own["breathing"])
        bulbar = 1 - (1 - left[0]) ** (1 + own["reserve"])
        events = own["hazard"] * jnp.exp(hazard.breathing * (1 - breathing) + hazard.bulbar * (1 - bulbar))
        depot, level = -own["entry"] * state[18], own["entry"] * state[18] - own["loss"] * state[19]
        tail = jnp.array([source, blood, events, depot, level])
        return jnp.concatenate([burdens, speed[None], speed * spread, -speed * involved, tail])

    def follow(state: Any, own: Any) -> Any:
        def day(now: Any, _index: Any) -> Any:
            dosed = now.at[18].add(own["dose"])
            solved = diffrax.diffeqsolve(
                diffrax.ODETerm(slopes),
                diffrax.Tsit5(),
                0.0,
                1.0,
                0.05,
                dosed,
                args=own,
                stepsize_controller=diffrax.PIDController(rtol=rtol, atol=rtol * 1e-2),
                saveat=diffrax.SaveAt(t1=True),
            )
            return solved.ys[0], solved.ys[0]

        return jax.lax.scan(day, state, None, length=7 * weeks)[1][6::7]

    run = jax.jit(jax.vmap(follow))
    begin = time.process_time()
    jax.block_until_ready(run(start, arguments))
    first = time.process_time() - begin
    begin = time.process_time()
    found = np.asarray(jax.block_until_ready(run(start, arguments)))
    spent = time.process_time() - begin
    ours = follow_people(people, [action], weeks=weeks)
    neurons = np.abs(ours.neurons[:, :, 1:] / np.exp(found[:, :, 11:15]).transpose(0, 2, 1) - 1).max()
    events = np.abs(ours.cumulative_hazard[:, 1:] / found[:, :, 17] - 1).max()
    return {
        "per_cpu_second": people.n / spent,
        "people": people.n,
        "rtol": rtol,
        "compile_cpu_seconds": first - spent,
        "difference_from_ours": float(max(neurons, events)),
    }


def _arguments(people: People, action: Action) -> dict[str, Any]:
    loss = np.log(2) / action.half_life_days
    networks = [people.networks[group] for group in people.group]
    return {
        "coupling": np.stack([each.coupling for each in networks]),
        "relaxation": np.stack([each.relaxation_days for each in networks]),
        "rate": people.rate_per_day,
        "weights": people.weights,
        "spread": people.spread,
        "seed": SEED[people.onset_region],
        "healthy": people.neurofilament.healthy,
        "per_loss": people.neurofilament.per_loss,
        "reserve": people.reserve,
        "breathing": people.breathing_reserve,
        "hazard": people.hazard.at_full_function,
        "largest": action.largest,
        "entry": action.entry_per_day,
        "loss": loss,
        "dose": action.share / (1 - action.share) * loss,
    }
