"""Circuits of rotations on few qubits as matrices, with exact derivatives."""
