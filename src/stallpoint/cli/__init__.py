"""Thin: parse, call study, show."""
