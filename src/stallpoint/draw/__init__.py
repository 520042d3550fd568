"""Result to chart: pure functions."""
