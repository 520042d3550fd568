"""The joint model of repeated measures and an event: Gaussian mixed model, proportional hazards, shared current value.

y_i(t) = m_i(t) + e,  m_i(t) = x_i(t)'beta + z_i(t)'b_i,  b_i ~ N(0, D),  e ~ N(0, sigma^2)
h_i(t) = h0(t) exp(w_i'gamma + alpha m_i(t))

Sources: Wulfsohn & Tsiatis (1997) doi:10.2307/2533118; Rizopoulos (2012) Joint Models for Longitudinal and Time-to-Event Data.
"""
