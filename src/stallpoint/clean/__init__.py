"""Transcribed tables to clean ones: named rules with reasons, each in the order stated, each change on record."""
