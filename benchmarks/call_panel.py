"""Call the variants that a file names, one HGVS name on a chromosome a line, in everybody of a VCF: what benchmarks/genome.py times.

Run: python benchmarks/call_panel.py COHORT.vcf.gz NAMES.txt
"""

import sys
from pathlib import Path

from stallpoint.profile.genome.read import call_file


def main() -> None:
    """Print how many people carry each variant, how many do not, and in how many it was not tested."""
    panel = call_file(Path(sys.argv[1]), also=Path(sys.argv[2]).read_text(encoding="utf-8").split())
    for variant, calls in zip(panel.variants, panel.calls, strict=True):
        sys.stdout.write(f"{variant.label} {(calls == 1).sum()} {(calls == 0).sum()} {(calls == -1).sum()}\n")


if __name__ == "__main__":
    main()
