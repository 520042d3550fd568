"""Dose-response matrices of combinations: long tables, plate layouts, and the column names of public collections."""
