"""The width gamma of RBF kernels, chosen by the rows that they are fitted on."""

import numpy as np

from .._checks import check_number


def checked_gamma(gamma, unfitted: float) -> float:
    """The number that gamma is, or that stands for "scale" where no rows have been seen."""
    if isinstance(gamma, str) and gamma == "scale":
        return unfitted
    return check_number("gamma", gamma, also="'scale' or ")


def gamma_of_rows(R, sample_weight, wanted: float) -> float:
    """What is wanted, divided by the summed variance of the columns of (weighted) rows R; 1 if all rows are equal."""
    mean = np.average(R, axis=0, weights=sample_weight)
    variance = np.average((R - mean) ** 2, axis=0, weights=sample_weight).sum()
    return wanted / float(variance) if variance > R.size * np.finfo(float).eps else 1.0
