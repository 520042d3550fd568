"""The one definition of a month."""

DAYS_PER_MONTH = 365.25 / 12
"""Days in a month, as the field's public code counts them (days / 365.25 * 12 = months)."""
