"""CPU seconds per 10 x 10 matrix of the package `synergy` 1.0.0 (GPL-3): MuSyC with 100 bootstraps, and ZIP.

Run by benchmarks/combination.py in an environment of its own; reads matrices as JSON on stdin, writes seconds as JSON on stdout.
"""

import json
import sys
import time
import warnings

import numpy as np
from synergy.combination import ZIP, MuSyC

warnings.filterwarnings("ignore")
BOOTSTRAPS = 100


def main() -> None:
    said = json.load(sys.stdin)
    first, second = (np.array(said["doses"])[:, column] for column in (0, 1))
    musyc, zips = [], []
    for left in said["left"]:
        begun = time.process_time()
        MuSyC(fit_gamma=False).fit(first, second, np.array(left), bootstrap_iterations=BOOTSTRAPS)
        musyc.append(time.process_time() - begun)
        begun = time.process_time()
        ZIP().fit(first, second, np.array(left))
        zips.append(time.process_time() - begun)
    json.dump({"musyc": musyc, "zip": zips}, sys.stdout)


if __name__ == "__main__":
    main()
