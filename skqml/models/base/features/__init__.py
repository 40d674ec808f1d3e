"""Transformers whose features are expectation values of circuits, and images as they take them."""
