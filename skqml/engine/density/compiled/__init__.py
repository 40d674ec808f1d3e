"""Sweeps over vectors of Pauli expectation values, compiled."""
