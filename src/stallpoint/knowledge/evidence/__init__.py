"""The evidence base: what is claimed of ALS treatments, by whom, how it was found, and since when it is known."""
