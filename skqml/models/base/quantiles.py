"""Cuts of a feature that leave equally many rows between them."""

import numpy as np


def quantile_cuts(values, weight, n_cuts) -> np.ndarray:
    """Different numbers below the largest value, halfway between values; one at least.

    Parameters
    ----------
    values, weight : ndarray (n_samples,)
        Weights of 0 do not count.
    n_cuts : int
        At most so many.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.base.quantiles import quantile_cuts
    >>> quantile_cuts(np.array([0.0, 1.0, 2.0, 9.0]), np.ones(4), 1)
    array([1.5])
    """
    values, weight = values[weight > 0], weight[weight > 0]
    levels = np.arange(1, n_cuts + 1) / (n_cuts + 1)
    distinct = np.unique(values)
    # Halfway to the next value, where new rows are least likely to sit on the wrong side.
    cuts = np.unique(np.quantile(values, levels, weights=weight, method="inverted_cdf"))
    places = np.unique(np.minimum(np.searchsorted(distinct, cuts), max(0, len(distinct) - 2)))
    return 0.5 * distinct[places] + 0.5 * distinct[np.minimum(places + 1, len(distinct) - 1)]
