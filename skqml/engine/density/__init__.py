"""Exact simulation of circuits under gate noise and readout errors."""
