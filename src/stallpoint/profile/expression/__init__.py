"""Molecular state from bulk expression: activity of six pathways against controls, with what the data cannot say."""
