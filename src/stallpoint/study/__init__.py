"""The study file, the stages of a run, the manifest."""
