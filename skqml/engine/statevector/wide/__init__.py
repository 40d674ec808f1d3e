"""Statevectors of few rows, or of many qubits: lanes hold amplitudes, and a state is worked on tile by tile."""
