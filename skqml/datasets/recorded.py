"""Measured series: a chaotic laser, sunspots, El Nino, spoken vowels."""

import numpy as np
from sklearn.utils import Bunch

from .._checks import check_option
from .bundled import read_arrays


def load_laser() -> np.ndarray:
    """Return the Santa Fe laser: the intensity of a chaotic far-infrared laser, integers from 0 to 255.

    Returns
    -------
    ndarray (8000,)
        The first 8,000 of the 10,093 steps of set A of the Santa Fe competition.

    References
    ----------
    A. S. Weigend and N. A. Gershenfeld, Time Series Prediction (1994).

    Examples
    --------
    >>> from skqml.datasets import load_laser
    >>> load_laser()[:4]
    array([ 86., 141.,  95.,  41.])
    """
    return read_arrays("timeseries.npz")["santafe_laser"].astype(float)


def load_sunspots(period="yearly") -> Bunch:
    """Return mean sunspot numbers.

    Parameters
    ----------
    period : {"yearly", "monthly"}, default="yearly"
        1700 to 2008 by year, or 1749-01 to 1983-12 by month.

    Returns
    -------
    Bunch
        ``data`` (309,) or (2820,), and ``time``, the year or month of each.

    Raises
    ------
    ValueError
        If the period is another.

    Examples
    --------
    >>> from skqml.datasets import load_sunspots
    >>> sunspots = load_sunspots()
    >>> sunspots.time[sunspots.data.argmax()], sunspots.data.max()
    (np.int16(1957), np.float64(190.2))
    """
    times = {"yearly": "year", "monthly": "month"}
    check_option("period", period, times)
    arrays = read_arrays("timeseries.npz")
    return Bunch(data=arrays[f"sunspots_{period}"], time=arrays[f"sunspots_{period}_{times[period]}"])


def load_el_nino() -> Bunch:
    """Return the monthly temperature of the sea off Peru, which El Nino warms: region 1+2, degrees Celsius.

    Returns
    -------
    Bunch
        ``data`` (732,), from 1950-01 to 2010-12, and ``time``, the month of each.

    References
    ----------
    NOAA, Climate Prediction Center, ERSST.V3B, www.cpc.ncep.noaa.gov/data/indices.

    Examples
    --------
    >>> from skqml.datasets import load_el_nino
    >>> el_nino = load_el_nino()
    >>> el_nino.time[el_nino.data.argmax()], el_nino.data.max()
    (np.datetime64('1998-03'), np.float64(29.24))
    """
    arrays = read_arrays("timeseries.npz")
    return Bunch(data=arrays["el_nino"], time=arrays["el_nino_month"])


def load_japanese_vowels() -> Bunch:
    """Return two Japanese vowels spoken by nine men: 12 cepstrum coefficients a step, 7 to 29 steps.

    Returns
    -------
    Bunch
        ``data`` (270, 29, 12) and ``target`` (270,) in 0 to 8 to train on, ``data_test`` (185, 29, 12) and
        ``target_test``; sequences end in NaN where they are shorter.

    References
    ----------
    M. Kudo, J. Toyama and M. Shimbo, Pattern Recognition Letters 20, 1103 (1999); CC BY 4.0.

    Examples
    --------
    >>> from skqml.datasets import load_japanese_vowels
    >>> load_japanese_vowels().data.shape
    (270, 29, 12)
    """
    arrays = read_arrays("japanese_vowels.npz")
    y, y_test = (arrays[f"y_{part}"].astype(int) for part in ("train", "test"))
    names = np.array([f"speaker {k + 1}" for k in range(9)])
    return Bunch(data=arrays["x_train"], target=y, data_test=arrays["x_test"], target_test=y_test, target_names=names)
