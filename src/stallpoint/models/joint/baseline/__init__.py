"""Baseline hazards: where the hazard integral's nodes stand, the hazard there, and how both change with the parameters."""
