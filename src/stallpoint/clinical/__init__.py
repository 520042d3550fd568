"""Clinical scores of ALS: one per file."""
