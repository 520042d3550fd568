"""Two treatments and more: surfaces, reachable synergy, exposure interactions, additivity, regimens."""
