"""Benchmarks of skqml against its peers and against the limit of the machine: ``python -m benchmarks NAME``."""
