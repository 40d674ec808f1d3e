"""Iterations of a training, told to scikit-learn's callbacks."""

from collections.abc import Callable


class Progress:
    """What `minimize` calls after each iteration.

    Parameters
    ----------
    context : CallbackContext
        The task of the whole fit.
    estimator : BaseEstimator
    attributes : callable (v) -> dict
        Attributes of a model of parameters v.
    X_y : dict
        Training rows "X" and targets "y" as callbacks see them.
    """

    def __init__(self, context, estimator, attributes: Callable, X_y: dict):
        self._context = context
        self._estimator = estimator
        self._attributes = attributes
        self._X_y = X_y
        self._begin()

    def __call__(self, v, loss) -> bool:
        """Tell the end of an iteration; True if a callback asks to stop."""
        stop = self._iteration.call_on_fit_task_end(
            estimator=self._estimator,
            reconstruction_attributes=lambda: self._attributes(v.copy()),
            **self._X_y,
        )
        self._begin()
        return bool(stop)

    def _begin(self):
        self._iteration = self._context.subcontext(task_name="iteration")
        self._iteration.call_on_fit_task_begin(estimator=self._estimator, **self._X_y)

    def close(self) -> None:
        """End the iteration that has begun and never ran."""
        self._iteration.call_on_fit_task_end(estimator=self._estimator)
