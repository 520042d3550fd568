"""A person or sample to a profile: genome, repeats, markers, molecular state. Missing is never normal."""
