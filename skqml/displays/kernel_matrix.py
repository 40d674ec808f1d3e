"""Kernel matrices as heat maps."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_array, check_consistent_length, check_X_y, validate_data

from ..models.base.inside import model_with
from .base import Display, keywords, title


@dataclass(kw_only=True, eq=False, repr=False)
class KernelMatrixDisplay(Display):
    """A kernel matrix as a heat map, its rows sorted by class.

    Create it with `from_estimator` or `from_matrix`.

    Parameters
    ----------
    K : ndarray (n_samples, n_samples)
        Kernel matrix, rows and columns already sorted.
    y : ndarray (n_samples,), default=None
        Labels in the same order.
    name : str, default=None
        Title.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    image_ : matplotlib AxesImage

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import KernelMatrixDisplay, QuantumKernelSVC
    >>> X, y = load_iris(return_X_y=True)
    >>> display = KernelMatrixDisplay.from_estimator(QuantumKernelSVC().fit(X, y), X, y)
    >>> display.K.shape
    (150, 150)
    """

    K: Any
    y: Any = None

    @classmethod
    def from_estimator(cls, estimator, X, y=None, *, ax=None, name=None, image_kwargs=None) -> Self:
        """Plot the kernel matrix of rows X under a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator with ``kernel_`` and ``standardizer_``
            Such as `QuantumKernelSVC`, by itself or in a pipeline or search.
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,), default=None
            Labels to sort by.
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title; ``None`` means the estimator's class.
        image_kwargs : dict, default=None
            Passed on to ``imshow``.

        Returns
        -------
        KernelMatrixDisplay
        """
        estimator, X = model_with("kernel_", "a kernel", estimator, X)
        X = validate_data(estimator, X, dtype=float, reset=False)
        K = estimator.kernel_(estimator.standardizer_.transform(X))
        return cls.from_matrix(K, y, ax=ax, name=title(name, type(estimator).__name__), image_kwargs=image_kwargs)

    @classmethod
    def from_matrix(cls, K, y=None, *, ax=None, name=None, image_kwargs=None) -> Self:
        """Plot a kernel matrix; see `from_estimator`."""
        if y is not None:
            K = check_array(K, dtype=float, input_name="K")
            check_X_y(K, y, dtype=None)
            order = np.argsort(y, kind="stable")
            K, y = K[np.ix_(order, order)], np.asarray(y)[order]
        return cls(K=K, y=y, name=name).plot(ax, image_kwargs=image_kwargs)

    def plot(self, ax=None, *, name=None, image_kwargs=None) -> Self:
        """Draw the heat map, with a colour bar and a line between classes.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title.
        image_kwargs : dict, default=None
            Passed on to ``imshow``.

        Returns
        -------
        self
        """
        self.K = check_array(self.K, dtype=float, input_name="K")
        if self.y is not None:
            check_consistent_length(self.K, self.y)
        ax = self._axes(ax, title(name, self.name))
        options = {"vmin": 0.0, "vmax": max(1.0, float(self.K.max())), "cmap": "viridis"}
        self.image_ = ax.imshow(self.K, **options | keywords("image_kwargs", image_kwargs))
        ax.figure.colorbar(self.image_, ax=ax, label="k(x, y)")
        ax.set(xlabel="row of X", ylabel="row of X")
        if self.y is not None:
            self._mark_classes(ax)
        return self

    def _mark_classes(self, ax):
        classes, first, counts = np.unique(self.y, return_index=True, return_counts=True)
        for edge in first[1:] - 0.5:
            ax.axhline(edge, color="white", linewidth=0.8)
            ax.axvline(edge, color="white", linewidth=0.8)
        ax.set_yticks(first + (counts - 1) / 2, [str(c) for c in classes])
        ax.set_ylabel("class")
