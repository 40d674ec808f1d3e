"""Losses of a training."""

from dataclasses import dataclass
from typing import Any, Self

from sklearn.utils.validation import check_array

from ..models.base.inside import model_with
from .base import Display, keywords, title


@dataclass(kw_only=True, eq=False, repr=False)
class LossCurveDisplay(Display):
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

    losses: Any
    validation_losses: Any = None

    @classmethod
    def from_estimator(cls, estimator, *, ax=None, name=None, curve_kwargs=None) -> Self:
        """Plot the training of a fitted estimator.

        Parameters
        ----------
        estimator : fitted estimator with ``loss_curve_``
            Such as `VariationalClassifier`, by itself or in a pipeline or search.
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title; ``None`` means the estimator's class.
        curve_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        LossCurveDisplay
        """
        estimator, _ = model_with("loss_curve_", "a loss curve", estimator)
        display = cls(
            losses=estimator.loss_curve_,
            validation_losses=getattr(estimator, "validation_loss_curve_", None),
            name=title(name, type(estimator).__name__),
        )
        return display.plot(ax, curve_kwargs=curve_kwargs)

    def plot(self, ax=None, *, name=None, curve_kwargs=None) -> Self:
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
        ax = self._axes(ax, title(name, self.name))
        options = keywords("curve_kwargs", curve_kwargs)
        curves = {"training": _losses("losses", self.losses)}
        if self.validation_losses is not None:
            curves["validation"] = _losses("validation_losses", self.validation_losses)
        self.lines_ = [
            line
            for label, losses in curves.items()
            for line in ax.plot(range(1, len(losses) + 1), losses, **{"label": label} | options)
        ]
        ax.set(xlabel="iteration", ylabel="loss")
        ax.legend()
        return self


def _losses(name, losses):
    """Return losses as an array (n_iter,); it may hold NaN, where a training diverged."""
    return check_array(losses, dtype=float, ensure_2d=False, ensure_all_finite=False, input_name=name)
