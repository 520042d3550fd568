"""A study's tables as files for other software: one format per file."""
