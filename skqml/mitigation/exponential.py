"""The exponential extrapolator, whose rate of decay is fitted too."""

import numpy as np

from .extrapolation import as_points, extrapolator, least_squares, standard_error, usable_errors

_RATES = np.logspace(-3, 1, 41)  # over the span of the scales; slower ones are straight lines
_BLOCK = 2**13  # entries that are fitted together
_MAX_STEPS = 40


@extrapolator(3, propagated=True)
def exponential(scales, values, errors=None) -> tuple[np.ndarray, np.ndarray]:
    """Limit ``a + b`` of ``a + b exp(-c s)``, fitted by least squares for each entry on its own.

    Rates c are sought between 1e-3 and 10 over the span of the scales. Where the best one lies on
    that border, or a straight line fits as well, there is no such exponential (values under growing
    noise that turn round, or bend away from any asymptote), and the limit is the straight line's.

    Parameters
    ----------
    scales, values, errors
        As in `richardson`.

    Returns
    -------
    value, error : ndarray (...)

    References
    ----------
    S. Endo, S. C. Benjamin and Y. Li, Practical quantum error mitigation for near-future
    applications, Phys. Rev. X 8, 031027 (2018).

    Examples
    --------
    >>> import numpy as np
    >>> s = np.array([1.0, 2.0, 3.0])
    >>> exponential(s, 0.2 + 0.8 * np.exp(-0.3 * s))[0].round(6)
    np.float64(1.0)
    """
    scales, values, errors = as_points(scales, values, errors, needed=3)
    shape, values = values.shape[1:], values.reshape(len(values), -1)
    errors = None if errors is None else errors.reshape(values.shape)
    result = np.empty((2, values.shape[1]))
    for a in range(0, values.shape[1], _BLOCK):
        block = slice(a, a + _BLOCK)
        result[:, block] = _limits(scales, values[:, block], None if errors is None else errors[:, block])
    return result[0].reshape(shape), result[1].reshape(shape)


def _limits(scales, values, errors) -> tuple[np.ndarray, np.ndarray]:
    """Values and errors (n_entries,) of the exponential where there is one, of a straight line elsewhere."""
    times = scales / np.ptp(scales)
    sigma, known = usable_errors(values, errors)
    sigma = np.broadcast_to(sigma, values.shape)
    start = _best_of_grid(times, values, sigma)
    parameters = _refined(times, values, sigma, start)
    residuals, slopes = _model(times, values, sigma, parameters)
    error = standard_error(np.linalg.pinv(slopes), residuals, known)
    line = np.stack([np.ones_like(times), times], axis=1)
    straight, spread = least_squares(line, values, errors)
    rates = parameters[2]
    inside = (rates > np.log(_RATES[0]) + 0.01) & (rates < np.log(_RATES[-1]) - 0.01)
    better = (residuals**2).sum(axis=0) < (1 - 1e-9) * _misfit(line, values, sigma)
    fits = inside & better
    return np.where(fits, parameters[0], straight), np.where(fits, error, spread)


def _misfit(design, values, sigma) -> np.ndarray:
    """Least sum (n_entries,) of squared residuals over errors; rounding counts as none."""
    weighted = design / sigma.T[:, :, None]
    targets = (values / sigma).T[:, :, None]
    rest = targets - weighted @ (np.linalg.pinv(weighted) @ targets)
    sums = (rest**2).sum(axis=(1, 2))
    return np.where(sums < 1e-26 * (targets**2).sum(axis=(1, 2)), 0.0, sums)


def _rise(rates, times) -> np.ndarray:
    """``(1 - exp(-c t)) / c``, a basis function that tends to a straight line as c does to 0."""
    return -np.expm1(-rates * times) / rates


def _best_of_grid(times, values, sigma) -> np.ndarray:
    """Parameters (3, n_entries) ``v0, b, log c`` of ``v0 - b (1 - exp(-c t)) / c``, by trying rates."""
    curves = _rise(_RATES[:, None], times)
    weights = sigma**-2.0
    total = weights.sum(axis=0)
    middle = (weights * values).sum(axis=0) / total
    centred = values - middle
    means = curves @ weights / total
    slopes = curves @ (weights * centred) / (curves**2 @ weights - total * means**2)
    gains = slopes * (curves @ (weights * centred))
    best = gains.argmax(axis=0), np.arange(values.shape[1])
    slope = slopes[best]
    return np.array([middle - slope * means[best], -slope, np.log(_RATES[best[0]])])


def _model(times, values, sigma, parameters) -> tuple[np.ndarray, np.ndarray]:
    """Residuals (n_scales, n_entries), and slopes (n_entries, n_scales, 3) of the curve, over errors."""
    value, b, log_rate = parameters
    rate = np.exp(log_rate)
    rise = _rise(rate, times[:, None])
    bend = times[:, None] * np.exp(-rate * times[:, None]) - rise  # d rise / d log c
    slopes = np.stack([np.ones_like(rise), -rise, -b * bend]) / sigma
    return (values - value + b * rise) / sigma, slopes.transpose(2, 1, 0)


def _refined(times, values, sigma, parameters) -> np.ndarray:
    """Parameters after steps of Levenberg and Marquardt, each entry with its own damping."""
    damping = np.full(values.shape[1], 1e-3)
    residuals, slopes = _model(times, values, sigma, parameters)
    misfit = (residuals**2).sum(axis=0)
    for _ in range(_MAX_STEPS):
        square = slopes.transpose(0, 2, 1) @ slopes
        diagonal = np.einsum("ekk->ek", square)
        square = square + np.eye(3) * (damping[:, None] * diagonal + 1e-300)[:, None, :]
        step = np.linalg.solve(square, np.einsum("esk,se->ek", slopes, residuals)[:, :, None])[:, :, 0]
        trial = parameters + step.T
        trial[2] = np.clip(trial[2], *np.log(_RATES[[0, -1]]))
        new_residuals, new_slopes = _model(times, values, sigma, trial)
        new_misfit = (new_residuals**2).sum(axis=0)
        better = new_misfit < misfit
        if not better.any() and (damping > 1e6).all():
            break
        parameters = np.where(better, trial, parameters)
        residuals, misfit = np.where(better, new_residuals, residuals), np.where(better, new_misfit, misfit)
        slopes = np.where(better[:, None, None], new_slopes, slopes)
        damping = np.clip(np.where(better, damping / 10, damping * 10), 1e-15, 1e10)
    return parameters
