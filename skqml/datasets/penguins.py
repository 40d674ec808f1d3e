"""Penguins, a small table with units."""

import numpy as np
from sklearn.utils import Bunch

from .._checks import check_option
from .bundled import read_arrays


def load_penguins(*, return_X_y=False) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Return the Palmer penguins: three species by four measures of the body.

    Bill length, bill depth and flipper length are in mm, body mass in g; the two rows without measures are left out.

    Parameters
    ----------
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    Bunch
        ``data`` (342, 4), ``target`` (342,) in 0 to 2, ``feature_names``, ``target_names``.

    References
    ----------
    K. B. Gorman, T. D. Williams and W. R. Fraser, PLoS ONE 9(3), e90081 (2014); CC0.

    Examples
    --------
    >>> from skqml.datasets import load_penguins
    >>> load_penguins().target_names.tolist()
    ['Adelie', 'Chinstrap', 'Gentoo']
    """
    arrays = read_arrays("penguins.npz")
    measured = ~np.isnan(arrays["X"]).any(axis=1)
    X, y = arrays["X"][measured], arrays["y"][measured].astype(int)
    if check_option("return_X_y", return_X_y, (False, True)):
        return X, y
    return Bunch(data=X, target=y, feature_names=arrays["feature_names"], target_names=arrays["class_names"])
