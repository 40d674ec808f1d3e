"""The reservoir classifier."""

from typing import ClassVar, Self

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, is_classifier
from sklearn.utils.metaestimators import available_if

from ..._checks import check_labels
from ..._sklearn import fit_context
from ...states import instance, labels, nullable, number
from ..base.classifiers import CLASS_WEIGHT, ScoreClassifier
from ..base.failures import unchanged_on_error
from ..base.labels import class_factors, class_factors_of_step, classes_of_partial_fit, one_hot, several
from .calibration import fit_temperature
from .fitting import fit_readout
from .ridge_readout import RidgeReadout
from .sequences import check_longer, read_labels, read_sequences
from .supervised import SupervisedReservoir
from .training import AtSteps, MeanAndLast


def _has_probabilities(model) -> bool:
    readout = getattr(model, "readout_", None) or model._part("readout")
    return isinstance(readout, RidgeReadout) or hasattr(readout, "predict_proba")


class QRNNReservoirClassifier(ScoreClassifier, SupervisedReservoir):
    """Reservoir of recurrent quantum cells with a linear readout, for one label a sequence.

    2-D X: each row is a sequence of one channel; the readout sees the whole row and the features behind its last step.
    3-D X (n_sequences, n_steps, n_channels) with NaN behind the end of a sequence: the readout sees inputs and features
    of the last step and their means over all steps behind the washout.

    Parameters
    ----------
    cell, observables, n_reservoirs, input_scale, hidden_scale, weight_scale, leak, train_cell, truncation, \
standardize, optimizer, max_iter, tol, n_iter_no_change, early_stopping, validation_fraction, n_restarts, warm_start, \
backend, n_jobs, random_state, verbose, checkpoint
        As in `QRNNReservoirRegressor`.
    readout : estimator, default=None
        Any linear classifier, or a regressor of targets 1 for the class and -1 for others; ``None`` means
        `RidgeReadout`. Features are small and not scaled: begin a pipeline by a `StandardScaler`.
    washout : int, default=0
        First steps of each sequence that are left out of the means.
    class_weight : dict or "balanced", default=None
        Factors of the weights of sequences for each class; "balanced" gives each class the same sum.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
    temperature_ : float or None
        What scores are divided by in `predict_proba`; None with a readout that has probabilities of its own, or none.
    cell_, readout_, washout_, ensemble_, loss_, loss_curve_, validation_loss_curve_, n_iter_, n_parameters_
        As in `QRNNReservoirRegressor`.

    References
    ----------
    C. Guo et al., On calibration of modern neural networks, ICML 2017: probabilities by one temperature.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.recurrent import QRNNReservoirClassifier
    >>> y = np.repeat(["slow", "fast"], 20)
    >>> X = np.sin(np.where(y == "slow", 0.3, 0.6)[:, None] * np.arange(30) + np.arange(40)[:, None])[:, :, None]
    >>> QRNNReservoirClassifier(random_state=0).fit(X[::2], y[::2]).score(X[1::2], y[1::2])
    1.0
    """

    _contents: ClassVar[dict] = {
        "classes_": labels("n_classes"),
        "readout_": instance(BaseEstimator),
        "temperature_": nullable(number(0)),
    }
    _parameter_constraints: ClassVar[dict] = SupervisedReservoir._parameter_constraints | {"class_weight": CLASS_WEIGHT}

    def __init__(
        self,
        cell=None,
        readout=None,
        *,
        observables=None,
        washout=0,
        n_reservoirs=16,
        input_scale=0.1,
        hidden_scale=None,
        weight_scale=1.0,
        leak=None,
        train_cell=False,
        truncation=None,
        standardize=True,
        optimizer=None,
        max_iter=100,
        tol=None,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        class_weight=None,
        warm_start=False,
        backend=None,
        n_jobs=None,
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        super().__init__(
            cell,
            readout,
            observables=observables,
            washout=washout,
            n_reservoirs=n_reservoirs,
            input_scale=input_scale,
            hidden_scale=hidden_scale,
            weight_scale=weight_scale,
            leak=leak,
            train_cell=train_cell,
            truncation=truncation,
            standardize=standardize,
            optimizer=optimizer,
            max_iter=max_iter,
            tol=tol,
            n_iter_no_change=n_iter_no_change,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_restarts=n_restarts,
            warm_start=warm_start,
            backend=backend,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.class_weight = class_weight

    def _check_whole(self):
        super()._check_whole()
        n_classes, readout = len(self.classes_), self.readout_
        found = len(readout.classes_) if is_classifier(readout) else np.size(getattr(readout, "intercept_", n_classes))
        if found != (1 if n_classes == 2 and not is_classifier(readout) else n_classes):
            raise ValueError(f"a readout of {found} scores for {n_classes} classes")

    def _learn_targets(self, y, sequences):
        y = read_labels(self, y, sequences)
        check_labels(y)
        weight = sequences.weights
        self.classes_ = several(np.unique(y[weight > 0]), self)
        if self.class_weight is not None:
            sequences = sequences.weighted(weight * class_factors(self, self._members(y), weight))
        return sequences, y

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None) -> Self:
        """Go on fitting the readout with further rows or sequences.

        The cells keep their angles, so that no row is needed twice: batches and all their rows at once give the same
        readout. ``temperature_`` is a geometric mean over batches, of which later ones count more.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`. The first batch sets the scale of the inputs.
        classes : array-like (n_classes,), default=None
            All labels there will be; needed in the first call.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            sequences = self._read_further(X, sample_weight)
            check_longer(sequences, self.washout_ if self._is_trained else self.washout)
            y = read_labels(self, y, sequences)
            check_labels(y)
            self.classes_ = classes_of_partial_fit(self, classes)
            factors = class_factors_of_step(self, one_hot(y, self.classes_), sequences.weights)
            if self.class_weight is not None:
                sequences = sequences.weighted(sequences.weights * factors)
            self._go_on(sequences, y)
            self._fit_readout(sequences, y, further=True)
        return self

    def _of_rows(self, sequences, X, y):
        used = self._used(sequences)
        pool = MeanAndLast(used) if sequences.stepwise else AtSteps(used)
        fixed = pool(X) if sequences.stepwise else X[:, :, 0]
        return pool, fixed, self._signs(y), None if sequences.weight is None else sequences.weights

    def _fit_readout(self, sequences, y, further):
        columns, signs = self._columns(sequences), self._signs(y)
        reads_labels = is_classifier(self.readout_)
        block = self._block(sequences, columns, y if reads_labels else signs)
        fit_readout(self.readout_, [block], further, self.classes_ if reads_labels else None)
        self.n_parameters_ = self._count_parameters(columns.shape[1], np.size(signs[0]))
        before = getattr(self, "temperature_", None) if further else None
        self.temperature_ = self._temperature(block, y, before) if isinstance(self.readout_, RidgeReadout) else None

    def _temperature(self, block, y, before) -> float:
        """That of scores of the fits to the other folds, for the sequences that count; a mean with that before."""
        columns, _, folds, weight = block
        weight = np.ones(len(y)) if weight is None else weight
        scores = _of_classes(self.readout_.predict_left_out(columns, folds))
        used = (weight > 0) & np.isfinite(scores[:, 0])  # no fit leaves out the one fold of all rows
        if not used.any():
            return before or 1.0
        found = fit_temperature(scores[used], self._members(y[used]), weight[used])
        batch = weight[used].sum()
        share = 2 * batch / (self.readout_.total_weight_ + batch)  # more than its rows: later fits are better
        return found if before is None else float(found**share * before ** (1 - share))

    @property
    def _n_pooled(self) -> int:
        return 1 + self._stepwise

    def _members(self, y) -> np.ndarray:
        """Ones (n_rows, n_classes) at the class of each row."""
        return (np.asarray(y)[:, None] == self.classes_).astype(float)

    def _signs(self, y) -> np.ndarray:
        """Targets 1 and -1 (n_rows, n_classes), or (n_rows,) for two classes."""
        signs = 2 * self._members(y) - 1
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

    def _read_columns(self, X) -> np.ndarray:
        sequences = read_sequences(self, X)
        check_longer(sequences, self.washout_)
        return self._columns(sequences)

    def _validated_scores(self, X) -> np.ndarray:
        return self._scores(self._read_columns(X))

    def _scores(self, columns) -> np.ndarray:
        """Scores (n_rows, n_classes) of what the readout sees; of two classes, minus and plus half of the one score."""
        readout = self.readout_
        return _of_classes((readout.decision_function if is_classifier(readout) else readout.predict)(columns))

    @available_if(_has_probabilities)
    def predict_proba(self, X) -> np.ndarray:
        """Probabilities (n_rows, n_classes): softmax of the scores divided by ``temperature_``, or the readout's own.

        The temperature has the least log loss on scores from fits without the fold of a row, so that it tells how far
        scores can be trusted on new sequences; the largest probability stays at the class that `predict` gives. With
        ``train_cell`` the angles have seen all rows, and probabilities are surer than they should be.
        """
        columns = self._read_columns(X)
        if self.temperature_ is None:
            return self.readout_.predict_proba(columns)
        return softmax(self._scores(columns) / self.temperature_, axis=1)

    @available_if(_has_probabilities)
    def predict_log_proba(self, X) -> np.ndarray:
        """Logarithms of `predict_proba`."""
        columns = self._read_columns(X)
        if self.temperature_ is None:
            with np.errstate(divide="ignore"):
                return np.log(self.readout_.predict_proba(columns))
        return log_softmax(self._scores(columns) / self.temperature_, axis=1)


def _of_classes(scores) -> np.ndarray:
    """Scores (n_rows, n_classes), of two classes from the one score (n_rows,) of the second."""
    return scores[:, None] * np.array([-0.5, 0.5]) if scores.ndim == 1 else scores
