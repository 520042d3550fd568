"""A user's own model in the place of the bundled mechanism."""
