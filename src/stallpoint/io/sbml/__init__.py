"""SBML files to models of differential equations."""
