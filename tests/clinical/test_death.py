import polars as pl

from stallpoint.clinical.death import stage_with_death


def test_only_a_known_death_replaces_a_stage():
    stages = pl.Series("kings", [1, 2, None, None])
    assert stage_with_death(stages, pl.DataFrame({"died": [True, None, True, False]})).to_list() == [5, 2, 5, None]
    assert stage_with_death(stages, pl.DataFrame({"patient": ["a"] * 4})).to_list() == [1, 2, None, None]
