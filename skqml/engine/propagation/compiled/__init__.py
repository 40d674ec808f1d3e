"""Compiled functions of Pauli propagation."""
