"""Compiled loops of tensor networks: rotations of small matrices, and folds of sequences."""
