"""stallpoint run."""

from __future__ import annotations

from stallpoint.cli.arguments import AsJson, Out, Study
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_run, stage_progress


@plainly
def run(study: Study, out: Out, *, as_json: AsJson = False) -> None:
    """Analyse a study and write its report. Finished stages are kept and unchanged ones are not run again."""
    from stallpoint.study.run import run_study

    with stage_progress() as tell:
        finished = run_study(study, out, tell=tell)
    show_run(finished, as_json=as_json)
