"""Compact identifiers (CURIEs) of works, by the prefixes of bioregistry.io."""

from __future__ import annotations

import re

from stallpoint.core.source import Source

_ADDRESSES = (
    (re.compile(r"pubmed\.ncbi\.nlm\.nih\.gov/(\d+)|ncbi\.nlm\.nih\.gov/pubmed/(\d+)"), "pubmed:"),
    (re.compile(r"(PMC\d+)"), "pmc:"),
    (re.compile(r"(NCT\d{8})"), "clinicaltrials:"),
)


def source_curie(source: Source) -> str:
    """doi:, pubmed:, pmc: or clinicaltrials: of a work; empty where its record holds none of them."""
    if source.doi:
        return f"doi:{source.doi}"
    for pattern, prefix in _ADDRESSES:
        match = pattern.search(source.url)
        if match:
            return prefix + next(group for group in match.groups() if group)
    return ""
