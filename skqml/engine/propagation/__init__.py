"""Observables as sums of Pauli strings, carried backwards through a circuit."""
