"""The nonlinear mixed-effects model: a curve for each person, whose parameters vary between people and occasions.

y_ij = f(phi_i, x_ij) + e_ij,  log phi_i = log theta + W_i beta + eta_i (+ kappa of the occasion),  eta_i ~ N(0, Omega)

Fitted by maximum likelihood, the integral over the random effects by Laplace's method (method "laplace") or with the expected in
place of the observed curvature of the data (method "foce": first-order conditional estimation with interaction).

Sources: Lindstrom & Bates (1990), doi:10.2307/2532087; Wang (2007), doi:10.1007/s10928-007-9060-6; Davidian & Giltinan (1995)
Nonlinear Models for Repeated Measurement Data.
"""
