import numpy as np
import polars as pl
import pytest

from stallpoint.core.cohort import Cohort, Modifiers
from stallpoint.core.errors import EstimandError
from stallpoint.core.tables import TABLES
from stallpoint.response.modifier_values import modifier_values, named_modifiers

N = 40


def cohort(**columns):
    """People in two arms, turn by turn, with the given columns."""
    patients = pl.DataFrame({"patient": [f"P{i}" for i in range(N)], "arm": ["active", "placebo"] * (N // 2), **columns})
    empty = {name: pl.DataFrame(schema=table.dtypes) for name, table in TABLES.items()}
    return Cohort("c", **{**empty, "patients": patients})


def test_numbers_are_centred_and_counted_per_standard_deviation():
    weight = np.linspace(50, 90, N)
    given = modifier_values(cohort(weight_kg=weight), "weight_kg")
    values = given.values["modifier_1"].to_numpy()
    assert values.mean() == pytest.approx(0)
    assert values.std(ddof=1) == pytest.approx(1)


def test_age_is_counted_per_ten_years():
    given = modifier_values(cohort(age_years=[50.0, 70.0] * (N // 2)), "age_years")
    assert given.values["modifier_1"].unique().sort().to_list() == pytest.approx([-1, 1])
    assert given.labels == ("age, per 10 years",)


def test_words_are_contrasted_with_the_most_frequent_level():
    given = modifier_values(cohort(onset_site=["limb"] * 24 + ["bulbar"] * 16), "onset_site")
    assert given.labels == ("onset site, bulbar against limb",)
    assert given.values["modifier_1"].sum() == 16


def test_a_rare_level_is_left_out_and_not_called_the_usual_one():
    given = modifier_values(cohort(onset_site=["limb"] * 24 + ["bulbar"] * 12 + ["other"] * 4), "onset_site")
    assert given.columns == ("modifier_1",)
    assert given.values.height == 36


def test_a_level_of_one_arm_only_is_left_out():
    """Its contrast with treatment could not be told from the level itself."""
    site = ["other" if i % 2 and i < 16 else "bulbar" if i >= 28 else "limb" for i in range(N)]
    given = modifier_values(cohort(onset_site=site), "onset_site")
    assert given.labels == ("onset site, bulbar against limb",)
    assert given.values.height == 32


@pytest.mark.parametrize("smoker", [[True] * N, [True] * 4 + [False] * (N - 4), [None] * N])
def test_what_hardly_varies_is_refused(smoker):
    with pytest.raises(EstimandError, match="smoker"):
        modifier_values(cohort(smoker=pl.Series(smoker, dtype=pl.Boolean)), "smoker")


def test_unknown_values_are_left_out_and_never_filled():
    smoker = pl.Series([None] * 8 + [True, True, False, False] * 8)
    given = modifier_values(cohort(smoker=smoker), "smoker")
    assert given.values.height == 32
    assert given.labels == ("smoker, yes against no",)


def test_risk_scores_made_elsewhere_come_first():
    named = named_modifiers(Modifiers(prespecified=("smoker", "tricals"), explored=("sex", "encals")))
    assert named == [("tricals", True), ("encals", False), ("smoker", True), ("sex", False)]
