"""Sweeps over amplitudes, compiled."""
