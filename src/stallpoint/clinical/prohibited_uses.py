"""What a score that foretells the course must not be used for; it stands wherever one is shown.

Source: own wording of what follows from prognosis not being benefit; that criteria of trials leave out 59.8% of people on average is
van Eijk et al. (2019), doi:10.1212/WNL.0000000000006855.
"""

from __future__ import annotations

RISK_SCORES = ("tricals", "encals")
"""Scores that foretell the course by a model made in other people."""

PROHIBITED_USES = (
    "A score that foretells the course does not tell who gains from a treatment, and must not be used to withhold one, or any care.",
    "It must not put one person before another, or set a limit below or above which people are served or paid for.",
    "It must not keep people out of a trial without the share that is left out, and who they are, printed beside.",
    "It must not tell one person how long they will live.",
)
"""Uses that are prohibited, each a sentence."""


def is_risk_score(name: str) -> bool:
    """Whether an entry or a column of this name holds a risk score, however it is spelled: TRICALS, encals_lp."""
    return any(score in name.casefold() for score in RISK_SCORES)
