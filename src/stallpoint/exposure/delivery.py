"""Could another way of delivery help? What it can do at most, at the spinal cord, and what that would be worth.

Nothing here is advice: the strongest label is `worth a study`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import DrugError
from stallpoint.exposure.barrier import Efflux, PumpState, efflux_burden, relative_ratio
from stallpoint.exposure.engagement import scaled_share
from stallpoint.knowledge.barrier import load_barrier_facts
from stallpoint.knowledge.delivery import DeliveryOption

Array = npt.NDArray[np.float64]
Number = float | Array
Label = Literal["worth a study", "would matter little", "not at the spinal cord", "cannot tell"]

WORTHWHILE_GAIN = 0.1
"""A tenth of the largest effect: less would be lost in the noise of a trial. A choice, not a measurement."""


class DeliveryError(DrugError):
    """A quantity of delivery that cannot be, or that must not be carried from one species to another."""


@dataclass(frozen=True)
class DeliveryGain:
    """What an option does to the unbound level at the neuron (factor, 95% of draws) and to the share of the effect (gain).

    The gains are None where the share that the plain drug reaches is not known.
    """

    option: DeliveryOption
    factor: float
    factor_low: float
    factor_high: float
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    label: Label
    why: str


def judge_option(
    option: DeliveryOption, *, ratio: Array, efflux: Efflux, share: Array | None, rng: np.random.Generator
) -> DeliveryGain:
    """An option's effect for a drug whose barrier is known as draws.

    Args:
        option: the way of delivery.
        ratio: draws (n,) of Kp,uu of the plain drug.
        efflux: draws of how strongly the pumps work on it.
        share: draws of the share of the largest effect that the plain drug reaches; None where not known.
        rng: of what the option does, log-uniform over its range.
    """
    strength = option.low * (option.high / option.low) ** rng.random(len(ratio))
    factor = option_factor(option, strength, ratio=ratio, efflux=efflux, rng=rng)
    low, middle, high = (float(np.quantile(factor, q)) for q in (0.025, 0.5, 0.975))
    gain = (None, None, None) if share is None else _gain(share, factor)
    label, why = _label(option, gain)
    return DeliveryGain(option, middle, low, high, gain[0], gain[1], gain[2], label, why)


def option_factor(option: DeliveryOption, strength: Array, *, ratio: Array, efflux: Efflux, rng: np.random.Generator) -> Array:
    """The unbound level at the treated site with the option over that without it, averaged over time.

    What raises permeability works in both directions: it lifts Kp,uu towards 1 and not beyond. Only dosing past the barrier can. What
    opens the barrier in sessions is averaged over the time between them (`rng` draws how fast it closes, and how often it is opened).
    """
    if option.acts_on == "pumps":
        blocked = PumpState(pgp_inhibited=strength, bcrp_inhibited=strength)
        return np.asarray(np.minimum(relative_ratio(efflux, blocked), 1 / ratio))
    if option.acts_on == "permeability":
        return np.asarray(permeable_ratio(ratio, strength) / ratio)
    if option.acts_on == "opens":
        closing_h, period_h = (_draw_fact(f"focused_ultrasound_{what}", len(ratio), rng) for what in ("closing_time", "interval"))
        loss = Efflux(1 / ratio - 1)
        return np.asarray(opened_ratio_average(loss, opening=strength - 1, closing_h=closing_h, period_h=period_h) / ratio)
    return strength


def _draw_fact(key: str, count: int, rng: np.random.Generator) -> Array:
    """Draws (count,) of a number on the barriers, log-uniform over its range."""
    fact = load_barrier_facts()[key]
    low, high = (fact.value if end is None else end for end in (fact.low, fact.high))
    return np.asarray(low * (high / low) ** rng.random(count))


def permeable_ratio(ratio: Number, factor: Number) -> Number:
    """Kp,uu when passive permeability is multiplied and efflux stays: 1 / (1 + (1/Kp,uu - 1) / factor). It cannot exceed 1."""
    return 1 / (1 + (1 / ratio - 1) / factor)


def opened_ratio_average(efflux: Efflux, *, opening: Number, closing_h: Number, period_h: Number) -> Number:
    """Kp,uu averaged over the time between two sessions of focused ultrasound, in the opened volume, at quasi-steady state.

    Permeability is PS0 (1 + D exp(-t / tau)): D = `opening`, tau = `closing_h`, sessions every `period_h`. With r the efflux burden,
    Kp,uu(t) = g / (g + r), g = 1 + D exp(-t / tau), whose mean has the closed form below.

    Raises:
        DeliveryError: a negative opening, or times that are not above 0.
    """
    if not (np.all(np.asarray(opening) >= 0) and np.all(np.asarray(closing_h) > 0) and np.all(np.asarray(period_h) > 0)):
        raise DeliveryError("an opening needs a size of 0 or more, and times above 0")
    burden = np.asarray(efflux_burden(efflux))
    depth = opening / (1 + burden)
    passed = np.log1p(depth) - np.log1p(depth * np.exp(-np.asarray(period_h) / closing_h))
    average: Number = 1 - burden / (1 + burden) * (1 - closing_h * passed / period_h)
    return average


def treated_volume_share(treated_ml: float, brain_g: float) -> float:
    """Share of the brain that is opened, at a density of 1 g/mL. The spinal cord's share is 0."""
    return treated_ml / brain_g


