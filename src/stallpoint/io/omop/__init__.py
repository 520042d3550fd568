"""The OMOP common data model 5.4 to a draft: one idea a file, `read.py` puts them together."""
