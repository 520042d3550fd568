"""PRO-ACT, the pooled database of ALS trials: every release pattern to a draft.

The layout of its files is described by those who work with them; no table of it is part of this software.
"""
