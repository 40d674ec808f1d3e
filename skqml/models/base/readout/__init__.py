"""Models that read the expectation values of one trained circuit by an affine map."""
