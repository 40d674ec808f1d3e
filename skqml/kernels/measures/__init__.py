"""Measures of a kernel matrix, for inspection and for what `fit` may warn of."""
