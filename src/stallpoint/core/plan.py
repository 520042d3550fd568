"""What a study planned for each link, so that what was measured can be held against it."""

from __future__ import annotations

from dataclasses import dataclass

from stallpoint.core.errors import StudyFileError


@dataclass(frozen=True)
class Plan:
    """What the protocol said beforehand; what it does not say stays a wide assumption.

    `potential_slowing` is the least and the largest share of the decline that a treatment which passes every link takes away.
    `planned_level` is the level in plasma that the dose was chosen for, in `level_unit`; `planned_csf_ratio` the unbound level in CSF over
    that in plasma. `full_change` is the share by which `engagement_marker` changes at full engagement (-0.5: it halves).
    `target_gene` is the gene whose carriers the target is thought to drive the disease in.

    Raises:
        StudyFileError: a value that cannot be, or one that needs another beside it.
    """

    potential_slowing: tuple[float, float] | None = None
    planned_level: float | None = None
    level_unit: str = ""
    planned_csf_ratio: float | None = None
    engagement_marker: str = ""
    full_change: float | None = None
    target_gene: str = ""

    def __post_init__(self) -> None:
        if self.potential_slowing is not None:
            low, high = self.potential_slowing
            _require(0 < low <= high <= 1, "potential_slowing", "give two shares above 0 and up to 1, the smaller first")
        for name in ("planned_level", "planned_csf_ratio"):
            value = getattr(self, name)
            _require(value is None or value > 0, name, "give a value above 0")
        _require((self.planned_level is None) == (not self.level_unit), "planned_level", "give it together with level_unit")
        full = self.full_change
        _require((full is None) == (not self.engagement_marker), "engagement_marker", "give it together with full_change")
        _require(full is None or (full > -1 and full != 0), "full_change", "give a share above -1 that is not 0: -0.5 halves")


def _require(holds: bool, name: str, do: str) -> None:
    if not holds:
        raise StudyFileError(f"{name} cannot be so", where="study.toml, [chain]", do=do)
