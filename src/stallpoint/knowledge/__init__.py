"""Facts as data, with a source on every row."""
