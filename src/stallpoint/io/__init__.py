"""The outside world to core nouns: one format per file."""
