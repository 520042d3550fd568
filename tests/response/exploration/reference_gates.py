"""Reference values for test_gates_reference.py by econml: doubly robust scores, effects of thirds (GATES) and the best linear predictor.

Run in this folder, in an environment with econml: python reference_gates.py. It writes reference_gates.json: the people, made here, and
what `econml.validate.DRTester` finds. Predictions are given, as they would come from other people, so nothing is learnt.
"""

import json
from pathlib import Path

import econml
import numpy as np
from econml.validate import DRTester
from econml.validate.utils import calculate_dr_outcomes

ALLOCATION = 0.4
N = 300


def make_people() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(20261123)
    x = rng.normal(size=N)
    treated = (rng.random(N) < ALLOCATION).astype(int)
    return {
        "treated": treated,
        "outcome": (0.5 * x + treated * (0.2 + 0.4 * x) + rng.normal(size=N)).round(3),
        "under_treatment": (0.2 + 0.8 * x + 0.2 * rng.normal(size=N)).round(3),
        "under_control": (0.5 * x + 0.2 * rng.normal(size=N)).round(3),
        "prediction": (0.2 + 0.4 * x + 0.3 * rng.normal(size=N)).round(6),
    }


def judge(people: dict[str, np.ndarray]) -> dict[str, object]:
    tester = object.__new__(DRTester)
    tester.n_treat, tester.treatments = 1, np.array([0, 1])
    expected = np.column_stack([people["under_control"], people["under_treatment"]])
    allocation = np.tile([1 - ALLOCATION, ALLOCATION], (N, 1))
    scores = calculate_dr_outcomes(people["treated"], people["outcome"], expected, allocation)
    tester.dr_train_ = tester.dr_val_ = scores
    tester.ate_val = scores.mean(axis=0)
    tester.cate_preds_train_ = tester.cate_preds_val_ = people["prediction"][:, None]
    groups = tester.evaluate_cal(n_groups=3).plot_data_dict[1]
    line = tester.evaluate_blp()
    return {
        "scores": scores[:, 0].tolist(),
        "gates": groups["gate"].tolist(),
        "gates_std_error": groups["se_gate"].tolist(),
        "blp": float(line.params[0]),
    }


made = make_people()
said = {
    "version": f"econml {econml.__version__}, numpy {np.__version__}",
    "allocation": ALLOCATION,
    "people": {name: values.tolist() for name, values in made.items()},
    "found": judge(made),
}
Path("reference_gates.json").write_text(json.dumps(said) + "\n", encoding="utf-8")
