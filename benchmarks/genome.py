"""Cost of calling a panel of 200 positions in a bgzipped, indexed VCF, beside bcftools on the same file, in CPU seconds, as JSON.

Run: python benchmarks/genome.py --samples 2000 --rows 200000 --repeats 15 --out benchmarks/results

`bcftools query -R` lists the genotypes of the panel's positions; stallpoint (benchmarks/call_panel.py) reads them, calls present, absent or
not tested in everybody and counts copies. Both are timed as whole processes, with the start of Python and its libraries; stallpoint also
without that start. A third process starts Python, numpy and pysam and reads the same rows without calling anything: no caller that
stands on these libraries can cost less. The file is invented: genotypes only, drawn with a seed. Copies are compared number by number with
what bcftools lists.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pysam

from stallpoint.core.variant import Place, Variant
from stallpoint.io.vcf.file import open_vcf
from stallpoint.profile.genome.call import PanelCalls, call_panel
from stallpoint.profile.genome.hgvs import write_hgvs

SEED = 6
THEIRS = "bcftools query -R"
PANEL = 200
STEP = 150
BASES = "ACGT"


def write_file(path: Path, *, samples: int, rows: int) -> None:
    """A bgzipped VCF with its index: one row every `STEP` bases of chromosome 21, allele frequencies from 0.001 to 0.5."""
    rng = np.random.default_rng(SEED)
    names = "\t".join(f"S{number}" for number in range(samples))
    head = "##fileformat=VCFv4.2\n##contig=<ID=chr21,length=46709983>\n"
    head += '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    head += f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}\n"
    texts = np.array([b"0/0\t", b"0/1\t", b"1/1\t"]).view(np.uint8).reshape(3, 4)
    with pysam.BGZFile(str(path), "wb", None) as out:
        out.write(head.encode())
        for row in range(rows):
            frequency = float(np.exp(rng.uniform(np.log(0.001), np.log(0.5))))
            cells = texts[rng.binomial(2, frequency, samples)].tobytes()[:-1]
            reference, allele = BASES[row % 4], BASES[(row + 1) % 4]
            out.write(f"chr21\t{1000 + STEP * row}\t.\t{reference}\t{allele}\t.\tPASS\t.\tGT\t".encode() + cells + b"\n")
    pysam.tabix_index(str(path), preset="vcf", force=True)


def panel_of(rows: int) -> tuple[Variant, ...]:
    """Places spread evenly over the file."""
    chosen = np.linspace(0, rows - 1, PANEL).astype(int)
    return tuple(
        Variant(
            "",
            f"v{row}",
            coordinates="verified",
            places={"GRCh38": Place("21", 1000 + STEP * row, BASES[row % 4], BASES[(row + 1) % 4])},
        )
        for row in chosen.tolist()
    )


def call(path: Path, rows: int) -> PanelCalls:
    """What is timed without the start."""
    return call_panel(open_vcf(path), panel_of(rows), "GRCh38")


def cpu_of_children(words: list[str]) -> tuple[float, str]:
    """CPU seconds, user and system, of one process, and what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, said


READING = """
import sys, numpy, pysam
with pysam.TabixFile(sys.argv[1]) as rows:
    for line in open(sys.argv[2]):
        contig, position = line.split()
        for row in rows.fetch(contig, int(position) - 1, int(position)):
            pass
"""


def time_all(path: Path, rows: int, repeats: int) -> dict[str, Any]:
    """All repeats in turns, so that a busy minute meets all."""
    targets, names = path.with_suffix(".targets"), path.with_suffix(".names")
    places = [variant.places["GRCh38"] for variant in panel_of(rows)]
    targets.write_text("".join(f"chr21\t{place.position}\n" for place in places), encoding="utf-8")
    names.write_text("".join(f"{write_hgvs(place, 'GRCh38')}\n" for place in places), encoding="utf-8")
    processes = {
        THEIRS: ["bcftools", "query", "-R", str(targets), "-f", "%CHROM %POS[ %GT]\\n", str(path)],
        "numpy, pysam and reading alone": [sys.executable, "-c", READING, str(path), str(targets)],
        "stallpoint, whole process": [sys.executable, str(Path(__file__).with_name("call_panel.py")), str(path), str(names)],
    }
    times: dict[str, list[float]] = {name: [] for name in (*processes, "stallpoint, without start")}
    for _ in range(repeats):
        for name, words in processes.items():
            times[name].append(cpu_of_children(words)[0])
        start = time.process_time()
        found = call(path, rows)
        times["stallpoint, without start"].append(time.process_time() - start)
    listed = cpu_of_children(processes[THEIRS])[1].splitlines()
    copies = np.array([[genotype.count("1") for genotype in line.split()[2:]] for line in listed])
    ratios = {name: np.array(values) / np.array(times[THEIRS]) for name, values in times.items()}
    return {
        "cpu_seconds": {
            name: {"median": float(np.median(values)), "least": min(values), "all": values} for name, values in times.items()
        },
        "times_bcftools": {
            name: {"median": float(np.median(each)), "least": float(each.min()), "most": float(each.max())}
            for name, each in ratios.items()
        },
        "copies_equal": bool((copies == found.copies).all()),
        "calls": int(found.calls.size),
    }


def main() -> None:
    """Make the file, time both, write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cohort.vcf.gz"
        write_file(path, samples=options.samples, rows=options.rows)
        record = {
            "samples": options.samples,
            "rows": options.rows,
            "panel": PANEL,
            "file_megabytes": path.stat().st_size / 1e6,
            **time_all(path, options.rows, options.repeats),
            "python": platform.python_version(),
            "pysam": version("pysam"),
        }
    (options.out / "genome.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(record["times_bcftools"], indent=1) + f"\ncopies equal: {record['copies_equal']}\n")


if __name__ == "__main__":
    main()
