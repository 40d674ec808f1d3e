"""Extrapolators: from values under scaled noise to the value without any.

An extrapolator is a function ``extrapolate(scales, values, errors=None) -> (value, error)``: values
(n_scales, ...) at distinct scales, their standard errors of the same shape where they are known,
and the limit at scale 0 with its own standard error, both of the trailing shape. Options are fixed
by `functools.partial`, as in ``partial(polynomial, degree=3)``. `extrapolator` marks such a
function with the number of scales that it needs.

The error of a limit is propagated from the errors of the values, and is larger by the root of
chi-square over the degrees of freedom where the points scatter more than they say; without errors
it comes from the residuals of the fit, and is 0 where there are as many parameters as points.
"""

import warnings
from collections.abc import Callable
from functools import partial

import numpy as np

from .._checks import check_count, check_number, check_numbers
from ..backends import Backend

_FLOOR = 0.1  # of the largest error of an entry: a point that scattered by chance not at all is not exact
_MOST_DEGREE = 100
_MAX_GROWTH = 150.0  # of a signal from the least scale to 0; a fit that asks for more has no ground


def extrapolator(n_scales: int | Callable[..., int], linear: bool = False, propagated: bool = False) -> Callable:
    """Mark a function as an extrapolator.

    Parameters
    ----------
    n_scales : int or callable
        Scales needed; a function of the extrapolator's options where these matter.
    linear : bool, default=False
        Whether the limit is a linear function of values without errors, so that its gradient is
        known exactly.
    propagated : bool, default=False
        Whether points are weighted by their errors, and the error of the limit is propagated from these by its slopes,
        as that of linear ones is.
    """

    def mark(function):
        function.n_scales, function.linear, function.propagated = n_scales, linear, linear or propagated
        return function

    return mark


def scales_needed(extrapolate: Callable) -> int:
    """Number of scales that an extrapolator needs; 1 if it says nothing."""
    fixed = extrapolate if isinstance(extrapolate, partial) else partial(extrapolate)
    n_scales = getattr(fixed.func, "n_scales", 1)
    return n_scales(**fixed.keywords) if callable(n_scales) else n_scales


def is_linear(extrapolate: Callable) -> bool:
    """Whether an extrapolator is marked as linear in the values."""
    return getattr(extrapolate.func if isinstance(extrapolate, partial) else extrapolate, "linear", False)


def is_propagated(extrapolate: Callable) -> bool:
    """Whether an extrapolator is marked as one whose error is propagated from those of the values."""
    return getattr(extrapolate.func if isinstance(extrapolate, partial) else extrapolate, "propagated", False)


@extrapolator(1, linear=True)
def richardson(scales, values, errors=None) -> tuple[np.ndarray, np.ndarray]:
    r"""Limit of the polynomial through all points, ``sum_i v_i prod_{j != i} s_j / (s_j - s_i)``.

    Parameters
    ----------
    scales : array-like (n_scales,)
    values : array-like (n_scales, ...)
    errors : array-like (n_scales, ...), default=None
        Standard errors of the values.

    Returns
    -------
    value, error : ndarray (...)

    References
    ----------
    K. Temme, S. Bravyi and J. M. Gambetta, Error mitigation for short-depth quantum circuits,
    Phys. Rev. Lett. 119, 180509 (2017).

    Examples
    --------
    >>> richardson([1, 2, 3], [0.9, 0.7, 0.4])[0].round(6)
    np.float64(1.0)
    """
    scales, values, errors = as_points(scales, values, errors, needed=np.size(scales))
    ratios = scales / (scales - scales[:, None] + np.eye(len(scales)))
    np.fill_diagonal(ratios, 1.0)
    weights = ratios.prod(axis=1)
    value = np.tensordot(weights, values, 1)
    return value, np.zeros_like(value) if errors is None else np.sqrt(np.tensordot(weights**2, errors**2, 1))


def _n_points(degree=2, asymptote=0.0):
    return degree + 1


@extrapolator(_n_points, linear=True)
def polynomial(scales, values, errors=None, degree=2) -> tuple[np.ndarray, np.ndarray]:
    """Limit of a polynomial that least squares fit, weighted by the errors where these are given.

    Parameters
    ----------
    scales, values, errors
        As in `richardson`.
    degree : int, default=2

    Returns
    -------
    value, error : ndarray (...)
    """
    scales, values, errors = as_points(scales, values, errors, check_count("degree", degree, 0, _MOST_DEGREE) + 1)
    return least_squares(_powers(scales, degree), values, errors)


@extrapolator(2, linear=True)
def linear(scales, values, errors=None) -> tuple[np.ndarray, np.ndarray]:
    """Limit of a straight line that least squares fit; see `polynomial`."""
    return polynomial(scales, values, errors, degree=1)


