"""Sweeps over tiles of a state, compiled."""
