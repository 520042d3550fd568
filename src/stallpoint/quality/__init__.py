"""Are the data fit to answer with: what is missing, off schedule, impossible, rounded, or unevenly allocated."""
