"""A clinic's spreadsheet or text tables, by a mapping of its columns."""
