"""Results of inspections as curves."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import numpy as np
from scipy.spatial.distance import pdist, squareform

from .._checks import check_as_many, check_kind, check_numbers, shown
from ..kernels.measures.gram import checked_gram
from ..kernels.rows import checked_rows
from .base import keywords
from .curve import CurveDisplay
from .result_curves import Curve, curve_of

_DOTS = {"linestyle": "none", "markersize": 2, "alpha": 0.4}


@dataclass(kw_only=True, eq=False, repr=False)
class InspectionDisplay(CurveDisplay):
    """What a function of `skqml.inspection` found, as a curve, and beside it what is expected.

    Create it with `from_result`, `from_nearest` or `from_dimensions`; with ``ax`` of another one, curves compare.

    Parameters
    ----------
    x, y : ndarray (n_points,)
    frame : dict, default=None
        Labels and scales of the axes, as ``Axes.set`` takes them.
    note : str, default=None
        What the legend says behind the name.
    x_expected, y_expected : ndarray, default=None
        A dashed line: random states, or a limit.
    expected_name : str, default=None
        What the legend calls it.
    style : dict, default=None
        Options of ``plot`` for the curve.
    name : str, default=None
        What the legend calls the curve.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_, expected_line_ : matplotlib Line2D
        The second is None where nothing is expected.

    Examples
    --------
    >>> from skqml import IQPEncoding
    >>> from skqml.displays import InspectionDisplay
    >>> from skqml.inspection import gradient_variance
    >>> found = gradient_variance([IQPEncoding(reps=4).build(n) for n in (2, 4, 6)], random_state=0)
    >>> display = InspectionDisplay.from_result(found, name="IQP")
    >>> display.ax_.get_xlabel(), display.x
    ('qubits', array([2, 4, 6]))
    """

    _source, _columns = "a function of skqml.inspection", ("x", "y")
    _frame: ClassVar = {}  # each display has its own

    x: Any
    y: Any
    frame: Any = None
    note: str | None = None
    x_expected: Any = None
    y_expected: Any = None
    expected_name: str | None = None
    style: Any = None

    @classmethod
    def from_result(cls, result, *, ax=None, name=None, line_kwargs=None) -> Self:
        """Plot a result.

        Parameters
        ----------
        result : object
            What `effective_rank`, `geometric_difference`, `shots_needed`, `gradient_variance`, `expressibility`,
            `entangling_capability`, `fourier_spectrum`, `fisher_information`, `quantum_fisher_information`,
            `pauli_weight_needed` or `information_processing_capacity` returned; or a list of what `concentration` did
            at several numbers of qubits.
        ax : matplotlib Axes, default=None
        name : str, default=None
            What the legend calls the curve.
        line_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        InspectionDisplay
        """
        return cls._of(curve_of(result), ax, name, line_kwargs)

    @classmethod
    def from_nearest(cls, nearest, K, X, *, ax=None, name=None, line_kwargs=None) -> Self:
        """Plot the entries of a kernel matrix beside the nearest classical kernel.

        Those of an RBF kernel are a line over the squared distances of rows; over those of a polynomial kernel, which
        also depend on lengths of rows, equal entries are a line.

        Parameters
        ----------
        nearest : NearestKernel
            What `nearest_rbf` or `nearest_polynomial` returned.
        K : ndarray (n_samples, n_samples)
            Kernel matrix.
        X : array-like (n_samples, n_features)
            Rows as the kernel takes them.
        ax, name, line_kwargs
            As in `from_result`.

        Returns
        -------
        InspectionDisplay
        """
        if not hasattr(nearest, "degree"):
            raise TypeError(f"nearest must be what nearest_rbf or nearest_polynomial returns, got {shown(nearest)}.")
        K, X = checked_gram(K), checked_rows(X)
        if len(K) != len(X) or not np.isfinite(pdist(X, "sqeuclidean")).all():
            raise ValueError(f"X must be the {len(K)} rows of the matrix K, with finite distances, got others.")
        return cls._of(_beside(nearest, K, X), ax, name, line_kwargs)

    @classmethod
    def from_dimensions(cls, n_samples, dimensions, *, ax=None, name=None, line_kwargs=None) -> Self:
        """Plot effective dimensions over numbers of training rows; see `effective_dimension`.

        Parameters
        ----------
        n_samples, dimensions : array-like (n_points,)
            Numbers of rows, and what `effective_dimension` returned for each.
        ax, name, line_kwargs
            As in `from_result`.

        Returns
        -------
        InspectionDisplay
        """
        frame = {"xlabel": "training rows", "ylabel": "effective dimension", "xscale": "log"}
        n, found = check_numbers("n_samples", n_samples), check_numbers("dimensions", dimensions)
        check_as_many(n_samples=n, dimensions=found)
        return cls._of(Curve(n, found, frame, ""), ax, name, line_kwargs)

    @classmethod
    def _of(cls, curve: Curve, ax, name, line_kwargs) -> Self:
        return cls(**asdict(curve), name=name).plot(ax, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, line_kwargs=None) -> Self:
        """Draw the curve, and dashed what is expected.

        Parameters
        ----------
        ax, name, line_kwargs
            As in `from_result`.

        Returns
        -------
        self
        """
        frame, style = keywords("frame", self.frame), keywords("style", self.style)
        super().plot(ax, name=name, line_kwargs=style | keywords("line_kwargs", line_kwargs))
        self.ax_.set(**frame)
        self.expected_line_ = None
        if self.x_expected is not None and self.y_expected is not None:
            x, y = (check_numbers(k, getattr(self, k)) for k in ("x_expected", "y_expected"))
            check_as_many(x_expected=x, y_expected=y)
            label = (
                "expected"
                if self.expected_name is None
                else check_kind("expected_name", self.expected_name, str, "text")
            )
            (self.expected_line_,) = self.ax_.plot(x, y, "--", color="0.3", linewidth=1, label=label)
            self.ax_.legend()
        return self

    def _label(self, name, y):
        note = "" if self.note is None else check_kind("note", self.note, str, "None or text")
        return ": ".join(part for part in (name, note) if part) or "found"


def _beside(nearest, K, X) -> Curve:
    """Entries of a kernel matrix above its diagonal, and the nearest kernel."""
    entries, note = squareform(K, checks=False), f"distance {nearest.distance:.2f}"
    if nearest.degree:
        products = 1.0 + nearest.gamma * X @ X.T
        lengths = np.sqrt(np.diag(products))
        x = squareform((products / lengths / lengths[:, None]) ** nearest.degree, checks=False)
        label, grid = f"polynomial kernel of degree {nearest.degree}", np.array([x.min(), x.max()])
        expected, line = "equal entries", grid
    else:
        x = pdist(X, "sqeuclidean")
        label, grid = "squared distance of two rows", np.linspace(0.0, x.max(), 100)
        expected, line = "nearest RBF kernel", np.exp(-nearest.gamma * grid)
    return Curve(x, entries, {"xlabel": label, "ylabel": "k(x, y)"}, note, grid, line, expected, _DOTS)
