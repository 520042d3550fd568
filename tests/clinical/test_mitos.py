from stallpoint.clinical.mitos import mitos_domains_lost, mitos_stage


def test_communicating_needs_speech_and_handwriting(assess):
    """Public code that writes OR gives stage 1 to the first row."""
    rows = assess({"q1": 0}, {"q4": 0}, {"q1": 1, "q4": 1})
    assert mitos_stage(rows).to_list() == [0, 0, 1]
    assert mitos_domains_lost(rows)["communicating"].to_list() == [False, False, True]


def test_all_four_domains_lost(assess):
    assert mitos_stage(assess({"q8": 1, "q3": 1, "q12": 2, "q1": 0, "q4": 0})).to_list() == [4]


def test_each_domain_at_its_threshold(assess):
    lost = mitos_domains_lost(assess({"q6": 1}, {"q8": 1}, {"q3": 1}, {"q10": 1}, {"q12": 2}))
    assert lost["movement"].to_list() == [True, True, False, False, False]
    assert lost["swallowing"].to_list() == [False, False, True, False, False]
    assert lost["breathing"].to_list() == [False, False, False, True, True]
    assert mitos_stage(assess({"q6": 2, "q8": 2, "q3": 2, "q10": 2, "q12": 3})).to_list() == [0]


def test_missing_is_null_unless_the_other_item_decides(assess):
    rows = assess({"q6": None}, {"q6": None, "q8": 1}, {"q1": None}, {"q1": None, "q4": 1})
    assert mitos_stage(rows).to_list() == [None, 1, 0, None]


def test_death_is_stage_5(assess):
    assert mitos_stage(assess({}, {"q3": 0}, died=[True, False])).to_list() == [5, 1]
