"""CDISC SDTM and ADaM to a draft: one idea a file, `sdtm.py` and `adam.py` put them together."""
