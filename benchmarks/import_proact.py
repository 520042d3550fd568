"""How long an export of PRO-ACT takes to import, and how much memory.

Run: python benchmarks/import_proact.py --people 12000 --out benchmarks/results

The export is made by the generator of the tests, with every quirk planted. Time and memory are those of a process of its own that
imports and does nothing else.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parents[1]
_IMPORT = "--import"


def main() -> None:
    """Make an export, import it in a process of its own, write what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=12_000)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        rows = _make(arguments.people, Path(folder) / "source")
        command = [sys.executable, __file__, _IMPORT, str(Path(folder) / "source"), str(Path(folder) / "study")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    result = {"people": arguments.people, "rows": rows, **json.loads(done.stdout)}
    (arguments.out / "import_proact.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


def _make(people: int, place: Path) -> int:
    sys.path.insert(0, str(ROOT / "tests/worlds"))
    from fake_proact import RELEASES, make_proact, write_proact  # type: ignore[import-not-found]

    tables = make_proact(people, seed=1).tables
    write_proact(tables, place, RELEASES["2022"])
    return sum(frame.height for frame in tables.values())


def _import(source: Path, study: Path) -> None:
    from stallpoint.study.import_study import import_study

    wall, cpu = perf_counter(), process_time()
    imported = import_study("proact", source, study)
    measured = {
        "seconds": round(perf_counter() - wall, 1),
        "cpu_seconds": round(process_time() - cpu, 1),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "audit_entries": sum(imported.rules.values()),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    if _IMPORT in sys.argv:
        _import(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
