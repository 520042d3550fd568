"""Large molecules given into the cerebrospinal fluid, and what reaches it from plasma.

Lumbar CSF is neither cord nor brain: a concentration in CSF never stands for one in tissue here.
"""
