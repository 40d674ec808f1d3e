"""Benchmarks whose figures are errors and scores."""
