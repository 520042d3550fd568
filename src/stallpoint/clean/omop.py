"""The rules for OMOP, in their order."""

from __future__ import annotations

from stallpoint.clean.common import AFTER, BEFORE, CONFLICTING_VISITS
from stallpoint.clean.observed_people import AT_TIME_ZERO, NEVER_ASSESSED, ONE_CALL, ONE_EVENT, UNCALLED, UNTESTED, WITHOUT_ALS

OMOP_RULES = (
    *BEFORE,
    WITHOUT_ALS,
    NEVER_ASSESSED,
    CONFLICTING_VISITS,
    AT_TIME_ZERO,
    ONE_EVENT,
    UNTESTED,
    UNCALLED,
    ONE_CALL,
    *AFTER,
)
