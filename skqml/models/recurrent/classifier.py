"""The reservoir classifier."""

from typing import ClassVar

import numpy as np
from sklearn.base import ClassifierMixin, is_classifier

from ..._checks import check_labels
from .sequences import check_longer, read_labels, read_sequences
from .supervised import SupervisedReservoir, fit_readout
from .training import AtSteps, MeanAndLast


class QRNNReservoirClassifier(ClassifierMixin, SupervisedReservoir):
    """Reservoir of recurrent quantum cells with a linear readout, for one label a sequence.

    2-D X: each row is a sequence of one channel; the readout sees the whole row and the features behind its last step.
    3-D X (n_sequences, n_steps, n_channels) with NaN behind the end of a sequence: the readout sees inputs and features
    of the last step and their means over all steps behind the washout.

    Parameters
    ----------
    cell, observables, n_reservoirs, input_scale, hidden_scale, weight_scale, leak, train_cell, truncation, \
standardize, optimizer, max_iter, tol, n_iter_no_change, early_stopping, validation_fraction, n_restarts, warm_start, \
backend, n_jobs, random_state, verbose
        As in `QRNNReservoirRegressor`.
    readout : estimator, default=None
        Any linear classifier, or a regressor of targets 1 for the class and -1 for others; ``None`` means
        `RidgeReadout`. Features are small and not scaled: begin a pipeline by a `StandardScaler`.
    washout : int, default=0
        First steps of each sequence that are left out of the means.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
    cell_, readout_, ensemble_, loss_, loss_curve_, validation_loss_curve_, n_iter_, n_parameters_
        As in `QRNNReservoirRegressor`.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.recurrent import QRNNReservoirClassifier
    >>> y = np.repeat(["slow", "fast"], 20)
    >>> X = np.sin(np.where(y == "slow", 0.3, 0.6)[:, None] * np.arange(30) + np.arange(40)[:, None])[:, :, None]
    >>> QRNNReservoirClassifier(random_state=0).fit(X[::2], y[::2]).score(X[1::2], y[1::2])
    1.0
    """

    _parameter_constraints: ClassVar[dict] = SupervisedReservoir._parameter_constraints

    def _learn_targets(self, y, sequences):
        y = read_labels(self, y, sequences)
        check_labels(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(f"{type(self).__name__} needs samples of at least 2 classes, got one class.")
        return y

    def _of_rows(self, sequences, X, y):
        used = self._used(sequences)
        pool = MeanAndLast(used) if sequences.stepwise else AtSteps(used)
        return pool, pool(X) if sequences.stepwise else X[:, :, 0], self._signs(y)

    def _fit_readout(self, sequences, y, further):
        columns, signs = self._columns(sequences), self._signs(y)
        targets = y if is_classifier(self.readout_) else signs
        fit_readout(self.readout_, [(columns, targets, np.arange(len(y)))], further)
        self.n_parameters_ = self._count_parameters(columns.shape[1], np.size(signs[0]))

    @property
    def _n_pooled(self) -> int:
        return 1 + self._stepwise

    def _signs(self, y) -> np.ndarray:
        """Targets 1 and -1 (n_rows, n_classes), or (n_rows,) for two classes."""
        signs = np.where(np.asarray(y)[:, None] == self.classes_, 1.0, -1.0)
        return signs[:, 1] if len(self.classes_) == 2 else signs

    def _columns(self, sequences) -> np.ndarray:
        """What the readout sees of each sequence."""
        if not sequences.stepwise:
            return self._last(sequences)
        pool = MeanAndLast(self._used(sequences))
        out = np.zeros((len(sequences.X), 2 * (sequences.X.shape[2] + self.ensemble_.n_outputs)))
        for rows, steps, columns in self._blocks(sequences):
            out[rows] += pool(columns, rows, steps)
        return out

    def decision_function(self, X) -> np.ndarray:
        """Return scores (n_rows,) of the second of two classes, else (n_rows, n_classes)."""
        sequences = read_sequences(self, X)
        check_longer(sequences, self.washout)
        columns = self._columns(sequences)
        return (self.readout_.decision_function if is_classifier(self.readout_) else self.readout_.predict)(columns)

    def predict(self, X) -> np.ndarray:
        """Return the class of each sequence.

        Parameters
        ----------
        X : array-like (n_rows, n_steps) or (n_sequences, n_steps, n_channels)

        Returns
        -------
        ndarray (n_rows,)
        """
        scores = self.decision_function(X)
        return self.classes_[(scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)]
