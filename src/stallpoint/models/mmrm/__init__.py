"""The mixed model for repeated measures: one free covariance matrix over planned visits."""