def saturable_uptake(conc: Number, *, most: Number, half: Number, passive: Number = 0.0) -> Number:
    """Uptake clearance by receptor-mediated transcytosis, Vmax / (Km + C) + nonspecific: it falls as the receptor fills.

    Michaelis & Menten (1913) Biochem Z 49:333. Units: `most` amount per time, `half` and `conc` amount per volume.

    Raises:
        DeliveryError: a negative concentration or constant.
    """
    if not (np.all(np.asarray(conc) >= 0) and np.all(np.asarray(most) >= 0) and np.all(np.asarray(half) > 0)):
        raise DeliveryError("uptake needs concentrations of 0 or more and a half-saturation above 0")
    return most / (half + conc) + passive


def dose_share_in_brain(percent_per_g: float, *, brain_g: float, measured_in: str, wanted_in: str) -> float:
    """Share of a dose that is in the brain, from per cent of the dose per gram.

    Raises:
        DeliveryError: for another species: a mouse's brain is 0.4 g of a 25 g body, so its per cent per gram says nothing of a person's.
    """
    if measured_in != wanted_in:
        what = f"per cent of dose per gram of {measured_in} brain cannot be used for a {wanted_in}"
        do = "divide by the plasma AUC to an uptake clearance (uL/g/min), which can be carried over"
        raise DeliveryError(what, do=do)
    return percent_per_g * brain_g / 100


def intrathecal_ceiling_mg_l(rate_mg_h: Number, *, csf_flow_ml_min: float) -> Number:
    """The highest level in CSF that an intrathecal infusion can hold: bulk flow alone carries the drug away.

    A lipophilic drug is lost through vessels as well, so its level is lower, and the cord's lower still.
    """
    return rate_mg_h / (csf_flow_ml_min * 60 / 1000)


def _gain(share: Array, factor: Array) -> tuple[float, float, float]:
    """What more drug adds to the share of the effect: middle, low and high end of 95% of draws."""
    middle, low, high = np.quantile(np.asarray(scaled_share(share, factor)) - share, [0.5, 0.025, 0.975])
    return float(middle), float(low), float(high)


def _label(option: DeliveryOption, gain: tuple[float | None, float | None, float | None]) -> tuple[Label, str]:
    middle, low, high = gain
    if option.reaches_cord == "no":
        return "not at the spinal cord", f"it acts {_say_opened(option)}; lower motor neurons are not reached"
    if middle is None or low is None or high is None:
        return (
            "cannot tell",
            "what share of the effect the plain drug reaches is not known, so neither is what more drug would add",
        )
    span = f"{low:.0%} to {high:.0%} of the largest effect (middle {middle:.0%})"
    if high < WORTHWHILE_GAIN:
        return "would matter little", f"it could add {span}"
    if option.reaches_cord == "unknown":
        return "cannot tell", f"whether it reaches the cord of people is not known; there it could add {span}"
    if middle < WORTHWHILE_GAIN:
        return "cannot tell", f"it could add {span}, by most draws too little for a trial to see"
    return "worth a study", f"it could add {span}, if its conditions hold"


def _say_opened(option: DeliveryOption) -> str:
    """Where an option acts that does not reach the cord."""
    if option.acts_on != "opens":
        return "where it is aimed in the brain"
    facts = load_barrier_facts()
    share = treated_volume_share(facts["focused_ultrasound_volume_alzheimer"].value, facts["brain_mass_human"].value)
    return f"in the opened {share:.2%} of the brain, whose level is averaged here over the time between sessions"
