"""The rules for PRO-ACT in the order of their application."""

from __future__ import annotations

from stallpoint.clean.common import AFTER, BEFORE, CONFLICTING_VISITS
from stallpoint.clean.proact import capacity, deaths, laboratory, people, visits, vital_signs
from stallpoint.clean.rule import Rule

PROACT_RULES: tuple[Rule, ...] = (
    *BEFORE,
    Rule("age_from_birth", "age is missing and the day of birth is known", people.age_from_birth),
    Rule("several_onsets", "several days of onset are recorded; the earliest counts", people.earliest_onset),
    Rule(
        "several_onset_sites",
        "several sites are recorded, so the site is neither bulbar nor limb alone",
        people.combine_onset_sites,
    ),
    Rule(
        "diagnosis_before_onset",
        "diagnosis lies before onset, and nothing tells which date is wrong",
        people.empty_diagnosis_before_onset,
    ),
    Rule("riluzole_from_medication", "riluzole is among the medication at time zero", people.riluzole_from_medication),
    Rule(
        "contradicted_riluzole",
        "recorded as not taken, and listed as medication at time zero",
        people.empty_contradicted_riluzole,
    ),
    Rule("half_point_items", "items are whole points; a half point was put in by somebody", visits.empty_half_points),
    Rule("item_5_conflict", "cutting is answered with and without gastrostomy, differently", visits.empty_contradicting_item_5),
    Rule("item_5_repeat", "cutting is answered with and without gastrostomy, alike; it counts once", visits.keep_one_item_5),
    Rule("both_scales", "the 40-point and the 48-point scale are never mixed; the revised one stands", visits.keep_revised_scale),
    CONFLICTING_VISITS,
    Rule("recorded_total", "the recorded total is not the sum of its items", visits.recompute_totals),
    Rule("capacity_entry_error", "no person's normal vital capacity is above 12 litres", capacity.empty_normal_entry_error),
    Rule("capacity_from_litres", "no percentage was recorded; litres and the normal value give it", capacity.percent_from_litres),
    Rule("best_of_three", "of up to three trials the best counts", capacity.best_of_three),
    Rule("pounds", "weight in pounds, here in kg", vital_signs.convert_pounds),
    Rule("inches", "height in inches, here in cm", vital_signs.convert_inches),
    Rule("fahrenheit", "temperature in Fahrenheit, here in Celsius", vital_signs.convert_fahrenheit),
    Rule("usual_units", "this vital sign is recorded in one unit only", vital_signs.state_usual_units),
    Rule(
        "swapped_blood_pressures",
        "the diastolic pressure lies above the systolic one of the same row",
        vital_signs.swap_blood_pressures,
    ),
    Rule("results_below_limit", "a result with < lies below that limit", laboratory.read_below_limit),
    Rule("results_with_thousands", "commas between thousands", laboratory.read_thousands),
    Rule("results_in_words", "words are no numbers", laboratory.drop_words),
    Rule("albumin_in_percent", "a share of protein is no concentration", laboratory.drop_albumin_percent),
    Rule("mchc", "its units cannot be told apart", laboratory.drop_mchc),
    Rule("red_cells", "off by a power of ten in some trials", laboratory.scale_red_cells),
    Rule("undated_beside_dated_death", "another row gives the day of this death", deaths.drop_undated_beside_dated),
    Rule("several_deaths", "two different days of death are recorded", deaths.drop_contradicting_deaths),
    Rule("death_before_last_visit", "the person was assessed after the recorded death", deaths.drop_deaths_before_last_visit),
    Rule(
        "end_of_follow_up",
        "nobody's death is known without follow-up; it ends at the last day that any table gives",
        deaths.end_at_last_contact,
    ),
    Rule("weight_at_time_zero", "the last weighing up to time zero", vital_signs.weight_at_time_zero),
    Rule("fvc_at_time_zero", "the capacity of that day", capacity.fvc_at_time_zero),
    *AFTER,
)
