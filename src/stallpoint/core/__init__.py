"""Nouns: the tables of a study and the values every other room speaks in."""
