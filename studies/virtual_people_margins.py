"""Virtual people beside published margins, as JSON and a chart.

Run: python studies/virtual_people_margins.py --people 20000 --seed 20261123 --out studies/results
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from stallpoint.draw.margins import draw_margins
from stallpoint.draw.palette import render_css_colours
from stallpoint.draw.svg import render_svg
from stallpoint.mechanism.published import compare_with_published


def main() -> None:
    """Write virtual_people_margins.json and .svg."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    margins = compare_with_published(wanted.people, rng=np.random.default_rng(wanted.seed))
    text = json.dumps({"people": wanted.people, "seed": wanted.seed, "margins": margins.to_dicts()}, indent=1)
    (wanted.out / "virtual_people_margins.json").write_text(text + "\n", encoding="utf-8")
    said = "; ".join(
        f"{row['quantity']} {row['simulated']:.3g}, published {row['low']:g} to {row['high']:g}" for row in margins.to_dicts()
    )
    svg = render_svg(draw_margins(margins, title="Virtual people beside published margins"), alt=f"{said}.")
    svg = svg.replace("</title>", f"</title><style>{render_css_colours()}</style>", 1)
    (wanted.out / "virtual_people_margins.svg").write_text(svg + "\n", encoding="utf-8")
    print(margins.select("quantity", "simulated", "low", "high", "within"))


if __name__ == "__main__":
    main()
