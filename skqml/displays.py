"""Plots of fitted models, in scikit-learn's form."""

import numpy as np
from sklearn.utils.validation import check_is_fitted, check_X_y, validate_data


class KernelMatrixDisplay:
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

    def __init__(self, *, K, y=None, name=None):
        self.K = K
        self.y = y
        self.name = name

    @classmethod
    def from_estimator(cls, estimator, X, y=None, *, ax=None, name=None, image_kwargs=None):
        """Plot the kernel matrix of rows X under a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator with ``kernel_`` and ``standardizer_``
            Such as `QuantumKernelSVC`.
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
        check_is_fitted(estimator)
        if not hasattr(estimator, "kernel_"):
            raise ValueError(f"Expected an estimator with a kernel, got {type(estimator).__name__} without kernel_.")
        X = validate_data(estimator, X, dtype=float, reset=False)
        K = estimator.kernel_(estimator.standardizer_.transform(X))
        name = type(estimator).__name__ if name is None else name
        return cls.from_matrix(K, y, ax=ax, name=name, image_kwargs=image_kwargs)

    @classmethod
    def from_matrix(cls, K, y=None, *, ax=None, name=None, image_kwargs=None):
        """Plot a kernel matrix; see `from_estimator`."""
        K = np.asarray(K)
        if y is not None:
            check_X_y(K, y, dtype=None)
            order = np.argsort(y, kind="stable")
            K, y = K[np.ix_(order, order)], np.asarray(y)[order]
        return cls(K=K, y=y, name=name).plot(ax, image_kwargs=image_kwargs)

    def plot(self, ax=None, *, name=None, image_kwargs=None):
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
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots()
        options = {"vmin": 0.0, "vmax": max(1.0, float(self.K.max())), "cmap": "viridis"} | (image_kwargs or {})
        self.image_ = ax.imshow(self.K, **options)
        ax.figure.colorbar(self.image_, ax=ax, label="k(x, y)")
        ax.set(xlabel="row of X", ylabel="row of X", title=self.name if name is None else name)
        if self.y is not None:
            self._mark_classes(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _mark_classes(self, ax):
        classes, first, counts = np.unique(self.y, return_index=True, return_counts=True)
        for edge in first[1:] - 0.5:
            ax.axhline(edge, color="white", linewidth=0.8)
            ax.axvline(edge, color="white", linewidth=0.8)
        ax.set_yticks(first + (counts - 1) / 2, [str(c) for c in classes])
        ax.set_ylabel("class")


class LossCurveDisplay:
    """The loss of each iteration of a training.

    Create it with `from_estimator`.

    Parameters
    ----------
    losses : sequence of float
        One an iteration.
    validation_losses : sequence of float, default=None
        Of rows held out.
    name : str, default=None
        Title.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : list of matplotlib Line2D

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import LossCurveDisplay, VariationalClassifier
    >>> model = VariationalClassifier(random_state=0).fit(*load_iris(return_X_y=True))
    >>> len(LossCurveDisplay.from_estimator(model).losses) == model.n_iter_
    True
    """

    def __init__(self, *, losses, validation_losses=None, name=None):
        self.losses = losses
        self.validation_losses = validation_losses
        self.name = name

    @classmethod
    def from_estimator(cls, estimator, *, ax=None, name=None, curve_kwargs=None):
        """Plot the training of a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator with ``loss_curve_``
            Such as `VariationalClassifier`.
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title; ``None`` means the estimator's class.
        curve_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        LossCurveDisplay
        """
        check_is_fitted(estimator)
        if not hasattr(estimator, "loss_curve_"):
            raise ValueError(f"Expected an estimator with a loss curve, got {type(estimator).__name__} without one.")
        display = cls(
            losses=estimator.loss_curve_,
            validation_losses=getattr(estimator, "validation_loss_curve_", None),
            name=type(estimator).__name__ if name is None else name,
        )
        return display.plot(ax, curve_kwargs=curve_kwargs)

    def plot(self, ax=None, *, name=None, curve_kwargs=None):
        """Draw the curve, and that of the rows held out if there is one.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title.
        curve_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        self
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots()
        curves = {"training": self.losses, "validation": self.validation_losses}
        self.lines_ = [
            line
            for label, losses in curves.items()
            if losses is not None
            for line in ax.plot(range(1, len(losses) + 1), losses, label=label, **(curve_kwargs or {}))
        ]
        ax.set(xlabel="iteration", ylabel="loss", title=self.name if name is None else name)
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self
