"""A field, its truth and the error, side by side."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .._checks import check_numbers
from ..datasets import make_pixels
from ..models.base.inside import model_with
from .base import Display, keywords, title


@dataclass(kw_only=True, eq=False, repr=False)
class FieldDisplay(Display):
    """Truth, field and error as images in a row.

    Create it with `from_estimator`.

    Parameters
    ----------
    truth, values : ndarray (height, width) or (height, width, 3)
    name : str, default=None
        Title.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    images_ : list of matplotlib AxesImage
        The last is the mean absolute error over channels.

    Examples
    --------
    >>> from skqml import FieldDisplay, QuantumFieldRegressor
    >>> from skqml.datasets import load_images, make_pixels
    >>> image = load_images("camera", 32)[::4, ::4]
    >>> model = QuantumFieldRegressor(random_state=0).fit(*make_pixels(image))
    >>> FieldDisplay.from_estimator(model, image).values.shape
    (8, 8)
    """

    truth: Any
    values: Any

    @classmethod
    def from_estimator(cls, estimator, image, *, ax=None, name=None, image_kwargs=None) -> Self:
        """Plot what a fitted regressor says of the pixels of an image; see `make_pixels`.

        Parameters
        ----------
        estimator : fitted regressor of two coordinates
            Such as `QuantumFieldRegressor`, by itself or in a pipeline or search.
        image : array-like (height, width) or (height, width, 3)
            Truth.
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title; ``None`` means the estimator's class.
        image_kwargs : dict, default=None
            Passed on to ``imshow``.

        Returns
        -------
        FieldDisplay
        """
        X, y = make_pixels(image)
        model, _ = model_with("predict", "values for pixels", estimator)
        values = estimator.predict(X)
        if values.shape != y.shape:
            raise ValueError(f"image must have a channel a target of the estimator, got {np.shape(image)}.")
        values = values.reshape(np.shape(image))
        display = cls(truth=np.asarray(image, dtype=float), values=values, name=title(name, type(model).__name__))
        return display.plot(ax, image_kwargs=image_kwargs)

    def plot(self, ax=None, *, name=None, image_kwargs=None) -> Self:
        """Draw truth, field and error; the error has a scale of its own.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title; ``None`` means that of the display.
        image_kwargs : dict, default=None
            Passed on to ``imshow``.

        Returns
        -------
        FieldDisplay
        """
        truth, values = (check_numbers(n, getattr(self, n), (2, 3)) for n in ("truth", "values"))
        if truth.shape != values.shape or not truth.size:
            raise ValueError(f"truth and values must have one shape, got {truth.shape} and {values.shape}.")
        low, width = truth.min(), np.ptp(truth) or 1.0
        error = np.abs(values - truth).reshape(*truth.shape[:2], -1).mean(axis=2)
        shown = [np.clip((a - low) / width, 0.0, 1.0) for a in (truth, values)] + [error / (error.max() or 1.0)]
        options = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0} | keywords("image_kwargs", image_kwargs)
        ax = self._axes(ax, title(name, self.name))
        (height, step), places = truth.shape[:2], 1.1 * truth.shape[1] * np.arange(3)
        self.images_ = [
            ax.imshow(image, extent=(left, left + step, height, 0), **options)
            for image, left in zip(shown, places, strict=True)
        ]
        ax.set(xlim=(0, places[2] + step), ylim=(height, 0), yticks=[])
        labels = ["truth", "field", f"error, at most {error.max():.2g}"]
        ax.set_xticks(places + 0.5 * step, labels=labels)
        return self
