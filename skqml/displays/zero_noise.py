"""Zero-noise extrapolations."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np

from .._checks import check_as_many, check_callable, check_count, check_kind, check_number, check_numbers, shown
from ..engine.reading.lower import split_parameters
from ..engine.reading.paulis import is_observable
from ..mitigation import ZNE, richardson
from ..mitigation.counted import limit_of_counts
from ..models.base.inside import model_with
from .base import Display, keywords, title


@dataclass(kw_only=True, eq=False, repr=False)
class ZNEDisplay(Display):
    """Values at several noise scales, the fit through them, and its limit without noise.

    Create it with `from_backend` or `from_estimator`.

    Parameters
    ----------
    scales : array-like (n_scales,)
    values : array-like (n_scales,)
    errors : array-like (n_scales,), default=None
        Standard errors of the values.
    extrapolate : callable (scales, values, errors) -> (value, error), default=richardson
        With its fit drawn at scale s by a shift of the scales: the limit of the same values at ``scales - s``.
    limit, limit_error : float, default=None
        ``None`` means those of the extrapolator.
    name : str, default=None
        Title.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_ : matplotlib Line2D
        The fit.
    points_, limit_ : matplotlib ErrorbarContainer

    Examples
    --------
    >>> from skqml.mitigation import linear
    >>> from skqml.displays import ZNEDisplay
    >>> display = ZNEDisplay(scales=[1, 2, 3], values=[0.9, 0.8, 0.7], extrapolate=linear).plot()
    >>> display.line_.get_ydata()[0].round(6)
    np.float64(1.0)
    """

    scales: Any
    values: Any
    errors: Any = None
    extrapolate: Callable = richardson
    limit: float | None = None
    limit_error: float | None = None

    @classmethod
    def from_backend(
        cls, backend, circuit, observable, x=None, w=None, *, rng=None, ax=None, name=None, line_kwargs=None
    ) -> Self:
        """Run a circuit at all scales of a backend, and plot one expectation value.

        Parameters
        ----------
        backend : ZNE
        circuit : QuantumCircuit
        observable : SparsePauliOp or Observable
        x : array-like (n_features,), default=None
            Data; ``None`` where the circuit has none.
        w : array-like (n_weights,), default=None
            Weights; ``None`` where the circuit has none.
        rng : Generator, default=None
            Source of shots.
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title.
        line_kwargs : dict, default=None
            Passed on to ``plot`` for the fit.

        Returns
        -------
        ZNEDisplay
        """
        check_kind("backend", backend, ZNE, "a ZNE backend, whose scales are to be shown")
        if not is_observable(observable):
            raise TypeError(f"observable must be a SparsePauliOp or an Observable, got {shown(observable)}.")
        if rng is not None:
            check_kind("rng", rng, np.random.Generator, "None or a Generator")
        x, w = (np.zeros(0) if v is None else check_numbers(name, v) for name, v in (("x", x), ("w", w)))
        program = backend.compile(circuit, [observable])
        sizes = tuple(map(len, split_parameters(circuit)))
        if (len(x), len(w)) != sizes:
            raise ValueError(
                f"x and w must be the circuit's {sizes[0]} features and {sizes[1]} weights, got {len(x)} "
                f"and {len(w)} numbers."
            )
        values, errors = program.scaled_estimates(x[None], w, rng)
        points = {"scales": program.scales, "values": values[:, 0, 0], "errors": errors[:, 0, 0]}
        display = cls(**points, extrapolate=partial(limit_of_counts, backend.extrapolator()), name=name)
        return display.plot(ax, line_kwargs=line_kwargs)

    @classmethod
    def from_estimator(cls, estimator, row=0, *, ax=None, name=None, line_kwargs=None) -> Self:
        """Plot the energies of one row of a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator with ``scales_``, ``scale_energies_``, ``scale_errors_``, ``energies_`` and
            ``errors_``
            Such as `ZNEVQE`, by itself or in a search.
        row : int, default=0
            Row of the data that it was fitted to.
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title; ``None`` means the estimator's class.
        line_kwargs : dict, default=None
            Passed on to ``plot`` for the fit.

        Returns
        -------
        ZNEDisplay
        """
        estimator, _ = model_with("scale_energies_", "energies at several noise scales, such as ZNEVQE", estimator)
        n_rows = len(estimator.scale_energies_)
        check_count("row", row, -n_rows, n_rows - 1)
        extrapolate = richardson if estimator.extrapolate is None else estimator.extrapolate
        display = cls(
            scales=estimator.scales_,
            values=estimator.scale_energies_[row],
            errors=estimator.scale_errors_[row] if estimator.scale_errors_[row].any() else None,
            extrapolate=partial(limit_of_counts, ZNE(extrapolate=extrapolate).extrapolator()),
            limit=estimator.energies_[row],
            limit_error=estimator.errors_[row],
            name=title(name, type(estimator).__name__),
        )
        return display.plot(ax, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, n_points=50, line_kwargs=None) -> Self:
        """Draw points, fit, limit and error bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title.
        n_points : int, default=50
            Where the fit is evaluated; each point is an extrapolation.
        line_kwargs : dict, default=None
            Passed on to ``plot`` for the fit.

        Returns
        -------
        self
        """
        self._check()
        ax, scales, values, errors = self._axes(ax, title(name, self.name)), self.scales, self.values, self.errors
        grid = np.linspace(0.0, scales.max(), check_count("n_points", n_points, 2))
        fit = [float(self.extrapolate(scales - s, values, errors)[0]) for s in grid]
        limit, limit_error = self.extrapolate(scales, values, errors)
        limit = float(limit if self.limit is None else self.limit)
        limit_error = float(limit_error if self.limit_error is None else self.limit_error)
        (self.line_,) = ax.plot(grid, fit, **{"color": "C0", "label": "fit"} | keywords("line_kwargs", line_kwargs))
        self.points_ = ax.errorbar(scales, values, errors, fmt="C1o", capsize=3, label="measured")
        self.limit_ = ax.errorbar(np.zeros(1), np.array([limit]), limit_error, fmt="C3s", capsize=3, label="no noise")
        ax.set(xlabel="noise scale", ylabel="expectation value")
        ax.legend()
        return self

    def _check(self):
        self.scales, self.values = check_numbers("scales", self.scales), check_numbers("values", self.values)
        if self.errors is not None:
            self.errors = check_numbers("errors", self.errors)
            if (self.errors < 0).any():
                raise ValueError(f"errors must not be negative, got {shown(self.errors)}.")
        errors = self.values if self.errors is None else self.errors
        check_as_many(scales=self.scales, values=self.values, errors=errors)
        check_callable("extrapolate", self.extrapolate, "a function (scales, values, errors)")
        for name, low in (("limit", -np.inf), ("limit_error", 0.0)):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), low, closed="left")
