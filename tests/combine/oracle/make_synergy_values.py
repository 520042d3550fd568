"""Values of the package `synergy` 1.0.0 (GPL-3, an oracle beside us) for random surfaces, as JSON on stdout.

Run in an environment of its own:  pip install synergy==1.0.0;  python make_synergy_values.py > synergy_values.json
"""

import json
import sys
import warnings

import numpy as np
from synergy.combination import BRAID, ZIP, Loewe, MuSyC
from synergy.higher import MuSyC as HigherMuSyC
from synergy.single import Hill

warnings.filterwarnings("ignore")
SEED = 20261123
GRID = np.array([0.0, 0.1, 0.5, 2.0, 8.0, 30.0])


def draw_pair(rng):
    keys = ("E1", "E2", "h1", "h2", "C1", "C2", "alpha12", "alpha21")
    lows = (0.2, 0.2, 0.6, 0.6, 0.3, 0.3, 0.1, 0.1)
    highs = (0.8, 0.8, 2.0, 2.0, 5.0, 5.0, 10.0, 10.0)
    drawn = {k: float(np.exp(rng.uniform(np.log(a), np.log(b)))) for k, a, b in zip(keys, lows, highs, strict=True)}
    return {"E0": 1.0, "E3": float(min(drawn["E1"], drawn["E2"]) * rng.uniform(0.3, 1.0)), **drawn}


def pair_values(said):
    d1, d2 = (each.ravel() for each in np.meshgrid(GRID, GRID, indexing="ij"))
    surface = MuSyC(**said, gamma12=1.0, gamma21=1.0).E(d1, d2)
    shared = {k: said[k] for k in ("E0", "E1", "E2", "E3", "h1", "h2", "C1", "C2")}
    kappa = said["alpha12"] - 0.5
    first = Hill(E0=1.0, Emax=said["E1"], h=said["h1"], C=said["C1"])
    second = Hill(E0=1.0, Emax=said["E2"], h=said["h2"], C=said["C2"])
    loewe = Loewe(mode="delta_hsa", drug1_model=first, drug2_model=second).E_reference(d1, d2)
    zips = ZIP()
    delta = zips.fit(d1, d2, surface)
    return {
        "said": said,
        "musyc": surface.tolist(),
        "kappa": kappa,
        "braid": BRAID(**shared, kappa=kappa).E(d1, d2).tolist(),
        "loewe_reference": loewe.tolist(),
        "zip_delta": np.asarray(delta).tolist(),
    }


def triple_values(rng):
    model = HigherMuSyC(num_drugs=3)
    names = model._parameter_names
    said = {name: float(np.exp(rng.uniform(-1.2, 1.2))) for name in names}
    said |= {name: float(rng.uniform(0, 1)) for name in names if name.startswith("E")}
    d = np.exp(rng.uniform(-2, 2, (12, 3)))
    d[0] = [0.0, 1.0, 2.0]
    return {"said": said, "doses": d.tolist(), "musyc": HigherMuSyC(num_drugs=3, **said).E(d).tolist()}


def main():
    rng = np.random.default_rng(SEED)
    values = {"grid": GRID.tolist(), "pairs": [pair_values(draw_pair(rng)) for _ in range(12)]}
    values["triples"] = [triple_values(rng) for _ in range(4)]
    json.dump(values, sys.stdout)


if __name__ == "__main__":
    main()
