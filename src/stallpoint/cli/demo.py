"""stallpoint demo."""

from __future__ import annotations

from stallpoint.cli.arguments import AsJson, Out
from stallpoint.cli.errors import plainly
from stallpoint.cli.show import show_run, stage_progress


@plainly
def demo(out: Out, *, as_json: AsJson = False) -> None:
    """Run the built-in simulated trial; its report ends with what was planted beside what was found."""
    from stallpoint.study.demo_study import write_demo_study
    from stallpoint.study.run import run_study

    study = write_demo_study(out)
    with stage_progress() as tell:
        finished = run_study(study, out, tell=tell)
    show_run(finished, as_json=as_json)
