"""Arrays in, arrays out. Knows nothing of ALS."""
