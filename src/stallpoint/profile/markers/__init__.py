"""Markers in fluids: one unit each, values below a limit kept as such, implausible ones shown and not used."""
