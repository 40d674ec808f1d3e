"""Compiled folds of sequences."""
