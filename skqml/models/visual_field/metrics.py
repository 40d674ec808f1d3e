"""How alike two images are."""

import numpy as np
from scipy.ndimage import gaussian_filter

from ..._checks import check_number, check_numbers

_MOST = 1e100  # squares of larger numbers are infinite


def psnr(y_true, y_pred, data_range=None) -> float:
    """Return the peak signal-to-noise ratio ``10 log10(range^2 / mean((y_true - y_pred)^2))`` in dB.

    Parameters
    ----------
    y_true, y_pred : array-like of one shape
    data_range : float, default=None
        Range of values; ``None`` means that of ``y_true``, or 1 where that is 0.

    Returns
    -------
    float
        Infinite where both are equal.

    Examples
    --------
    >>> from skqml.models.visual_field import psnr
    >>> psnr([0.0, 1.0], [0.1, 0.9])
    20.0
    """
    x, y = _scaled(y_true, y_pred, data_range, (1, 2, 3))
    error = np.mean((x - y) ** 2)
    return float(-10 * np.log10(error)) if error > 0 else np.inf


def ssim(y_true, y_pred, data_range=None) -> float:
    r"""Return the mean structural similarity of two images.

    ``(2 m_x m_y + c_1)(2 s_xy + c_2) / ((m_x^2 + m_y^2 + c_1)(s_x^2 + s_y^2 + c_2))`` with means, variances and the
    covariance under a Gaussian window of deviation 1.5 pixels, cut off at 5, ``c_1 = (0.01 range)^2`` and
    ``c_2 = (0.03 range)^2``; the mean leaves out the 5 pixels at each border where the image has more than 10.

    Parameters
    ----------
    y_true, y_pred : array-like (height, width) or (height, width, n_channels)
    data_range : float, default=None
        Range of values; ``None`` means that of ``y_true``, or 1 where that is 0.

    Returns
    -------
    float
        At most 1, which equal images have.

    References
    ----------
    Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli, Image quality assessment: from error visibility to
    structural similarity, IEEE Transactions on Image Processing 13, 600 (2004).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.visual_field import ssim
    >>> image = np.eye(8)
    >>> ssim(image, image)
    1.0
    """
    x, y = _scaled(y_true, y_pred, data_range, (2, 3))

    def mean(a):
        return gaussian_filter(a, 1.5, radius=5, axes=(0, 1))

    m_x, m_y, c_1, c_2 = mean(x), mean(y), 0.01**2, 0.03**2
    s_xx, s_yy, s_xy = mean(x * x) - m_x**2, mean(y * y) - m_y**2, mean(x * y) - m_x * m_y
    found = (2 * m_x * m_y + c_1) * (2 * s_xy + c_2) / ((m_x**2 + m_y**2 + c_1) * (s_xx + s_yy + c_2))
    inside = tuple(slice(5, -5) if n > 10 else slice(None) for n in x.shape[:2])
    return float(found[inside].mean())


def _scaled(y_true, y_pred, data_range, n_axes) -> tuple[np.ndarray, np.ndarray]:
    """Both in units of the range."""
    x, y = check_numbers("y_true", y_true, n_axes), check_numbers("y_pred", y_pred, n_axes)
    if x.shape != y.shape or not x.size:
        raise ValueError(f"y_true and y_pred must have one shape and entries, got shapes {x.shape} and {y.shape}.")
    with np.errstate(over="ignore"):
        size = (np.ptp(x) or 1.0) if data_range is None else check_number("data_range", data_range)
        x, y = x / size, y / size
    if not max(np.abs(x).max(), np.abs(y).max()) < _MOST:
        raise ValueError(
            f"data_range must be about that of y_true and y_pred, got {size:g}; values are 1e100 times as large."
        )
    return x, y
