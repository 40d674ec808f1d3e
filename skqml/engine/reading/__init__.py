"""From a `QuantumCircuit` to arrays: gates, angles, Pauli strings, measurement bases."""
