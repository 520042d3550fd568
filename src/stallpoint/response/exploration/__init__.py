"""Learners that search for people in whom the effect differs, behind a fence: only what held-out people confirm is shown."""