@extrapolator(_n_points, propagated=True)
def poly_exponential(scales, values, errors=None, degree=2, asymptote=0.0) -> tuple[np.ndarray, np.ndarray]:
    """Limit of ``asymptote +- exp(q(s))`` with a polynomial q, fitted to logarithms.

    Where values lie on both sides of the asymptote, or the fit grows by more than 150 times towards
    scale 0, there is no such fit, and the limit is that of `polynomial` of the same degree.

    Parameters
    ----------
    scales, values, errors
        As in `richardson`.
    degree : int, default=2
        Of q.
    asymptote : float, default=0.0
        Value under strong noise: 0 for a traceless observable under depolarizing noise.

    Returns
    -------
    value, error : ndarray (...)
    """
    scales, values, errors = as_points(scales, values, errors, check_count("degree", degree, 0, _MOST_DEGREE) + 1)
    check_number("asymptote", asymptote, -np.inf)
    design, distance = _powers(scales, degree), values - asymptote
    side = np.sign(distance[0])
    one_sided = (distance * side > 0).all(axis=0)
    size = np.where(one_sided, np.abs(distance), 1.0)
    # The error of a logarithm is relative: equal errors of the values are not equal ones here.
    known = None if errors is None else errors / size
    exponent, error = least_squares(design, np.log(size), known, 1.0 / size)
    fits = one_sided & (exponent - np.log(size.max(axis=0)) < np.log(_MAX_GROWTH))
    signal = np.exp(np.where(fits, exponent, 0.0))
    value, spread = least_squares(design, values, errors)
    return np.where(fits, asymptote + side * signal, value), np.where(fits, signal * error, spread)


def as_points(scales, values, errors, needed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Scales, of which so many have to be distinct, values and errors as arrays of floats."""
    scales, values = check_numbers("scales", scales), check_numbers("values", values, range(1, 9))
    if len(np.unique(scales)) < needed:
        raise ValueError(f"Expected at least {needed} distinct noise scales for this extrapolator, got {scales}.")
    if len(values) != len(scales):
        raise ValueError(f"values must be one for each of {len(scales)} scales, got {len(values)}.")
    if errors is not None:
        errors = check_numbers("errors", errors, range(1, 9))
        if errors.shape != values.shape:
            raise ValueError(f"errors must have the shape of values, {values.shape}, got {errors.shape}.")
    return scales, values, errors


def least_squares(design, values, errors=None, relative=None) -> tuple[np.ndarray, np.ndarray]:
    """First coefficient (...) of a fit of values (n_scales, ...), and its standard error.

    Parameters
    ----------
    design : ndarray (n_scales, n_parameters)
    values : ndarray (n_scales, ...)
    errors : ndarray (n_scales, ...), default=None
    relative : ndarray (n_scales, ...), default=None
        Errors up to an unknown factor, where the errors themselves are not known.
    """
    shape = values.shape[1:]
    values = values.reshape(len(values), -1)
    sigma, known = usable_errors(values, errors, relative)
    inverse = np.linalg.pinv(design / sigma.T[:, :, None])
    coefficients = np.einsum("eks,se->ke", inverse, values / sigma)
    residuals = (values - design @ coefficients) / sigma
    return coefficients[0].reshape(shape), standard_error(inverse, residuals, known).reshape(shape)


def usable_errors(values, errors, relative=None) -> tuple[np.ndarray, np.ndarray]:
    """Errors (n_scales, n_entries) to weight points by, never 0, and whether those of each entry are known.

    A single column of errors is for all entries.
    """
    if errors is None or not np.any(errors):
        unknown = np.ones((len(values), 1)) if relative is None else relative.reshape(values.shape)
        return unknown, np.zeros(unknown.shape[1], dtype=bool)
    errors = errors.reshape(values.shape)
    largest = errors.max(axis=0)
    return np.where(largest > 0, np.maximum(errors, _FLOOR * largest), 1.0), largest > 0


def standard_error(inverse, residuals, known) -> np.ndarray:
    """Standard error (n_entries,) of the first parameter of a fit.

    Parameters
    ----------
    inverse : ndarray (n_entries, n_parameters, n_scales)
        Pseudo-inverse of the design over the errors.
    residuals : ndarray (n_scales, n_entries)
        Over the errors.
    known : ndarray of bool (n_entries,)
        Whether the errors are known, not only their ratios.
    """
    freedom = inverse.shape[2] - inverse.shape[1]
    scatter = np.sqrt((residuals**2).sum(axis=0) / freedom) if freedom > 0 else np.zeros(residuals.shape[1])
    return np.linalg.norm(inverse[:, 0], axis=1) * np.where(known, np.maximum(scatter, 1.0), scatter)


def _powers(scales, degree) -> np.ndarray:
    return np.vander(scales / np.abs(scales).max(), degree + 1, increasing=True)


def nan_where_unknown(errors, backend: Backend) -> np.ndarray:
    """Standard errors of extrapolated values, but NaN, with a warning, where they are not known.

    The bias of a readout stays as it is at every noise scale, so that no extrapolation takes it out or sees its size.
    """
    misread = backend.misread
    errors = np.full_like(errors, np.nan, dtype=float) if misread else np.asarray(errors, dtype=float)
    if np.isnan(errors).any():
        reason = (
            "the noise model has readout errors, whose bias extrapolation leaves in; put ReadoutMitigation around the "
            "backend"
            if misread
            else "its extrapolator knows them only from the errors of values with shots"
        )
        warnings.warn(f"Standard errors of extrapolated values are not known (NaN): {reason}.", stacklevel=3)
    return errors
