"""Whether the numbers of a row stand in its words."""

from __future__ import annotations

import re
from itertools import combinations

from stallpoint.core.claim import Claim

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_CLOSE = 1e-6


def unsaid_numbers(claim: Claim) -> list[float]:
    """Structured numbers of a claim that its text does not hold. A difference may be that of two numbers which it holds."""
    said = [float(each.replace(",", "")) for each in _NUMBER.findall(claim.text)]
    apart = [abs(one - other) for one, other in combinations(said, 2)] if claim.scale in ("difference", "rank") else []
    held = (claim.value, claim.low, claim.high, claim.control, claim.p)
    return [each for each in held if each is not None and not any(abs(abs(each) - other) < _CLOSE for other in (*said, *apart))]
