"""The mechanism confronted with the trial record: natural history, benchmarks, held-out trials, what is identifiable.

Run: python studies/trial_record.py --draws 20000 --per-drug 300 --repeats 300 --people 20000 --seed 20261123 --out studies/results

Held out: each drug in turn, with all its trials. Each of its trials is then predicted by (a) the mechanism, calibrated to all other
drugs; (b) a random-effects meta-analysis of all other drugs' trials (DerSimonian & Laird); (c) the same with covariates for what a pathway
is and for doses at the limit of tolerance; (d) no effect at all. Scores: mean log predictive density of the log ratio, share of trials
inside the central 50, 80 and 95%. Verdicts (benefit, harm, neither at two-sided 5%) are scored by the log of the probability given to what
came out, against the shares among the other trials (the base rate, one added to each).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.exposure.uncertain import Uncertain
from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.mechanism import load_drug_hypotheses, load_mechanism
from stallpoint.knowledge.trial_record import TrialResult, load_trial_record
from stallpoint.mechanism.calibrate import Calibration, calibrate, trial_error
from stallpoint.mechanism.predict import predict_trials
from stallpoint.mechanism.published import compare_with_published
from stallpoint.mechanism.treatment import prepare_treatment
from stallpoint.mechanism.trial import TrialPlan
from stallpoint.mechanism.virtual_people import Entry

Floats = npt.NDArray[np.float64]
LEVELS = (0.5, 0.8, 0.95)
LINE = norm.ppf(0.975)

WIDE = Entry(least_points=8.0, least_breathing=0.2, most_months=120.0)

# The criterion of VALOR is set so that untreated virtual people lose what its placebo arm lost, some 8 points in 28 weeks.
BENCHMARKS = (
    (
        "tofersen, VALOR, faster SOD1",
        "tofersen",
        None,
        TrialPlan(39, 21, 28, 4, Entry(genotype="SOD1", least_lost_per_month=0.4)),
    ),
    ("ceftriaxone, stage 3", "ceftriaxone", "trial, high", TrialPlan(340, 173, 52)),
    ("dexpramipexole, EMPOWER", "dexpramipexole", None, TrialPlan(474, 468, 52)),
    ("perampanel 8 mg", "perampanel", "trial, high", TrialPlan(21, 22, 48)),
    ("edaravone by mouth, ADORE", "edaravone", "oral daily, European trial", TrialPlan(205, 97, 48)),
    ("C9orf72 antisense (BIIB078 in place of WVE-004)", "BIIB078", None, TrialPlan(13, 6, 24, 4, Entry(genotype="C9orf72"))),
    ("riluzole, early", "riluzole", "standard", TrialPlan(236, 242, 78, 12)),
    ("riluzole, wide criteria (score from 8, up to ten years ill)", "riluzole", "standard", TrialPlan(84, 84, 78, 12, WIDE)),
)


def main() -> None:
    """Everything, as one JSON file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--per-drug", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=300)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    streams = np.random.default_rng(asked.seed).spawn(4)
    known, record = load_mechanism(), load_trial_record()
    margins = compare_with_published(asked.people, rng=streams[0])
    fitted = calibrate(record, known=known, rng=streams[1], draws=asked.draws, per_drug=asked.per_drug)
    result = {
        "natural_history": margins.to_dicts(),
        "identifiable": identifiable(fitted),
        "effective_draws": fitted.effective_draws(),
        "held_out": held_out(fitted, record, streams[2]),
        "benchmarks": [
            benchmark(row, asked.repeats, stream)
            for row, stream in zip(BENCHMARKS, streams[3].spawn(len(BENCHMARKS)), strict=True)
        ],
        "sobol_of_the_log_rate": sensitivity(np.random.default_rng(asked.seed)),
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "trial_record.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: value for key, value in result.items() if key != "natural_history"}, indent=1))


def identifiable(fitted: Calibration) -> list[dict[str, Any]]:
    """Prior and posterior mean and SD of every shared parameter, and the shrinkage: 1 less the ratio of variances."""
    weights, rows = fitted.weights(), []
    for name, draws in fitted.shared.table.items():
        mean = float(weights @ draws)
        sd = float(np.sqrt(weights @ (draws - mean) ** 2))
        prior = float(draws.std())
        rows.append(
            {
                "parameter": name,
                "prior": float(draws.mean()),
                "prior_sd": prior,
                "posterior": mean,
                "posterior_sd": sd,
                "shrinkage": 1 - (sd / prior) ** 2,
            }
        )
    return rows


def held_out(fitted: Calibration, record: tuple[TrialResult, ...], rng: np.random.Generator) -> dict[str, Any]:
    """Scores of all ways to predict, and every trial with its prediction."""
    rows: list[dict[str, Any]] = []
    for drug, fit in fitted.drugs.items():
        weights = fitted.weights(without=drug)
        picked = rng.choice(len(weights), 20_000, p=weights)
        others = [trial for trial in record if trial.drug != drug]
        for column, trial in enumerate(fit.trials):
            ways = {
                "mechanism": (fit.effects[picked, column], np.zeros(1)),
                "meta-analysis": _pooled(others, trial, covariates=False),
                "meta-regression": _pooled(others, trial, covariates=True),
                "no effect": (np.zeros(1), np.zeros(1)),
            }
            rows.append(
                {
                    "trial": trial.trial,
                    "drug": drug,
                    "at_limit": any(each.drug == drug and each.tolerance_limit for each in load_drug_hypotheses()),
                    "found": trial.log_ratio,
                    "std_error": trial_error(trial),
                    **_judge(trial, ways, others, rng),
                }
            )
    table = pl.DataFrame(rows)
    ways_named = ("mechanism", "meta-analysis", "meta-regression", "no effect")
    scores = {way: _score(table, way) for way in ways_named}
    gains = {way: _paired(table, "mechanism density", f"{way} density") for way in ways_named[1:]}
    verdicts = {way: float(table[f"{way} verdict"].mean()) for way in ("mechanism", "base rate")}  # type: ignore[arg-type]
    return {
        "trials": len(rows),
        "scores": scores,
        "mean_log_density_gain_of_mechanism_over": gains,
        "the_same_without_doses_at_the_limit_of_tolerance": {
            way: _paired(table.filter(~pl.col("at_limit")), "mechanism density", f"{way} density") for way in ways_named[1:]
        },
        "mean_log_probability_of_verdict": verdicts,
        "gain_of_mechanism_over_base_rate": _paired(table, "mechanism verdict", "base rate verdict"),
        "rows": rows,
    }


def _judge(
    trial: TrialResult, ways: dict[str, tuple[Floats, Floats]], others: list[TrialResult], rng: np.random.Generator
) -> dict[str, Any]:
    """Log density, and where in its predictive distribution the result lies, by way; the verdict's log probability."""
    told: dict[str, Any] = {}
    for way, (centre, spread) in ways.items():
        sd = np.sqrt(trial_error(trial) ** 2 + spread**2)
        told[f"{way} density"] = float(np.log(norm.pdf(trial.log_ratio, centre, sd).mean()))
        told[f"{way} place"] = float(norm.cdf((trial.log_ratio - centre) / sd).mean())
    effects = ways["mechanism"][0]
    drawn = effects + trial.std_error * rng.standard_normal(len(effects))
    shares = np.array([(_verdict(drawn, trial.std_error) == kind).mean() for kind in (-1, 0, 1)])
    counts = np.array(
        [1 + sum(int(_verdict(np.array([each.log_ratio]), each.std_error)[0]) == kind for each in others) for kind in (-1, 0, 1)]
    )
    came = int(_verdict(np.array([trial.log_ratio]), trial.std_error)[0]) + 1
    told["mechanism verdict"] = float(np.log(max(shares[came], 1 / len(drawn))))
    told["base rate verdict"] = float(np.log(counts[came] / counts.sum()))
    return told


def _verdict(log_ratio: Floats, error: float) -> npt.NDArray[np.int64]:
    """-1 benefit, 0 neither, 1 harm."""
    return np.asarray(np.sign(log_ratio) * (np.abs(log_ratio) > LINE * error), dtype=np.int64)


def _score(table: pl.DataFrame, way: str) -> dict[str, float]:
    place = table[f"{way} place"].to_numpy()
    inside = {f"inside_{level:.0%}": float((np.abs(place - 0.5) < level / 2).mean()) for level in LEVELS}
    return {"mean_log_density": float(table[f"{way} density"].mean()), **inside}  # type: ignore[arg-type]


def _paired(table: pl.DataFrame, one: str, other: str) -> dict[str, float]:
    """Mean difference with its standard error over drugs: trials of one drug are not independent."""
    gain = table.select("drug", gain=pl.col(one) - pl.col(other)).group_by("drug").agg(pl.col("gain").sum(), pl.len())
    total, n = gain["gain"].to_numpy(), table.height
    error = float(np.sqrt(((total - gain["len"].to_numpy() * total.sum() / n) ** 2).sum()) / n)
    return {"gain": float(total.sum() / n), "std_error": error}


def _pooled(others: list[TrialResult], trial: TrialResult, *, covariates: bool) -> tuple[Floats, Floats]:
    """Centre and spread (between trials, and of the centre itself) of a random-effects prediction."""
    found, error = (np.array([getattr(each, name) for each in others]) for name in ("log_ratio", "std_error"))
    error = np.array([trial_error(each) for each in others])
    design = np.stack([_covariates(each, covariates=covariates) for each in others])
    keep = np.flatnonzero(design.any(axis=0))
    design, asked = design[:, keep], _covariates(trial, covariates=covariates)[keep]
    weights = 1 / error**2
    inverse = np.linalg.pinv(design.T @ (weights[:, None] * design))
    residual = found - design @ (inverse @ design.T @ (weights * found))
    trace = weights.sum() - np.trace(inverse @ design.T @ (weights[:, None] ** 2 * design))
    between = max(0.0, float((weights * residual**2).sum() - (len(found) - np.linalg.matrix_rank(design))) / trace)
    weights = 1 / (error**2 + between)
    inverse = np.linalg.pinv(design.T @ (weights[:, None] * design))
    centre = asked @ inverse @ design.T @ (weights * found)
    return np.array([centre]), np.array([np.sqrt(between + asked @ inverse @ asked)])


def _covariates(trial: TrialResult, *, covariates: bool) -> Floats:
    """Intercept; by request survival end point, dose at the limit of tolerance, and inflammation, oxidative stress and mitochondria."""
    if not covariates:
        return np.ones(1)
    said = load_drug(trial.drug).pathways
    limit = any(
        each.drug == trial.drug and each.tolerance_limit and each.dose in ("", trial.dose) for each in load_drug_hypotheses()
    )
    flags = (trial.kind == "survival", limit, "neuroinflammation" in said, "oxidative stress" in said, "mitochondria" in said)
    return np.array([1.0, *flags])


def benchmark(row: tuple[str, str, str | None, TrialPlan], repeats: int, rng: np.random.Generator) -> dict[str, Any]:
    """Shares of virtual trials of a drug whose real trials any honest model must give, with Monte Carlo errors."""
    label, name, dose, plan = row
    treatment = prepare_treatment(load_drug(name), known=load_mechanism(), rng=rng, dose=dose)
    prediction = predict_trials(plan, treatment, repeats=repeats, rng=rng)
    claims = {
        "finds a benefit": pl.col("benefit_found"),
        "finds harm": pl.col("harm_found"),
        "finds neither": ~(pl.col("benefit_found") | pl.col("harm_found")),
        "NfL lower by a tenth at least, and no benefit found": (pl.col("nfl_ratio") < 0.9) & ~pl.col("benefit_found"),
        "NfL lower by a tenth at least": pl.col("nfl_ratio") < 0.9,
        "truly spares a tenth of the loss": pl.col("true_slowing") >= 0.1,
    }
    told = {claim: vars(prediction.probability(expression)) for claim, expression in claims.items()}
    harm = prediction.trials["slope_difference"].to_numpy() * plan.weeks / 4.348
    return {
        "benchmark": label,
        "engagement": treatment.ground,
        **told,
        "points_at_the_end": np.quantile(harm, [0.025, 0.5, 0.975]).tolist(),
    }


def sensitivity(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Sobol indices of the log rate of loss at rest of a drug on one pathway of six: what its effect hangs on."""
    from stallpoint.exposure.sensitivity import swing_inputs
    from stallpoint.mechanism.pathways import build_network

    def between(name: str, low: float, high: float) -> Uncertain:
        return Uncertain(
            name,
            name,
            float(np.sqrt(low * high)),
            low,
            high,
            "share",
            "assumed",
            "assumed",
            "modelling_choice",
            "",
            "log-uniform",
            high,
        )

    inputs = {
        "engagement": between("engagement", 0.1, 0.98),
        "largest shift": between("largest shift", 0.15, 0.9),
        "driver weight": between("driver weight", 0.01, 0.4),
        "bypass": between("bypass", 0.01, 0.6),
    }
    gain = np.stack([np.diag(build_network(bypass=each).gain) for each in np.linspace(0, 1, 21)])[:, 0]

    def effect(draws: Any, _count: int) -> Floats:
        kept = np.interp(draws["bypass"], np.linspace(0, 1, 21), gain)
        return np.asarray(draws["driver weight"] * kept * np.log1p(-draws["largest shift"] * draws["engagement"]))

    return [vars(swing) for swing in swing_inputs(inputs, effect, count=8192, rng=rng)]


if __name__ == "__main__":
    main()
