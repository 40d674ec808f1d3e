"""Noisy states of few rows or many qubits: lanes hold Pauli expectation values of one row."""
