import json

import polars as pl

from stallpoint.draw.margins import draw_margins
from stallpoint.draw.svg import render_svg


def test_what_lies_within_and_what_does_not_are_told_apart(assert_sound):
    margins = pl.DataFrame(
        {
            "quantity": ["alive at 12 months", "slope, SD", "a single value"],
            "simulated": [0.75, 0.9, 2.0],
            "low": [0.7, 0.62, 2.0],
            "high": [0.8, 0.65, 2.0],
            "within": [True, False, True],
        }
    )
    chart = draw_margins(margins, title="Virtual people beside published margins")
    rows = json.dumps(chart.to_dict()).replace("\\", "")
    shapes = [rows.count(f'"shape": "{shape}"') for shape in ("cross", "circle")]
    assert shapes[1] == 2 * shapes[0] > 0
    assert '"at": 2.0' in rows  # far out, drawn at the edge
    assert_sound(
        render_svg(chart, alt="Margins."),
        "beside published margins",
        "alive at 12 months",
        "0.75 (0.7 to 0.8)",
        "0.9 (0.62 to 0.65)",
    )
